//! Writes a context as a folder.
//!
//! The context is written to a scratch folder beside the destination, which is then renamed. The destination is
//! therefore complete at every moment, even if other processes write to it or this process is killed. Each folder that
//! is written here has a marker file. Only folders with a marker, or empty ones, are ever replaced or removed.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "this file writes contexts to disk")]

use std::fs::{self, File, FileTimes, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, CWD, RenameFlags, Timespec, Timestamps, renameat_with, utimensat};
use rustix::io::Errno;

use super::archive::ENTRY_TIME;
use super::stage::{Context, ContextEntry, Source};
use crate::files::{STAGE_MARKER, SourceError, StableFile, Stamp, parallel};
use crate::value::{Cancel, OneLine};

/// An error from writing a context as a folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A file of the project could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A file or folder could not be written.
    #[error("{} cannot be written", OneLine(.path))]
    Unwritable {
        /// The path.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// A file of the project could not be copied: reading or writing failed.
    #[error("{} cannot be copied to {}", OneLine(.from), OneLine(.to))]
    Uncopied {
        /// The file of the project.
        from: String,
        /// The destination file.
        to: String,
        /// The cause.
        source: io::Error,
    },
    /// The destination exists and was not written by this tool.
    #[error("{} already exists and was not written by agentix-gen; remove it or choose another folder", OneLine(.path))]
    Foreign {
        /// The folder.
        path: String,
    },
    /// The caller cancelled the operation.
    #[error("stopped")]
    Cancelled,
}

fn unwritable(path: &Utf8Path) -> impl FnOnce(io::Error) -> FolderError {
    move |source| FolderError::Unwritable { path: path.to_string(), source }
}

/// A scratch folder that could not be removed. The next run that writes to the same parent folder tries again.
#[derive(Debug, thiserror::Error)]
#[error("{} could not be removed", OneLine(.path.as_str()))]
pub struct Leftover {
    /// The folder.
    pub path: Utf8PathBuf,
    /// The cause.
    pub source: io::Error,
}

/// Writes a context as the folder `destination`.
///
/// The folder is created, or replaced if it is empty or if this tool wrote it. Returns the scratch folder if it could
/// not be removed; the context is complete nevertheless.
///
/// # Errors
///
/// Fails without a change if `destination` is anything else. After any error, `destination` and its parent folders are
/// as they were before.
pub fn write_folder(
    context: &Context<'_>,
    destination: &Utf8Path,
    cancel: &Cancel,
) -> Result<Option<Leftover>, FolderError> {
    write_folder_with_progress(context, destination, cancel, &mut |_| {})
}

/// Writes a context as a folder like [`write_folder`], and reports progress.
///
/// `progress` receives the number of bytes written so far, about every 100 ms.
///
/// # Errors
///
/// See [`write_folder`].
pub fn write_folder_with_progress(
    context: &Context<'_>,
    destination: &Utf8Path,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
) -> Result<Option<Leftover>, FolderError> {
    refuse_foreign(destination)?;
    let name = destination.file_name().ok_or_else(|| FolderError::Foreign { path: destination.to_string() })?;
    let parent = destination.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    let name = &name[..name.floor_char_boundary(LONGEST_PREFIX)];
    let above = parent.ancestors().filter(|above| !above.as_str().is_empty());
    let missing: Vec<&Utf8Path> = above.take_while(|above| !above.exists()).collect();
    let mut write = || {
        fs::create_dir_all(parent).map_err(unwritable(parent))?;
        let scratch = ScratchFolder::new(parent, &format!(".{name}."))?;
        scratch.fill_with_progress(context, cancel, progress)?;
        scratch.move_to(destination)
    };
    // Remove the parent folders that were created here. This fails, as intended, for folders that are no longer empty.
    write().inspect_err(|_| missing.iter().for_each(|folder| _ = fs::remove_dir(folder)))
}

