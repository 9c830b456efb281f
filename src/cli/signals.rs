//! Stopping on a signal, and signals that do not stop the command.

#![expect(clippy::disallowed_methods, reason = "the system tells in a file which signals are ignored")]

use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use agentix_gen::value::Cancel;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::{SigId, flag, low_level};

use super::error::CommandError;

/// Makes a write past the size limit of files (`ulimit -f`) an error of the write: without a handler, the signal would end
/// the process, and leave what it has written so far. Engines start without the handler.
pub(crate) fn survive_size_limit() -> Result<(), CommandError> {
    flag::register(SIGXFSZ, Arc::default()).map(|_| ()).map_err(CommandError::Signals)
}

/// Handles SIGINT, SIGTERM and SIGHUP until it is dropped: they do not end the process but cancel its work.
#[derive(Debug)]
pub(crate) struct Signals {
    stop: Arc<AtomicBool>,
    received: Arc<AtomicUsize>,
    registered: Vec<SigId>,
}

impl Signals {
    pub(crate) fn listen() -> Result<Self, CommandError> {
        let mut signals = Self { stop: Arc::default(), received: Arc::default(), registered: Vec::new() };
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // `nohup` ignores SIGHUP, so that the command runs on when its terminal closes.
            if signal == SIGHUP && is_ignored(signal) {
                continue;
            }
            signals.register(signal).map_err(CommandError::Signals)?;
        }
        Ok(signals)
    }

    fn register(&mut self, signal: i32) -> io::Result<()> {
        let number = usize::try_from(signal).unwrap_or_default();
        self.registered.push(flag::register_usize(signal, Arc::clone(&self.received), number)?);
        self.registered.push(flag::register(signal, Arc::clone(&self.stop))?);
        Ok(())
    }

    pub(crate) fn cancel(&self) -> Cancel {
        Cancel::from_flag(Arc::clone(&self.stop))
    }

    /// Returns `result`, or [`CommandError::Signal`] if the work failed and a signal was received.
    pub(crate) fn unless_received<T, E>(&self, result: Result<T, E>) -> Result<T, CommandError>
    where
        CommandError: From<E>,
    {
        match (result, self.received.load(Ordering::Relaxed)) {
            (Err(_), signal) if signal > 0 => Err(CommandError::Signal(u8::try_from(signal).unwrap_or_default())),
            (result, _) => Ok(result?),
        }
    }
}

/// Returns whether the process ignores a signal. `false` where the system does not say so (`/proc`).
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in &self.registered {
            low_level::unregister(*id);
        }
    }
}
