//! Reads and replaces the text files that the command generates.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "generated files are read and written here")]

use std::fs::{File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;

use camino::Utf8Path;
use tempfile::NamedTempFile;

use super::error::CommandError;

/// The size limit of a file, in bytes. It is that of a generated Dockerfile.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Reads a regular file of at most [`LARGEST`] bytes. A pipe or a device is an error: it could block, or have no end.
pub(crate) fn read(path: &Utf8Path) -> io::Result<String> {
    let found = std::fs::metadata(path)?;
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !found.is_file() {
        return Err(io::Error::other("not a regular file; `-` reads stdin"));
    }
    read_all(File::open(path)?)
}

/// Returns the text of a file that this tool wrote, as its text shows, or `None` if there is no file. Any other file is an
/// error: it is not replaced. A link is the user's, wherever it leads.
pub(crate) fn read_own(path: &Utf8Path, is_own: impl FnOnce(&str) -> bool) -> Result<Option<String>, CommandError> {
    let foreign = || CommandError::Foreign { path: path.to_string() };
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => read(path).ok().filter(|text| is_own(text)).map(Some).ok_or_else(foreign),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        _ => Err(foreign()),
    }
}

/// Reads a text of at most [`LARGEST`] bytes.
pub(crate) fn read_all(from: impl Read) -> io::Result<String> {
    let mut text = String::new();
    let length = from.take(LARGEST + 1).read_to_string(&mut text)?;
    if length as u64 > LARGEST {
        return Err(io::Error::other("larger than 16 MiB"));
    }
    Ok(text)
}

/// Writes a file, or replaces it as a whole.
pub(crate) fn replace(path: &Utf8Path, text: &str) -> io::Result<()> {
    prepare(path, text)?.put()
}

/// Writes a file with this mode, or replaces it as a whole.
pub(crate) fn replace_with_mode(path: &Utf8Path, text: &str, mode: Permissions) -> io::Result<()> {
    prepare_with_mode(path, text, mode)?.put()
}

/// Removes a file.
pub(crate) fn remove(path: &Utf8Path) -> io::Result<()> {
    std::fs::remove_file(path)
}

/// A file that is written, but not yet at its path. It is removed on drop.
#[derive(Debug)]
pub(crate) struct Prepared<'p> {
    path: &'p Utf8Path,
    temporary: NamedTempFile,
}

impl Prepared<'_> {
    /// Moves the file to its path.
    pub(crate) fn put(self) -> io::Result<()> {
        self.temporary.persist(self.path)?;
        Ok(())
    }
}

/// Writes a file beside its path.
pub(crate) fn prepare<'p>(path: &'p Utf8Path, text: &str) -> io::Result<Prepared<'p>> {
    prepare_with_mode(path, text, Permissions::from_mode(0o644))
}

fn prepare_with_mode<'p>(path: &'p Utf8Path, text: &str, mode: Permissions) -> io::Result<Prepared<'p>> {
    let folder = path.parent().filter(|folder| !folder.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    let mut temporary = tempfile::Builder::new().prefix(".agentix-gen.").permissions(mode).tempfile_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    Ok(Prepared { path, temporary })
}
