//! Bad input: one line that names what, where and the remedy, before anything is written.

use std::os::unix::fs::symlink;
use std::process::Command;

use crate::run::{Folder, HELLO};

#[track_caller]
fn refused(manifest: impl AsRef<[u8]>, message: &str) {
    let folder = Folder::with("pyproject.toml", manifest);
    for arguments in [&["."][..], &["context"], &["stage", "--into", "out"], &["build", "--dry-run"], &["build"]] {
        assert_eq!(folder.run(arguments).refused(), message, "{arguments:?}");
    }
    assert_eq!(folder.paths(), ["pyproject.toml"], "nothing is written");
}

#[test]
fn a_folder_is_needed() {
    let folder = Folder::hello().file("empty/x", "");
    assert_eq!(
        folder.run(&["nowhere"]).refused(),
        "error: nowhere: not a folder; agentix-gen takes the folder of a Python project\n"
    );
    for (mistyped, meant) in [("biuld", "build"), ("plam", "plan"), ("file", "files")] {
        assert_eq!(
            folder.run(&[mistyped]).refused(),
            format!(
                "error: {mistyped}: not a folder; agentix-gen takes the folder of a Python project\n  \
                 help: did you mean the command `{meant}`?\n"
            )
        );
    }
    assert_eq!(
        folder.run(&["empty"]).refused(),
        "error: empty: no pyproject.toml, setup.py or requirements.txt in this folder\n"
    );
    assert_eq!(
        folder.run(&["a\u{1b}[31m\nb"]).refused(),
        "error: a\\u{1b}[31m\\nb: not a folder; agentix-gen takes the folder of a Python project\n"
    );
}

#[test]
fn a_manifest_is_refused_with_its_place() {
    refused("[project\n", "error: ./pyproject.toml:1:9: unclosed table, expected `]`\n");
    refused("[project]\nname = \"a\"\nname = \"b\"\n", "error: ./pyproject.toml:3:1: duplicate key\n");
    refused(
        b"[project]\nname = \"\xe9\"\n",
        "error: ./pyproject.toml:2:9: not UTF-8 from here on; save the file as UTF-8\n",
    );
    refused(
        "[project]\nname = \"a\\u001b[31m\"\nversion = '1'\n",
        "error: ./pyproject.toml:2:8: project.name: `a\\u{1b}[31m` is not a project name: \
         only ASCII letters, digits, `.`, `_` and `-` may occur in it\n",
    );
    refused(
        "[project]\nname = '..'\nversion = '1'\n",
        "error: ./pyproject.toml:2:8: project.name: `..` is not a project name: it starts and ends with a letter or a digit\n",
    );
    refused(
        vec![b'#'; 10_000_001],
        "error: ./pyproject.toml: larger than 10 MB; a manifest of that size is a mistake\n",
    );
    refused(
        format!("{HELLO}[tool.agentix]\nexlude = ['x']\n"),
        "error: ./pyproject.toml:6:1: [tool.agentix] has no key `exlude`; did you mean `exclude`?\n",
    );
}

#[test]
fn a_version_left_to_the_build_is_asked_for() {
    refused(
        "[project]\nname = 'a'\ndynamic = ['version']\n",
        "error: [project] leaves `version` to the build; say which it is with --project-version, \
         or name the image with --tag\n",
    );
}

#[test]
fn a_name_too_long_for_an_image_is_refused() {
    let printed = Folder::with("pyproject.toml", format!("[project]\nname = '{}'\nversion = '1'\n", "x".repeat(300)))
        .run(&["build", "--dry-run"])
        .refused();
    assert!(
        printed.ends_with("is not an image reference: the repository's path is longer than 255 characters\n"),
        "{printed}"
    );
}

#[test]
fn an_image_needs_a_tag_of_its_own() {
    let folder = Folder::hello();
    assert_eq!(
        folder.run(&["-t", "localhost:5000/foo"]).refused(),
        "error: image `localhost:5000/foo` has no tag; name one, as in `localhost:5000/foo:1.0`\n"
    );
    assert_eq!(
        folder.run(&["build", "-o", "agentix/runtime:0.1.0"]).refused(),
        "error: image `agentix/runtime:0.1.0` is the runtime image that the bundle starts from; name it otherwise with --tag\n"
    );
}

#[test]
fn links_and_special_files_are_refused_by_name() {
    let folder = Folder::hello();
    symlink("/etc/passwd", folder.path("leak")).unwrap();
    let refusal = "error: link `leak` leads out of the project, to `/etc/passwd`; keep it out with `exclude`, or take \
                   what it leads to with `symlinks = \"follow\"`\n";
    assert_eq!(folder.run(&["context"]).refused(), refusal);
    assert_eq!(folder.run(&["build", "--dry-run"]).refused(), refusal);
    folder.run(&["--exclude", "leak"]).prints();

    let folder = Folder::hello();
    assert!(Command::new("mkfifo").arg(folder.path("pipe")).status().unwrap().success());
    assert_eq!(folder.run(&["."]).refused(), "error: `pipe` is a named pipe; keep it out with `exclude`\n");
}

#[test]
fn a_manifest_that_is_no_file_is_not_waited_for() {
    let folder = Folder::with("x", "");
    assert!(Command::new("mkfifo").arg(folder.path("pyproject.toml")).status().unwrap().success());
    assert_eq!(
        folder.run(&["."]).refused(),
        "error: `./pyproject.toml` cannot be read\n  caused by: it is no regular file\n"
    );
}
