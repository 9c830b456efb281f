//! How far the sending or staging of a context has come, told on a terminal.

use std::time::{Duration, Instant};

use agentix_gen::value::ByteSize;

use super::output;

/// What is done sooner is not worth a line.
const PATIENCE: Duration = Duration::from_millis(500);

/// The last line of the terminal, while it tells how far something has come. It goes before anything else is printed.
#[derive(Debug)]
pub(crate) struct Progress {
    total: ByteSize,
    wanted: bool,
    since: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// Progress that is shown if it is wanted and stderr is a terminal.
    pub(crate) fn new(wanted: bool) -> Self {
        Self { total: ByteSize::new(0), wanted: wanted && output::has_status(), since: None, shown: false }
    }

    /// Sets how much the context holds.
    pub(crate) fn set_total(&mut self, total: ByteSize) {
        self.total = total;
    }

    /// So many bytes have been `done` to. What a stream has beside the files' bytes is not counted.
    pub(crate) fn report(&mut self, bytes: u64, done: &str) {
        let since = *self.since.get_or_insert_with(Instant::now);
        if self.wanted && since.elapsed() >= PATIENCE {
            let bytes = ByteSize::new(bytes).min(self.total);
            output::status(&format!("context: {bytes} of {} {done}", self.total));
            self.shown = true;
        }
    }

    /// Clears the line for something else.
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
