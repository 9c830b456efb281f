use crate::files::Listing;
use crate::project::{Config, Workspace, WorkspaceError};

fn workspace(files: &[(&str, &str)], folder: &str) -> Result<Workspace, WorkspaceError> {
    Workspace::in_listing(&Listing::from_files(files.iter().copied()).unwrap(), folder, &Config::default())
}

/// Returns the folders of the members that are packages, and of those that are not.
fn places(workspace: &Workspace) -> [Vec<&str>; 2] {
    [true, false].map(|is_package| {
        let members = workspace.members().iter().filter(|member| member.is_package == is_package);
        members.map(|member| member.place.as_str()).collect()
    })
}

const BUILD: &str = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n";

/// uv decides whether a member without a build system is a package by the manifests that name it as a source. The key
/// `package` overrides this.
#[test]
fn a_root_that_only_its_own_sources_name_is_no_package() {
    let root = "[project]\nname = 'root'\nversion = '1'\n[tool.uv.workspace]\nmembers = ['*']\n\
                [tool.uv.sources]\nroot = { workspace = true }\nlib = { workspace = true }\n";
    let app = format!("[project]\nname = 'app'\nversion = '1'\ndependencies = ['root', 'lib']\n{BUILD}");
    let own_source = format!("{app}[tool.uv.sources]\nroot = {{ workspace = true }}\n");
    let forced = root.replace("root = { workspace = true }", "root = { workspace = true, package = true }");
    let lib = "[project]\nname = 'lib'\nversion = '1'\n";
    let (both, lib_alone) = ([vec!["", "lib"], vec![]], [vec!["lib"], vec![""]]);
    for (root, app, expected) in [
        (root.to_owned(), &app, &lib_alone),
        (format!("{root}{BUILD}"), &app, &both),
        (format!("{root}[tool.uv]\npackage = true\n"), &app, &both),
        (forced, &app, &both),
        (root.to_owned(), &own_source, &both),
    ] {
        let files = [("pyproject.toml", &*root), ("app/pyproject.toml", app), ("lib/pyproject.toml", lib)];
        assert_eq!(places(&workspace(&files, "app").unwrap()), *expected, "{root}{app}");
    }
}

/// The legacy build of setuptools reads nothing of `[tool.poetry]`: it makes a wheel of the name `unknown`.
#[test]
fn poetry_builds_a_sibling_that_names_no_backend() {
    let of_poetry = |name: &str, more: &str| format!("[tool.poetry]\nname = '{name}'\nversion = '1'\n{more}");
    let app = of_poetry("app", "[tool.poetry.dependencies]\nlib = { path = 'lib' }");
    let lib = of_poetry("lib", "");
    let no_package = of_poetry("lib", "package-mode = false");
    for (manifest, expected) in [
        (&*lib, "poetry.core.masonry.api"),
        (&*no_package, "poetry.core.masonry.api"),
        (&*format!("{lib}{BUILD}"), "hatchling.build"),
    ] {
        for (file, text) in [("app/pyproject.toml", &*app), ("app/requirements.txt", "./lib")] {
            let found = workspace(&[(file, text), ("app/lib/pyproject.toml", manifest)], "app").unwrap();
            let backend = found.members()[0].project.build_system().backend.as_deref();
            assert_eq!(backend, Some(expected), "{file}: {manifest}");
        }
    }
}

