use super::{Workspace, WorkspaceError};
use crate::bundle::{Bundle, Dependencies};
use crate::files::Listing;
use crate::project::config::Config;
use crate::project::requirement::Requirement;
use crate::project::workspace::Member;

fn manifest(name: &str, more: &str) -> String {
    format!("[project]\nname = '{name}'\nversion = '1'\n{more}\n")
}

/// Returns a listing of manifests, keyed by folder, and of other files, keyed by path.
fn listing(projects: &[(&str, String)], files: &[(&str, &str)]) -> Listing {
    let manifests = projects.iter().map(|(folder, text)| {
        let path = if folder.is_empty() { "pyproject.toml".to_owned() } else { format!("{folder}/pyproject.toml") };
        (path, text.clone())
    });
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    Listing::from_files(manifests.chain(files)).unwrap()
}

fn flags(text: &str) -> Config {
    toml::from_str(text).unwrap()
}

fn read(projects: &[(&str, String)], place: &str) -> Result<Workspace, WorkspaceError> {
    Workspace::in_listing(&listing(projects, &[]), place, &Config::default())
}

fn places(workspace: &Workspace) -> Vec<&str> {
    workspace.members().iter().map(|member| member.place.as_str()).collect()
}

#[track_caller]
fn refused(projects: &[(&str, String)], place: &str, message: &str) {
    assert_eq!(read(projects, place).unwrap_err().to_string(), message);
}

const ROOT: &str = "[tool.uv.workspace]\nmembers = ['packages/*']\nexclude = ['packages/old']\n";

fn depends(list: &str, workspace: &[&str]) -> String {
    let sources =
        workspace.iter().map(|name| format!("{name} = {{ workspace = true }}")).collect::<Vec<_>>().join("\n");
    format!("dependencies = [{list}]\n[tool.uv.sources]\n{sources}")
}

