use crate::project::LockRoot;
use crate::project::UvLock;
use crate::project::manifest::Project;

/// Checks a lock with these tables against a manifest with `[tool.uv]` like this.
fn check(uv: &str, manifest: &str, six: &str) -> Result<(), String> {
    let project: Project =
        format!("[project]\nname = 'a'\nversion = '1'\ndependencies = ['six']\n[tool.uv]\n{uv}").parse().unwrap();
    let lock = format!(
        "version = 1\nrevision = 3\nrequires-python = '>=3.10'\n[manifest]\n{manifest}\n[[package]]\nname = 'a'\n\
         version = '1'\nsource = {{ virtual = '.' }}\n[package.metadata]\nrequires-dist = [{{ name = 'six'{six} }}]\n"
    );
    UvLock::from_bytes(lock.as_bytes()).unwrap().check(&project).map_err(|error| error.to_string())
}

/// Written by `uv lock` 0.13.9, which says of each pair whether it is up to date.
#[test]
fn settings_are_compared() {
    let locked = "constraints = [{ name = 'six', specifier = '<2' }]\noverrides = [{ name = 'idna', specifier = '==3.6' }]\n\
                  excludes = ['certifi']";
    let same = "constraint-dependencies = ['six <2']\noverride-dependencies = ['idna==3.6']\nexclude-dependencies = ['Certifi']\n";
    assert_eq!(check(same, locked, ""), Ok(()));
    for (uv, key) in [
        (same.replace("<2", "<3"), "constraint-dependencies: `six<3` is missing"),
        (same.replace("==3.6", "==3.7"), "override-dependencies: `idna==3.7` is missing"),
        (same.replace("'Certifi'", ""), "exclude-dependencies: `certifi` was added or removed"),
        (String::new(), "constraint-dependencies: it contains `six<2`"),
    ] {
        let stale = check(&uv, locked, "").unwrap_err();
        assert!(stale.starts_with(&format!("uv.lock: out of date: [tool.uv] {key}")), "{stale}");
    }
    assert!(check("", "", "").is_ok());
}

