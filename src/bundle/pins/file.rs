//! The edge where `agentix.lock` is read and written.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};

use super::{LOCK_FILE, Pins, PinsError};
use crate::files::{WalkError, read_text};
use crate::value::OneLine;

/// An `agentix.lock` that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockFileError {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(Box<WalkError>),
    /// What it says cannot be used.
    #[error("{}: {error}", OneLine(.path.as_str()))]
    Invalid {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong.
        error: PinsError,
    },
    /// Something else is in its place.
    #[error("{} is there already and was not written by agentix-gen; remove it", OneLine(.path.as_str()))]
    Foreign {
        /// The file.
        path: Utf8PathBuf,
    },
    /// It cannot be written.
    #[error("{} cannot be written", OneLine(.path.as_str()))]
    Unwritable {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl From<WalkError> for LockFileError {
    fn from(error: WalkError) -> Self {
        Self::Unreadable(Box::new(error))
    }
}

/// Reads the `agentix.lock` of a project's folder, if there is one.
pub fn read_pins(folder: &Utf8Path) -> Result<Option<Pins>, LockFileError> {
    let path = folder.join(LOCK_FILE);
    let Some(text) = read_text(&path)? else { return Ok(None) };
    text.parse().map(Some).map_err(|error| LockFileError::Invalid { path, error })
}

/// Writes the `agentix.lock` of a project's folder: whole, or not at all. One that is there is replaced if it is one.
pub fn write_pins(folder: &Utf8Path, pins: &Pins) -> Result<Utf8PathBuf, LockFileError> {
    let path = folder.join(LOCK_FILE);
    match read_pins(folder) {
        Err(LockFileError::Invalid { path, error: PinsError::Form(_) }) => return Err(LockFileError::Foreign { path }),
        found => found?,
    };
    let unwritable = |source| LockFileError::Unwritable { path: path.clone(), source };
    let mut beside = tempfile::Builder::new()
        .prefix(".agentix.lock.")
        .permissions(Permissions::from_mode(0o644))
        .tempfile_in(folder)
        .map_err(unwritable)?;
    beside.write_all(pins.to_string().as_bytes()).map_err(unwritable)?;
    beside.persist(&path).map_err(|error| unwritable(error.error))?;
    Ok(path)
}
