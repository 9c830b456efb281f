//! Something that goes on while something else is tested.

use std::sync::mpsc::{self, TryRecvError};
use std::thread;

/// Does one thing again and again in a thread of its own while another is worked at: until that is done, or fails.
pub(crate) fn while_repeating<T>(mut again: impl FnMut() + Send, work: impl FnOnce() -> T) -> T {
    let (working, over) = mpsc::channel::<()>();
    thread::scope(|scope| {
        // Gone where the work ends, also where it panics.
        let _working = working;
        scope.spawn(move || {
            while over.try_recv() == Err(TryRecvError::Empty) {
                again();
            }
        });
        work()
    })
}
