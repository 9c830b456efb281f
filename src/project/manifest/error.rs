//! Errors in a `pyproject.toml`, with their position.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::value::{CredentialUrl, OneLine, Redacted};

/// An error in a `pyproject.toml`, displayed as `pyproject.toml:line:column: reason`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectError {
    position: Option<Position>,
    excerpt: Option<Box<Excerpt>>,
    kind: Box<ProjectErrorKind>,
}

/// The line of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Excerpt {
    /// The line without its end. A long line is cut around the wrong part.
    pub line: String,
    /// The wrong part, as bytes of the line.
    pub wrong: Range<usize>,
}

/// A position in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, counted from 1.
    pub line: usize,
    /// The character within the line, counted from 1.
    pub column: usize,
}

/// The kind of an error in a `pyproject.toml`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectErrorKind {
    /// The file is larger than 1 MB and was not read.
    #[error("larger than 1 MB, the limit for a manifest; check that this is the right file")]
    TooLarge,
    /// The file is not UTF-8.
    #[error("invalid UTF-8; save the file as UTF-8")]
    Encoding,
    /// The text is not TOML, or a value has the wrong type.
    #[error("{}", OneLine(.0))]
    Toml(String),
    /// The `[project]` table is missing.
    #[error("the [project] table is missing; add it, with `name` and `version`")]
    NoProject,
    /// `[project]` has no name.
    #[error("[project] has no `name`; add it")]
    NoName,
    /// A value is not valid for its key.
    #[error("{}: {}", OneLine(.key), OneLine(.reason))]
    Value {
        /// The key, as a path through the tables.
        key: String,
        /// Why the value is invalid.
        reason: String,
    },
    /// A URL contains credentials, and the manifest becomes part of the image.
    #[error("{}: `{url}` contains credentials, which would end up in the image; {remedy}", OneLine(.key))]
    Credentials {
        /// The key, as a path through the tables, or `a comment`.
        key: String,
        /// The URL.
        url: Box<CredentialUrl>,
        /// How to pass the credentials instead.
        remedy: Box<str>,
    },
    /// The version is neither set nor listed in `dynamic`.
    #[error("[project] has no `version`; add it, or list \"version\" in `dynamic`")]
    NoVersion,
    /// A dependency group includes itself.
    #[error("dependency group `{0}` includes itself")]
    GroupCycle(String),
    /// A dependency group includes a group that does not exist.
    #[error("dependency group `{group}` includes `{missing}`, which does not exist")]
    GroupMissing {
        /// The group.
        group: String,
        /// The included group.
        missing: String,
    },
}

impl ProjectErrorKind {
    /// Hides the credentials of URLs, also from `Debug`.
    fn redacted(self) -> Self {
        let hidden = |text: String| Redacted(&text).to_string();
        match self {
            Self::Toml(message) => Self::Toml(hidden(message)),
            Self::Value { key, reason } => Self::Value { key: hidden(key), reason: hidden(reason) },
            Self::Credentials { key, url, remedy } => Self::Credentials { key: hidden(key), url, remedy },
            kind => kind,
        }
    }
}

impl ProjectError {
    pub(super) fn new(kind: ProjectErrorKind) -> Self {
        Self { position: None, excerpt: None, kind: Box::new(kind.redacted()) }
    }

    pub(crate) fn too_large() -> Self {
        Self::new(ProjectErrorKind::TooLarge)
    }

    pub(super) fn value(key: &str, reason: &impl fmt::Display) -> Self {
        Self::new(ProjectErrorKind::Value { key: key.to_owned(), reason: reason.to_string() })
    }

    /// Returns the error with the position of a byte in the text.
    pub(super) fn at(self, text: &str, byte: usize) -> Self {
        let before = &text[..text.floor_char_boundary(byte)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self { position: Some(Position { line, column }), ..self }
    }

    /// Returns the error with the position of a part of the text, and the line.
    pub(super) fn on(self, text: &str, wrong: Range<usize>) -> Self {
        Self { excerpt: Excerpt::new(text, &wrong).map(Box::new), ..self.at(text, wrong.start) }
    }

    /// Returns the line of the error. An error about credentials has none: they would be printed.
    pub fn excerpt(&self) -> Option<&Excerpt> {
        self.excerpt.as_deref()
    }

    /// Returns the position of the error, if it has a single one.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> &ProjectErrorKind {
        &self.kind
    }
}

impl Excerpt {
    /// The bytes of a line that are kept on each side of the start of the wrong part.
    const KEPT: usize = 200;

    /// Returns the line of a part of the text, which may go on in the next lines. Returns `None` if the line contains
    /// the credentials of a URL.
    fn new(text: &str, wrong: &Range<usize>) -> Option<Self> {
        let start = text.floor_char_boundary(wrong.start);
        let line_start = text[..start].rfind('\n').map_or(0, |line_feed| line_feed + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |line_feed| start + line_feed);
        let from = text.ceil_char_boundary(line_start.max(start.saturating_sub(Self::KEPT)));
        let to = text.floor_char_boundary(line_end.min(start + Self::KEPT));
        let line = text[from..to].trim_end_matches('\r');
        let end = text.floor_char_boundary(wrong.end).clamp(start, from + line.len().max(start - from));
        matches!(Redacted(line).text(), Cow::Borrowed(_))
            .then(|| Self { line: line.to_owned(), wrong: start - from..end - from })
    }
}

impl fmt::Display for ProjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("pyproject.toml")?;
        if let Some(Position { line, column }) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.kind)
    }
}

impl std::error::Error for ProjectError {}
