//! Cancellation of long-running work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A cancellation flag, shared between the caller and the work that it can cancel. Clones share the same flag.
///
/// ```
/// let cancel = agentix_gen::Cancel::default();
/// let worker = cancel.clone();
/// cancel.cancel();
/// assert!(worker.is_cancelled());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Creates a `Cancel` from an existing flag. Setting the flag, for example in a signal handler, cancels the work.
    pub fn from_flag(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }

    /// Cancels the work. The work stops with an error that reports the cancellation, and leaves no partial output.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns whether the work is cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
