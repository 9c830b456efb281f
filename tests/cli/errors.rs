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
    let absent =
        |path: &str| format!("error: {path}: no such folder; agentix-gen takes the folder of a Python project\n");
    let folder = Folder::hello().file("empty/deep/x", "").file("empty/a b/setup.py", "");
    let refused = |path: &str| folder.run(&[path]).refused();
    assert_eq!(refused("./nowhere"), absent("./nowhere"));
    assert_eq!(
        refused("emit"),
        "error: emit: neither a folder nor a command\n  help: the commands are build, dockerfile, files, plan, check, \
         context, stage, lock, engines, runtime\n"
    );
    for (mistyped, meant) in [("biuld", "build"), ("plam", "plan"), ("file", "files")] {
        assert_eq!(
            refused(mistyped),
            format!("error: {mistyped}: neither a folder nor a command\n  help: did you mean the command `{meant}`?\n")
        );
    }
    assert_eq!(folder.run(&["build", "biuld"]).refused(), absent("biuld"));
    assert_eq!(refused("a\u{1b}[31m\nb"), absent("a\\u{1b}[31m\\nb"));
    assert_eq!(
        refused("pyproject.toml"),
        "error: pyproject.toml: not a folder; agentix-gen takes the folder of a Python project\n  \
         help: name its folder: agentix-gen .\n"
    );
}

/// Who stands in the wrong folder is told where a project is.
#[test]
fn a_project_is_looked_for_around_a_folder_without_one() {
    let none = "no pyproject.toml, setup.py or requirements.txt in this folder";
    let folder = Folder::with("empty/deep/x", "");
    assert_eq!(folder.run(&["empty"]).refused(), format!("error: empty: {none}\n"));
    let folder = folder.file("empty/a b/setup.py", "");
    assert_eq!(
        folder.run(&["empty"]).refused(),
        format!("error: empty: {none}\n  help: there are projects below (empty/a b): agentix-gen 'empty/a b'\n")
    );
    let folder = Folder::hello().file("src/hello/x.py", "");
    let above = folder.run(&["src/hello"]).refused();
    assert_eq!(
        above,
        format!("error: src/hello: {none}\n  help: there is a project above: agentix-gen src/hello/../..\n")
    );
    let here = Folder::run_in(&folder.path("src"), &[]).refused();
    assert_eq!(here, format!("error: .: {none}\n  help: there is a project above: agentix-gen ..\n"));
}

#[test]
fn a_command_after_its_arguments_is_told_to_come_first() {
    let folder = Folder::hello();
    let says = |arguments: &[&str]| folder.run(arguments).ends(2).stderr.lines().next().unwrap_or("").to_owned();
    assert_eq!(says(&[".", "build"]), "error: the command comes first: agentix-gen build [OPTIONS] [PATH]");
    assert_eq!(
        says(&["--standalone", "files", "."]),
        "error: the command comes first: agentix-gen files [OPTIONS] [PATH]"
    );
    assert_eq!(says(&["biuld", "."]), "error: there is no command `biuld`; did you mean `build`?");
    assert_eq!(says(&[".", "."]), "error: a project is one folder, and there are more arguments than that");
    assert_eq!(
        folder.run(&["--standalone", "build"]).refused(),
        "error: build: neither a folder nor a command\n  help: the command comes first: agentix-gen build [OPTIONS] [PATH]\n"
    );
}

/// A cause is said once, and as the system says it.
#[test]
fn what_cannot_be_read_is_told_with_its_reason() {
    let absent = "  caused by: No such file or directory (os error 2)\n";
    let folder = Folder::hello();
    assert_eq!(folder.run(&["--template", "none"]).refused(), format!("error: `none` cannot be read\n{absent}"));
    let refused = folder.run(&["--ca-certificate", "none.pem"]).refused();
    assert!(refused.ends_with(&format!("none.pem` cannot be read\n{absent}")), "{refused}");
    assert_eq!(
        folder.file("agentix.lock", "images").run(&["."]).refused(),
        "error: ./agentix.lock: key with no value, expected `=`; it is written by `agentix-gen lock`: remove it, and lock \
         anew\n"
    );
}

#[test]
fn a_secret_that_is_none_is_told_how_it_is_written() {
    let secret = |value: &str| format!("{HELLO}[tool.agentix.secret]\nnetrc = {value}\n");
    let forms = "`{ src = \"FILE\" }` or `{ env = \"VARIABLE\" }`";
    let places = format!("error: ./pyproject.toml:6:9: a secret comes from one place: {forms}\n");
    refused(secret("{}"), &places);
    refused(secret("{ src = 'a', env = 'B' }"), &places);
    refused(
        secret("'~/.netrc'"),
        &format!("error: ./pyproject.toml:6:9: invalid type: string \"~/.netrc\", expected {forms}\n"),
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
