//! Invalid input: one line with the error, its location and the remedy, before anything is written.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::run::{Folder, HELLO};

#[track_caller]
fn refused(manifest: impl AsRef<[u8]>, message: &str) {
    let folder = Folder::with("pyproject.toml", manifest);
    for arguments in [&["."][..], &["context"], &["stage", "--into", "out"], &["build", "--dry-run"], &["build"]] {
        // The line of the manifest may follow: see `excerpt`.
        let refused = folder.run(arguments).refused();
        assert_eq!(refused.split_inclusive('\n').next(), Some(message), "{arguments:?}: {refused}");
    }
    assert_eq!(folder.paths(), ["pyproject.toml"], "nothing is written");
}

#[test]
fn a_name_that_is_not_utf_8_is_shown() {
    let (folder, name) = (Folder::hello(), OsStr::from_bytes(b"x\xff"));
    let inside = folder.path("").join(name);
    std::fs::create_dir(&inside).unwrap();
    let refused = Folder::run_in(&inside, &["build"]).refused();
    assert!(refused.ends_with("/x\u{fffd}` has a name that is not UTF-8; rename it\n"), "{refused}");
    let output = folder.run(&["build"]).command().arg(name).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("error: the argument `x\u{fffd}` is not UTF-8\n"), "{message}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_folder_is_needed() {
    let absent = |path: &str| format!("error: {path}: no such folder; pass the folder of a Python project\n");
    let folder = Folder::hello().file("empty/deep/x", "").file("empty/a b/setup.py", "");
    let refused = |path: &str| folder.run(&[path]).refused();
    assert_eq!(refused("./nowhere"), absent("./nowhere"));
    let misused = |word: &str| folder.run(&[word]).ends(2).stderr;
    assert_eq!(
        misused("emit"),
        "error: `emit` is neither a folder nor a command\n  \
         help: the commands are init, build, dockerfile, dockerignore, files, plan, sbom, check, context, stage, bake, lock, run, ps, stop, \
         engines, runtime, explain, schema, completions, man\n"
    );
    for (mistyped, meant) in [("biuld", "build"), ("plam", "plan"), ("file", "files")] {
        assert_eq!(
            misused(mistyped),
            format!(
                "error: `{mistyped}` is neither a folder nor a command\n  help: did you mean the command `{meant}`?\n"
            )
        );
    }
    assert_eq!(folder.run(&["build", "biuld"]).refused(), absent("biuld"));
    assert_eq!(refused("a\u{1b}[31m\nb"), absent("a\\u{1b}[31m\\nb"));
    assert_eq!(
        refused("pyproject.toml"),
        "error: pyproject.toml: not a folder; pass the folder of a Python project\n  \
         help: use its folder: agentix-gen .\n"
    );
}

/// In the wrong folder, the help names a project in a parent folder or in a subfolder.
#[test]
fn a_project_near_the_folder_is_suggested() {
    let none = "no pyproject.toml, setup.py, requirements.txt or Pipfile in this folder";
    let folder = Folder::with("empty/deep/x", "");
    assert_eq!(folder.run(&["empty"]).refused(), format!("error: empty: {none}\n"));
    let folder = folder.file("empty/a b/setup.py", "");
    assert_eq!(
        folder.run(&["empty"]).refused(),
        format!("error: empty: {none}\n  help: some subfolders are projects (empty/a b): agentix-gen 'empty/a b'\n")
    );
    let folder = Folder::hello().file("src/hello/x.py", "");
    let above = folder.run(&["src/hello"]).refused();
    assert_eq!(
        above,
        format!("error: src/hello: {none}\n  help: a parent folder is a project: agentix-gen src/hello/../..\n")
    );
    let here = Folder::run_in(&folder.path("src"), &[]).refused();
    assert_eq!(here, format!("error: .: {none}\n  help: a parent folder is a project: agentix-gen ..\n"));
}

