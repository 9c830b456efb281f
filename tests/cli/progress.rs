//! The progress of a context, which is shown only on a terminal.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::fd::OwnedFd;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::run::{Folder, Run};
use crate::stub;

/// Waits before it reads its input, longer than the delay before progress is shown.
const SLOW: &str = "sleep 1; cat >/dev/null; echo done";

fn slow_build(build: &str) -> (Folder, impl Fn(&[&str]) -> Run) {
    let folder = stub::engine(Folder::hello().file("data.bin", vec![b'x'; 4 << 20]), build);
    let path = stub::path(&folder);
    let current_folder = folder.path("");
    let run = move |arguments: &[&str]| {
        let build = ["build", "--engine", "docker"];
        Folder::run_in(&current_folder, &[&build, arguments].concat()).env("PATH", &path)
    };
    (folder, run)
}

/// Returns the stderr of a run whose stderr is a terminal, and that succeeds.
fn on_terminal(run: Run) -> String {
    let (succeeds, written) = ends_on_terminal(run);
    assert!(succeeds, "{written}");
    written
}

/// Returns whether a run succeeds, and its stderr, which is a terminal.
pub(crate) fn ends_on_terminal(run: Run) -> (bool, String) {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
    let other_end = File::options().read(true).write(true).open(name).unwrap();
    let mut command = run.command();
    let mut running = command.stdout(Stdio::null()).stderr(OwnedFd::from(other_end)).spawn().unwrap();
    drop(command);
    let mut written = Vec::new();
    let mut terminal = File::from(terminal);
    let mut buffer = [0; 4096];
    loop {
        match terminal.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => written.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // The other end is closed.
            Err(_) => break,
        }
    }
    (running.wait().unwrap().success(), String::from_utf8(written).unwrap())
}

#[test]
fn a_slow_context_shows_progress_on_a_terminal() {
    let (_folder, run) = slow_build(SLOW);
    let written = on_terminal(run(&[]));
    assert!(written.contains("\r\u{1b}[Kcontext: "), "{written:?}");
    assert!(written.contains(" of 4.0 MiB sent\r\u{1b}[K"), "{written:?}");
    // The status line is cleared.
    let lines: Vec<&str> = written.lines().map(|line| line.rsplit("\r\u{1b}[K").next().unwrap()).collect();
    assert_eq!((lines.len(), lines[1]), (3, "done"), "{written:?}");
    assert!(lines[0].starts_with("building hello:1.0 ") && lines[2].starts_with("built hello:1.0 in "), "{written:?}");
}

#[test]
fn progress_can_be_turned_off() {
    let (_folder, run) = slow_build(SLOW);
    for written in [
        on_terminal(run(&["--quiet"])),
        on_terminal(run(&[]).env("CI", "1")),
        on_terminal(run(&[]).env("NO_COLOR", "1")),
        run(&[]).ends(0).stderr,
    ] {
        assert!(written.contains("built hello:1.0 in "), "{written:?}");
        assert!(!written.contains("context: ") && !written.contains('\u{1b}'), "{written:?}");
    }
}

#[test]
fn a_fast_context_shows_no_progress() {
    let (_folder, run) = slow_build("cat >/dev/null; echo done");
    assert!(!on_terminal(run(&[])).contains("context: "));
}
