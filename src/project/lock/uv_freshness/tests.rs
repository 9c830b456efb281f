mod root;

use crate::project::lock::UvLock;
use crate::project::manifest::Project;

/// Checks a lock of `app` against a manifest that ends with this text. Returns the difference without the rest of the
/// message.
fn verdict(lock: &Lock, manifest: &str) -> Result<(), String> {
    let Lock { python, members, revision, version, folder, metadata } = lock;
    let python = python.map(|python| format!("requires-python = '{python}'\n")).unwrap_or_default();
    let version = version.map(|version| format!("version = '{version}'\n")).unwrap_or_default();
    let lock: UvLock = format!(
        "version = 1\nrevision = {revision}\n{python}[manifest]\nmembers = {members}\n[[package]]\nname = 'app'\n\
         {version}source = {{ editable = '{folder}' }}\n[package.metadata]\n{metadata}\n"
    )
    .parse()
    .unwrap();
    let project: Project =
        format!("[project]\nname = 'app'\n{manifest}\n[build-system]\nrequires = []\n").parse().unwrap();
    let checked = lock.check(&project).map_err(|error| error.to_string());
    checked.map_err(|error| error.replace("uv.lock: out of date: ", "").replace("; run `uv lock`", ""))
}

struct Lock {
    python: Option<&'static str>,
    members: &'static str,
    revision: u32,
    version: Option<&'static str>,
    folder: &'static str,
    metadata: &'static str,
}

const LOCK: Lock =
    Lock { python: None, members: "[]", revision: 3, version: Some("1"), folder: ".", metadata: "requires-dist = []" };

fn refused(text: &str) -> Result<(), String> {
    Err(text.to_owned())
}

#[test]
fn only_a_project_outside_a_workspace_must_match_python_exactly() {
    let lone = Lock { python: Some(">=3.11"), ..LOCK };
    let wider = "version = '1'\nrequires-python = '>=3.10'";
    assert_eq!(verdict(&lone, "version = '1'\nrequires-python = '>=3.11'"), Ok(()));
    assert_eq!(verdict(&lone, "version = '1'"), Ok(()));
    assert_eq!(verdict(&lone, wider), refused("it is locked for Python `>=3.11`, but `app` requires `>=3.10`"));
    assert_eq!(verdict(&Lock { members: "['app', 'lib']", ..lone }, wider), Ok(()));
    assert_eq!(verdict(&Lock { folder: "packages/app", ..lone }, wider), Ok(()));
    assert_eq!(verdict(&lone, &format!("{wider}\n[tool.uv.dependency-groups]")), Ok(()));
    let narrower = "version = '1'\nrequires-python = '>=3.12'";
    assert!(verdict(&Lock { members: "['app', 'lib']", ..lone }, narrower).is_err());
    assert_eq!(verdict(&LOCK, wider), refused("it is locked for any Python, but `app` requires `>=3.10`"));
    // No range can end after the largest number, so the check accepts it.
    assert_eq!(verdict(&lone, "version = '1'\nrequires-python = '>=3.10,!=18446744073709551615.*'"), Ok(()));
    assert_eq!(verdict(&Lock { python: Some(">=18446744073709551615"), ..LOCK }, wider), Ok(()));
}

#[test]
fn dynamic_metadata_is_not_checked() {
    let lock = Lock { metadata: "requires-dist = [{ name = 'six' }]\nprovides-extras = ['x']", ..LOCK };
    assert_eq!(verdict(&lock, "version = '1'\ndynamic = ['dependencies']"), Ok(()));
    assert_eq!(verdict(&lock, "version = '1'\ndynamic = ['optional-dependencies']"), Ok(()));
    let removed = refused("it has extra `x`, which `app` no longer defines");
    assert_eq!(verdict(&lock, "version = '1'\ndependencies = ['six']"), removed);
    // Revision 0 does not list extras.
    assert_eq!(verdict(&Lock { revision: 0, ..lock }, "version = '1'\ndependencies = ['six']"), Ok(()));
    assert_eq!(verdict(&Lock { revision: 1, ..lock }, "version = '1'\ndependencies = ['six']"), removed);
}

