//! Workspaces on disk: which files are read, which are in the context, and which folders uv installs.

use std::fs;
use std::process::Stdio;

use agentix_gen::files::read_workspace;
use agentix_gen::project::Config;
use camino::Utf8Path;

use super::selection::{kept, refusal};
use super::{Folder, bundle, symlink, tar};
use crate::judges;

/// Creates a folder with these files, each a path and a text.
pub(crate) fn folder(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::empty();
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

pub(crate) fn project(name: &str, dependencies: &str, more: &str) -> String {
    format!(
        "[project]\nname = '{name}'\nversion = '1'\nrequires-python = '>=3.9'\ndependencies = [{dependencies}]\n{more}\n"
    )
}

const BUILD: &str = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'";

#[track_caller]
pub(crate) fn refused(path: &Utf8Path, message: &str) {
    let error = refusal(path);
    assert!(error.ends_with(message), "{error}");
}

const LOCK: &str = "version = 1
requires-python = '>=3.9'

[[package]]
name = 'app'
version = '1'
source = { editable = 'packages/app' }
dependencies = [{ name = 'lib' }]

[package.metadata]
requires-dist = [{ name = 'lib', editable = 'packages/lib' }]

[[package]]
name = 'lib'
version = '1'
source = { editable = 'packages/lib' }
";

fn monorepo() -> Folder {
    folder(&[
        ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['packages/*']"),
        ("uv.lock", LOCK),
        ("README.md", "of the whole"),
        (".env", "TOKEN=1"),
        (".dockerignore", "packages"),
        (
            "packages/app/pyproject.toml",
            &project(
                "app",
                "'lib'",
                "[tool.uv.sources]\nlib = { workspace = true }\n[tool.agentix]\nexclude = ['docs']\ninclude = ['kept.log']",
            ),
        ),
        ("packages/app/.dockerignore", "*.log"),
        ("packages/app/app.py", ""),
        ("packages/app/a.log", ""),
        ("packages/app/kept.log", ""),
        ("packages/app/docs/x", ""),
        ("packages/lib/pyproject.toml", &project("lib", "", "[tool.agentix]\nexclude = ['data']")),
        ("packages/lib/.env", "TOKEN=1"),
        ("packages/lib/build/x", ""),
        ("packages/lib/a.log", ""),
        ("packages/lib/data/x", ""),
        ("packages/lib/docs/x", ""),
        ("packages/unused/pyproject.toml", &project("unused", "", "")),
        ("packages/unused/x.py", ""),
    ])
}

#[test]
fn each_project_has_its_own_rules() {
    let folder = monorepo();
    let app = folder.join("packages/app");
    let expected = [
        "packages/app/.dockerignore",
        "packages/app/app.py",
        "packages/app/kept.log",
        "packages/app/pyproject.toml",
        "packages/lib/a.log",
        "packages/lib/docs/x",
        "packages/lib/pyproject.toml",
        "pyproject.toml",
        "uv.lock",
    ];
    assert_eq!(kept(&app), expected);
    let bundle = bundle(&app).unwrap();
    let dropped: Vec<_> = bundle.listing().excluded().iter().map(|dropped| dropped.path.as_str()).collect();
    assert_eq!(
        dropped,
        ["packages/app/a.log", "packages/app/docs", "packages/lib/.env", "packages/lib/build", "packages/lib/data"]
    );
    assert_eq!(bundle.workspace().root(), folder.path().canonicalize_utf8().unwrap());
    // The path by which the project is named does not affect the archive.
    let bytes = tar(&bundle).unwrap();
    symlink("packages", &folder.join("link"));
    assert!(tar(&super::bundle(&folder.join("link/app")).unwrap()).unwrap() == bytes);
    // Files that the project does not need do not affect the archive.
    fs::write(folder.join("packages/unused/x.py"), "new").unwrap();
    fs::write(folder.join("README.md"), "new").unwrap();
    assert!(tar(&super::bundle(&app).unwrap()).unwrap() == bytes);
    fs::write(folder.join("packages/lib/docs/x"), "new").unwrap();
    assert!(tar(&super::bundle(&app).unwrap()).unwrap() != bytes);
}

#[test]
fn siblings_without_a_workspace_have_a_common_folder() {
    let folder = folder(&[
        ("a/app/pyproject.toml", &project("app", "'lib @ file:../../b/lib'", "")),
        ("a/app/app.py", ""),
        ("a/other.py", ""),
        ("b/lib/pyproject.toml", &project("lib", "'deep'", "[tool.uv.sources]\ndeep = { path = 'deep' }")),
        ("b/lib/deep/pyproject.toml", &project("deep", "", "")),
        ("b/lib/deep/build/x", ""),
        ("pyproject.toml.bak", ""),
    ]);
    let expected = ["a/app/app.py", "a/app/pyproject.toml", "b/lib/deep/pyproject.toml", "b/lib/pyproject.toml"];
    assert_eq!(kept(&folder.join("a/app")), expected);
    // The whole folder of the project is included. A sibling inside it follows the rules of the project.
    assert_eq!(kept(&folder.join("b/lib")), ["deep/build/x", "deep/pyproject.toml", "pyproject.toml"]);
    let absolute = project("app", &format!("'lib @ file://{}'", folder.join("b/lib").canonicalize_utf8().unwrap()), "");
    fs::write(folder.join("a/app/pyproject.toml"), absolute).unwrap();
    assert_eq!(kept(&folder.join("a/app")), expected);
}

#[test]
fn a_project_inside_another_is_listed_once() {
    let folder = folder(&[
        (
            "pyproject.toml",
            &project("all", "", "[tool.uv.workspace]\nmembers = ['app']\n[tool.agentix]\nexclude = ['app', 'tests']"),
        ),
        ("all.py", ""),
        ("tests/x.py", ""),
        ("app/pyproject.toml", &project("app", "'all'", "[tool.uv.sources]\nall = { workspace = true }\n")),
        ("app/tests/x.py", ""),
    ]);
    assert_eq!(kept(&folder.join("app")), ["all.py", "app/pyproject.toml", "app/tests/x.py", "pyproject.toml"]);
    assert_eq!(kept(folder.path()), ["all.py", "pyproject.toml"]);
}

#[test]
fn a_sibling_behind_a_link_and_a_link_out_of_the_context_are_refused() {
    let folder = folder(&[
        ("app/pyproject.toml", &project("app", "'lib'", "[tool.uv.sources]\nlib = { path = '../lib' }")),
        ("real/pyproject.toml", &project("lib", "", "")),
    ]);
    let app = folder.join("app");
    symlink("real", &folder.join("lib"));
    let root = folder.path().canonicalize_utf8().unwrap();
    let link =
        format!("`{root}/lib` is a symbolic link, whose target would differ in the image; name the target instead");
    refused(&app, &format!("{root}/app/pyproject.toml: tool.uv.sources.lib.path: {link}"));
    fs::remove_file(folder.join("lib")).unwrap();
    symlink("lib", &folder.join("lib"));
    refused(&app, &link);
    fs::remove_file(folder.join("lib")).unwrap();
    fs::rename(folder.join("real"), folder.join("lib")).unwrap();
    symlink("../lib/pyproject.toml", &folder.join("app/inside"));
    assert!(kept(&app).contains(&"app/inside".to_owned()));
    symlink("../../x", &folder.join("lib/outside"));
    let outside = "link `lib/outside` points outside the project, to `../../x`; exclude it with `exclude`, or copy its \
                   target with `symlinks = \"follow\"`";
    refused(&app, outside);
}

#[test]
fn a_sibling_without_a_common_folder_is_refused() {
    let folder = folder(&[("pyproject.toml", &project("app", "'lib @ file:///usr/lib'", ""))]);
    refused(
        folder.path(),
        "project.dependencies[0]: `/usr/lib` and the project share only the root of the file system; \
         move both below a common folder",
    );
}

#[test]
fn only_the_nearest_manifest_above_a_project_is_read() {
    let folder = folder(&[
        ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['**']"),
        ("middle/pyproject.toml", &project("middle", "", "")),
        ("middle/examples/app/pyproject.toml", &project("app", "", "")),
        ("middle/examples/app/.python-version", "3.12"),
    ]);
    let read = |path| read_workspace(&folder.join(path), &Config::default()).unwrap();
    assert!(read("middle/examples/app").uv_root().is_none());
    assert_eq!(read("middle").project_path(), "middle");
    fs::write(folder.join("middle/pyproject.toml"), "[tool.uv").unwrap();
    refused(&folder.join("middle/examples/app"), "middle/pyproject.toml:1:9: unclosed table, expected `]`");
}

/// Returns the folders from which uv installs packages for the project in `folder`. Returns `None` without uv.
fn folders_of_uv(folder: &Utf8Path) -> Option<Vec<String>> {
    let mut uv = judges::program("uv")?;
    uv.current_dir(folder).args([
        "export",
        "--no-hashes",
        "--no-header",
        "--no-annotate",
        "--no-emit-project",
        "--no-dev",
    ]);
    uv.env("UV_PYTHON_DOWNLOADS", "never").env_remove("VIRTUAL_ENV").stdin(Stdio::null());
    let output = uv.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let local = text.lines().filter_map(|line| {
        line.strip_prefix("-e ./")
            .or_else(|| line.strip_prefix("./"))
            .or_else(|| line.strip_prefix("../").map(|_| line))
    });
    let on_linux = local.filter(|line| !line.ends_with("; sys_platform == 'win32'"));
    let mut local: Vec<String> = on_linux.map(str::to_owned).collect();
    local.sort();
    Some(local)
}

/// The context includes the folders from which uv installs packages.
#[test]
fn uv_installs_the_same_folders() {
    let root = "[tool.uv.workspace]\nmembers = ['packages/*', 'deep/**/lib']\nexclude = ['packages/old', 'deep']\n[tool.uv.sources]\nshared = { path = 'vendor/shared' }";
    let sources = "[tool.uv.sources]\nlib = { workspace = true }\nplain = { workspace = true }\nvirtual = { workspace = true }\nall = { workspace = true }";
    let lib = "[project.optional-dependencies]\nweb = ['docs']\n[tool.uv.sources]\napp = { workspace = true }\n";
    let lib = format!("{lib}docs = {{ workspace = true }}\n{BUILD}");
    let folder = folder(&[
        ("pyproject.toml", root),
        (
            "packages/app/pyproject.toml",
            &project(
                "app",
                "'lib[web]', 'plain', 'virtual', 'shared', 'win; sys_platform == \"win32\"'",
                &format!("{BUILD}\n{sources}\nwin = {{ workspace = true }}"),
            ),
        ),
        ("packages/lib/pyproject.toml", &project("lib", "'app'", &lib)),
        ("packages/plain/pyproject.toml", &project("plain", "", "")),
        ("packages/win/pyproject.toml", &project("win", "", BUILD)),
        (
            "packages/virtual/pyproject.toml",
            &project(
                "virtual",
                "'nested-lib'",
                "[tool.uv]\npackage = false\n[tool.uv.sources]\nnested-lib = { workspace = true }",
            ),
        ),
        ("packages/docs/pyproject.toml", &project("docs", "", BUILD)),
        ("packages/.hidden/pyproject.toml", &project("hidden", "", BUILD)),
        ("deep/a/b/lib/pyproject.toml", &project("nested-lib", "", BUILD)),
        (
            "packages/old/pyproject.toml",
            &project("old", "'shared'", "[tool.uv.sources]\nshared = { path = '../../vendor/shared' }"),
        ),
        ("vendor/shared/pyproject.toml", &project("shared", "", BUILD)),
    ]);
    for path in ["packages/app", "packages/lib", "packages/virtual", "packages/old"] {
        let bundle = bundle(&folder.join(path)).unwrap();
        let packages = bundle.members().filter(|member| member.is_package);
        let mut ours: Vec<String> = packages.map(|member| member.place.to_string()).collect();
        ours.sort();
        let Some(theirs) = folders_of_uv(&folder.join(path)) else { return };
        // Without a workspace, uv prints the paths relative to the project, as in the manifest.
        let theirs: Vec<String> = theirs.iter().map(|path| path.trim_start_matches("../").to_owned()).collect();
        assert!(!ours.is_empty());
        assert_eq!(ours, theirs, "{path}");
    }
}

/// An installer would find out in the build. Each is what a failed download, a server or git may leave.
#[test]
fn a_damaged_archive_is_refused() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    let entries = |count: char| format!("PK\u{5}\u{6}\0\0\0\0{count}\0{count}\0\0\0\0\0\0\0\0\0\0\0");
    let again = "; build or download it again";
    for (name, content, fault) in [
        ("lib.zip", &*entries('\0'), format!("holds no files{again}")),
        ("lib-1.0-py3-none-any.whl", "", format!("holds no files{again}")),
        ("lib-1.0-py3-none-any.whl", "<html>", format!("is no complete zip archive{again}")),
        ("lib-1.0.tar.gz", "<html>", format!("is no complete gzip archive{again}")),
        ("lib-1.0.tar.xz", pointer, "is a pointer of Git LFS; fetch its content: git lfs pull".to_owned()),
    ] {
        let manifest = project("app", "'lib'", &format!("[tool.uv.sources]\nlib = {{ path = 'vendor/{name}' }}"));
        let vendored = format!("vendor/{name}");
        let folder = folder(&[("pyproject.toml", &manifest), (&vendored, content)]);
        assert_eq!(refusal(folder.path()), format!("`{}` {fault}", folder.join(&vendored)), "{name}");
        fs::write(folder.join(&vendored), entries('\u{1}')).unwrap();
        assert!(read_workspace(folder.path(), &Config::default()).is_ok(), "{name}");
    }
}