#[test]
fn members_may_be_beside_their_root() {
    let server = "[project]\nname = 'server'\nversion = '1'\ndependencies = ['client']\n\
                  [tool.uv.workspace]\nmembers = ['../client', '../libs/*', 'inner']\nexclude = ['../libs/old']\n\
                  [tool.uv.sources]\nclient = { workspace = true }\n";
    let member = |name: &str, more: &str| format!("[project]\nname = '{name}'\nversion = '1'\n{more}{BUILD}");
    let uses_lib = "dependencies = ['lib']\n[tool.uv.sources]\nlib = { workspace = true }\n";
    let (client, lib, old) = (member("client", uses_lib), member("lib", ""), member("lib", ""));
    let inner = member("inner", &uses_lib.replace("lib", "client"));
    let files = [
        ("team/server/pyproject.toml", server),
        ("team/server/inner/pyproject.toml", &inner),
        ("team/client/pyproject.toml", &client),
        ("team/libs/new/pyproject.toml", &lib),
        ("team/libs/old/pyproject.toml", &old),
        ("team/server/uv.lock", "version = 1"),
    ];
    for folder in ["team/server", "team/server/inner"] {
        let found = workspace(&files, folder).unwrap();
        assert_eq!(places(&found), [vec!["team/client", "team/libs/new"], vec![]], "{folder}");
        assert_eq!(found.uv_root().unwrap().place, "team/server");
        assert_eq!(found.locks().uv.as_ref().unwrap().path, "team/server/uv.lock");
    }
    // As in uv, the member itself does not find its root.
    let refused = workspace(&files, "team/client").unwrap_err().to_string();
    assert!(refused.contains("tool.uv.sources.lib.workspace"), "{refused}");
}

/// uv and pip read the name of such an archive from its metadata.
#[test]
fn a_source_archive_needs_no_version_in_its_name() {
    let found = |file: &str| {
        let manifest = format!(
            "[project]\nname = 'app'\nversion = '1'\ndependencies = ['my-lib']\n[tool.uv.sources]\nmy-lib = {{ path = '{file}' }}\n"
        );
        let found = workspace(&[("pyproject.toml", &manifest), (file, "")], "").map_err(|error| error.to_string())?;
        Ok::<_, String>(found.archives()[0].name.to_string())
    };
    for file in ["mylib.zip", "my-lib.tar.gz", "lib-main.tgz", "v1.0.tar.xz", "my_lib-1.0.tar.gz", "My.Lib-1.0rc1.zip"]
    {
        assert_eq!(found(file), Ok("my-lib".to_owned()), "{file}");
    }
    for (file, message) in [
        ("other-1.0.tar.gz", "is `other`, not `my-lib`"),
        ("mylib.whl", "must contain the name and version"),
        ("mylib.rar", "is not a folder, a wheel"),
        (".zip", "is not a folder, a wheel"),
    ] {
        let refused = found(file).unwrap_err();
        assert!(refused.contains(message), "{refused}");
    }
}

fn with_flags(files: &[(&str, &str)], folder: &str, flags: &str) -> Result<Workspace, String> {
    let listing = Listing::from_files(files.iter().copied()).unwrap();
    let flags: Config = toml::from_str(flags).unwrap();
    Workspace::in_listing(&listing, folder, &flags).map_err(|error| error.to_string())
}

const LIB: &str = "[project]\nname = 'lib'\nversion = '1'\n";

/// The requirement has a path of its own, so that the source would be ignored.
#[test]
fn a_requirement_with_a_path_has_no_source_beside_it() {
    let manifest = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['lib @ file:lib']\n";
    let outcome = |more: &str| {
        let manifest = format!("{manifest}{more}");
        with_flags(&[("pyproject.toml", &manifest), ("lib/pyproject.toml", LIB)], "", "")
            .map(|found| places(&found).concat().len())
    };
    assert_eq!(outcome(""), Ok(1));
    let refused = outcome("[tool.uv.sources]\nlib = { path = 'lib' }\n").unwrap_err();
    assert!(refused.starts_with("/pyproject.toml: project.dependencies[0]: "), "{refused}");
    // The sources of the root are for requirements without one.
    let root = "[tool.uv.workspace]\nmembers = ['app']\n[tool.uv.sources]\nlib = { path = 'app/lib' }\n";
    let files = [("pyproject.toml", root), ("app/pyproject.toml", manifest), ("app/lib/pyproject.toml", LIB)];
    assert_eq!(places(&with_flags(&files, "app", "").unwrap()).concat(), ["app/lib"]);
}

