//! Reads and writes the file `agentix.lock`.

#![expect(clippy::disallowed_methods, reason = "this module writes the lock")]

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::bundle::{LOCK_FILE, Pins, PinsError};
use crate::files::{WalkError, read_text};
use crate::value::OneLine;

/// Why `agentix.lock` cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockFileError {
    /// The file cannot be read.
    #[error(transparent)]
    Unreadable(Box<WalkError>),
    /// The content of the file is not valid.
    #[error("{}: {error}", OneLine(.path.as_str()))]
    Invalid {
        /// The path of the file.
        path: Utf8PathBuf,
        /// Why the content is not valid.
        error: PinsError,
    },
    /// A file with this name exists, and agentix-gen did not write it.
    #[error("{} already exists and was not written by agentix-gen; remove it", OneLine(.path.as_str()))]
    Foreign {
        /// The path of the file.
        path: Utf8PathBuf,
    },
    /// The file cannot be written.
    #[error("{} cannot be written", OneLine(.path.as_str()))]
    Unwritable {
        /// The path of the file.
        path: Utf8PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl From<WalkError> for LockFileError {
    fn from(error: WalkError) -> Self {
        Self::Unreadable(Box::new(error))
    }
}

/// Reads `agentix.lock` in the folder of a project. Returns `None` if the file does not exist.
///
/// # Errors
///
/// Returns an error if the file cannot be read or is not valid.
pub fn read_pins(folder: &Utf8Path) -> Result<Option<Pins>, LockFileError> {
    let path = folder.join(LOCK_FILE);
    let Some(text) = read_text(&path)? else { return Ok(None) };
    parse(&text, path).map(Some)
}

/// Writes `agentix.lock` to the folder of a project, atomically, and returns its path. An existing lock is replaced.
///
/// # Errors
///
/// Returns an error if the file cannot be written, or if a file with this name exists that is not a valid lock.
pub fn write_pins(folder: &Utf8Path, pins: &Pins) -> Result<Utf8PathBuf, LockFileError> {
    let path = folder.join(LOCK_FILE);
    if let Some(existing) = read_text(&path)? {
        match parse(&existing, path.clone()) {
            Err(LockFileError::Invalid { path, error: PinsError::Form(_) }) if !Pins::wrote(&existing) => {
                return Err(LockFileError::Foreign { path });
            }
            found => found?,
        };
    }
    let unwritable = |source| LockFileError::Unwritable { path: path.clone(), source };
    let mut temporary = tempfile::Builder::new()
        .prefix(".agentix.lock.")
        .permissions(Permissions::from_mode(0o644))
        .tempfile_in(folder)
        .map_err(unwritable)?;
    temporary.write_all(pins.to_string().as_bytes()).map_err(unwritable)?;
    temporary.persist(&path).map_err(|error| unwritable(error.error))?;
    Ok(path)
}

fn parse(text: &str, path: Utf8PathBuf) -> Result<Pins, LockFileError> {
    text.parse().map_err(|error| LockFileError::Invalid { path, error })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// `lock` replaces its own file only. A damaged one is reported as what it is.
    #[test]
    fn a_foreign_file_is_told_from_a_damaged_lock() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let path = write_pins(folder, &Pins::default()).unwrap();
        let own = fs::read_to_string(&path).unwrap();
        write_pins(folder, &Pins::default()).unwrap();

        fs::write(&path, format!("<<<<<<< HEAD\n{own}=======\n{own}>>>>>>> theirs\n")).unwrap();
        let damaged = write_pins(folder, &Pins::default()).unwrap_err();
        assert!(matches!(damaged, LockFileError::Invalid { error: PinsError::Form(_), .. }), "{damaged}");

        fs::write(&path, "[package]\nname = 'agentix'\n").unwrap();
        let foreign = write_pins(folder, &Pins::default()).unwrap_err();
        assert!(matches!(foreign, LockFileError::Foreign { .. }), "{foreign}");
    }
}