/// The maximum length of the destination's name in the name of its scratch folder, in bytes. File names have at most
/// 255 bytes.
const LONGEST_PREFIX: usize = 200;

/// Fails if `destination` exists, unless it is an empty folder or a folder with a marker.
fn refuse_foreign(destination: &Utf8Path) -> Result<(), FolderError> {
    let foreign = || FolderError::Foreign { path: destination.to_string() };
    match fs::symlink_metadata(destination) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unwritable(destination)(error)),
        Ok(found) if !found.is_dir() => Err(foreign()),
        Ok(_) if is_marked(destination) => Ok(()),
        Ok(_) => match fs::read_dir(destination).map_err(unwritable(destination))?.next() {
            None => Ok(()),
            Some(_) => Err(foreign()),
        },
    }
}

fn is_marked(folder: &Utf8Path) -> bool {
    fs::symlink_metadata(folder.join(STAGE_MARKER)).is_ok_and(|found| found.is_file())
}

/// A temporary folder with a marker, removed on drop.
///
/// Its marker is locked as long as the value exists. If a scratch folder's marker is not locked, its process was
/// killed; the next process removes the folder.
#[derive(Debug)]
pub(crate) struct ScratchFolder {
    folder: tempfile::TempDir,
    path: Utf8PathBuf,
    _marker: File,
}

