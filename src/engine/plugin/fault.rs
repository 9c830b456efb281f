//! What a plugin can do wrong.

use crate::value::{Escaped, OneLine};

/// A violation of the plugin protocol. Its `Display` form continues a sentence that starts with the program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PluginFault {
    /// It did not answer in time.
    #[error("did not answer `{operation}` within {seconds} s")]
    TimedOut {
        /// The operation.
        operation: &'static str,
        /// The time limit, in seconds.
        seconds: u64,
    },
    /// It printed a line on stdout that is not a message.
    #[error("printed a line that is no message of its protocol: {}", Escaped(.line))]
    NoMessage {
        /// The start of the line.
        line: String,
    },
    /// It printed a line that is too long.
    #[error("printed a line of more than {} MiB", .bytes / 1024 / 1024)]
    LongLine {
        /// The longest line, in bytes.
        bytes: usize,
    },
    /// It printed a message after the last one.
    #[error("printed a message after its outcome")]
    AfterOutcome,
    /// It ended without an outcome.
    #[error("ended `{operation}` with exit code {code} and without an outcome: {}", OneLine(.detail))]
    NoOutcome {
        /// The operation.
        operation: &'static str,
        /// Its exit code.
        code: i32,
        /// The last line that it printed on stderr.
        detail: String,
    },
    /// It reported success and failed.
    #[error("reported success of `{operation}` and ended with exit code {code}")]
    Contradiction {
        /// The operation.
        operation: &'static str,
        /// Its exit code.
        code: i32,
    },
    /// Its answer does not have the form that the protocol requires.
    #[error("answered `{operation}` with a value that is not valid: {}", OneLine(.detail))]
    Invalid {
        /// The operation.
        operation: &'static str,
        /// What is not valid.
        detail: String,
    },
    /// It speaks another version of the protocol.
    #[error("speaks protocol {}, but this version of agentix-gen speaks protocol {expected}", OneLine(.found))]
    Protocol {
        /// The protocol that it speaks, as it writes it.
        found: String,
        /// The protocol that this crate speaks.
        expected: u32,
    },
    /// It says that it is another engine.
    #[error("says that its name is {}; rename the program", Escaped(.found))]
    Name {
        /// The name in its description.
        found: String,
    },
}