#[test]
fn an_extra_of_the_project_itself_may_be_expanded() {
    let manifest = "dynamic = ['version']\n[project.optional-dependencies]\nweb = ['six']\nx = ['app[web,x]', \
                    'app[web]']\ny = ['app[web]; os_name == \"nt\"']";
    let extras = "provides-extras = ['web', 'x', 'y']";
    let built = |requires: &'static str| {
        let metadata = format!("requires-dist = [{requires}]\n{extras}").leak();
        verdict(&Lock { version: None, metadata, ..LOCK }, manifest)
    };
    let six = "{ name = 'six', marker = \"extra == 'web' or extra == 'x' or (extra == 'y' and os_name == 'nt')\" }";
    assert_eq!(built(six), Ok(()));
    assert_eq!(
        built("{ name = 'six', marker = \"extra == 'web'\" }"),
        refused("`app[web]` is missing, which extra `x` of `app` requires")
    );
    let as_written = "{ name = 'six', marker = \"extra == 'web'\" }, { name = 'app', extras = ['web'], marker = \
                      \"extra == 'x' or (extra == 'y' and os_name == 'nt')\" }, { name = 'app', extras = ['web', 'x'], \
                      marker = \"extra == 'x'\" }";
    assert_eq!(built(as_written), Ok(()));
    let metadata = format!("requires-dist = [{six}]\n{extras}").leak();
    let fixed = manifest.replace("dynamic = ['version']", "version = '1'");
    assert!(verdict(&Lock { metadata, ..LOCK }, &fixed).is_err());
}

#[test]
fn groups_of_both_tables_are_compared() {
    let lock = Lock { metadata: "requires-dev = { dev = [{ name = 'six', marker = \"os_name == 'nt'\" }] }", ..LOCK };
    let six = "'six; os_name == \"nt\"'";
    assert_eq!(verdict(&lock, &format!("version = '1'\n[dependency-groups]\ndev = [{six}]")), Ok(()));
    assert_eq!(verdict(&lock, &format!("version = '1'\n[tool.uv]\ndev-dependencies = [{six}]")), Ok(()));
    let nothing = refused("it contains `six`, which dependency group `dev` of `app` does not require");
    assert_eq!(verdict(&lock, "version = '1'"), nothing);
    let always = "version = '1'\n[dependency-groups]\ndev = ['six']";
    let changed = refused("dependency group `dev` of `app` requires `six` with a different marker");
    assert_eq!(verdict(&lock, always), changed);
    // If a dependency group sets its own Python versions, the lock repeats them in every marker of the group, but not
    // in other markers.
    let own = "[tool.uv.dependency-groups]\ndev = { requires-python = '>=3.12' }";
    assert_eq!(verdict(&lock, &format!("{always}\n{own}")), Ok(()));
    let metadata = "requires-dist = [{ name = 'six', marker = \"os_name == 'nt'\" }]\nrequires-dev = { dev = [] }";
    let dist = Lock { metadata, ..LOCK };
    let changed = refused("`app` requires `six` with a different marker");
    assert_eq!(
        verdict(&dist, &format!("version = '1'\ndependencies = ['six']\n[dependency-groups]\ndev = []\n{own}")),
        changed
    );
}

#[test]
fn requirements_that_no_environment_needs_are_ignored() {
    let lock = Lock { python: Some(">=3.10"), ..LOCK };
    let depending = |on: &str| format!("version = '1'\nrequires-python = '>=3.10'\ndependencies = [\"{on}\"]");
    assert_eq!(verdict(&lock, &depending("six; python_version < '3.9'")), Ok(()));
    assert_eq!(verdict(&lock, &depending("six; sys_platform > 'a'")), Ok(()));
    let missing = refused("`six[x,y]>=1,<2` is missing, which `app` requires");
    assert_eq!(verdict(&lock, &depending("six[x,y] >= 1, < 2; python_version > '3.9'")), missing);
}

