//! How a caller follows and stops long work.

use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};

use super::capabilities::Capabilities;
use super::command::Command;
use crate::context::{LargestPaths, Leftover};
use crate::value::{ByteSize, Cancel, ImageRef};

/// What happens while an engine works.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The context is staged and measured.
    ContextMeasured {
        /// How many bytes its files hold.
        size: ByteSize,
        /// What makes it large, if it is over 100 MiB.
        largest: Option<&'a LargestPaths>,
    },
    /// The engine has exactly the image that would be built.
    UpToDate(&'a ImageRef),
    /// An engine starts to build.
    Building {
        /// The reference that names the image.
        image: &'a ImageRef,
        /// The image that it starts from.
        base: &'a ImageRef,
        /// The engine's name.
        engine: &'a str,
        /// What the engine can do.
        capabilities: &'a Capabilities,
    },
    /// A command starts.
    Started(&'a Command),
    /// The engine printed a line; bytes that are no UTF-8 are replaced, a line over 8 KiB comes in parts.
    Line(&'a str),
    /// So many bytes of the context were sent so far.
    ContextSent(u64),
    /// So many bytes of the context were staged so far, where the engine takes a folder.
    ContextStaged(u64),
    /// A temporary folder could not be removed, which takes nothing from the result.
    Leftover(&'a Leftover),
}

/// The folder in memory that Linux has, if this machine has it.
fn shared_memory() -> Option<Utf8PathBuf> {
    const TMPFS: u64 = 0x0102_1994;
    let folder = Utf8Path::new("/dev/shm");
    let found = rustix::fs::statfs(folder.as_str()).ok()?;
    u64::try_from(found.f_type).is_ok_and(|kind| kind == TMPFS).then(|| folder.to_owned())
}

/// How the caller of a long operation follows and stops it.
pub struct Control<'a> {
    /// Stops the operation.
    pub cancel: Cancel,
    /// A folder for temporary files; what is made in it is removed again.
    pub scratch: Utf8PathBuf,
    /// A folder in memory (tmpfs), for an engine that would hold a stream in memory: a small context is staged there, and
    /// the engine starts several times sooner. [`Control::new`] takes `/dev/shm` if it is one.
    pub memory_folder: Option<Utf8PathBuf>,
    /// Called with each event.
    pub events: &'a mut (dyn FnMut(Event<'_>) + Send),
}

impl<'a> Control<'a> {
    /// Control with a folder for temporary files and a listener.
    pub fn new(scratch: impl AsRef<Utf8Path>, events: &'a mut (dyn FnMut(Event<'_>) + Send)) -> Self {
        let memory_folder = shared_memory();
        Self { cancel: Cancel::default(), scratch: scratch.as_ref().to_owned(), memory_folder, events }
    }

    /// The same, stopped by `cancel`.
    #[must_use]
    pub fn with_cancel(self, cancel: Cancel) -> Self {
        Self { cancel, ..self }
    }
}

impl fmt::Debug for Control<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cancel, scratch, memory_folder, events: _ } = self;
        let mut debug = f.debug_struct("Control");
        debug
            .field("cancel", cancel)
            .field("scratch", scratch)
            .field("memory_folder", memory_folder)
            .finish_non_exhaustive()
    }
}
