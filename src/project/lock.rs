//! Locks: files that pin the version of every package, so that an image built later has the packages that were tested.
//!
//! Six kinds are supported. Each is parsed from text. An unusable lock is an error with a remedy, reported before an
//! engine is started.
//!
//! | kind | file | can be checked against the project |
//! |---|---|---|
//! | [`UvLock`] | `uv.lock` | yes: it repeats the requirements of each local project ([`UvLock::check`]) |
//! | [`Pylock`] | `pylock.toml`, `pylock.NAME.toml` ([PEP 751]) | only its Python versions ([`Pylock::check`]) |
//! | [`PoetryLock`] | `poetry.lock` | yes: it has a hash of the manifest ([`PoetryLock::check`]) |
//! | [`PdmLock`] | `pdm.lock` | yes: it has a hash of the manifest ([`PdmLock::check`]) |
//! | [`PipfileLock`] | `Pipfile.lock` | yes: it has a hash of the `Pipfile` ([`PipfileLock::check`]) |
//! | [`RequirementsFile`] | `requirements.txt` | no: it contains only the result of resolution |
//!
//! Installers read the first two and the last. The others are exported as a list like the last one ([`ExportedList`]).
//!
//! [PEP 751]: https://peps.python.org/pep-0751/

mod component;
mod environment;
mod error;
mod exported;
mod marker;
mod parts;
mod pdm;
mod pipenv;
mod poetry;
mod pylock;
mod pylock_components;
mod python_json;
mod reach;
mod requirements;
mod uv;
mod uv_components;
mod uv_freshness;
mod uv_selection;

use camino::Utf8Path;

use super::toml_size::{TOO_MANY, end_of_tokens};
use crate::value::CredentialUrl;

pub(crate) use component::{ComponentOrigin, LockedComponent, LockedFile};
pub(crate) use environment::ImageEnvironment;
pub use error::{LockError, LockErrorKind};
pub use exported::{ExportedList, LocalPackage};
use parts::Tables;
pub use pdm::PdmLock;
pub use pipenv::PipfileLock;
pub use poetry::PoetryLock;
pub use pylock::{Pylock, PylockPackage};
pub(crate) use requirements::MOST_INCLUDED;
pub use requirements::{FileRequirement, RequirementsFile, RequirementsOption};
pub use uv::{LockedDependency, LockedPackage, LockedRequirement, PackageSource, UvLock};
pub(crate) use uv_freshness::LockRoot;

/// A lock of any kind.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Lock {
    /// `uv.lock`.
    Uv(UvLock),
    /// `pylock.toml`.
    Pylock(Pylock),
    /// `poetry.lock`.
    Poetry(PoetryLock),
    /// `pdm.lock`.
    Pdm(PdmLock),
    /// `Pipfile.lock`.
    Pipfile(PipfileLock),
    /// `requirements.txt`.
    Requirements(RequirementsFile),
}

impl Lock {
    /// The maximum size of a lock in bytes: 50 MB. A `uv.lock` of a thousand packages with a hundred wheels each has
    /// half that size.
    pub const LARGEST: u64 = 50_000_000;

    /// Parses the bytes of a lock. The name of `file` selects the kind: `poetry.lock`, `pdm.lock` and `Pipfile.lock` are
    /// one each, any other `*.lock` is a `uv.lock`, `*.toml` is a `pylock.toml` (PEP 751), and any other file is a
    /// requirements file. `file` is relative to the project and names
    /// the lock in errors.
    ///
    /// # Errors
    ///
    /// If the lock is too large, is not UTF-8, has an unsupported format, an invalid value or a URL with credentials.
    pub fn from_bytes(file: &Utf8Path, bytes: &[u8]) -> Result<Self, LockError> {
        let text = text_of(file.as_str(), bytes)?;
        match (file.file_name(), file.extension()) {
            (Some(poetry::FILE), _) => PoetryLock::from_bytes(bytes).map(Self::Poetry),
            (Some(pdm::FILE), _) => PdmLock::from_bytes(bytes).map(Self::Pdm),
            (Some(pipenv::FILE), _) => PipfileLock::from_bytes(bytes).map(Self::Pipfile),
            (_, Some("lock")) => UvLock::parse(file.as_str(), text).map(Self::Uv),
            (_, Some("toml")) => Pylock::parse(file.as_str(), text).map(Self::Pylock),
            _ => RequirementsFile::parse(file.as_str(), text).map(Self::Requirements),
        }
    }

    /// Returns whether installers look for a lock of this file name by default. `name` has no folder.
    pub fn is_lock_name(name: &str) -> bool {
        let is_named_pylock = |name: &str| {
            let middle = name.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix(".toml"));
            middle.is_some_and(|middle| !middle.is_empty() && !middle.contains('.'))
        };
        let is_known =
            matches!(name, "uv.lock" | poetry::FILE | pdm::FILE | pipenv::FILE | "pylock.toml" | "requirements.txt");
        is_known || is_named_pylock(name)
    }
}

fn text_of<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, LockError> {
    refuse_larger(file, bytes, Lock::LARGEST)?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).matches('\n').count() + 1;
        LockError::new(file, LockErrorKind::Encoding).at_line(line)
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn refuse_larger(file: &str, bytes: &[u8], most: u64) -> Result<(), LockError> {
    let is_larger = bytes.len() as u64 > most;
    if is_larger { Err(LockError::new(file, LockErrorKind::TooLarge(most))) } else { Ok(()) }
}

/// Fails if a lock in TOML has so many tokens that reading it could take all memory.
fn refuse_too_many_tokens(file: &str, text: &str, remedy: &'static str) -> Result<(), LockError> {
    let Some(offset) = end_of_tokens(text) else { return Ok(()) };
    let line = text[..text.floor_char_boundary(offset)].matches('\n').count() + 1;
    Err(LockError::new(file, LockErrorKind::Syntax { reason: TOO_MANY.to_owned(), remedy }).at_line(line))
}

/// Returns an error if a URL in the text contains credentials, because they would become part of the image.
pub(crate) fn refuse_credentials(file: &str, text: &str) -> Result<(), LockError> {
    match CredentialUrl::find_with_place(text) {
        Some((url, place)) => {
            let line = text[..place].matches('\n').count() + 1;
            Err(LockError::new(file, LockErrorKind::Credentials(url)).at_line(line))
        }
        None => Ok(()),
    }
}

/// Parses a lock in TOML, after [`refuse_too_many_tokens`].
fn read_toml<T: Tables>(file: &str, text: &str, remedy: &'static str) -> Result<T, LockError> {
    refuse_too_many_tokens(file, text, remedy)?;
    parts::parse(text).map_err(|error| LockError::toml(file, text, &error, remedy))
}

#[cfg(test)]
mod tests;