/// Each case is a requirement of the manifest, a source of the lock, and whether they match.
#[test]
fn sources_of_manifest_and_lock_are_compared() {
    for (manifest, lock, is_same) in [
        ("six @ https://a.example.org/six.whl#sha256=00", "url = 'https://a.example.org/six.whl'", true),
        ("six @ https://a.example.org/six.whl", "url = 'https://b.example.org/six.whl'", false),
        ("six @ https://a.example.org/six.whl?rev=1", "url = 'https://a.example.org/six.whl?rev=2'", false),
        ("six @ https://a.example.org/x@1/six.whl", "url = 'https://a.example.org/x@1/six.whl'", true),
        ("six @ https://a.example.org/x@1", "url = 'https://a.example.org/x?rev=1'", false),
        ("six @ https://a.example.org/six.whl", "path = 'six.whl'", false),
        ("six @ git+https://a.example.org/six", "git = 'https://a.example.org/six'", true),
        (
            "six @ git+https://a.example.org/six@v1#subdirectory=y",
            "git = 'https://a.example.org/six?subdirectory=y&rev=v1'",
            true,
        ),
        ("six @ git+https://a.example.org/six@v1", "git = 'https://a.example.org/six?tag=v1'", true),
        ("six @ git+https://a.example.org/six@v1", "git = 'https://a.example.org/six?branch=v2'", false),
        ("six @ git+https://a.example.org/six@v1", "git = 'https://a.example.org/six'", false),
        ("six @ git+ssh://git@a.example.org/six.git@v1", "git = 'ssh://git@a.example.org/six.git?rev=v1#0123'", true),
        ("six @ file:///six.whl", "path = '/six.whl'", true),
        ("six>=2", "url = 'https://a.example.org/six.whl'", false),
        ("six>=2", "git = 'https://a.example.org/six'", false),
        ("six>=2", "editable = 'six'", false),
        ("six>=2", "virtual = 'six'", false),
        ("six>=2", "directory = 'six'", false),
        ("six>=2", "specifier = '>=1'", false),
        ("six>=2", "specifier = '>=2,!=1'", true),
    ] {
        let metadata = format!("requires-dist = [{{ name = 'six', {lock} }}]").leak();
        let checked = verdict(&Lock { metadata, ..LOCK }, &format!("version = '1'\ndependencies = ['{manifest}']"));
        assert_eq!(checked.is_ok(), is_same, "{manifest} and {lock}: {checked:?}");
    }
}

/// `uv lock` 0.13.9 writes groups without requirements too, as its versions since 0.4.27 do.
#[test]
fn groups_without_requirements_are_compared() {
    let lock = |groups: &'static str| Lock { metadata: groups, ..LOCK };
    let (none, one) = (lock(""), lock("[package.metadata.requires-dev]\ng = []"));
    let asked = "version = '1'\n[dependency-groups]\ng = []";
    assert_eq!(verdict(&one, asked), Ok(()));
    assert_eq!(verdict(&none, asked), refused("dependency group `g` of `app` is missing"));
    assert_eq!(verdict(&one, "version = '1'"), refused("it has dependency group `g`, which `app` no longer defines"));
    let former = lock("[package.metadata.requires-dev]\ndev = []");
    assert_eq!(verdict(&former, "version = '1'\n[tool.uv]\ndev-dependencies = []"), Ok(()));
}

/// uv reads no tables of other tools.
#[test]
fn what_other_tools_add_is_not_compared() {
    for tables in [
        "[tool.poetry.group.g.dependencies]\nidna = '*'",
        "[tool.poetry.dependencies]\npython = '^3.10'\nsix = '<2'",
        "[tool.poetry]\npackage-mode = false",
        "[tool.pdm.dev-dependencies]\ng = ['idna']",
        "[tool.pdm]\ndistribution = false",
    ] {
        let lock = Lock { metadata: "requires-dist = [{ name = 'six' }]", ..LOCK };
        let manifest = format!("version = '1'\ndependencies = ['six']\n{tables}");
        assert_eq!(verdict(&lock, &manifest), Ok(()), "{tables}");
    }
}

