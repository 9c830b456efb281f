//! The output of an engine, and the processes that it leaves behind.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::run::Folder;
use crate::stub;

/// Returns the lines of the engine on stderr, without the command's own first and last line.
fn engine_lines(folder: &Folder) -> Vec<String> {
    let printed = folder.run(&["build", "--engine", "podman"]).env("PATH", stub::path(folder)).ends(0);
    let lines: Vec<String> = printed.stderr.lines().map(str::to_owned).collect();
    assert!(lines[0].starts_with("building ") && lines[lines.len() - 1].starts_with("built "), "{printed:?}");
    lines[1..lines.len() - 1].to_vec()
}

/// A long line is split, so that output without line feeds does not fill the memory.
#[test]
fn all_output_of_an_engine_is_printed() {
    let script = "cat >/dev/null; head -c 20000 /dev/zero | tr '\\0' x; echo; printf 'a\\r\\n\\377\\n\\nend'";
    let folder = stub::engine(Folder::hello(), script);
    let parts = [8192, 8192, 20000 - 2 * 8192].map(|length| "x".repeat(length));
    let rest = ["a", "\u{fffd}", "", "end"].map(str::to_owned);
    assert_eq!(engine_lines(&folder), [&parts[..], &rest].concat());
}

#[test]
fn a_quiet_build_that_fails_shows_its_last_lines() {
    let folder = stub::engine(Folder::hello(), "cat >/dev/null; seq 100; exit 3");
    let build = folder.run(&["build", "--engine", "podman", "--quiet"]).env("PATH", stub::path(&folder));
    let printed = build.ends(3);
    let tail = printed.stderr.split_once('\n').unwrap().1;
    let last: Vec<String> = (51..=100).map(|number| number.to_string()).collect();
    assert_eq!(tail, format!("{}\nerror: podman failed with exit code 3\n", last.join("\n")));
}

/// Such a process keeps the engine's output open, possibly for ever.
#[test]
fn a_process_that_an_engine_leaves_behind_is_not_waited_for() {
    let folder = stub::engine(Folder::hello(), "cat >/dev/null; sleep 100 & echo $! >left; echo done");
    let started = Instant::now();
    assert_eq!(engine_lines(&folder), ["done"]);
    let taken = started.elapsed();
    let left = fs::read_to_string(folder.path("left")).unwrap();
    assert!(Command::new("kill").arg(left.trim()).status().unwrap().success(), "the process ended before the check");
    assert!(taken < Duration::from_secs(50), "{taken:?}");
}
