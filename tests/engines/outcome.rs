//! The result of a command.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The exit code, or 128 plus the signal number if a signal ended the command.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    #[track_caller]
    pub(crate) fn of(command: &mut Command) -> Self {
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}")).into()
    }

    /// Runs a command that must succeed.
    #[track_caller]
    pub(crate) fn of_success(command: &mut Command) -> Self {
        let outcome = Self::of(command);
        assert_eq!(outcome.code, 0, "{command:?}\n{outcome}");
        outcome
    }

    /// Returns the error message: the last line that starts with `error:`, and all lines after it.
    pub(crate) fn error(&self) -> &str {
        self.stderr.rfind("\nerror: ").map_or(&self.stderr, |at| &self.stderr[at + 1..])
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let status = output.status;
        Self {
            code: status.code().or(status.signal().map(|signal| 128 + signal)).unwrap(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit code {}\n--- stdout\n{}\n--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}