#[test]
fn the_difference_names_who_asks() {
    let metadata = "requires-dist = [{ name = 'old', marker = \"extra == 'web'\" }]\nprovides-extras = ['web']";
    let lock = Lock { metadata, ..LOCK };
    let with_extra = |requirements: &str| {
        verdict(&lock, &format!("version = '1'\n[project.optional-dependencies]\nweb = [{requirements}]"))
    };
    assert_eq!(with_extra("'old', 'six>=2'"), refused("`six>=2` is missing, which extra `web` of `app` requires"));
    assert_eq!(with_extra(""), refused("it contains `old`, which extra `web` of `app` does not require"));
    let of_linux = refused("extra `web` of `app` requires `old` with a different marker");
    assert_eq!(with_extra("\"old; sys_platform == 'linux'\""), of_linux);
    let of_both = verdict(&lock, "version = '1'\ndependencies = ['six']\noptional-dependencies.web = ['old', 'six']");
    assert_eq!(of_both, refused("`six` is missing, which `app` requires"));
}

/// `uv lock --check` 0.13.9 says of each pair whether it is up to date.
#[test]
fn the_entry_of_the_project_is_compared() {
    let version = "version = '1'";
    assert_eq!(verdict(&LOCK, "version = '1.0'"), Ok(()));
    assert_eq!(verdict(&LOCK, "version = '2'"), refused("it has version 1 of `app`, which is now 2"));
    let dynamic = "dynamic = ['version']";
    assert_eq!(verdict(&LOCK, dynamic), refused("it has version 1 of `app`, which is now dynamic"));
    assert_eq!(verdict(&Lock { revision: 0, ..LOCK }, dynamic), Ok(()));
    let without = Lock { version: None, ..LOCK };
    assert_eq!(verdict(&without, dynamic), Ok(()));
    assert_eq!(verdict(&without, version), refused("the version of `app` is no longer dynamic, but 1"));
    let no_package = format!("{version}\n[tool.uv]\npackage = false");
    assert_eq!(verdict(&LOCK, &no_package), refused("`app` is no package any more"));
    assert_eq!(verdict(&Lock { revision: 0, ..LOCK }, &no_package), Ok(()));
    let of_lock = |text: &str| {
        let lock = format!("version = 1\nrevision = 3\n{text}");
        move |manifest: &str| {
            let project: Project = manifest.parse().unwrap();
            lock.parse::<UvLock>().unwrap().check(&project).map_err(|error| error.to_string())
        }
    };
    let project = "[project]\nname = 'app'\nversion = '1'\n";
    let check = of_lock("[[package]]\nname = 'app'\nversion = '1'\nsource = { virtual = '.' }");
    assert_eq!(check(project), Ok(()));
    for package in ["[build-system]\nrequires = []", "[tool.uv]\npackage = true"] {
        let stale = check(&format!("{project}{package}")).unwrap_err();
        assert_eq!(stale, "uv.lock: out of date: `app` is a package now; run `uv lock`");
    }
    // The other members of a workspace may make a package of one without a build system.
    let member = "[manifest]\nmembers = ['app', 'lib']\n[[package]]\nname = 'app'\nversion = '1'\nsource = ";
    for kind in ["virtual", "editable"] {
        assert_eq!(of_lock(&format!("{member}{{ {kind} = 'app' }}"))(project), Ok(()));
    }
    let built = format!("{project}[build-system]\nrequires = []");
    assert!(of_lock(&format!("{member}{{ virtual = 'app' }}"))(&built).unwrap_err().contains("`app` is a package now"));
    let alone = "[[package]]\nname = 'app'\nversion = '1'\nsource = ";
    assert_eq!(of_lock(&format!("{alone}{{ virtual = 'app' }}"))(&built), Ok(()), "others ask for it so");
    assert!(
        of_lock(&format!("{alone}{{ editable = '.' }}"))(project).unwrap_err().contains("`app` is no package any more")
    );
}