/// Pairs of a manifest and the text of its lock as `uv lock` 0.13.9 writes them, and manifests for which it calls the lock
/// out of date.
#[test]
fn all_that_the_lock_repeats_is_compared() {
    let check = |root: &str, locked: &str, revision: u32| {
        let project: Project = format!("[project]\nname = 'a'\nversion = '1'\n[tool.uv]\n{root}").parse().unwrap();
        let lock = format!(
            "version = 1\nrevision = {revision}\nrequires-python = '>=3.10'\n{locked}\n[[package]]\nname = 'a'\n\
             version = '1'\nsource = {{ virtual = '.' }}\n"
        );
        UvLock::from_bytes(lock.as_bytes()).unwrap().check(&project).map_err(|error| error.to_string())
    };
    for (root, locked, others) in [
        ("prerelease = 'allow'", "[options]\nprerelease-mode = 'allow'", &["", "prerelease = 'explicit'"][..]),
        ("prerelease = 'if-necessary'", "", &["prerelease = 'allow'"]),
        ("resolution = 'lowest'", "[options]\nresolution-mode = 'lowest'", &["", "resolution = 'lowest-direct'"]),
        ("resolution = 'highest'", "", &["resolution = 'lowest'"]),
        ("fork-strategy = 'fewest'", "[options]\nfork-strategy = 'fewest'", &[""]),
        (
            "exclude-newer = '2025-01-01T00:00:00Z'",
            "[options]\nexclude-newer = '2025-01-01T00:00:00Z'",
            &["", "exclude-newer = false", "exclude-newer = '2024-01-01'", "exclude-newer = '1 week'"],
        ),
        (
            "exclude-newer = '1 week'",
            "[options]\nexclude-newer = '0001-01-01T00:00:00Z'\nexclude-newer-span = 'P1W'",
            &["", "exclude-newer = '2 weeks'", "exclude-newer = '2025-01-01'"],
        ),
        (
            "exclude-newer-package = { Six = '7 days', idna = false }",
            "[options.exclude-newer-package]\nidna = false\nsix = { timestamp = '0001-01-01T00:00:00Z', span = 'P7D' }",
            &[
                "exclude-newer-package = { six = '6 days', idna = false }",
                "exclude-newer-package = { six = '7 days' }",
                "exclude-newer-package = { six = '7 days', idna = '2025-01-01' }",
                "",
            ],
        ),
        ("exclude-newer = false\nexclude-newer-package = { a = false }", "", &["exclude-newer = '1 day'"]),
        ("exclude-newer-package = { six = '2025-01-01' }", "", &["exclude-newer-package = { a = '2025-01-01' }"]),
        (
            "environments = [\"platform_system == 'Linux'\", \"sys_platform == 'darwin'\"]",
            "supported-markers = [\"sys_platform == 'darwin'\", \"sys_platform == 'linux'\"]",
            &["", "environments = \"sys_platform == 'linux'\"", "environments = \"sys_platform == 'win32'\""],
        ),
        (
            "required-environments = [\"sys_platform == 'linux'\"]",
            "required-markers = [\"sys_platform == 'linux'\"]",
            &["", "required-environments = [\"sys_platform == 'darwin'\"]"],
        ),
        (
            "build-constraint-dependencies = ['Setuptools <80']",
            "[manifest]\nbuild-constraints = [{ name = 'setuptools', specifier = '<80' }]",
            &["", "build-constraint-dependencies = ['setuptools<81']"],
        ),
        (
            "dependency-metadata = [{ name = 'Six', version = '1', requires-dist = ['idna >=2', 'click'] }]",
            "[[manifest.dependency-metadata]]\nname = 'six'\nversion = '1'\nrequires-dist = ['click', 'idna>=2']",
            &[
                "",
                "dependency-metadata = [{ name = 'six', requires-dist = ['click', 'idna>=2'] }]",
                "dependency-metadata = [{ name = 'six', version = '1', requires-dist = ['click', 'idna>=3'] }]",
            ],
        ),
        // What the lock does not contain anyway is not missed.
        (
            "exclude-dependencies = ['certifi', 'idna']",
            "[manifest]\nexcludes = ['idna']",
            &["", "exclude-dependencies = ['idna', 'a']"],
        ),
    ] {
        assert_eq!(check(root, locked, 5), Ok(()), "{root}");
        for other in others {
            let stale = check(other, locked, 5).map_or_else(|stale| stale, |()| format!("{other} is accepted"));
            assert!(stale.starts_with("uv.lock: out of date: [tool.uv] "), "{stale}");
        }
    }
    // Versions of uv that wrote earlier revisions did not store these.
    for root in ["exclude-newer = '1 week'", "exclude-newer-package = { six = '2025-01-01' }"] {
        assert_eq!(check(root, "", 2), Ok(()), "{root}");
        assert!(
            check(root, "[[package]]\nname = 'six'\nversion = '1'\nsource = { registry = 'wheels' }\n", 3).is_err(),
            "{root}"
        );
    }
    // uv 0.6.15 wrote revision 2 and stored these; uv 0.6.7 wrote revision 1 and stored one of them.
    for root in ["build-constraint-dependencies = ['six']", "required-environments = [\"sys_platform == 'linux'\"]"] {
        assert_eq!(check(root, "", 1), Ok(()), "{root}");
        assert!(check(root, "", 2).is_err(), "{root}");
    }
    assert_eq!(check("fork-strategy = 'fewest'", "", 0), Ok(()));
    for (locked, revision) in [("", 1), ("[options]\nfork-strategy = 'requires-python'", 0)] {
        assert!(check("fork-strategy = 'fewest'", locked, revision).is_err(), "{locked}{revision}");
    }
}

#[test]
fn the_indexes_of_packages_are_compared() {
    let of = |registry: &str| -> UvLock {
        format!(
            "version = 1\nrevision = 5\n[options]\nexclude-newer = '2025-01-01T00:00:00Z'\n[[package]]\nname = 'a'\n\
             version = '1'\nsource = {{ virtual = '.' }}\n[[package]]\nname = 'six'\nversion = '1'\n\
             source = {{ registry = '{registry}' }}"
        )
        .parse()
        .unwrap()
    };
    let public = format!("https://{}.org/simple", "pypi");
    let corp = "https://i.example.org/simple";
    let cutoff = "exclude-newer = '2025-01-01T00:00:00Z'";
    let root = |uv: &str| LockRoot::read(&format!("[tool.uv]\n{cutoff}\n{uv}"), false).unwrap();
    let is_current = |registry: &str, uv: &str| of(registry).check_settings(&root(uv)).is_ok();
    let default = "index = [{ url = 'https://i.example.org/simple', default = true }]";
    let added = "index = [{ name = 'corp', url = 'https://i.example.org/simple' }]";
    let former = "index-url = 'https://i.example.org/simple'";
    for (registry, uv, current, unnamed) in [
        (corp, default, true, false),
        (corp, added, true, false),
        (corp, former, true, false),
        (&*public, "", true, false),
        (&*public, added, true, false),
        (&*public, default, false, false),
        (&*public, former, false, false),
        // A `/` at the end makes another index.
        ("https://i.example.org/simple/", default, false, false),
        (corp, "index-url = 'https://i.example.org/simple/'", false, false),
        (corp, "index = [{ url = 'https://i.example.org/simple/' }]", false, true),
        ("https://i.example.org/simple/", added, false, true),
        ("https://i.example.org/simple/", former, false, false),
        (&*format!("{public}/"), added, false, true),
        (&*format!("{public}/"), "", true, false),
        (&*public, "no-index = true", false, false),
        ("wheels", "no-index = true", true, false),
        // A variable or a file of the user may name it.
        (corp, "", true, true),
        ("wheels", "", true, false),
    ] {
        assert_eq!(is_current(registry, uv), current, "{registry} {uv}");
        assert_eq!(of(registry).unnamed_setting(&root(uv)).is_some(), unnamed, "{registry} {uv}");
    }
    // The manifest of another member may name it.
    let of_two: UvLock = format!(
        "version = 1\nrevision = 5\n[options]\n{cutoff}\n[[package]]\nname = 'a'\nversion = '1'\nsource = {{ virtual = '.' }}\n\
         [[package]]\nname = 'b'\nversion = '1'\nsource = {{ virtual = 'b' }}\n\
         [[package]]\nname = 'six'\nversion = '1'\nsource = {{ registry = '{corp}' }}"
    )
    .parse()
    .unwrap();
    assert_eq!(of_two.unnamed_setting(&root("")), None);
    // A `uv.toml` replaces these settings.
    let replaced = LockRoot::read(&format!("[tool.uv]\n{default}\nprerelease = 'allow'"), true).unwrap();
    assert!(of(&public).check_settings(&replaced).is_ok());
    assert_eq!(of(corp).unnamed_setting(&replaced), None);
}

