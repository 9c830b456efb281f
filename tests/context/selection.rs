//! Checks which files of a real folder are in the context.

use std::fs;

use agentix_gen::context::write_folder;
use agentix_gen::value::Cancel;
use camino::Utf8Path;

use super::{Folder, bundle, staged, symlink, tar, tree};

/// Returns the files and links of a project that are in its context.
pub(crate) fn kept(project: &Utf8Path) -> Vec<String> {
    let bundle = bundle(project).unwrap();
    let entries = bundle.listing().entries().iter();
    let files = entries.filter(|entry| *entry.kind() != agentix_gen::files::EntryKind::Folder);
    files.map(|entry| entry.path().to_owned()).collect()
}

/// Returns the paths that are reported as excluded, with their reasons.
pub(crate) fn reported(project: &Utf8Path) -> Vec<(String, String)> {
    let bundle = bundle(project).unwrap();
    bundle.listing().excluded().iter().map(|dropped| (dropped.path.clone(), dropped.reason.to_string())).collect()
}

/// Returns the message with which a project is refused.
#[track_caller]
pub(crate) fn refusal(project: &Utf8Path) -> String {
    bundle(project).unwrap_err().to_string()
}

pub(crate) fn with_config(folder: &Folder, config: &str) {
    fs::write(folder.join("pyproject.toml"), format!("{}\n[tool.agentix]\n{config}", tree::MANIFEST)).unwrap();
}

#[test]
fn a_docker_ignore_file_excludes_paths() {
    let ignore = "# comment\n*.log\n/docs\n!docs/keep.md\n**/*.tmp\ndata\n!data/a\n  src/gen[0-9].py  \n";
    let files = [
        (".dockerignore", ignore),
        ("a.log", ""),
        ("src/a.log", ""),
        ("docs/drop.md", ""),
        ("docs/keep.md", ""),
        ("src/docs/a.md", ""),
        ("src/deep/a.tmp", ""),
        ("data/a", ""),
        ("data/b/c", ""),
        ("src/gen1.py", ""),
        ("src/gen.py", ""),
    ];
    let folder = Folder::of(&tree::project(&files));
    let expected =
        [".dockerignore", "data/a", "docs/keep.md", "pyproject.toml", "src/a.log", "src/docs/a.md", "src/gen.py"];
    assert_eq!(kept(folder.path()), expected);
    let drops = reported(folder.path()).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
    assert_eq!(drops, ["a.log", "data/b", "docs/drop.md", "src/deep/a.tmp", "src/gen1.py"]);

    with_config(&folder, "include = ['docs']\nexclude = ['docs/drop.md', 'src']");
    assert_eq!(kept(folder.path()), [".dockerignore", "data/a", "docs/keep.md", "pyproject.toml"]);
}

#[test]
fn build_output_is_excluded_where_builds_write_it() {
    let files = [
        ("build/lib/x.py", ""),
        ("dist/x.whl", ""),
        ("hello.egg-info/PKG-INFO", ""),
        ("src/hello.egg-info/PKG-INFO", ""),
        (".tox/py/x", ""),
        ("web/node_modules/x/index.js", ""),
        ("pkg/__pycache__/x.pyc", ""),
        (".git/HEAD", ""),
        ("sub/.git", "gitdir: ../.git/modules/sub"),
        // These only have the name of a build output.
        ("pkg/build/__init__.py", ""),
        ("pkg/dist/__init__.py", ""),
        ("pkg/build.py", ""),
        ("pkg/env/__init__.py", ""),
        ("pkg/venv.py", ""),
    ];
    let folder = Folder::of(&tree::project(&files));
    let expected = [
        "pkg/build/__init__.py",
        "pkg/build.py",
        "pkg/dist/__init__.py",
        "pkg/env/__init__.py",
        "pkg/venv.py",
        "pyproject.toml",
    ];
    assert_eq!(kept(folder.path()), expected);
    // A regular file with this name is not build output.
    let folder = Folder::of(&tree::project(&[("build", "#!/bin/sh"), ("dist", "")]));
    assert_eq!(kept(folder.path()), ["build", "dist", "pyproject.toml"]);
    // A `PKG-INFO` shows that the folder is an unpacked source distribution. There `*.egg-info` is part of the source.
    let unpacked =
        [("PKG-INFO", "Name: hello\nVersion: 1.0\n"), ("src/x.egg-info/SOURCES.txt", ""), ("build/lib/x.py", "")];
    let folder = Folder::of(&tree::project(&unpacked));
    assert_eq!(kept(folder.path()), ["PKG-INFO", "pyproject.toml", "src/x.egg-info/SOURCES.txt"]);
}

#[test]
fn a_virtual_environment_is_recognised_by_its_contents() {
    let files = [
        (".venv/pyvenv.cfg", ""),
        (".venv/bin/python", ""),
        ("tools/my env/pyvenv.cfg", ""),
        ("tools/my env/lib/x.py", ""),
        ("venv/not_one.py", ""),
        ("env/not_one.py", ""),
    ];
    let folder = Folder::of(&tree::project(&files));
    symlink("/usr/bin/python3", &folder.join(".venv/bin/python3"));
    assert_eq!(kept(folder.path()), ["env/not_one.py", "pyproject.toml", "venv/not_one.py"]);
    let reasons = [(".venv", "a virtual environment"), ("tools/my env", "a virtual environment")];
    assert_eq!(reported(folder.path()), reasons.map(|(path, reason)| (path.to_owned(), reason.to_owned())));
}

/// Folders that this tool wrote into the project are excluded, whatever their path, and even if the write was killed.
#[test]
fn our_own_output_is_never_in_the_context() {
    let folder = Folder::of(&tree::project(&[("src/a.py", "")]));
    let before = tar(&bundle(folder.path()).unwrap()).unwrap();
    for destination in ["out", "src/staged context", "./build/hello"] {
        let bundle = bundle(folder.path()).unwrap();
        write_folder(&staged(&bundle), &folder.join(destination), &Cancel::default()).unwrap();
        // A killed process leaves such a folder.
        fs::create_dir(folder.join(".out.x.agentix-scratch")).unwrap();
        fs::write(folder.join(".out.x.agentix-scratch").join(agentix_gen::files::STAGE_MARKER), "").unwrap();
        assert_eq!(kept(folder.path()), ["pyproject.toml", "src/a.py"], "{destination}");
        assert!(tar(&super::bundle(folder.path()).unwrap()).unwrap() == before, "{destination}");
        fs::remove_dir_all(folder.join(".out.x.agentix-scratch")).unwrap();
    }
}