/// Returns the requirements of a bundle of the workspace, without siblings.
fn requirements(projects: &[(&str, String)], place: &str, options: &str) -> String {
    let listing = listing(projects, &[]);
    let workspace = Workspace::in_listing(&listing, place, &flags(options)).unwrap();
    let bundle = Bundle::new(workspace, listing, flags(options)).unwrap();
    listed(&bundle).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_workspace_contains_only_needed_siblings() {
    let projects = [
        ("", ROOT.to_owned()),
        ("packages/app", manifest("app", &depends("'rich', 'lib[web]', 'virtual'", &["lib", "virtual"]))),
        (
            "packages/lib",
            manifest(
                "lib",
                "dependencies = ['core', 'app']
                optional-dependencies = { web = ['httpx', 'web-lib'], docs = ['docs-lib'] }
                [tool.uv.sources]
                core = { workspace = true }
                app = { workspace = true }
                web-lib = { path = '../../vendor/web-lib' }
                docs-lib = { workspace = true }",
            ),
        ),
        ("packages/core", manifest("core", &depends("'attrs'", &[]))),
        ("packages/virtual", manifest("virtual", "dependencies = ['click']\n[tool.uv]\npackage = false")),
        ("packages/docs-lib", manifest("docs-lib", "")),
        ("packages/unused", manifest("unused", &depends("'missing-thing'", &["missing-thing"]))),
        ("vendor/web-lib", manifest("web-lib", "")),
    ];
    let workspace = read(&projects, "packages/app").unwrap();
    assert_eq!(places(&workspace), ["packages/lib", "packages/virtual", "packages/core", "vendor/web-lib"]);
    assert_eq!(
        workspace.members().iter().map(|m: &Member| m.is_package).collect::<Vec<_>>(),
        [true, false, true, true]
    );
    assert_eq!(workspace.project_path(), "packages/app");
    assert_eq!(workspace.uv_root().unwrap().place, "");
    assert_eq!(workspace.uv_root().unwrap().manifest, ROOT);
    assert_eq!(workspace.members()[0].project.manifest(), projects[2].1);
    assert_eq!(requirements(&projects, "packages/app", ""), "rich attrs httpx click");
    // In a cycle, the requirements of the siblings on the project count too.
    let lib = read(&projects, "packages/lib").unwrap();
    assert_eq!(places(&lib), ["packages/core", "packages/app", "packages/virtual", "vendor/web-lib"]);
}

#[test]
fn a_project_without_siblings_is_its_own_root() {
    let files = [
        ("uv.lock", "version = 1"),
        ("pylock.toml", "lock-version = '1.0'"),
        ("requirements.txt", "rich==1"),
        (".python-version", "3.12"),
    ];
    let listing = listing(&[("", manifest("app", "dependencies = ['rich']"))], &files);
    let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
    assert_eq!((workspace.project_path().as_str(), workspace.uv_root().is_none()), ("", true));
    let locks = workspace.locks();
    let found = [&locks.uv, &locks.pylock, &locks.requirements].map(|file| file.as_ref().unwrap().text.as_str());
    assert_eq!(found, files[..3].iter().map(|(_, text)| *text).collect::<Vec<_>>()[..]);
    assert_eq!(workspace.python_version().unwrap().text, "3.12");
    assert_eq!(locks.uv.as_ref().unwrap().path, "uv.lock");
}

#[test]
fn files_in_the_workspace_root_apply_to_its_members() {
    let root = format!("{ROOT}[tool.uv.sources]\nlib = {{ workspace = true }}\nshared = {{ path = 'vendor/shared' }}");
    let projects = [
        ("", root),
        ("packages/app", manifest("app", "dependencies = ['lib', 'shared']")),
        ("packages/lib", manifest("lib", "")),
        ("packages/old", manifest("old", "")),
        ("vendor/shared", manifest("shared", "")),
    ];
    let listing = listing(&projects, &[("uv.lock", "x"), (".python-version", "3.12"), ("packages/old/uv.lock", "y")]);
    let read = |place| Workspace::in_listing(&listing, place, &Config::default()).unwrap();
    let app = read("packages/app");
    assert_eq!(places(&app), ["packages/lib", "vendor/shared"]);
    assert_eq!(app.locks().uv.as_ref().unwrap().path, "uv.lock");
    assert_eq!(app.python_version().unwrap().path, ".python-version");
    // An excluded project has no workspace.
    let old = read("packages/old");
    assert!(old.uv_root().is_none() && old.python_version().is_none());
    assert_eq!(old.locks().uv.as_ref().unwrap().text, "y");
}

#[test]
fn an_unmanaged_or_excluded_project_cannot_use_workspace_members() {
    let lib = ("packages/lib", manifest("lib", ""));
    let old = |more: &str| ("packages/old", manifest("old", &format!("{}\n{more}", depends("'lib'", &["lib"]))));
    let needs_old = "dependencies = ['old']\n[tool.uv.sources]\nold = { path = '../old' }";
    let app = ("packages/app", manifest("app", needs_old));
    let message = "/packages/old/pyproject.toml: tool.uv.sources.lib.workspace: the project does not belong to a uv \
                   workspace; name the folder of the dependency with `path`";
    refused(&[("", ROOT.to_owned()), app.clone(), lib.clone(), old("")], "packages/app", message);
    let all = ROOT.replace("'packages/old'", "");
    let unmanaged = old("[tool.uv]\nmanaged = false");
    refused(&[("", all.clone()), app.clone(), lib.clone(), unmanaged.clone()], "packages/app", message);
    refused(&[("", all.clone()), lib.clone(), unmanaged], "packages/old", message);
    assert_eq!(
        places(&read(&[("", all), app, lib, old("")], "packages/app").unwrap()),
        ["packages/old", "packages/lib"]
    );
}

#[test]
fn the_workspace_root_is_a_member_if_it_is_a_project() {
    let app = ("packages/app", manifest("app", &depends("'all'", &["all"])));
    let root = ("", manifest("all", ROOT));
    assert_eq!(places(&read(&[root, app.clone()], "packages/app").unwrap()), [""]);
    let message = "/packages/app/pyproject.toml: tool.uv.sources.all.workspace: the workspace has no member `all`; add \
                   its folder to tool.uv.workspace.members";
    refused(&[("", ROOT.to_owned()), app], "packages/app", message);
}

#[test]
fn extras_groups_and_markers_select_the_siblings() {
    let more = "dependencies = ['win ; sys_platform == \"win32\"', 'new ; python_version > \"3.11\"']
        optional-dependencies = { all = ['app[web]'], web = ['web @ file:../web'] }
        [dependency-groups]
        dev = [{ include-group = 'test' }]
        test = ['tests']
        [tool.uv.sources]
        win = { path = '../win' }
        new = [
            { path = '../new', marker = 'sys_platform == \"linux\"' },
            { index = 'x', marker = 'sys_platform == \"win32\"' },
        ]
        tests = [{ path = '../tests', group = 'test' }, { path = '../nowhere', extra = 'web' }]";
    let projects = [
        ("app", manifest("app", more)),
        ("web", manifest("web", "")),
        ("new", manifest("new", "")),
        ("win", manifest("win", "")),
    ];
    let listing = listing(&projects, &[]);
    let read = |options: &str| Workspace::in_listing(&listing, "app", &flags(options));
    assert_eq!(places(&read("").unwrap()), ["win", "new"]);
    assert_eq!(places(&read("extra = 'all'").unwrap()), ["win", "new", "web"]);
    let bundle = Bundle::new(read("").unwrap(), listing.clone(), Config::default()).unwrap();
    assert_eq!(bundle.members().map(|member| member.place.as_str()).collect::<Vec<_>>(), ["new"]);
    assert_eq!(
        read("extra = 'none'").unwrap_err().to_string(),
        "[project.optional-dependencies] has no extra `none`; available: `all`, `web`"
    );
}

#[test]
fn archives_are_siblings_too() {
    let more = "dependencies = ['Lib[x] @ file:wheels/lib-1-py3-none-any.whl', 'other', 'old-one @ file:old-one-2.zip']\
                \n[tool.uv.sources]\nother = { path = '../other-1.0.tar.gz' }";
    let projects = [("app", manifest("app", more))];
    let files = [("app/wheels/lib-1-py3-none-any.whl", ""), ("app/old-one-2.zip", ""), ("other-1.0.tar.gz", "")];
    let listing = listing(&projects, &files);
    let workspace = Workspace::in_listing(&listing, "app", &Config::default()).unwrap();
    let bundle = Bundle::new(workspace, listing, Config::default()).unwrap();
    let archives: Vec<_> = bundle.archives().map(|(archive, extras)| (archive.place.as_str(), extras.len())).collect();
    let expected = [("app/wheels/lib-1-py3-none-any.whl", 1), ("other-1.0.tar.gz", 0), ("app/old-one-2.zip", 0)];
    assert_eq!(archives, expected);
    assert_eq!(listed(&bundle), []);
}

#[test]
fn errors_name_the_key() {
    let app = |more: &str| manifest("app", more);
    let with_source = |source: &str| app(&format!("dependencies = ['lib']\n[tool.uv.sources]\nlib = {{ {source} }}"));
    refused(
        &[("app", with_source("path = '../lib'"))],
        "app",
        "/app/pyproject.toml: tool.uv.sources.lib.path: `/lib` does not exist",
    );
    refused(
        &[("app", app("dependencies = ['rich', 'lib @ file:../lib']"))],
        "app",
        "/app/pyproject.toml: project.dependencies[1]: `/lib` does not exist",
    );
    refused(
        &[("app", with_source("path = '../lib'")), ("lib", manifest("other", ""))],
        "app",
        "/app/pyproject.toml: tool.uv.sources.lib.path: `/lib` is `other`, not `lib`; correct one of the names",
    );
    refused(
        &[("app", with_source("path = '../lib'")), ("lib/x", manifest("x", ""))],
        "app",
        "/app/pyproject.toml: tool.uv.sources.lib.path: `/lib` is not a project: it has no pyproject.toml or setup.py",
    );
    refused(
        &[("app", with_source("workspace = true"))],
        "app",
        "/app/pyproject.toml: tool.uv.sources.lib.workspace: the project does not belong to a uv workspace; name the \
         folder of the dependency with `path`",
    );
    let in_workspace = |more: String| {
        [
            ("ws", ROOT.to_owned()),
            ("ws/packages/app", more),
            ("lib", manifest("lib", "")),
            ("ws/packages/x", manifest("x", "")),
        ]
    };
    refused(
        &in_workspace(with_source("workspace = true")),
        "ws/packages/app",
        "/ws/packages/app/pyproject.toml: tool.uv.sources.lib.workspace: the workspace has no member `lib`; \
         add its folder to tool.uv.workspace.members",
    );
    refused(
        &in_workspace(with_source("path = '../../../lib'")),
        "ws/packages/app",
        "/ws/packages/app/pyproject.toml: tool.uv.sources.lib.path: `/lib` is outside the workspace, whose root is \
         `/ws`; move it below the root",
    );
    refused(
        &in_workspace(app("dependencies = ['lib @ file:///lib']")),
        "ws/packages/app",
        "/ws/packages/app/pyproject.toml: project.dependencies[0]: `/lib` is outside the workspace, whose root is \
         `/ws`; move it below the root",
    );
    refused(
        &in_workspace(app("dependencies = ['x']")),
        "ws/packages/app",
        "/ws/packages/app/pyproject.toml: project.dependencies[0]: `x` is a member of the workspace, but would be \
         installed from an index; select the source in tool.uv.sources (`x = { workspace = true }`)",
    );
    refused(
        &[("app", app("[build-system]\nrequires = ['lib @ file:../lib']"))],
        "app",
        "/app/pyproject.toml: build-system.requires[0]: `lib` is a local path, but build requirements are installed \
         before the project is copied; depend on a released version",
    );
    refused(
        &[("", "[tool.uv.workspace]\nmembers = ['x/..']".to_owned()), ("app", app(""))],
        "app",
        "/pyproject.toml: tool.uv.workspace.members[0]: `x/..` is not a valid glob: it must be relative, with `..` \
         only at its start",
    );
    refused(
        &[
            ("", ROOT.to_owned()),
            ("packages/a", manifest("a", "")),
            ("packages/b", manifest("a", "")),
            ("packages/app", with_source("workspace = true").replace("lib", "a")),
        ],
        "packages/app",
        "/packages/app/pyproject.toml: tool.uv.sources.a.workspace: `/packages/a` and `/packages/b` are both named \
         `a`; rename one",
    );
    let nothing = "/lib: no pyproject.toml, setup.py, requirements.txt or Pipfile in this folder";
    refused(&[("app", app(""))], "lib", nothing);
}

#[test]
fn a_path_with_a_control_character_is_rejected() {
    let check = |dependency: &str, more: &str, key: &str, shown: &str| {
        let projects =
            [("app", manifest("app", &format!("dependencies = [{dependency}]\n{more}"))), ("lib", manifest("lib", ""))];
        let message = format!("/app/pyproject.toml: {key}: {shown} contains a control character; rename it");
        refused(&projects, "app", &message);
    };
    let source = "[tool.uv.sources]\nlib = { path = \"../lib\\n\" }";
    check("'lib'", source, "tool.uv.sources.lib.path", "`../lib\\n`");
    check("'lib'", &source.replace("\\n", "\\u007f/../lib"), "tool.uv.sources.lib.path", "`../lib\\u{7f}/../lib`");
    check("'lib @ file:../%0Alib'", "", "project.dependencies[0]", "`../\\nlib`");
}

#[test]
fn a_build_requirement_cannot_be_a_sibling() {
    let app = |more: &str| ("app", manifest("app", &format!("dependencies = ['lib @ file:../lib']\n{more}")));
    let lib = |requires: &str, source: &str| {
        let more =
            format!("[build-system]\nrequires = ['hatchling', '{requires}']\n[tool.uv.sources]\ntool = {{ {source} }}");
        ("lib", manifest("lib", &more))
    };
    let tool = ("tool", manifest("tool", ""));
    let message = "/lib/pyproject.toml: build-system.requires[1]: `tool` is a local path, but build requirements are \
                   installed before the project is copied; depend on a released version";
    for (requires, source) in
        [("tool", "path = '../tool'"), ("tool", "workspace = true"), ("tool @ file:../tool", "index = 'x'")]
    {
        refused(&[app(""), lib(requires, source), tool.clone()], "app", message);
    }
    let workspace = read(&[app(""), lib("tool", "index = 'x'"), tool.clone()], "app").unwrap();
    assert_eq!(places(&workspace), ["lib"]);
    // The sources of a project do not apply to its siblings.
    let here = app("[tool.uv.sources]\ntool = { path = '../tool' }");
    assert_eq!(
        places(&read(&[here, ("lib", manifest("lib", "[build-system]\nrequires = ['tool']")), tool], "app").unwrap()),
        ["lib"]
    );
}

#[test]
fn a_folder_with_any_project_file_is_a_project() {
    for file in ["setup.py", "setup.cfg", "requirements.txt", "pyproject.toml"] {
        let text = if file == "setup.cfg" { "[metadata]\n" } else { "" };
        let listing = Listing::from_files([(format!("app/{file}"), text)]).unwrap();
        let workspace = Workspace::in_listing(&listing, "app", &Config::default()).unwrap();
        assert_eq!(workspace.project().name().as_str(), "app", "{file}");
    }
    for file in ["setup.txt", "README.md", "uv.lock", "setup.cfg"] {
        let listing = Listing::from_files([(format!("app/{file}"), "")]).unwrap();
        let error = Workspace::in_listing(&listing, "app", &Config::default()).unwrap_err().to_string();
        assert_eq!(error, "/app: no pyproject.toml, setup.py, requirements.txt or Pipfile in this folder", "{file}");
    }
}

#[test]
fn a_project_without_a_name_has_that_of_its_folder() {
    for (folder, name) in [("my agent", "my-agent"), (".tmp_x", "tmp-x"), ("Agent.2", "agent-2")] {
        let listing = Listing::from_files([(format!("{folder}/requirements.txt"), "rich")]).unwrap();
        let workspace = Workspace::in_listing(&listing, folder, &Config::default()).unwrap();
        assert_eq!(workspace.project().name().as_str(), name);
    }
}

#[test]
fn a_sibling_that_is_an_unpacked_sdist_has_its_version() {
    let app = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['lib @ file:../lib']";
    let lib = "[project]\nname = 'lib'\ndynamic = ['version']\n[build-system]\nrequires = ['hatch-vcs']";
    let info = ("lib/PKG-INFO", "Metadata-Version: 2.1\nName: lib\nVersion: 2.0\n");
    let listing = Listing::from_files([("app/pyproject.toml", app), ("lib/pyproject.toml", lib), info]).unwrap();
    let workspace = Workspace::in_listing(&listing, "app", &Config::default()).unwrap();
    assert_eq!(workspace.members()[0].project.version().unwrap().to_string(), "2.0");
}

#[test]
fn invalid_metadata_is_an_error_only_if_it_is_needed() {
    let read = |version: &str, info: &[u8]| {
        let manifest = format!("[project]\nname = 'app'\n{version}");
        let files = [("pyproject.toml", manifest.as_bytes()), ("PKG-INFO", info)];
        let listing = Listing::from_files(files).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &Config::default());
        workspace.map(|found| found.project().version().unwrap().to_string()).map_err(|error| error.to_string())
    };
    let (written, dynamic) = ("version = '1'", "dynamic = ['version']");
    let latin = b"Metadata-Version: 1.0\nName: app\nVersion: 2.0\nAuthor: Jos\xe9\n\n\xff";
    assert_eq!(read(dynamic, latin).as_deref(), Ok("2.0"));
    assert_eq!(read(written, latin).as_deref(), Ok("1"));
    assert_eq!(read(written, b"Name: app\nVersion: one\n").as_deref(), Ok("1"));
    assert_eq!(read(written, b"\xff\xfe").as_deref(), Ok("1"));
    let error = read(dynamic, b"Name: app\nVersion: one\n").unwrap_err();
    assert!(error.contains("PKG-INFO"), "{error}");
    assert!(read(dynamic, b"Name: app\nVersion: 2\xff0\n").unwrap_err().contains("PKG-INFO"));
}

/// Returns the requirements that are resolved during the build.
fn listed(bundle: &Bundle) -> &[Requirement] {
    match bundle.dependencies() {
        Dependencies::Listed(requirements) => requirements,
        _ => &[],
    }
}
