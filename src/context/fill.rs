//! Writes the entries of a context to a folder.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "this file writes contexts to disk")]

use std::fs::{self, File, FileTimes, OpenOptions, Permissions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, SystemTime};

use camino::Utf8Path;
use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, utimensat};
use sha2::{Digest, Sha256};

use super::archive::ENTRY_TIME;
use super::folder_error::{FolderError, unwritable};
use super::stage::{Context, ContextEntry, Source};
use crate::files::nofollow::FileOpener;
use crate::files::{StableFile, Stamp, parallel};
use crate::value::Cancel;

/// The interval between two progress reports.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// The timestamps of the files in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryTimes {
    /// As in a tar archive: the same for all.
    Fixed,
    /// The second as in a tar archive, and the part below it from the content: a builder that takes a file for unchanged if
    /// its length and its timestamp are sees that it has changed. The same content has the same timestamp everywhere.
    OfContent,
}

/// Writes all entries of a context to a folder, with the same modes as in a tar archive, and reports the number of bytes
/// written so far to `progress`.
pub(super) fn fill_with_progress(
    folder: &Utf8Path,
    context: &Context<'_>,
    times: EntryTimes,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
) -> Result<(), FolderError> {
    let written = &AtomicU64::new(0);
    let (sender, done) = mpsc::channel();
    thread::scope(|scope| {
        let fill = || fill(folder, context, times, cancel, written);
        if thread::Builder::new().spawn_scoped(scope, move || sender.send(fill())).is_err() {
            // The machine has no thread left: without progress then.
            return fill();
        }
        loop {
            match done.recv_timeout(PROGRESS_INTERVAL) {
                Ok(filled) => return filled,
                Err(RecvTimeoutError::Timeout) => progress(written.load(Ordering::Relaxed)),
                Err(RecvTimeoutError::Disconnected) => return Err(FolderError::Cancelled),
            }
        }
    })
}

fn fill(
    folder: &Utf8Path,
    context: &Context<'_>,
    times: EntryTimes,
    cancel: &Cancel,
    written: &AtomicU64,
) -> Result<(), FolderError> {
    let mut folders = Vec::new();
    // One thread consumes this iterator in order, so each folder exists before a thread writes to it.
    let entries = context.entries_with_stamps().filter_map(|(entry, stamp)| {
        let path = folder.join(&entry.path);
        if entry.source != Source::Folder {
            return Some(Ok((entry, stamp, path)));
        }
        let created = fs::create_dir(&path).map_err(unwritable(&path));
        folders.push(path);
        created.err().map(Err)
    });
    parallel::in_order(
        parallel::FILES,
        entries,
        |entries| {
            let mut writing = Writing { times, cancel, written, small: Vec::new(), opener: FileOpener::default() };
            entries.into_iter().try_for_each(|entry| {
                let (entry, stamp, path) = entry?;
                writing.entry(entry, stamp, &path)
            })
        },
        |result| result,
    )?;
    // Writing to a folder changes its timestamp, so the timestamps of folders are set last.
    folders.iter().rev().try_for_each(|folder| set_time(folder))
}

/// Files below this size, in bytes, are read as a whole and written in one call.
const SMALL: usize = 64 * 1024;

/// Writes entries one after the other.
struct Writing<'a> {
    times: EntryTimes,
    cancel: &'a Cancel,
    /// The number of bytes of project files written so far.
    written: &'a AtomicU64,
    /// A buffer for small files, reused.
    small: Vec<u8>,
    opener: FileOpener,
}

