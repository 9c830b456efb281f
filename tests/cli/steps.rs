//! The steps of a build, which are shown on a terminal instead of the log.

use crate::progress::ends_on_terminal;
use crate::run::{Folder, Run};
use crate::stub;

const BUILD: &str = "cat >/dev/null; printf '%s\\n' 'STEP 1/3: FROM base' '--> 0123' 'STEP 2/3: RUN --mount=type=cache,target=/c make' \
     '--> Using cache 4567' 'STEP 3/3: RUN test' 'first line' 'last line'";

/// Returns a folder with a stub engine, whose build ends with this exit code, and a run of the build.
fn build(code: u8, arguments: &[&str]) -> (Folder, Run) {
    let folder = stub::engine(Folder::hello(), &format!("{BUILD}; exit {code}"));
    let run = folder.run(&[&["build", "--engine", "podman"], arguments].concat()).env("PATH", stub::path(&folder));
    (folder, run)
}

/// Returns the lines that stay on the terminal. What is drawn again has no line feed, or is behind the last movement of the
/// cursor in its line.
fn stays(written: &str) -> Vec<&str> {
    let after_movements = |line: &'_ str| -> usize {
        let movement = line.rfind('\u{1b}');
        movement.map_or(0, |start| start + line[start..].find(char::is_alphabetic).map_or(1, |letter| letter + 1))
    };
    written.split("\r\n").map(|line| &line[after_movements(line)..]).collect()
}

#[test]
fn a_step_becomes_one_line_with_its_result() {
    let (_folder, run) = build(0, &[]);
    let (succeeds, written) = ends_on_terminal(run);
    assert!(succeeds, "{written}");
    let lines = stays(&written);
    for (result, step) in
        [(" s", "STEP 1/3: FROM base"), ("CACHED", "STEP 2/3: RUN make"), (" s", "STEP 3/3: RUN test")]
    {
        let line = format!("{result}  {step}");
        assert_eq!(lines.iter().filter(|shown| shown.ends_with(&line)).count(), 1, "{line}: {written:?}");
    }
    assert!(!lines.contains(&"last line"), "{written:?}");
}

#[test]
fn the_last_lines_of_a_failed_step_follow() {
    let (_folder, run) = build(3, &[]);
    let (succeeds, written) = ends_on_terminal(run);
    assert!(!succeeds);
    let lines = stays(&written);
    let first = lines.iter().rposition(|line| *line == "STEP 3/3: RUN test").unwrap_or_else(|| panic!("{written:?}"));
    assert_eq!(lines[first + 1..first + 3], ["first line", "last line"], "{written:?}");
    assert!(lines[first + 3].contains("podman failed with exit code 3"), "{written:?}");
}

/// Every line of the builder is in the log, as it is without a terminal.
#[test]
fn the_whole_log_is_shown_on_demand() {
    let (_folder, run) = build(0, &["--verbose"]);
    let verbose = ends_on_terminal(run).1;
    let (_folder, run) = build(0, &[]);
    let plain = run.ends(0).stderr;
    for line in ["STEP 1/3: FROM base", "--> Using cache 4567", "first line", "last line"] {
        assert!(verbose.lines().any(|shown| shown == line), "{line}: {verbose:?}");
        assert!(plain.lines().any(|shown| shown == line), "{line}: {plain:?}");
    }
    build(0, &["--verbose", "--quiet"]).1.ends(2);
}
