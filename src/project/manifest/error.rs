//! What can be wrong with a `pyproject.toml`, and where.

use std::fmt;

use crate::value::{CredentialUrl, OneLine};

/// A `pyproject.toml` that cannot be used: displayed as `pyproject.toml:line:column: what is wrong`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectError {
    position: Option<Position>,
    kind: Box<ProjectErrorKind>,
}

/// A place in a text; both count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character within the line.
    pub column: usize,
}

/// What is wrong with a `pyproject.toml`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectErrorKind {
    /// It is larger than 10 MB, and was not read.
    #[error("larger than 10 MB; a manifest of that size is a mistake")]
    TooLarge,
    /// It is not UTF-8.
    #[error("not UTF-8 from here on; save the file as UTF-8")]
    Encoding,
    /// It is no TOML, or a value has the wrong type.
    #[error("{}", OneLine(.0))]
    Toml(String),
    /// It has no `[project]` table.
    #[error("there is no [project] table; name and version of the project belong there")]
    NoProject,
    /// It has no name.
    #[error("[project] has no `name`")]
    NoName,
    /// A value does not have the form that its place asks for.
    #[error("{key}: {}", OneLine(.reason))]
    Value {
        /// The key, as a path through the tables.
        key: String,
        /// What is wrong with its value.
        reason: String,
    },
    /// A URL holds credentials, and the manifest becomes part of the image.
    #[error("{}: `{url}` holds credentials, which would end in the image; {remedy}", OneLine(.key))]
    Credentials {
        /// The key, as a path through the tables.
        key: String,
        /// The URL.
        url: Box<CredentialUrl>,
        /// How they are given instead.
        remedy: Box<str>,
    },
    /// The version is neither given nor left to the build.
    #[error("[project] has no `version`; add it, or list \"version\" in `dynamic`")]
    NoVersion,
    /// A dependency group includes itself.
    #[error("dependency group `{0}` includes itself")]
    GroupCycle(String),
    /// A dependency group includes one that does not exist.
    #[error("dependency group `{group}` includes `{missing}`, which does not exist")]
    GroupMissing {
        /// The group.
        group: String,
        /// What it includes.
        missing: String,
    },
}

impl ProjectError {
    pub(super) fn new(kind: ProjectErrorKind) -> Self {
        Self { position: None, kind: Box::new(kind) }
    }

    pub(crate) fn too_large() -> Self {
        Self::new(ProjectErrorKind::TooLarge)
    }

    pub(super) fn value(key: &str, reason: &impl fmt::Display) -> Self {
        Self::new(ProjectErrorKind::Value { key: key.to_owned(), reason: reason.to_string() })
    }

    /// The same error, at a byte of the text.
    pub(super) fn at(self, text: &str, byte: usize) -> Self {
        let before = &text[..text.floor_char_boundary(byte)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self { position: Some(Position { line, column }), ..self }
    }

    /// Where it is wrong, if that is one place.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// What is wrong.
    pub fn kind(&self) -> &ProjectErrorKind {
        &self.kind
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
