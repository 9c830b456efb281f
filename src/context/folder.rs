//! A context as a folder.
//!
//! It is written beside the place it is meant for and then renamed, so that what stands there is whole at every moment,
//! whoever else writes and whenever this is stopped. A folder written here carries a marker; only such a folder is ever
//! replaced or removed.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "this is where a context becomes a folder")]

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

/// A context that could not become a folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A file of the project could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Something could not be written.
    #[error("{} cannot be written", OneLine(.path))]
    Unwritable {
        /// The path.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file of the project could not be copied: reading or writing failed.
    #[error("{} cannot be copied to {}", OneLine(.from), OneLine(.to))]
    Uncopied {
        /// The file of the project.
        from: String,
        /// The file to be written.
        to: String,
        /// Why.
        source: io::Error,
    },
    /// The place is taken by something that this tool did not write.
    #[error("{} is there already and was not written by agentix-gen; remove it, or choose another folder", OneLine(.path))]
    Foreign {
        /// The folder.
        path: String,
    },
    /// The work was asked to stop.
    #[error("stopped")]
    Cancelled,
}

fn unwritable(path: &Utf8Path) -> impl FnOnce(io::Error) -> FolderError {
    move |source| FolderError::Unwritable { path: path.to_string(), source }
}

/// A temporary folder that could not be removed. The next run that writes beside it tries again.
#[derive(Debug, thiserror::Error)]
#[error("{} is left behind", OneLine(.path.as_str()))]
pub struct Leftover {
    /// The folder.
    pub path: Utf8PathBuf,
    /// Why it could not be removed.
    pub source: io::Error,
}

/// Writes a context as the folder `place`, which is made, or replaced if this tool wrote it. Gives what could not be
/// tidied up, which takes nothing from the result.
///
/// # Errors
///
/// A folder that holds anything else is refused untouched. After any error the place is as it was, and so is what it lies in.
pub fn write_folder(context: &Context<'_>, place: &Utf8Path, cancel: &Cancel) -> Result<Option<Leftover>, FolderError> {
    write_folder_with_progress(context, place, cancel, &mut |_| {})
}

/// The same as [`write_folder`], telling from time to time how many bytes are written so far.
pub fn write_folder_with_progress(
    context: &Context<'_>,
    place: &Utf8Path,
    cancel: &Cancel,
    tell: &mut dyn FnMut(u64),
) -> Result<Option<Leftover>, FolderError> {
    refuse_foreign(place)?;
    let name = place.file_name().ok_or_else(|| FolderError::Foreign { path: place.to_string() })?;
    let parent = place.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    let name = &name[..name.floor_char_boundary(LONGEST_PREFIX)];
    let above = parent.ancestors().filter(|above| !above.as_str().is_empty());
    let missing: Vec<&Utf8Path> = above.take_while(|above| !above.exists()).collect();
    let mut write = || {
        fs::create_dir_all(parent).map_err(unwritable(parent))?;
        let beside = ScratchFolder::new(parent, &format!(".{name}."))?;
        beside.fill_with_progress(context, cancel, tell)?;
        beside.put_at(place)
    };
    // The folders above the place go as they came, unless somebody has put something into them.
    write().inspect_err(|_| missing.iter().for_each(|folder| _ = fs::remove_dir(folder)))
}

/// So much of a place's name is part of what is written beside it, in bytes: a name has 255 at most.
const LONGEST_PREFIX: usize = 200;

/// A folder may be replaced if it is empty or carries the marker.
fn refuse_foreign(place: &Utf8Path) -> Result<(), FolderError> {
    let foreign = || FolderError::Foreign { path: place.to_string() };
    match fs::symlink_metadata(place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unwritable(place)(error)),
        Ok(found) if !found.is_dir() => Err(foreign()),
        Ok(_) if is_marked(place) => Ok(()),
        Ok(_) => match fs::read_dir(place).map_err(unwritable(place))?.next() {
            None => Ok(()),
            Some(_) => Err(foreign()),
        },
    }
}

fn is_marked(folder: &Utf8Path) -> bool {
    fs::symlink_metadata(folder.join(STAGE_MARKER)).is_ok_and(|found| found.is_file())
}

/// A marked folder of our own that is removed when it is dropped. As long as it lives, its marker is locked; one whose
/// marker is not locked belongs to a process that was killed, and is swept away by the next.
#[derive(Debug)]
pub(crate) struct ScratchFolder {
    folder: tempfile::TempDir,
    path: Utf8PathBuf,
    _marker: File,
}