impl Writing<'_> {
    fn entry(&mut self, entry: ContextEntry<'_>, stamp: Option<Stamp>, path: &Utf8Path) -> Result<(), FolderError> {
        if self.cancel.is_cancelled() {
            return Err(FolderError::Cancelled);
        }
        match entry.source {
            // `fill` creates the folders.
            Source::Folder => Ok(()),
            Source::Link(target) => symlink(target, path).and_then(|()| set_link_time(path)).map_err(unwritable(path)),
            Source::Bytes(bytes) => {
                let mut file = create(path, false)?;
                file.write_all(bytes).and_then(|()| self.set_times(&file, path)).map_err(unwritable(path))
            }
            Source::File(source) => {
                let mut source = StableFile::open(source, &mut self.opener)?.unless_changed(stamp)?;
                let mut file = create(path, source.executable)?;
                if source.length < SMALL as u64 {
                    self.copy_small(&mut source, &mut file, path)?;
                } else {
                    self.copy(&mut source, &mut file, path)?;
                }
                self.set_times(&file, path).map_err(unwritable(path))
            }
        }
    }

    /// Sets the timestamps of a file that was written.
    fn set_times(&self, file: &File, path: &Utf8Path) -> io::Result<()> {
        let below_a_second = match self.times {
            EntryTimes::Fixed => 0,
            EntryTimes::OfContent => nanoseconds(File::open(path)?)?,
        };
        file.set_times(entry_times(below_a_second))
    }

    /// Copies a file that is small enough to be read as a whole.
    fn copy_small(&mut self, source: &mut StableFile, file: &mut File, path: &Utf8Path) -> Result<(), FolderError> {
        self.small.clear();
        source.read_whole(&mut self.small)?;
        file.write_all(&self.small).map_err(unwritable(path))?;
        self.written.fetch_add(source.length, Ordering::Relaxed);
        Ok(())
    }

    /// Copies a file within the kernel, in pieces.
    fn copy(&mut self, source: &mut StableFile, file: &mut File, path: &Utf8Path) -> Result<(), FolderError> {
        const PIECE: u64 = 64 * 1024 * 1024;
        let mut copied = 0;
        loop {
            if self.cancel.is_cancelled() {
                return Err(FolderError::Cancelled);
            }
            let piece = io::copy(&mut source.file().take(PIECE), file);
            let piece = piece.map_err(|error| FolderError::Uncopied {
                from: source.path().to_string(),
                to: path.to_string(),
                source: error,
            })?;
            copied += piece;
            self.written.fetch_add(piece, Ordering::Relaxed);
            if piece < PIECE {
                break;
            }
        }
        if copied == source.length { Ok(source.end()?) } else { Err(source.changed().into()) }
    }
}

/// Creates a file with mode 0755 or 0644.
///
/// The umask and the default ACL of the folder can change the mode given at creation. The mode is then set explicitly.
/// Checking it costs less than always setting it.
fn create(path: &Utf8Path, executable: bool) -> Result<File, FolderError> {
    let mode = if executable { 0o755 } else { 0o644 };
    let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(unwritable(path))?;
    let found = file.metadata().map_err(unwritable(path))?.permissions().mode();
    if found & 0o7777 != mode {
        file.set_permissions(Permissions::from_mode(mode)).map_err(unwritable(path))?;
    }
    Ok(file)
}

fn set_time(folder: &Utf8Path) -> Result<(), FolderError> {
    fs::set_permissions(folder, Permissions::from_mode(0o755))
        .and_then(|()| File::open(folder))
        .and_then(|handle| handle.set_times(entry_times(0)))
        .map_err(unwritable(folder))
}

fn set_link_time(path: &Utf8Path) -> io::Result<()> {
    let time = Timespec { tv_sec: ENTRY_TIME.cast_signed(), tv_nsec: 0 };
    let times = Timestamps { last_access: time, last_modification: time };
    Ok(utimensat(CWD, path.as_str(), &times, AtFlags::SYMLINK_NOFOLLOW)?)
}

/// Returns a number of nanoseconds below a second that depends on the content of a file.
fn nanoseconds(file: File) -> io::Result<u32> {
    let mut sum = Sha256::new();
    let mut reader = BufReader::with_capacity(SMALL, file);
    loop {
        let read = reader.fill_buf()?;
        if read.is_empty() {
            let [one, two, three, four, ..] = <[u8; 32]>::from(sum.finalize());
            return Ok(u32::from_be_bytes([one, two, three, four]) % 1_000_000_000);
        }
        sum.update(read);
        let length = read.len();
        reader.consume(length);
    }
}

fn entry_times(nanoseconds: u32) -> FileTimes {
    let time = SystemTime::UNIX_EPOCH + Duration::new(ENTRY_TIME, nanoseconds);
    FileTimes::new().set_accessed(time).set_modified(time)
}
