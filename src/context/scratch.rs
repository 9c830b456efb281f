//! Temporary folders with a marker, which are removed even if their process was killed.
//!
//! A process locks the marker of its folder as long as it uses it, and then writes a text to it. A folder whose marker
//! has the text and no lock belongs to a process that was killed. The next process that creates a folder there removes
//! it. The marker is removed last: if the removal stops halfway, the folder still has its marker.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "this file writes and removes folders")]

use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{CWD, OFlags, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::fill::{EntryTimes, fill_with_progress};
use super::folder_error::{FolderError, Leftover, unwritable};
use super::stage::Context;
use crate::files::STAGE_MARKER;
use crate::value::Cancel;

/// The suffix of the name of every scratch folder.
const SUFFIX: &str = ".agentix-scratch";

/// How old a folder without the text of its marker is if its process was killed before it wrote it.
const UNFINISHED: Duration = Duration::from_hours(1);

/// A temporary folder with a marker, removed on drop.
#[derive(Debug)]
pub(crate) struct ScratchFolder {
    path: Utf8PathBuf,
    is_temporary: bool,
    _marker: File,
}

impl ScratchFolder {
    /// Creates a scratch folder in `parent` whose name starts with `prefix`. Removes abandoned scratch folders first.
    pub(crate) fn new(parent: &Utf8Path, prefix: &str) -> Result<Self, FolderError> {
        sweep(parent, prefix);
        let fail = || unwritable(parent);
        let folder = tempfile::Builder::new()
            .prefix(prefix)
            .suffix(SUFFIX)
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
        // From here on, this type removes it.
        let _ = folder.keep();
        Ok(Self { path, is_temporary: true, _marker: marker })
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

    /// Writes all entries of a context, and reports the number of bytes written so far to `progress`.
    pub(crate) fn fill_with_progress(
        &self,
        context: &Context<'_>,
        times: EntryTimes,
        cancel: &Cancel,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), FolderError> {
        fill_with_progress(&self.path, context, times, cancel, progress)
    }

    /// Removes the folder. Returns it if that fails.
    pub(crate) fn close(mut self) -> Option<Leftover> {
        self.is_temporary = false;
        let path = self.path.clone();
        // The marker of a replaced folder is not locked, so another process may have removed the folder already.
        remove(&path).err().map(|source| Leftover { path, source })
    }

    /// Moves the folder to `destination`. An existing folder is exchanged atomically and then removed.
    pub(super) fn move_to(mut self, destination: &Utf8Path) -> Result<Option<Leftover>, FolderError> {
        fs::set_permissions(&self.path, Permissions::from_mode(0o755)).map_err(unwritable(&self.path))?;
        loop {
            match renameat_with(CWD, self.path.as_str(), CWD, destination.as_str(), RenameFlags::NOREPLACE) {
                Ok(()) => {
                    // The folder is no longer temporary.
                    self.is_temporary = false;
                    return Ok(None);
                }
                Err(Errno::EXIST) => refuse_foreign(destination)?,
                Err(error) => return Err(unwritable(destination)(error.into())),
            }
            match renameat_with(CWD, self.path.as_str(), CWD, destination.as_str(), RenameFlags::EXCHANGE) {
                // The scratch folder now has the previous content of the destination. It goes back if it is not ours:
                // somebody wrote to an empty folder since it was checked.
                Ok(()) => match refuse_foreign(&self.path) {
                    Ok(()) => return Ok(self.close()),
                    Err(_) => {
                        let back =
                            renameat_with(CWD, self.path.as_str(), CWD, destination.as_str(), RenameFlags::EXCHANGE);
                        self.is_temporary = back.is_ok();
                        return Err(FolderError::Foreign { path: destination.to_string() });
                    }
                },
                // Another process removed the destination between the two calls.
                Err(Errno::NOENT) => {}
                Err(error) => return Err(unwritable(destination)(error.into())),
            }
        }
    }
}

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        if self.is_temporary {
            // What is left has its marker, and is removed by the next process that creates a folder here.
            let _ = remove(&self.path);
        }
    }
}

/// Removes a folder, its marker last.
///
/// The standard library keeps each folder open while it removes what is below it. If that fails, because no more files
/// may be open, the second try opens one at a time.
fn remove(folder: &Utf8Path) -> io::Result<()> {
    let folder = folder.as_std_path();
    remove_with(folder, |below| fs::remove_dir_all(below)).or_else(|_| remove_one_by_one(folder))
}

fn remove_with(folder: &Path, remove_folder: impl Fn(&Path) -> io::Result<()>) -> io::Result<()> {
    let Some(mut found) = unless_absent(entries(folder))? else { return Ok(()) };
    found.sort_by_key(|(path, _)| path.file_name() == Some(OsStr::new(STAGE_MARKER)));
    for (path, is_folder) in found {
        unless_absent(if is_folder { remove_folder(&path) } else { fs::remove_file(&path) })?;
    }
    unless_absent(fs::remove_dir(folder)).map(|_| ())
}

fn remove_one_by_one(folder: &Path) -> io::Result<()> {
    remove_with(folder, remove_one_by_one)
}

/// Returns the paths in a folder, and whether they are folders.
fn entries(folder: &Path) -> io::Result<Vec<(PathBuf, bool)>> {
    let entries = fs::read_dir(folder)?.map(|entry| {
        let entry = entry?;
        Ok((entry.path(), entry.file_type()?.is_dir()))
    });
    entries.collect()
}

/// Another process may remove the same folder.
fn unless_absent<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

/// Removes the scratch folders of processes that were killed. A folder that cannot be removed stays; the next call
/// tries again.
pub(super) fn sweep(parent: &Utf8Path, prefix: &str) {
    let Ok(found) = parent.read_dir_utf8() else { return };
    let scratch = |name: &str| name.starts_with(prefix) && name.ends_with(SUFFIX);
    for folder in found.flatten().filter(|entry| scratch(entry.file_name())) {
        if is_abandoned(folder.path()) {
            let _ = remove(folder.path());
        }
    }
}

/// Returns whether the process of a scratch folder was killed. Its marker then is not locked.
///
/// A marker without its text may be locked at any moment, and a folder without a marker may get one. Both are abandoned
/// if they are old.
fn is_abandoned(folder: &Utf8Path) -> bool {
    // The parent folder may be open to others: a link, a pipe or a device of theirs is not followed or waited for.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let marker = OpenOptions::new().read(true).custom_flags(flags).open(folder.join(STAGE_MARKER));
    let is_old = |found: Metadata| found.modified().is_ok_and(|at| at.elapsed().is_ok_and(|age| age > UNFINISHED));
    match marker {
        Ok(marker) => {
            let is_whole = |found: Metadata| found.is_file() && (found.len() > 0 || is_old(found));
            marker.try_lock().is_ok() && marker.metadata().is_ok_and(is_whole)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let is_empty = || fs::read_dir(folder).is_ok_and(|mut found| found.next().is_none());
            fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir() && is_old(found)) && is_empty()
        }
        Err(_) => false,
    }
}

/// Fails if `destination` exists, unless it is an empty folder or a folder with a marker.
pub(super) fn refuse_foreign(destination: &Utf8Path) -> Result<(), FolderError> {
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
