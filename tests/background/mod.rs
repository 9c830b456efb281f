//! Runs an action repeatedly during a test.

use std::sync::mpsc::{self, TryRecvError};
use std::thread;

/// Runs `again` repeatedly in a separate thread until `work` returns or panics. Returns the result of `work`.
pub(crate) fn while_repeating<T>(mut again: impl FnMut() + Send, work: impl FnOnce() -> T) -> T {
    let (working, over) = mpsc::channel::<()>();
    thread::scope(|scope| {
        // Dropped when `work` ends, even if it panics.
        let _working = working;
        scope.spawn(move || {
            while over.try_recv() == Err(TryRecvError::Empty) {
                again();
            }
        });
        work()
    })
}
