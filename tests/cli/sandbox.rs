//! Checks what `run`, `ps` and `stop` refuse before an engine works.

use std::os::unix::ffi::OsStrExt;

use crate::run::Folder;
use crate::stub;

fn project() -> Folder {
    let folder = Folder::with("pyproject.toml", "[project]\nname = 'x'\nversion = '1'\n");
    stub::engine(folder, "exit 9")
}

#[test]
fn buildah_runs_no_containers() {
    let folder = project();
    for command in [&["run", "."][..], &["ps"], &["stop", "x"]] {
        let arguments = [command, &["--engine", "buildah"]].concat();
        let refused = folder.run(&arguments).env("PATH", stub::path(&folder)).refused();
        let expected = "error: buildah cannot run containers\n  help: choose docker or podman with --engine\n";
        assert_eq!(refused, expected, "{command:?}");
    }
}

#[test]
fn a_value_of_a_variable_is_never_shown() {
    let folder = project().file("settings.env", "# a comment\n\n  A=1\nno-name=hunter2\n");
    let run = |arguments: &[&str]| folder.run(&[&["run", "."], arguments].concat()).env("PATH", stub::path(&folder));
    let refused = run(&["--env-file", "settings.env"]).refused();
    assert_eq!(refused, "error: settings.env, line 4: expected NAME=VALUE\n");
    let missing = run(&["--env-file", "none.env"]).refused();
    assert!(missing.starts_with("error: none.env cannot be read\n"), "{missing}");
}

#[test]
fn a_value_that_is_not_utf8_is_refused() {
    let folder = project();
    let not_utf8 = std::ffi::OsStr::from_bytes(b"\xff");
    let run = folder.run(&["run", ".", "--engine", "podman", "--env", "TOKEN"]);
    let refused = run.env("PATH", stub::path(&folder)).env("TOKEN", not_utf8).refused();
    assert_eq!(refused, "error: the value of TOKEN cannot be passed on: it is not UTF-8\n");
}

/// A file may come from an editor of Windows, or from a program.
#[test]
fn a_file_of_variables_has_lines_of_either_system() {
    let folder = project().file("bom.env", "\u{feff}A=1\r\nB=2\r\n").file("late.env", "A=1\nB = 2\n");
    let run = |file: &str, code: i32| {
        let run = folder.run(&["run", ".", "--engine", "podman", "--quiet", "--env-file", file]);
        run.env("PATH", stub::path(&folder)).ends(code).stderr
    };
    let built = run("bom.env", 9);
    assert!(built.ends_with("error: podman failed with exit code 9\n"), "{built}");
    assert_eq!(run("late.env", 1), "error: late.env, line 2: expected NAME=VALUE\n");
}

#[test]
fn what_no_sandbox_can_have_is_refused_before_the_build() {
    let folder = project().file("nul.env", "TOKEN=hunter2\0\n");
    let absent = "case $* in *none:1*) echo 'Error: none:1: image not known' >&2; exit 125;; esac";
    let program =
        std::fs::read_to_string(folder.path("bin/podman")).unwrap().replace("shift 4;", &format!("{absent}; shift 4;"));
    let folder = folder.program("bin/podman", &program);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let refused = |arguments: &[&str]| {
        let arguments = [&["run", ".", "--engine", "podman"], arguments].concat();
        folder.run(&arguments).env("PATH", stub::path(&folder)).refused()
    };
    let value = refused(&["--env-file", "nul.env"]);
    assert!(value.starts_with("error: the value of TOKEN cannot be passed on: "), "{value}");
    let on_host = refused(&["--network", "host", "--port", &port]);
    assert!(
        on_host.starts_with(&format!("error: another program listens on port {port} of this machine\n")),
        "{on_host}"
    );
    let task = refused(&["--task-image", "none:1"]);
    assert!(task.starts_with("error: podman does not have the image `none:1`\n"), "{task}");
}

/// Podman was seen to end a container and to remove it only when asked again.
#[test]
fn a_removal_that_fails_is_tried_again() {
    let state = "[\"one\",\"exited\",0,\"x:1\",\"published:8000\",\"\",{},\"\",\"\",\"\"]";
    let script = |failures: u32| {
        format!(
            "#!/bin/sh\ncase \"$1\" in\ncontainer) echo '{state}' ;;\n\
             rm) echo >> \"$0.asked\"; [ \"$(wc -l < \"$0.asked\")\" -gt {failures} ] || {{ echo 'Error: busy' >&2; exit 125; }} ;;\nesac\n"
        )
    };
    let stop = |failures, code| {
        let folder = project().program("bin/podman", &script(failures));
        let run = folder.run(&["stop", "one", "--engine", "podman"]).env("PATH", stub::path(&folder));
        (run.ends(code), std::fs::read_to_string(folder.path("bin/podman.asked")).unwrap().lines().count())
    };
    let (stopped, asked) = stop(1, 0);
    assert_eq!((stopped.stderr.as_str(), asked), ("", 2));
    let (failed, asked) = stop(9, 1);
    assert_eq!((failed.stderr.as_str(), asked), ("error: podman did not remove the container one: Error: busy\n", 3));
}

#[test]
fn the_start_of_an_id_is_enough_for_one_sandbox() {
    let state = |name: &str| format!("[\"{name}\",\"exited\",0,\"x:1\",\"published:8000\",\"\",{{}},\"\",\"\",\"\"]");
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in\nps) echo 1; echo 2 ;;\nrm) : ;;\ncontainer)\n\
         case \"$*\" in\n*' 1 2') echo '{one}'; echo '{two}' ;;\n*' one-a') echo '{one}' ;;\n\
         *) echo 'Error: no such container' >&2; exit 125 ;;\nesac\nesac\n",
        one = state("one-a"),
        two = state("one-b"),
    );
    let folder = project().program("bin/podman", &script);
    let stop =
        |id: &str, code| folder.run(&["stop", id, "--engine", "podman"]).env("PATH", stub::path(&folder)).ends(code);
    assert_eq!(stop("one-a", 0).stdout, "one-a\n");
    assert_eq!(stop("one", 1).stderr, "error: the IDs of 2 sandboxes start with one; name one of them\n");
    assert_eq!(stop("two", 0).stderr, "there is no sandbox two; it may have ended already\n");
}
