//! What can be wrong with a lock, and where.

use std::fmt;

use crate::value::{CredentialUrl, Escaped, OneLine};

/// A lock that cannot be used: displayed as `FILE:LINE: what is wrong; the remedy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockError {
    file: String,
    line: Option<usize>,
    kind: LockErrorKind,
}

/// What is wrong with a lock.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LockErrorKind {
    /// It is larger than [`Lock::LARGEST`](crate::project::lock::Lock::LARGEST).
    #[error("larger than 50 MB; a lock of that size is a mistake")]
    TooLarge,
    /// It is not UTF-8.
    #[error("not UTF-8 from here on; make the lock anew")]
    Encoding,
    /// It is no TOML, or a value has the wrong type.
    #[error("{}; make it anew with {remedy}", OneLine(.reason))]
    Toml {
        /// What the parser says.
        reason: String,
        /// The command that writes such a lock.
        remedy: &'static str,
    },
    /// Its format is newer than what is known here, or is not one.
    #[error("lock format {}, and only {known} is known; make it anew with {remedy}", Escaped(.found))]
    Version {
        /// The version of the format that it states.
        found: String,
        /// What is read.
        known: &'static str,
        /// The command that writes such a lock.
        remedy: &'static str,
    },
    /// A value does not have the form that its place asks for.
    #[error("{key}: {}; make it anew with {remedy}", OneLine(.reason))]
    Value {
        /// The key, as a path through the tables.
        key: String,
        /// What is wrong with its value.
        reason: String,
        /// The command that writes such a lock.
        remedy: &'static str,
    },
    /// A URL in it holds credentials.
    #[error(
        "`{0}` holds credentials, which would end in the image; keep them out of the file, and give them in another: \
         --secret id=netrc,src=FILE"
    )]
    Credentials(CredentialUrl),
    /// It disagrees with `pyproject.toml`.
    #[error("out of date: {}; run {remedy}", OneLine(.difference))]
    Stale {
        /// Where they disagree.
        difference: String,
        /// The command that brings it up to date.
        remedy: &'static str,
    },
    /// A line of a requirement file is not one.
    #[error("{}: {}", Escaped(.text), OneLine(.reason))]
    Line {
        /// The line.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A requirement file, or a folder, outside the project.
    #[error("{} leaves the project; what an image is built from lies in the project", Escaped(.0))]
    Outside(String),
    /// Some requirements have hashes and this one has none: pip and uv would refuse the file.
    #[error(
        "{} has no hash while others have one; make it anew with `uv pip compile --generate-hashes`", Escaped(.0)
    )]
    Unhashed(String),
}

/// The first line of an error of others, which may draw below it where in a text it is.
pub(super) fn first_line(error: &(impl ToString + ?Sized)) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

impl LockError {
    pub(super) fn new(file: &str, kind: LockErrorKind) -> Self {
        Self { file: file.to_owned(), line: None, kind }
    }

    pub(super) fn at_line(self, line: usize) -> Self {
        Self { line: Some(line), ..self }
    }

    pub(super) fn toml(file: &str, text: &str, error: &toml::de::Error, remedy: &'static str) -> Self {
        let reason = error.message().split('\n').collect::<Vec<_>>().join(", ");
        let this = Self::new(file, LockErrorKind::Toml { reason, remedy });
        match error.span() {
            Some(span) => this.at_line(text[..text.floor_char_boundary(span.start)].matches('\n').count() + 1),
            None => this,
        }
    }

    /// The lock, as a path relative to the project.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, from 1, if it is wrong in one place.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// What is wrong.
    pub fn kind(&self) -> &LockErrorKind {
        &self.kind
    }
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", OneLine(&self.file))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.kind)
    }
}

impl std::error::Error for LockError {}
