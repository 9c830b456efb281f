//! Output streams that cannot be written: messages never decide a result, and data that is lost is an error.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use crate::run::Folder;

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

#[test]
fn lost_data_is_an_error() {
    let folder = Folder::hello();
    for arguments in
        [&["."][..], &["plan"], &["files"], &["context"], &["--help"], &["--version"], &["build", "--help"]]
    {
        let output = command(&folder, arguments).stdout(full()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}