/// As `uv lock` 0.13.9 writes it.
#[test]
fn a_source_replaces_the_url_of_a_requirement() {
    let check = |source: &str, locked: &str| {
        let manifest = format!(
            "[project]\nname = 'a'\nversion = '1'\ndependencies = ['six @ https://f.example.org/six-1.tar.gz']\n\
             [tool.uv]\n{source}\nindex = [{{ name = 'corp', url = 'https://i.example.org' }}]"
        );
        let lock = format!(
            "version = 1\nrevision = 3\nrequires-python = '>=3.10'\n[[package]]\nname = 'a'\nversion = '1'\n\
             source = {{ virtual = '.' }}\n[package.metadata]\nrequires-dist = [{{ name = 'six'{locked} }}]\n"
        );
        let project: Project = manifest.parse().unwrap();
        UvLock::from_bytes(lock.as_bytes()).unwrap().check(&project).map_err(|error| error.to_string())
    };
    let (index, git) = ("sources.six = { index = 'corp' }", "sources.six = { git = 'https://g.example.org/six' }");
    let (of_index, of_git) = (", index = 'https://i.example.org'", ", git = 'https://g.example.org/six'");
    let of_url = ", url = 'https://f.example.org/six-1.tar.gz'";
    for (source, locked) in [(index, of_index), (git, of_git), ("", of_url)] {
        assert_eq!(check(source, locked), Ok(()), "{source}");
    }
    for (source, locked) in [("", of_index), ("", of_git), (git, of_url), (git, of_index), (index, of_url)] {
        assert!(check(source, locked).is_err(), "{source} {locked}");
    }
}

#[test]
fn remote_sources_are_compared() {
    let git = "sources.six = { git = 'https://g.example.org/six.git', tag = 'v1' }";
    let archive = "sources.six = { url = 'https://f.example.org/six-1.tar.gz' }";
    let index = "sources.six = { index = 'corp' }\nindex = [{ name = 'corp', url = 'https://i.example.org' }]";
    let (of_git, of_archive) =
        (", git = 'https://g.example.org/six?tag=v1'", ", url = 'https://f.example.org/six-1.tar.gz'");
    let of_index = ", index = 'https://i.example.org'";
    for (source, locked) in [(git, of_git), (archive, of_archive), (index, of_index), ("", "")] {
        assert_eq!(check(source, "", locked), Ok(()), "{source}");
    }
    let other_tag = ", git = 'https://g.example.org/six?tag=v2'";
    let other_place = ", git = 'https://h.example.org/six?tag=v1'";
    for (source, locked) in [
        (git, ""),
        (git, of_index),
        (git, other_tag),
        (git, other_place),
        (archive, ""),
        (archive, of_git),
        (index, ""),
    ] {
        let stale = check(source, "", locked).unwrap_err();
        let expected = "uv.lock: out of date: [tool.uv.sources] names another source of `six`; run `uv lock`";
        assert_eq!(stale, expected, "{source} {locked}");
    }
    let conditional =
        "sources.six = [{ index = 'corp', extra = 'x' }]\nindex = [{ name = 'corp', url = 'https://i.example.org' }]";
    assert_eq!(check(conditional, "", ""), Ok(()));
}