#[test]
fn a_requirement_by_url_is_no_member() {
    let url = "dependencies = ['lib @ https://files.example.org/lib-1-py3-none-any.whl']";
    let root = format!("[project]\nname = 'app'\nversion = '1'\n{url}\n[tool.uv.workspace]\nmembers = ['lib']\n");
    let found = with_flags(&[("pyproject.toml", &root), ("lib/pyproject.toml", LIB)], "", "").unwrap();
    assert_eq!(places(&found).concat(), [""; 0]);
}

/// What it requires is not looked for either.
#[test]
fn a_sibling_of_another_platform_is_not_needed() {
    let app =
        |marker: &str| format!("[project]\nname = 'app'\nversion = '1'\ndependencies = [\"lib @ file:lib{marker}\"]\n");
    let lib = format!("{LIB}dependencies = ['gone @ file:gone']\n");
    let outcome = |marker: &str| with_flags(&[("pyproject.toml", &app(marker)), ("lib/pyproject.toml", &lib)], "", "");
    assert!(outcome(" ; sys_platform == 'win32'").is_ok());
    assert!(outcome(" ; sys_platform == 'linux'").unwrap_err().ends_with("`/lib/gone` does not exist"));
}

/// Installers only warn about a missing extra of a dependency.
#[test]
fn a_sibling_may_lack_an_extra() {
    let manifest = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['lib[gone] @ file:lib']\n";
    let found = with_flags(&[("pyproject.toml", manifest), ("lib/pyproject.toml", LIB)], "", "").unwrap();
    assert_eq!(places(&found).concat(), ["lib"]);
}

#[test]
fn a_source_may_be_for_one_group() {
    let manifest = "[project]\nname = 'app'\nversion = '1'\n[dependency-groups]\ndev = ['lib']\ndocs = ['lib']\n\
                    [tool.uv.sources]\nlib = [{ path = 'lib', group = 'dev' }]\n";
    let files = [("pyproject.toml", manifest), ("lib/pyproject.toml", LIB)];
    for (group, expected) in [("dev", &["lib"][..]), ("docs", &[])] {
        let found = with_flags(&files, "", &format!("group = '{group}'")).unwrap();
        assert_eq!(places(&found).concat(), expected, "{group}");
    }
}

#[test]
fn an_error_names_the_key_of_each_kind_of_manifest() {
    let project = "[project]\nname = 'app'\nversion = '1'\n";
    let poetry = "[tool.poetry]\nname = 'app'\nversion = '1'\n[tool.poetry.dependencies]\nMy_lib = { path = '../lib' }\nsix = '*'\n";
    for (manifest, key) in [
        (format!("{project}[dependency-groups]\ndev = ['lib @ file:../lib']\n"), "dependency-groups.dev"),
        (format!("{project}optional-dependencies.x = ['lib @ file:../lib']\n"), "project.optional-dependencies.x[0]"),
        (poetry.to_owned(), "tool.poetry.dependencies.my-lib"),
    ] {
        let flags = match key {
            "dependency-groups.dev" => "group = 'dev'",
            "project.optional-dependencies.x[0]" => "extra = 'x'",
            _ => "",
        };
        let error = with_flags(&[("app/pyproject.toml", &manifest)], "app", flags).unwrap_err();
        assert_eq!(error, format!("/app/pyproject.toml: {key}: `/lib` does not exist"));
    }
}

/// uv installs what the lock says, and a list beside it is not read.
#[test]
fn a_list_beside_a_lock_of_uv_names_no_siblings() {
    let files = [
        ("pyproject.toml", "[project]\nname = 'app'\nversion = '1'\n"),
        ("requirements.txt", "./gone"),
        ("uv.lock", "version = 1\n[[package]]\nname = 'app'\nversion = '1'\nsource = { virtual = '.' }\n"),
    ];
    assert!(with_flags(&files, "", "").is_ok());
    let read = with_flags(&files, "", "installer = 'pip'").unwrap_err();
    assert_eq!(read, "/requirements.txt: gone: `/gone` does not exist");
}