#[test]
fn a_command_after_its_arguments_is_an_error() {
    let folder = Folder::hello();
    let message = |arguments: &[&str]| folder.run(arguments).ends(2).stderr.lines().next().unwrap_or("").to_owned();
    assert_eq!(message(&[".", "build"]), "error: the command comes first: agentix-gen build [OPTIONS] [PATH]");
    assert_eq!(
        message(&["--standalone", "files", "."]),
        "error: the command comes first: agentix-gen files [OPTIONS] [PATH]"
    );
    assert_eq!(message(&["biuld", "."]), "error: there is no command `biuld`; did you mean `build`?");
    assert_eq!(message(&[".", "."]), "error: too many arguments: a project is one folder");
    assert_eq!(
        folder.run(&["--standalone", "build"]).ends(2).stderr,
        "error: `build` is neither a folder nor a command\n  \
         help: the command comes first: agentix-gen build [OPTIONS] [PATH]\n"
    );
}

/// The cause is printed once, in the words of the operating system.
#[test]
fn an_unreadable_file_is_an_error_with_its_cause() {
    let absent = "  caused by: No such file or directory (os error 2)\n";
    let folder = Folder::hello();
    assert_eq!(folder.run(&["--template", "none"]).refused(), format!("error: `none` cannot be read\n{absent}"));
    let refused = folder.run(&["--ca-certificate", "none.pem"]).refused();
    assert!(refused.ends_with(&format!("none.pem` cannot be read\n{absent}")), "{refused}");
    assert_eq!(
        folder.file("agentix.lock", "images").run(&["."]).refused(),
        "error: ./agentix.lock: key with no value, expected `=`; remove the file, and run `agentix-gen lock` again\n"
    );
}

#[test]
fn an_invalid_secret_is_refused_with_the_valid_forms() {
    let secret = |value: &str| format!("{HELLO}[tool.agentix.secret]\nnetrc = {value}\n");
    let forms = "`{ src = \"FILE\" }` or `{ env = \"VARIABLE\" }`";
    let not_one_source = format!("error: ./pyproject.toml:6:9: a secret has exactly one source: {forms}\n");
    refused(secret("{}"), &not_one_source);
    refused(secret("{ src = 'a', env = 'B' }"), &not_one_source);
    refused(
        secret("'~/.netrc'"),
        &format!("error: ./pyproject.toml:6:9: invalid type: string \"~/.netrc\", expected {forms}\n"),
    );
}

#[test]
fn an_invalid_manifest_is_refused_with_its_position() {
    refused("[project\n", "error: ./pyproject.toml:1:9: unclosed table, expected `]`\n");
    refused("[project]\nname = \"a\"\nname = \"b\"\n", "error: ./pyproject.toml:3:1: duplicate key\n");
    refused(b"[project]\nname = \"\xe9\"\n", "error: ./pyproject.toml:2:9: invalid UTF-8; save the file as UTF-8\n");
    refused(
        "[project]\nname = \"a\\u001b[31m\"\nversion = '1'\n",
        "error: ./pyproject.toml:2:8: project.name: `a\\u{1b}[31m` is not a project name: \
         it may contain only ASCII letters, digits, `.`, `_` and `-`\n",
    );
    refused(
        "[project]\nname = '..'\nversion = '1'\n",
        "error: ./pyproject.toml:2:8: project.name: `..` is not a project name: it must start and end with a letter or a digit\n",
    );
    refused(
        vec![b'#'; 1_000_001],
        "error: ./pyproject.toml: larger than 1 MB, the limit for a manifest; check that this is the right file\n",
    );
    refused(
        format!("{HELLO}[tool.agentix]\nexlude = ['x']\n"),
        "error: ./pyproject.toml:6:1: [tool.agentix] has no key `exlude`; did you mean `exclude`?\n",
    );
}

#[test]
fn a_dynamic_version_has_to_be_given() {
    refused(
        "[project]\nname = 'a'\ndynamic = ['version']\n",
        "error: the project has no static `version`; set it with --project-version, \
         or name the image with --tag\n",
    );
}

#[test]
fn a_folder_without_a_manifest_has_no_version() {
    for (file, text) in [("Pipfile", ""), ("setup.py", ""), ("requirements.txt", "six")] {
        let refused = Folder::with(file, text).run(&["plan"]).ends(1).stderr;
        let start = "error: the project has no static `version` (the folder has no pyproject.toml); set it with";
        assert!(refused.starts_with(start), "{file}: {refused}");
    }
    refused(
        "[tool.ruff]\n",
        "error: the project has no static `version` (pyproject.toml has no [project]); set it with \
                               --project-version, or name the image with --tag\n",
    );
}