impl ScratchFolder {
    /// Makes a scratch folder below `parent`, its name starting with `prefix`, after removing abandoned ones.
    pub(crate) fn new(parent: &Utf8Path, prefix: &str) -> Result<Self, FolderError> {
        sweep(parent, prefix);
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

    /// Writes all entries of a context, with the modes and times that a tar archive of it has, and tells from time to
    /// time how many bytes are written so far.
    pub(crate) fn fill_with_progress(
        &self,
        context: &Context<'_>,
        cancel: &Cancel,
        tell: &mut dyn FnMut(u64),
    ) -> Result<(), FolderError> {
        let written = &AtomicU64::new(0);
        let (sender, done) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(move || sender.send(self.fill(context, cancel, written)));
            loop {
                match done.recv_timeout(TELLING) {
                    Ok(filled) => return filled,
                    Err(RecvTimeoutError::Timeout) => tell(written.load(Ordering::Relaxed)),
                    Err(RecvTimeoutError::Disconnected) => return Err(FolderError::Cancelled),
                }
            }
        })
    }

    fn fill(&self, context: &Context<'_>, cancel: &Cancel, written: &AtomicU64) -> Result<(), FolderError> {
        let mut folders = Vec::new();
        // Each folder is there before anybody writes into it: this is asked for entries in order, and on one thread.
        let entries = context.entries_with_stamps().filter_map(|(entry, seen)| {
            let path = self.path.join(&entry.path);
            if entry.source != Source::Folder {
                return Some(Ok((entry, seen, path)));
            }
            let made = fs::create_dir(&path).map_err(unwritable(&path));
            folders.push(path);
            made.err().map(Err)
        });
        parallel::in_order(
            parallel::FILES,
            entries,
            |entries| {
                let mut writing = Writing { cancel, written, small: Vec::new() };
                entries.into_iter().try_for_each(|entry| {
                    let (entry, seen, path) = entry?;
                    writing.entry(entry, seen, &path)
                })
            },
            |written| written,
        )?;
        // Writing into a folder changes its time, so theirs come last.
        folders.iter().rev().try_for_each(|folder| set_time(folder))
    }

    /// Removes the folder, and gives it where that fails.
    pub(crate) fn close(self) -> Option<Leftover> {
        let path = self.path;
        match self.folder.close() {
            // What stood at the place before has a marker that nobody locks: another process may have swept it.
            Err(source) if source.kind() != io::ErrorKind::NotFound => Some(Leftover { path, source }),
            _ => None,
        }
    }

    /// Moves the folder to its place. What stands there is exchanged with it in one step and then removed.
    fn put_at(self, place: &Utf8Path) -> Result<Option<Leftover>, FolderError> {
        fs::set_permissions(&self.path, Permissions::from_mode(0o755)).map_err(unwritable(&self.path))?;
        loop {
            match renameat_with(CWD, self.path.as_str(), CWD, place.as_str(), RenameFlags::NOREPLACE) {
                Ok(()) => {
                    // What was renamed is no scratch folder any more.
                    let _ = self.folder.keep();
                    return Ok(None);
                }
                Err(Errno::EXIST) => refuse_foreign(place)?,
                Err(error) => return Err(unwritable(place)(error.into())),
            }
            match renameat_with(CWD, self.path.as_str(), CWD, place.as_str(), RenameFlags::EXCHANGE) {
                // What stood there is now the scratch folder, and goes with it.
                Ok(()) => return Ok(self.close()),
                // Somebody removed it in between.
                Err(Errno::NOENT) => {}
                Err(error) => return Err(unwritable(place)(error.into())),
            }
        }
    }
}

/// How often it is told how far the writing has come.
const TELLING: Duration = Duration::from_millis(100);

/// How the name of every scratch folder ends.
const SCRATCH_SUFFIX: &str = ".agentix-scratch";

/// Removes the scratch folders of processes that were killed. A folder that cannot be removed is left: it is in nobody's
/// way, and the next call tries again.
///
/// A marker is written once it is locked. One that is empty may be locked any moment, and its folder is left as well.
fn sweep(parent: &Utf8Path, prefix: &str) {
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

/// A file below this size is read as a whole, and written in one call.
const SMALL: usize = 64 * 1024;

/// The writing of one entry after the other.
struct Writing<'a> {
    cancel: &'a Cancel,
    /// How many bytes of the project's files are written.
    written: &'a AtomicU64,
    /// The bytes of a small file.
    small: Vec<u8>,
}

impl Writing<'_> {
    fn entry(&mut self, entry: ContextEntry<'_>, seen: Option<Stamp>, path: &Utf8Path) -> Result<(), FolderError> {
        if self.cancel.is_cancelled() {
            return Err(FolderError::Cancelled);
        }
        match entry.source {
            // It was made before anything was handed on.
            Source::Folder => Ok(()),
            Source::Link(target) => symlink(target, path).and_then(|()| set_link_time(path)).map_err(unwritable(path)),
            Source::Bytes(bytes) => {
                let mut file = create(path, false)?;
                file.write_all(bytes).and_then(|()| file.set_times(entry_times())).map_err(unwritable(path))
            }
            Source::File(source) => {
                let mut source = StableFile::open(source)?.unless_changed(seen)?;
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

    /// Small enough to be read as a whole.
    fn copy_small(&mut self, source: &mut StableFile, file: &mut File, path: &Utf8Path) -> Result<(), FolderError> {
        self.small.clear();
        source.read_whole(&mut self.small)?;
        file.write_all(&self.small).map_err(unwritable(path))?;
        self.written.fetch_add(source.length, Ordering::Relaxed);
        Ok(())
    }

    /// Copies a file within the kernel, a piece at a time.
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

/// The mode given at creation is subject to the process's mask, and to what the folder hands down. Where it came out
/// otherwise it is set on its own; to look costs less than to set it.
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
