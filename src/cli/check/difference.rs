//! The difference between a committed file and the current one.

use std::fmt::Write;
use std::ops::Range;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::{DiffOp, DiffTag};

/// The time limit of the search for the shortest diff. After it, a longer diff is accepted. Two Dockerfiles take less
/// than a millisecond, but the file to compare can be any text.
const TIMEOUT: Duration = Duration::from_secs(1);

/// The number of equal lines around the lines that differ.
const CONTEXT: usize = 3;

/// A committed file and the text that it should have.
pub(super) struct Difference {
    pub(super) path: Utf8PathBuf,
    pub(super) committed: String,
    pub(super) current: String,
}

/// Adjacent lines of the committed file that differ. Lines count from 1.
pub(super) struct Hunk {
    pub(super) first: usize,
    pub(super) last: usize,
    /// The lines that should be there, with their line feeds.
    pub(super) wanted: String,
}

impl Difference {
    pub(super) fn is_none(&self) -> bool {
        self.committed == self.current
    }

    /// Returns a [unified diff] that makes the file current, as `patch` reads it.
    ///
    /// [unified diff]: https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
    pub(super) fn unified(&self) -> String {
        let (old, new) = (lines(&self.committed), lines(&self.current));
        let groups = operations(&old, &new).into_grouped_ops(CONTEXT);
        let mut text = String::new();
        if !groups.is_empty() {
            let name = self.path.as_str().escape_debug();
            // Writing to a string cannot fail.
            _ = writeln!(text, "--- {name}\n+++ {name}");
        }
        for group in groups {
            let (of_old, of_new) = ranges(&group);
            _ = writeln!(text, "@@ -{} +{} @@", in_header(&of_old), in_header(&of_new));
            for operation in &group {
                if operation.tag() == DiffTag::Equal {
                    write_lines(&mut text, ' ', &old[operation.old_range()]);
                } else {
                    write_lines(&mut text, '-', &old[operation.old_range()]);
                    write_lines(&mut text, '+', &new[operation.new_range()]);
                }
            }
        }
        text
    }

    /// Returns the lines that differ. Where only lines are missing, the hunk is the line after which they belong.
    pub(super) fn hunks(&self) -> Vec<Hunk> {
        let (old, new) = (lines(&self.committed), lines(&self.current));
        let groups = operations(&old, &new).into_grouped_ops(0).into_iter();
        let hunk = |group: Vec<DiffOp>| {
            let (of_old, of_new) = ranges(&group);
            let first = if of_old.is_empty() { of_old.start.max(1) } else { of_old.start + 1 };
            Hunk { first, last: of_old.end.max(first), wanted: new[of_new].concat() }
        };
        groups.map(hunk).collect()
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Compares lines. This is the one algorithm that the binary contains.
fn operations(old: &[&str], new: &[&str]) -> Capture {
    let mut operations = Compact::new(Replace::new(Capture::new()), old, new);
    let deadline = Instant::now().checked_add(TIMEOUT);
    let Ok(()) = myers::diff_deadline(&mut operations, old, 0..old.len(), new, 0..new.len(), deadline);
    operations.into_inner().into_inner()
}

/// Returns the old and the new lines of a group.
fn ranges(group: &[DiffOp]) -> (Range<usize>, Range<usize>) {
    let (first, last) = (&group[0], &group[group.len() - 1]);
    (first.old_range().start..last.old_range().end, first.new_range().start..last.new_range().end)
}

/// Returns lines as a header writes them: the first one and their number, which is left out if it is 1. The first of no
/// lines is the one before them.
fn in_header(range: &Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        count => format!("{},{count}", range.start + 1),
    }
}

fn write_lines(text: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        let end = if line.ends_with('\n') { "" } else { "\n\\ No newline at end of file\n" };
        _ = write!(text, "{sign}{line}{end}");
    }
}
