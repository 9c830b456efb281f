//! Errors of a lock and their position in it.

use std::fmt;

use crate::value::{CredentialUrl, Escaped, OneLine, ProjectName, Redacted};

/// An error of a lock, displayed as `FILE:LINE: problem; remedy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockError {
    file: String,
    line: Option<usize>,
    kind: LockErrorKind,
}

/// The kind of a [`LockError`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LockErrorKind {
    /// The lock is larger than [`Lock::LARGEST`](crate::project::lock::Lock::LARGEST), or the list is larger than
    /// [`RequirementsFile::LARGEST`](crate::project::RequirementsFile::LARGEST). Contains the limit, in bytes.
    #[error("larger than {} MB; a file of that size is a mistake", .0 / 1_000_000)]
    TooLarge(u64),
    /// The lock is not UTF-8.
    #[error("not UTF-8 from here on; regenerate the lock")]
    Encoding,
    /// The lock is not valid TOML or JSON, or a value has the wrong type.
    #[error("{}; regenerate it with {remedy}", OneLine(.reason))]
    Syntax {
        /// The message of the parser.
        reason: String,
        /// The command that writes such a lock.
        remedy: &'static str,
    },
    /// The version of the lock format is unsupported or invalid.
    #[error("lock format {} is not supported, only {known}; regenerate it with {remedy}", Escaped(.found))]
    Version {
        /// The format version in the lock.
        found: String,
        /// The supported version.
        known: &'static str,
        /// The command that writes such a lock.
        remedy: &'static str,
    },
    /// A value is invalid for its key.
    #[error("{}: {}; regenerate it with {remedy}", OneLine(.key), OneLine(.reason))]
    Value {
        /// The key, as a path through the tables.
        key: String,
        /// Why the value is invalid.
        reason: String,
        /// The command that writes such a lock.
        remedy: &'static str,
    },
    /// A URL in the lock contains credentials.
    #[error(
        "`{0}` contains credentials, which would become part of the image; remove them from the file and pass them \
         with --secret id=netrc,src=FILE"
    )]
    Credentials(CredentialUrl),
    /// The lock does not have the packages of an extra or a dependency group.
    #[error("`{group}` is not locked; run {remedy}")]
    GroupNotLocked {
        /// The extra, the dependency group, or the category of pipenv.
        group: ProjectName,
        /// The command that updates the lock.
        remedy: &'static str,
    },
    /// The lock does not match `pyproject.toml`.
    #[error("out of date: {}; run {remedy}", OneLine(.difference))]
    Stale {
        /// The difference between them.
        difference: String,
        /// The command that updates the lock.
        remedy: &'static str,
    },
    /// A line of a requirements file is invalid.
    #[error("{}: {}", Escaped(.text), OneLine(.reason))]
    Line {
        /// The line.
        text: String,
        /// Why the line is invalid.
        reason: String,
    },
    /// A requirements file is outside the project.
    #[error("{} is outside the project; move it into the project", Escaped(.0))]
    Outside(String),
    /// A requirements file includes a file that does not exist.
    #[error("{}, which it includes, is not in the project; add it", Escaped(.0))]
    NotFound(String),
    /// A requirements file includes too many files.
    #[error("includes more than {0} files; join some of them")]
    TooManyIncluded(usize),
    /// The requirements file needs hashes and this requirement has none. pip and uv reject such a file.
    #[error(
        "{} has no hash, but the file needs one for each requirement; regenerate it with \
         `uv pip compile --generate-hashes`",
        Escaped(.0)
    )]
    Unhashed(String),
    /// A requirements file with hashes has a local path.
    #[error(
        "{} is a local path, which no installer checks by hashes; name it in pyproject.toml instead: \
         dependencies = [\"NAME @ file:PATH\"]",
        Escaped(.0)
    )]
    LocalBesideHashes(String),
    /// A requirements file has a variable without a value in the build.
    #[error(
        "`${{{0}}}` has no value during the build; remove credentials and pass them with --secret id=netrc,src=FILE, pass \
         another value with --build-arg {0}=VALUE"
    )]
    Variable(String),
    /// A path or a requirement has a variable, which has no value where the list is read.
    #[error(
        "`${{{0}}}` is a variable, which is not known while the image is built; write a path relative to the project, such as \
         `./lib`, or the whole URL, and pass credentials with --secret id=netrc,src=FILE"
    )]
    VariableInRequirement(String),
    /// A constraints file has a local path.
    #[error("{} is a local path, which constrains no version; remove the line", Escaped(.0))]
    LocalConstraint(String),
}

/// Returns the first line of an error of another crate. The lines below it may mark the position in the text.
pub(super) fn first_line(error: &(impl ToString + ?Sized)) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

impl LockErrorKind {
    /// Hides the credentials of URLs, also from `Debug`.
    fn redacted(self) -> Self {
        let hidden = |text: String| Redacted(&text).to_string();
        match self {
            Self::Syntax { reason, remedy } => Self::Syntax { reason: hidden(reason), remedy },
            Self::Version { found, known, remedy } => Self::Version { found: hidden(found), known, remedy },
            Self::Value { key, reason, remedy } => Self::Value { key: hidden(key), reason: hidden(reason), remedy },
            Self::Stale { difference, remedy } => Self::Stale { difference: hidden(difference), remedy },
            Self::Line { text, reason } => Self::Line { text: hidden(text), reason: hidden(reason) },
            Self::Outside(text) => Self::Outside(hidden(text)),
            Self::NotFound(path) => Self::NotFound(hidden(path)),
            Self::Unhashed(text) => Self::Unhashed(hidden(text)),
            Self::LocalBesideHashes(text) => Self::LocalBesideHashes(hidden(text)),
            Self::LocalConstraint(text) => Self::LocalConstraint(hidden(text)),
            kind @ (Self::TooLarge(_)
            | Self::Encoding
            | Self::Credentials(_)
            | Self::GroupNotLocked { .. }
            | Self::Variable(_)
            | Self::VariableInRequirement(_)
            | Self::TooManyIncluded(_)) => kind,
        }
    }
}

impl LockError {
    pub(super) fn new(file: &str, kind: LockErrorKind) -> Self {
        Self { file: file.to_owned(), line: None, kind: kind.redacted() }
    }

    pub(super) fn at_line(self, line: usize) -> Self {
        Self { line: Some(line), ..self }
    }

    /// Returns the error without its line, for a text that is not a file of the project.
    pub(crate) fn without_line(self) -> Self {
        Self { line: None, ..self }
    }

    pub(super) fn toml(file: &str, text: &str, error: &toml::de::Error, remedy: &'static str) -> Self {
        let reason = error.message().split('\n').collect::<Vec<_>>().join(", ");
        let this = Self::new(file, LockErrorKind::Syntax { reason, remedy });
        match error.span() {
            Some(span) => this.at_line(text[..text.floor_char_boundary(span.start)].matches('\n').count() + 1),
            None => this,
        }
    }

    /// Returns the path of the lock, relative to the project.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns the number of the line, from 1, or `None` if the error has no single line.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// Returns the kind of the error.
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
