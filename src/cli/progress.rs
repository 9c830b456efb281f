//! Shows on a terminal how much of a context is sent or staged.

use std::time::{Duration, Instant};

use agentix_gen::value::ByteSize;

use super::output;

/// The delay before progress is shown: shorter work shows none.
const DELAY: Duration = Duration::from_millis(500);

/// A status line: the last line of the terminal. It is cleared before anything else is printed.
#[derive(Debug)]
pub(crate) struct Progress {
    total: ByteSize,
    wanted: bool,
    since: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// Creates a status line that is shown if `wanted` is `true` and stderr is a terminal.
    pub(crate) fn new(wanted: bool) -> Self {
        Self { total: ByteSize::new(0), wanted: wanted && output::has_status(), since: None, shown: false }
    }

    /// Sets the size of the context.
    pub(crate) fn set_total(&mut self, total: ByteSize) {
        self.total = total;
    }

    /// Reports the number of bytes processed so far. `done` is the verb, such as `sent`. Bytes of a stream beyond the
    /// context's size are not shown.
    pub(crate) fn report(&mut self, bytes: u64, done: &str) {
        let since = *self.since.get_or_insert_with(Instant::now);
        if self.wanted && since.elapsed() >= DELAY {
            let bytes = ByteSize::new(bytes).min(self.total);
            output::status(&format!("context: {bytes} of {} {done}", self.total));
            self.shown = true;
        }
    }

    /// Clears the line before other output.
    pub(crate) fn clear(&mut self) {
        if self.shown {
            output::status("");
            self.shown = false;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
