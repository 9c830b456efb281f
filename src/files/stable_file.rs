//! Reads a project file. Fails if its length changes while it is read.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "this module reads the project's files")]

use std::fs::{self, File};
use std::io::{self, Read};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::buffer::spare_capacity;
use rustix::fs::{FileType, Stat, fstat};

use super::listing::{Entry, EntryKind, Listing};
use super::nofollow::FileOpener;
use crate::value::{ByteSize, OneLine};

/// The reason why a project file cannot become part of a context.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The file cannot be opened or read.
    #[error("{} cannot be read", OneLine(.path))]
    Unreadable {
        /// The file.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// The path is no longer a file.
    #[error("{} was a file when the folder was listed, but is no longer a file", OneLine(.path))]
    NotAFile {
        /// The path.
        path: String,
    },
    /// The file changed while it was read, or after it was read for the image's digest.
    #[error("{} changed while it was read; try again when nothing writes to it", OneLine(.path))]
    Changed {
        /// The file.
        path: String,
    },
}

/// An open project file. Its length and mode are read from the open file, not from the path.
pub(crate) struct StableFile {
    path: Utf8PathBuf,
    file: File,
    pub(crate) length: u64,
    pub(crate) executable: bool,
    stamp: Stamp,
}

/// The state of a file when it was opened. Any write, mode change or replacement changes the stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    pub(crate) length: u64,
    modified: (i64, u32),
    changed: (i64, u32),
}

/// Stamps of all files, in context order, taken while hashing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStamps(Arc<[Stamp]>);

impl FileStamps {
    pub(crate) fn stamps(&self) -> impl Iterator<Item = Stamp> {
        self.0.iter().copied()
    }
}

impl FromIterator<Stamp> for FileStamps {
    fn from_iter<I: IntoIterator<Item = Stamp>>(stamps: I) -> Self {
        Self(stamps.into_iter().collect())
    }
}

impl Stamp {
    fn new(found: &Stat) -> Self {
        Self {
            device: found.st_dev,
            inode: found.st_ino,
            length: found.st_size.cast_unsigned(),
            modified: (found.st_mtime, nanoseconds(found.st_mtime_nsec)),
            changed: (found.st_ctime, nanoseconds(found.st_ctime_nsec)),
        }
    }
}

/// Returns the part of a time below a second. Its type is not the same on all systems.
fn nanoseconds(part: impl TryInto<u32>) -> u32 {
    part.try_into().unwrap_or(u32::MAX)
}

/// Returns the current length of a file in bytes.
pub(crate) fn length(path: &Utf8Path) -> Result<u64, SourceError> {
    let found = fs::symlink_metadata(path);
    found.map(|found| found.len()).map_err(|source| SourceError::Unreadable { path: path.to_string(), source })
}

/// Returns the current size of an entry's file. Folders and links have none, which counts as 0.
///
/// # Errors
///
/// Fails if the metadata of the file cannot be read.
pub fn entry_size(listing: &Listing, entry: &Entry) -> Result<ByteSize, SourceError> {
    let bytes = match entry.kind() {
        EntryKind::File => length(&listing.root().join(entry.path()))?,
        EntryKind::FileAt(path) => length(Utf8Path::new(&**path))?,
        EntryKind::Memory(bytes) => bytes.len() as u64,
        EntryKind::Folder | EntryKind::Link(_) | EntryKind::Special(_) => 0,
    };
    Ok(ByteSize::new(bytes))
}

impl StableFile {
    /// Opens a regular file. A link, pipe or device that replaced it since the folder was listed is an error, as is a link
    /// that replaced a folder above it: it is not followed, waited for or read.
    pub(crate) fn open(path: Utf8PathBuf, opener: &mut FileOpener) -> Result<Self, SourceError> {
        let unreadable = |source| SourceError::Unreadable { path: path.to_string(), source };
        let file = match opener.open(path.as_std_path()) {
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return Err(SourceError::NotAFile { path: path.to_string() });
            }
            found => found.map_err(unreadable)?,
        };
        let found = fstat(&file).map_err(|error| unreadable(error.into()))?;
        if !FileType::from_raw_mode(found.st_mode).is_file() {
            return Err(SourceError::NotAFile { path: path.to_string() });
        }
        let stamp = Stamp::new(&found);
        Ok(Self { path, file, length: stamp.length, executable: found.st_mode & 0o111 != 0, stamp })
    }

    /// Returns the file, or an error if its stamp differs from `before`.
    pub(crate) fn unless_changed(self, before: Option<Stamp>) -> Result<Self, SourceError> {
        if before.is_some_and(|before| before != self.stamp) { Err(self.changed()) } else { Ok(self) }
    }

    pub(crate) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Reads the next bytes into `buffer` and returns their number, 0 at the end of the file. `done` is the number of
    /// bytes read so far.
    ///
    /// # Errors
    ///
    /// Fails if the file is shorter or longer than it was when it was opened.
    pub(crate) fn read(&mut self, buffer: &mut [u8], done: u64) -> Result<usize, SourceError> {
        loop {
            match self.file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return self.checked(read, done),
            }
        }
    }

    /// Does the same as [`read`](Self::read), but appends to `buffer`, up to its capacity. After an error, `buffer` is
    /// unchanged.
    pub(crate) fn read_after(&mut self, buffer: &mut Vec<u8>, done: u64) -> Result<usize, SourceError> {
        let before = buffer.len();
        let read = rustix::io::retry_on_intr(|| rustix::io::read(&self.file, spare_capacity(buffer)));
        let count = self.checked(read.map_err(io::Error::from), done);
        buffer.truncate(before + count.as_ref().unwrap_or(&0));
        count
    }

    /// Appends the whole file to `buffer`. After an error, `buffer` may contain a part of it.
    pub(crate) fn read_whole(&mut self, buffer: &mut Vec<u8>) -> Result<(), SourceError> {
        let length = usize::try_from(self.length).unwrap_or(usize::MAX);
        let mut done = 0;
        loop {
            // The capacity for one more byte shows whether the file is longer than expected.
            buffer.reserve((length - done).saturating_add(1));
            let free = buffer.capacity() - buffer.len();
            let count = self.read_after(buffer, done as u64)?;
            done += count;
            // A read that does not fill the buffer has reached the end.
            if done == length && count < free {
                return self.end();
            }
        }
    }

    fn checked(&self, read: io::Result<usize>, done: u64) -> Result<usize, SourceError> {
        match read {
            Err(source) => Err(SourceError::Unreadable { path: self.path.to_string(), source }),
            Ok(0) if done < self.length => Err(self.changed()),
            Ok(count) if done + count as u64 > self.length => Err(self.changed()),
            Ok(count) => Ok(count),
        }
    }

    /// Checks that the stamp is unchanged since the file was opened. Bytes may change while the length stays the same.
    pub(crate) fn end(&self) -> Result<(), SourceError> {
        match fstat(&self.file) {
            Err(error) => Err(SourceError::Unreadable { path: self.path.to_string(), source: error.into() }),
            Ok(now) if Stamp::new(&now) != self.stamp => Err(self.changed()),
            Ok(_) => Ok(()),
        }
    }

    pub(crate) fn changed(&self) -> SourceError {
        SourceError::Changed { path: self.path.to_string() }
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        &self.path
    }

    pub(crate) fn file(&mut self) -> &mut File {
        &mut self.file
    }
}