#[test]
fn what_a_folder_has_in_place_of_a_manifest_is_named() {
    for (file, found) in [
        ("requirements.in", "only requirements.in: compile it to the list that is read"),
        ("requirements/base.in", "only requirements/base.in: compile it"),
        ("environment.yml", "only environment.yml: packages of conda are not installed"),
        ("Pipfile.lock", "only Pipfile.lock: add the Pipfile"),
        ("main.py", "only main.py: list what the scripts need in a requirements.txt"),
        ("setup.cfg", ""),
    ] {
        let refused = Folder::with(file, "[flake8]\n").run(&["plan"]).ends(1).stderr;
        let start = "error: .: no pyproject.toml, setup.py, requirements.txt or Pipfile in this folder";
        let expected = if found.is_empty() { start.to_owned() } else { format!("{start}, {found}") };
        assert!(refused.starts_with(&expected), "{file}: {refused}");
    }
}

/// Settings of tools in a `setup.cfg` make no package of a folder of scripts.
#[test]
fn a_setup_cfg_describes_a_package_or_only_tools() {
    let of_tools = Folder::with("setup.cfg", "[flake8]\n").file("requirements.txt", "six\n");
    let text = of_tools.run(&["--tag", "x:1"]).ends(0).stdout;
    assert!(!text.contains("wheel"), "{text}");
    let package = Folder::with("setup.cfg", "[metadata]\nname = notes\nversion = 1.2\n");
    let text = package.run(&[]).ends(0).stdout;
    assert!(text.starts_with("# notes 1.2, on ") && text.contains(" wheel "), "{text}");
}

#[test]
fn a_name_too_long_for_an_image_is_refused() {
    let printed = Folder::with("pyproject.toml", format!("[project]\nname = '{}'\nversion = '1'\n", "x".repeat(300)))
        .run(&["build", "--dry-run"])
        .refused();
    let rule = "the name is longer than 255 characters, with its registry or the `docker.io/library/` that docker adds";
    assert!(printed.ends_with(&format!("is not an image reference: {rule}\n")), "{printed}");
}

#[test]
fn an_image_needs_its_own_tag() {
    let folder = Folder::hello();
    assert_eq!(
        folder.run(&["-t", "localhost:5000/foo"]).refused(),
        "error: image `localhost:5000/foo` has no tag; add one, such as `localhost:5000/foo:1.0`\n"
    );
    assert_eq!(
        folder.run(&["build", "-o", "agentix/runtime:0.1.0"]).refused(),
        "error: image `agentix/runtime:0.1.0` is the runtime image that the bundle starts from; choose another name \
         with --tag\n"
    );
}

#[test]
fn links_and_special_files_are_refused_by_name() {
    let folder = Folder::hello();
    symlink("/etc/passwd", folder.path("leak")).unwrap();
    let refusal = "error: link `leak` points outside the project, to `/etc/passwd`; exclude it with `exclude`, or copy \
                   its target with `symlinks = \"follow\"`\n";
    assert_eq!(folder.run(&["context"]).refused(), refusal);
    assert_eq!(folder.run(&["build", "--dry-run"]).refused(), refusal);
    folder.run(&["--exclude", "leak"]).prints();

    let folder = Folder::hello();
    assert!(Command::new("mkfifo").arg(folder.path("pipe")).status().unwrap().success());
    assert_eq!(folder.run(&["."]).refused(), "error: `pipe` is a named pipe; exclude it with `exclude`\n");
}

#[test]
fn a_manifest_that_is_a_pipe_does_not_block() {
    let folder = Folder::with("x", "");
    assert!(Command::new("mkfifo").arg(folder.path("pyproject.toml")).status().unwrap().success());
    assert_eq!(
        folder.run(&["."]).refused(),
        "error: `./pyproject.toml` cannot be read\n  caused by: not a regular file\n"
    );
}