#[test]
fn conflicts_and_the_python_of_groups_are_compared() {
    let extras = "[project]\nname = 'app'\nversion = '1'\noptional-dependencies = { a = [], b = [], c = [] }\n\
                  [dependency-groups]\ng = []\n[tool.uv]\n";
    let check = |locked: &str, uv: &str| {
        let lock = format!(
            "version = 1\nrevision = 5\n{locked}\nsource = {{ virtual = '.' }}\nversion = '1'\n\
             [package.metadata]\nprovides-extras = ['a', 'b', 'c']\nrequires-dev = {{ g = [] }}"
        );
        let project: Project = format!("{extras}{uv}").parse().unwrap();
        let checked = lock.parse::<UvLock>().unwrap().check(&project).map_err(|error| error.to_string());
        checked.map_err(|error| error.replace("uv.lock: out of date: [tool.uv", "[").replace("; run `uv lock`", ""))
    };
    let app = "[[package]]\nname = 'app'";
    let a_and_b =
        &format!("conflicts = [[{{ package = 'app', extra = 'a' }}, {{ package = 'app', extra = 'b' }}]]\n{app}");
    let asked = "conflicts = [[{ extra = 'b', package = 'App' }, { extra = 'a' }]]";
    assert_eq!(check(a_and_b, asked), Ok(()));
    assert_eq!(check(app, ""), Ok(()));
    assert_eq!(check(app, asked), refused("[] conflicts: extra `a` and extra `b` is missing"));
    let removed = "[] conflicts: it contains extra `a` and extra `b`, which was removed";
    assert_eq!(check(a_and_b, ""), refused(removed));
    let other = "conflicts = [[{ extra = 'a' }, { extra = 'c' }]]";
    assert_eq!(check(a_and_b, other), refused("[] conflicts: extra `a` and extra `c` is missing"));
    let of_others = &format!("conflicts = [[{{ package = 'app', group = 'g' }}, {{ package = 'app' }}]]\n{app}");
    let removed = "[] conflicts: it contains `app` and group `g`, which was removed";
    assert_eq!(check(of_others, ""), refused(removed));
    // uv adds the conflicts of groups that include others.
    let with_group = "conflicts = [[{ extra = 'a' }, { group = 'g' }]]";
    let of_both = &a_and_b.replace(
        &format!("]\n{app}"),
        &format!(", [{{ package = 'app', extra = 'a' }}, {{ package = 'app', group = 'g' }}]]\n{app}"),
    );
    assert_eq!(check(of_both, with_group), Ok(()));
    let of_groups = "{app}\ngroup-requires-python = { g = '>=3.12' }".replace("{app}", app);
    let group = |python: &str| format!("dependency-groups = {{ g = {{ requires-python = '{python}' }} }}");
    assert_eq!(check(&of_groups, &group(">= 3.12")), Ok(()));
    for (locked, uv) in [(&*of_groups, group(">=3.13")), (&*of_groups, String::new()), (app, group(">=3.12"))] {
        let changed = refused("[.dependency-groups]: the Python of group `g` is another one");
        assert_eq!(check(locked, &uv), changed, "{uv}");
    }
}

