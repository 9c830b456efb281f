//! Events and cancellation of long operations.

use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};

use super::capabilities::Capabilities;
use super::command::Command;
use crate::context::{LargestPaths, Leftover};
use crate::value::{ByteSize, Cancel, ImageRef};

/// An event that occurs while an engine works.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Something in the project or in the base image is probably not meant that way.
    Warning(&'a str),
    /// The context is staged and measured.
    ContextMeasured {
        /// The total size of its files.
        size: ByteSize,
        /// The largest paths, if the context is over 100 MiB.
        largest: Option<&'a LargestPaths>,
    },
    /// The engine already has exactly the image that would be built.
    UpToDate(&'a ImageRef),
    /// An engine starts to build.
    Building {
        /// The reference that names the image.
        image: &'a ImageRef,
        /// The image that the new image starts from.
        base: &'a ImageRef,
        /// The engine's name.
        engine: &'a str,
        /// The engine's version, builder and features.
        capabilities: &'a Capabilities,
    },
    /// The selected builder of buildx does not see a base image that only docker's store has. Docker's own builder builds
    /// instead.
    OwnBuilder {
        /// The selected builder.
        selected: &'a str,
        /// The base image.
        base: &'a ImageRef,
    },
    /// A command starts.
    Started(&'a Command),
    /// The engine printed a line. Bytes that are not UTF-8 are replaced. A line over 8 KiB is split into several
    /// events.
    Line(&'a str),
    /// The number of bytes of the context that were sent so far.
    ContextSent(u64),
    /// The number of bytes of the context that were staged so far, if the engine reads a folder.
    ContextStaged(u64),
    /// A temporary folder could not be removed. This does not affect the result.
    Leftover(&'a Leftover),
}

/// Returns `/dev/shm` if it is a tmpfs, a folder in memory that Linux provides.
fn shared_memory() -> Option<Utf8PathBuf> {
    const TMPFS: u64 = 0x0102_1994;
    let folder = Utf8Path::new("/dev/shm");
    let found = rustix::fs::statfs(folder.as_str()).ok()?;
    u64::try_from(found.f_type).is_ok_and(|kind| kind == TMPFS).then(|| folder.to_owned())
}

/// Cancellation, temporary folders and the event callback of a long operation.
pub struct Control<'a> {
    /// Stops the operation.
    pub cancel: Cancel,
    /// A folder for temporary files. Files created in it are removed again.
    pub scratch: Utf8PathBuf,
    /// A folder in memory (tmpfs), for an engine that would hold a stream in memory. A small context is staged there,
    /// and the engine starts several times faster. [`Control::new`] sets this to `/dev/shm` if it is a tmpfs.
    pub memory_folder: Option<Utf8PathBuf>,
    /// The callback for events.
    pub events: &'a mut (dyn FnMut(Event<'_>) + Send),
}

impl<'a> Control<'a> {
    /// Returns a control with a folder for temporary files and an event callback.
    pub fn new(scratch: impl AsRef<Utf8Path>, events: &'a mut (dyn FnMut(Event<'_>) + Send)) -> Self {
        let memory_folder = shared_memory();
        Self { cancel: Cancel::default(), scratch: scratch.as_ref().to_owned(), memory_folder, events }
    }

    /// Replaces the [`Cancel`] that stops the operation.
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
