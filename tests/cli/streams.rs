//! Output streams that cannot be written: messages never decide a result, and data that is lost is an error.

use std::fs::{File, OpenOptions};
use std::process::{Command, Output, Stdio};

use crate::run::Folder;
use crate::stub;

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

fn command(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agentix-gen"));
    command.args(arguments).current_dir(folder.path("."));
    command
}

/// A context with a secret prints a message, which nobody can read here.
#[test]
fn a_full_stderr_changes_nothing() {
    let folder = Folder::hello().file(".env", "A=1");
    let readable = command(&folder, &["context"]).output().unwrap();
    assert!(!readable.stderr.is_empty());
    let unreadable = command(&folder, &["context"]).stderr(full()).output().unwrap();
    assert_eq!(unreadable.status.code(), Some(0));
    assert!(unreadable.stdout == readable.stdout, "the archive is the same");
    for (arguments, code) in [(&["context", "absent"][..], 1), (&["nonsense"], 2), (&["--nonsense"], 2)] {
        let status = command(&folder, arguments).stderr(full()).stdout(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
}

/// The same with a reader that has gone: `2>&1 >/dev/null | head -0`.
#[test]
fn a_closed_stderr_changes_nothing() {
    let folder = Folder::hello().file(".env", "A=1");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = command(&folder, &["context"]).stderr(writer).stdout(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(0));
}

/// `agentix-gen build > build.log 2>&1` in the folder of the project: another try would fail as well.
#[test]
fn output_into_the_project_has_a_remedy() {
    let folder = stub::engine(Folder::hello(), "cat; exit 9");
    let file = File::create(folder.path("build.log")).unwrap();
    let mut command = command(&folder, &["build", "--engine", "podman"]);
    command.env("PATH", stub::path(&folder)).stdout(file.try_clone().unwrap()).stderr(file);
    assert_eq!(command.status().unwrap().code(), Some(1));
    let log = String::from_utf8_lossy(&std::fs::read(folder.path("build.log")).unwrap()).into_owned();
    let help =
        "help: this command writes its output there: write it outside the project, or exclude it (--exclude PATH)\n";
    assert!(log.contains("build.log changed while it was read") && log.ends_with(help), "{log}");
}

/// Commands that write data to stdout.
const DATA: [&[&str]; 12] = [
    &["."],
    &["plan"],
    &["files"],
    &["context"],
    &["runtime"],
    &["schema"],
    &["man"],
    &["explain", "apt"],
    &["completions", "bash"],
    &["--help"],
    &["--version"],
    &["build", "--help"],
];

#[test]
fn lost_data_is_an_error() {
    let folder = Folder::hello();
    for arguments in DATA {
        let output = command(&folder, arguments).stdout(full()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

/// A reader that has seen enough of the diff does not make the Dockerfile current.
#[test]
fn a_closed_pipe_does_not_change_a_verdict() {
    let folder = Folder::hello();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command(&folder, &["check", ".", "pyproject.toml"]).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("is out of date"));
}

/// Runs a command with a redirection of the shell, such as `>&-`.
fn redirected(folder: &Folder, arguments: &[&str], redirection: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec \"$0\" \"$@\" {redirection}"), env!("CARGO_BIN_EXE_agentix-gen")]);
    shell.args(arguments).current_dir(folder.path(".")).output().unwrap()
}

/// Nobody can have wanted data that goes to a closed stdout, but `/dev/null` is a choice, however it is opened.
#[test]
fn a_closed_stdout_is_an_error() {
    let folder = Folder::hello();
    for arguments in DATA {
        for redirection in [">&-", "<&- >&-"] {
            let output = redirected(&folder, arguments, redirection);
            assert_eq!(output.status.code(), Some(1), "{arguments:?} {redirection}");
            let message = String::from_utf8(output.stderr).unwrap();
            assert_eq!(message, "error: cannot write to stdout\n  caused by: it is closed\n", "{arguments:?}");
        }
        assert_eq!(redirected(&folder, arguments, ">&- 2>&-").status.code(), Some(1), "{arguments:?}");
        for redirection in [">/dev/null", "1<>/dev/null", "2>&-", "<&- 2>&-", ">/dev/null 2>&-"] {
            assert_eq!(
                redirected(&folder, arguments, redirection).status.code(),
                Some(0),
                "{arguments:?} {redirection}"
            );
        }
    }
}

/// A command without data needs no stdout, and an error is the same one.
#[test]
fn a_closed_stdout_changes_nothing_else() {
    let folder = Folder::hello();
    assert_eq!(redirected(&folder, &["stage", "--into", "staged"], ">&-").status.code(), Some(0));
    assert!(folder.path("staged/Dockerfile").is_file());
    for (arguments, code) in [(&["context", "absent"][..], 1), (&["nonsense"], 2), (&["--nonsense"], 2)] {
        for redirection in [">&-", ">&- 2>&-"] {
            assert_eq!(redirected(&folder, arguments, redirection).status.code(), Some(code), "{arguments:?}");
        }
    }
}
