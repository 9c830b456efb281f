//! Locks: files that fix the version of every package, so that an image built later holds what was tested.
//!
//! Three kinds are read. Each is a value made from text; what cannot be used is refused here, with its remedy, before an
//! engine is started.
//!
//! | kind | file | whether it is current can be known |
//! |---|---|---|
//! | [`UvLock`] | `uv.lock` | yes: it repeats what each local project asked for ([`UvLock::check`]) |
//! | [`Pylock`] | `pylock.toml`, `pylock.NAME.toml` ([PEP 751]) | only where it names its Python versions ([`Pylock::check`]) |
//! | [`RequirementsFile`] | `requirements.txt` | no: it holds the outcome alone |
//!
//! [PEP 751]: https://peps.python.org/pep-0751/

mod error;
mod freshness;
mod marker;
mod pylock;
mod requirements;
mod uv;

use camino::Utf8Path;

use crate::value::CredentialUrl;

pub use error::{LockError, LockErrorKind};
pub use pylock::{Pylock, PylockPackage};
pub use requirements::{FileRequirement, RequirementsFile, RequirementsOption};
pub use uv::{LockedDependency, LockedPackage, LockedRequirement, PackageSource, UvLock};

/// A lock of any kind.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Lock {
    /// `uv.lock`.
    Uv(UvLock),
    /// `pylock.toml`.
    Pylock(Pylock),
    /// `requirements.txt`.
    Requirements(RequirementsFile),
}

impl Lock {
    /// The largest lock that is read: 50 MB. A thousand packages with a hundred wheels each make a `uv.lock` of half that.
    pub const LARGEST: u64 = 50_000_000;

    /// Reads the bytes of a lock; its name says of which kind it is: `*.lock` is uv's, `*.toml` is PEP 751's, and all
    /// others are requirement files. `file` is relative to the project, and names the lock in errors.
    pub fn from_bytes(file: &Utf8Path, bytes: &[u8]) -> Result<Self, LockError> {
        let text = text_of(file.as_str(), bytes)?;
        match file.extension() {
            Some("lock") => UvLock::parse(file.as_str(), text).map(Self::Uv),
            Some("toml") => Pylock::parse(file.as_str(), text).map(Self::Pylock),
            _ => RequirementsFile::parse(file.as_str(), text).map(Self::Requirements),
        }
    }

    /// Whether a file of this name, without its folder, is a lock that installers look for by themselves.
    pub fn is_lock_name(name: &str) -> bool {
        let is_named_pylock = |name: &str| {
            let middle = name.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix(".toml"));
            middle.is_some_and(|middle| !middle.is_empty() && !middle.contains('.'))
        };
        matches!(name, "uv.lock" | "pylock.toml" | "requirements.txt") || is_named_pylock(name)
    }
}

fn text_of<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, LockError> {
    if bytes.len() as u64 > Lock::LARGEST {
        return Err(LockError::new(file, LockErrorKind::TooLarge));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).matches('\n').count() + 1;
        LockError::new(file, LockErrorKind::Encoding).at_line(line)
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Refuses a text in which a URL holds credentials: they would end in the image.
pub(crate) fn refuse_credentials(file: &str, text: &str) -> Result<(), LockError> {
    let found = text.lines().zip(1..).find_map(|(line, number)| Some((CredentialUrl::find(line)?, number)));
    match found {
        Some((url, line)) => Err(LockError::new(file, LockErrorKind::Credentials(url)).at_line(line)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
