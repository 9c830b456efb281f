//! A project's file, read exactly: as many bytes as it had when it was opened, or an error.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "this is where a project's files are read")]

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::buffer::spare_capacity;
use rustix::fs::OFlags;

use crate::value::OneLine;

/// A file of the project that cannot become part of a context.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// It cannot be opened or read.
    #[error("{} cannot be read", OneLine(.path))]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// It is no file any more.
    #[error("{} was a file when the folder was listed, and is none now", OneLine(.path))]
    NotAFile {
        /// The path.
        path: String,
    },
    /// It changed while it was read, or since it was read for the image's digest.
    #[error("{} changed while it was read; try again when nothing writes to it", OneLine(.path))]
    Changed {
        /// The file.
        path: String,
    },
}

/// An open file of the project, its length and mode taken from the handle.
pub(crate) struct StableFile {
    path: Utf8PathBuf,
    file: File,
    pub(crate) length: u64,
    pub(crate) executable: bool,
    stamp: Stamp,
}

/// What a file was like when it was opened. Whoever writes to it, changes its mode or puts another in its place makes it
/// another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    pub(crate) length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// What the files of a context were like when somebody read them all, in their order.
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
    fn new(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// How many bytes a file holds now.
pub(crate) fn length(path: &Utf8Path) -> Result<u64, SourceError> {
    let found = fs::symlink_metadata(path);
    found.map(|found| found.len()).map_err(|source| SourceError::Unreadable { path: path.to_string(), source })
}

impl StableFile {
    /// Opens a regular file. What was put in its place since the folder was listed is not followed, waited for or read.
    pub(crate) fn open(path: Utf8PathBuf) -> Result<Self, SourceError> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let open = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(&path);
        let unreadable = |source| SourceError::Unreadable { path: path.to_string(), source };
        let file = match open {
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return Err(SourceError::NotAFile { path: path.to_string() });
            }
            opened => opened.map_err(unreadable)?,
        };
        let metadata = file.metadata().map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(SourceError::NotAFile { path: path.to_string() });
        }
        let executable = metadata.permissions().mode() & 0o111 != 0;
        Ok(Self { path, file, length: metadata.len(), executable, stamp: Stamp::new(&metadata) })
    }

    /// The same, if it is as it was seen before.
    pub(crate) fn unless_changed(self, before: Option<Stamp>) -> Result<Self, SourceError> {
        if before.is_some_and(|before| before != self.stamp) { Err(self.changed()) } else { Ok(self) }
    }

    pub(crate) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The next bytes, as many as there is room for unless the file ends before; zero at the end.
    ///
    /// A file that ends early, or goes on beyond its length, is an error.
    pub(crate) fn read(&mut self, room: &mut [u8], done: u64) -> Result<usize, SourceError> {
        loop {
            match self.file.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return self.as_long(read, done),
            }
        }
    }

    /// The same, put after what is gathered, as far as that has room; nothing is where there is an error.
    pub(crate) fn read_after(&mut self, gathered: &mut Vec<u8>, done: u64) -> Result<usize, SourceError> {
        let before = gathered.len();
        let read = rustix::io::retry_on_intr(|| rustix::io::read(&self.file, spare_capacity(gathered)));
        let count = self.as_long(read.map_err(io::Error::from), done);
        gathered.truncate(before + count.as_ref().unwrap_or(&0));
        count
    }

    /// Reads all of it, put after what is gathered. After an error some of it may be there as well.
    pub(crate) fn read_whole(&mut self, gathered: &mut Vec<u8>) -> Result<(), SourceError> {
        let length = usize::try_from(self.length).unwrap_or(usize::MAX);
        let mut done = 0;
        loop {
            // Room for one byte more than is left shows whether the file goes on.
            gathered.reserve((length - done).saturating_add(1));
            let room = gathered.capacity() - gathered.len();
            let count = self.read_after(gathered, done as u64)?;
            done += count;
            // A read that had room left has met the end.
            if done == length && count < room {
                return self.end();
            }
        }
    }

    fn as_long(&self, read: io::Result<usize>, done: u64) -> Result<usize, SourceError> {
        match read {
            Err(source) => Err(SourceError::Unreadable { path: self.path.to_string(), source }),
            Ok(0) if done < self.length => Err(self.changed()),
            Ok(count) if done + count as u64 > self.length => Err(self.changed()),
            Ok(count) => Ok(count),
        }
    }

    /// Whether the file is still as it was when it was opened: bytes may have become others, and just as many.
    pub(crate) fn end(&self) -> Result<(), SourceError> {
        match self.file.metadata() {
            Err(source) => Err(SourceError::Unreadable { path: self.path.to_string(), source }),
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