impl ScratchFolder {
    /// Creates a scratch folder in `parent` whose name starts with `prefix`. Removes abandoned scratch folders first.
    pub(crate) fn new(parent: &Utf8Path, prefix: &str) -> Result<Self, FolderError> {
        remove_abandoned(parent, prefix);
        let fail = || unwritable(parent);
        let folder = tempfile::Builder::new()
            .prefix(prefix)
            .suffix(SCRATCH_SUFFIX)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(parent)
            .map_err(fail())?;
        let path = Utf8PathBuf::from_path_buf(folder.path().to_owned())
            .map_err(|path| unwritable(parent)(io::Error::other(format!("{} is not UTF-8", path.display()))))?;
        let mut marker = File::create(path.join(STAGE_MARKER)).map_err(fail())?;
        marker.lock().map_err(fail())?;
        marker
            .write_all(b"A build context written by agentix-gen. It is replaced when the context is staged again.\n")
            .map_err(fail())?;
        Ok(Self { folder, path, _marker: marker })
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Writes a file in the folder and returns its path.
    pub(crate) fn write_file(&self, name: &str, bytes: &[u8]) -> Result<Utf8PathBuf, FolderError> {
        let path = self.path.join(name);
        fs::write(&path, bytes).map_err(unwritable(&path))?;
        Ok(path)
    }

    /// Writes all entries of a context, with the same modes and timestamps as in a tar archive, and reports the number
    /// of bytes written so far to `progress`.
    pub(crate) fn fill_with_progress(
        &self,
        context: &Context<'_>,
        cancel: &Cancel,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), FolderError> {
        let written = &AtomicU64::new(0);
        let (sender, done) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(move || sender.send(self.fill(context, cancel, written)));
            loop {
                match done.recv_timeout(PROGRESS_INTERVAL) {
                    Ok(filled) => return filled,
                    Err(RecvTimeoutError::Timeout) => progress(written.load(Ordering::Relaxed)),
                    Err(RecvTimeoutError::Disconnected) => return Err(FolderError::Cancelled),
                }
            }
        })
    }

    fn fill(&self, context: &Context<'_>, cancel: &Cancel, written: &AtomicU64) -> Result<(), FolderError> {
        let mut folders = Vec::new();
        // One thread consumes this iterator in order, so each folder exists before a thread writes to it.
        let entries = context.entries_with_stamps().filter_map(|(entry, stamp)| {
            let path = self.path.join(&entry.path);
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
                let mut writing = Writing { cancel, written, small: Vec::new() };
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

    /// Removes the folder. Returns it if that fails.
    pub(crate) fn close(self) -> Option<Leftover> {
        let path = self.path;
        match self.folder.close() {
            // The marker of a replaced folder is not locked, so another process may have removed the folder already.
            Err(source) if source.kind() != io::ErrorKind::NotFound => Some(Leftover { path, source }),
            _ => None,
        }
    }

    /// Moves the folder to `destination`. An existing folder is exchanged atomically and then removed.
    fn move_to(self, destination: &Utf8Path) -> Result<Option<Leftover>, FolderError> {
        fs::set_permissions(&self.path, Permissions::from_mode(0o755)).map_err(unwritable(&self.path))?;
        loop {
            match renameat_with(CWD, self.path.as_str(), CWD, destination.as_str(), RenameFlags::NOREPLACE) {
                Ok(()) => {
                    // The folder is no longer temporary.
                    let _ = self.folder.keep();
                    return Ok(None);
                }
                Err(Errno::EXIST) => refuse_foreign(destination)?,
                Err(error) => return Err(unwritable(destination)(error.into())),
            }
            match renameat_with(CWD, self.path.as_str(), CWD, destination.as_str(), RenameFlags::EXCHANGE) {
                // The scratch folder now has the previous content of the destination.
                Ok(()) => return Ok(self.close()),
                // Another process removed the destination between the two calls.
                Err(Errno::NOENT) => {}
                Err(error) => return Err(unwritable(destination)(error.into())),
            }
        }
    }
}

/// The interval between two progress reports.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// The suffix of the name of every scratch folder.
const SCRATCH_SUFFIX: &str = ".agentix-scratch";

/// Removes the scratch folders of processes that were killed. A folder that cannot be removed stays; the next call
/// tries again.
///
/// A process locks a marker before it writes the text to it. An empty marker may be locked at any moment, so its folder
/// stays as well.
fn remove_abandoned(parent: &Utf8Path, prefix: &str) {
    let Ok(found) = parent.read_dir_utf8() else { return };
    let scratch = |name: &str| name.starts_with(prefix) && name.ends_with(SCRATCH_SUFFIX);
    for folder in found.flatten().filter(|entry| scratch(entry.file_name())) {
        let marker = OpenOptions::new().read(true).open(folder.path().join(STAGE_MARKER));
        let abandoned =
            |marker: File| marker.try_lock().is_ok() && marker.metadata().is_ok_and(|found| found.len() > 0);
        if marker.is_ok_and(abandoned) {
            let _ = fs::remove_dir_all(folder.path());
        }
    }
}

/// Files below this size, in bytes, are read as a whole and written in one call.
const SMALL: usize = 64 * 1024;

/// Writes entries one after the other.
struct Writing<'a> {
    cancel: &'a Cancel,
    /// The number of bytes of project files written so far.
    written: &'a AtomicU64,
    /// A buffer for small files, reused.
    small: Vec<u8>,
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
                file.write_all(bytes).and_then(|()| file.set_times(entry_times())).map_err(unwritable(path))
            }
            Source::File(source) => {
                let mut source = StableFile::open(source)?.unless_changed(stamp)?;
                let mut file = create(path, source.executable)?;
                if source.length < SMALL as u64 {
                    self.copy_small(&mut source, &mut file, path)?;
                } else {
                    self.copy(&mut source, &mut file, path)?;
                }
                file.set_times(entry_times()).map_err(unwritable(path))
            }
        }
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
        .and_then(|handle| handle.set_times(entry_times()))
        .map_err(unwritable(folder))
}

fn set_link_time(path: &Utf8Path) -> io::Result<()> {
    let time = Timespec { tv_sec: ENTRY_TIME.cast_signed(), tv_nsec: 0 };
    let times = Timestamps { last_access: time, last_modification: time };
    Ok(utimensat(CWD, path.as_str(), &times, AtFlags::SYMLINK_NOFOLLOW)?)
}

fn entry_times() -> FileTimes {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(ENTRY_TIME);
    FileTimes::new().set_accessed(time).set_modified(time)
}