/// Each case is a source of the manifest, the requirement in the lock, and whether they are at the same place.
#[test]
fn the_source_of_a_dependency_is_compared() {
    let is_same = |source: &str, locked: &str, folder: &'static str| {
        let metadata = format!("requires-dist = [{{ name = 'six', {locked} }}]").leak();
        let manifest = format!(
            "version = '1'\ndependencies = ['six']\n[[tool.uv.index]]\nname = 'own'\nurl = 'https://i.example.org/simple'\n\
             [tool.uv.sources]\nsix = {{ {source} }}"
        );
        verdict(&Lock { folder, metadata, ..LOCK }, &manifest)
    };
    for (source, locked, expected) in [
        ("index = 'own'", "index = 'https://i.example.org/simple'", true),
        ("index = 'own'", "index = 'own'", true),
        ("index = 'own'", "index = 'https://i.example.org/simple/'", false),
        ("index = 'own'", "index = 'https://other.example.org/simple'", false),
        ("index = 'own'", "specifier = '*'", false),
        ("index = 'of-user'", "index = 'https://other.example.org/simple'", true),
        ("url = 'https://a.example.org/six.whl'", "url = 'https://a.example.org/six.whl'", true),
        ("url = 'https://a.example.org/six.whl'", "url = 'https://b.example.org/six.whl'", false),
        ("url = 'https://a.example.org/six.whl'", "path = 'six.whl'", false),
        ("git = 'https://g.example.org/six'", "git = 'https://g.example.org/six'", true),
        ("git = 'https://g.example.org/six.git'", "git = 'https://g.example.org/six/'", true),
        ("git = 'https://g.example.org/six', rev = 'v1'", "git = 'https://g.example.org/six?rev=v1'", true),
        ("git = 'https://g.example.org/six', rev = 'v1'", "git = 'https://g.example.org/six?rev=v2'", false),
        ("git = 'https://g.example.org/six', rev = 'v1'", "git = 'https://g.example.org/six?tag=v1'", false),
        ("git = 'https://g.example.org/six', branch = 'v1'", "git = 'https://g.example.org/six'", false),
        ("git = 'https://g.example.org/six'", "git = 'https://g.example.org/other'", false),
        ("git = 'https://g.example.org/six'", "url = 'https://g.example.org/six'", false),
        ("workspace = true", "editable = 'six'", true),
        ("workspace = true", "virtual = 'six'", true),
        ("workspace = true", "url = 'https://g.example.org/six'", false),
        ("path = 'vendor/six'", "directory = 'vendor/six'", true),
        ("path = './vendor/./six/'", "editable = 'vendor/six'", true),
        ("path = 'vendor/six'", "directory = 'vendor/other'", false),
        ("path = 'six.whl'", "path = 'six.whl'", true),
        ("path = 'six.whl'", "url = 'https://g.example.org/six.whl'", false),
        ("path = '../six'", "directory = 'vendor/six'", true),
    ] {
        let checked = is_same(source, locked, ".");
        assert_eq!(checked.is_ok(), expected, "{source} and {locked}: {checked:?}");
    }
    let unnamed = refused("it has a source of `six`, which [tool.uv.sources] does not name");
    let metadata = "requires-dist = [{ name = 'six', git = 'https://g.example.org/six' }]";
    for lock in [Lock { metadata, ..LOCK }, Lock { folder: "packages/app", ..Lock { metadata, ..LOCK } }] {
        assert_eq!(verdict(&lock, "version = '1'\ndependencies = ['six']"), unnamed, "no other manifest names it");
    }
    let of_workspace = Lock { metadata, members: "['app', 'lib']", ..LOCK };
    assert_eq!(verdict(&of_workspace, "version = '1'\ndependencies = ['six']"), unnamed, "it is the root");
    // The source of another package changes nothing.
    let other = "version = '1'\ndependencies = ['six @ https://a.example.org/six.whl']\n\
                 [tool.uv.sources]\nidna = { git = 'https://g.example.org/idna' }";
    let metadata = "requires-dist = [{ name = 'six', url = 'https://b.example.org/six.whl' }]";
    assert!(verdict(&Lock { metadata, ..LOCK }, other).is_err());
    // The paths of the lock are relative to its own folder.
    assert_eq!(is_same("path = 'vendor/six'", "directory = 'packages/app/vendor/six'", "packages/app"), Ok(()));
}
