//! Writes a context as a folder.
//!
//! The context is written to a scratch folder beside the destination, which is then renamed. The destination is
//! therefore complete at every moment, even if other processes write to it or this process is killed. Each folder that
//! is written here has a marker file. Only folders with a marker, or empty ones, are ever replaced or removed.

#![expect(clippy::disallowed_methods, reason = "this file writes contexts to disk")]

use std::{fs, io};

use camino::Utf8Path;

use super::fill::EntryTimes;
use super::folder_error::{FolderError, Leftover, unwritable};
use super::scratch::{ScratchFolder, refuse_foreign};
use super::stage::Context;
use crate::value::Cancel;

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
    let is_missing = |path: &&Utf8Path| fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    let missing: Vec<&Utf8Path> = above.take_while(is_missing).collect();
    let mut write = || {
        fs::create_dir_all(parent).map_err(unwritable(destination))?;
        // The user knows the destination, not the scratch folder beside it.
        let scratch = ScratchFolder::new(parent, &format!(".{name}.")).map_err(|error| match error {
            FolderError::Unwritable { source, .. } => unwritable(destination)(source),
            error => error,
        })?;
        scratch.fill_with_progress(context, EntryTimes::Fixed, cancel, progress)?;
        scratch.move_to(destination)
    };
    // Remove the parent folders that were created here. This fails, as intended, for folders that are no longer empty.
    write().inspect_err(|_| missing.iter().for_each(|folder| _ = fs::remove_dir(folder)))
}

/// The maximum length of the destination's name in the name of its scratch folder, in bytes. File names have at most
/// 255 bytes.
const LONGEST_PREFIX: usize = 200;
