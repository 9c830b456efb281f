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
