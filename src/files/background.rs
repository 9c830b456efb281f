//! Work on a thread of its own, or at once if the machine has no thread left.

use std::panic;
use std::thread::{Builder, Scope, ScopedJoinHandle};

/// Work that was started.
#[derive(Debug)]
pub(crate) enum Started<'scope, T> {
    Thread(ScopedJoinHandle<'scope, T>),
    Done(T),
}

impl<T> Started<'_, T> {
    /// Waits for the result. A panic of the thread goes on here.
    pub(crate) fn join(self) -> T {
        match self {
            Self::Thread(thread) => thread.join().unwrap_or_else(|fault| panic::resume_unwind(fault)),
            Self::Done(result) => result,
        }
    }
}

/// Starts `work` on a thread. A limit on processes or memory may forbid another thread; `work` then runs on this one.
pub(crate) fn start<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Copy + Send + 'scope,
) -> Started<'scope, T> {
    Builder::new().spawn_scoped(scope, work).map_or_else(|_| Started::Done(work()), Started::Thread)
}
