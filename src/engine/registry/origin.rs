//! Where an engine comes from.

use std::fmt;

use camino::Utf8PathBuf;

/// Where an engine comes from. Its `Display` form is a label: `(built-in)`, `(in-process)`, `name@version`, or `name@?` if the
/// version is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// This crate.
    BuiltIn,
    /// The caller, who registered it.
    InProcess,
    /// A package of the caller.
    Package {
        /// The name of the package.
        name: String,
        /// Its version, if it is known.
        version: Option<String>,
    },
    /// A program on the search path.
    Program {
        /// Its absolute path.
        path: Utf8PathBuf,
        /// Its version, if it was asked and has answered.
        version: Option<String>,
    },
}

impl Origin {
    /// Returns the origin of a program that was not asked for its version.
    pub(super) fn program(path: Utf8PathBuf) -> Self {
        Self::Program { path, version: None }
    }

    /// Returns the origin with the version that a program has reported. Other origins are returned unchanged.
    pub(super) fn with_reported(self, reported: Option<&str>) -> Self {
        match self {
            Self::Program { path, version } => Self::Program { path, version: reported.map(str::to_owned).or(version) },
            origin => origin,
        }
    }

    /// Returns the path of a program.
    pub fn path(&self) -> Option<&camino::Utf8Path> {
        match self {
            Self::Program { path, .. } => Some(path),
            _ => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, version) = match self {
            Self::BuiltIn => return f.write_str("(built-in)"),
            Self::InProcess => return f.write_str("(in-process)"),
            Self::Package { name, version } => (name.as_str(), version),
            Self::Program { path, version } => (path.file_name().unwrap_or(path.as_str()), version),
        };
        write!(f, "{name}@{}", version.as_deref().unwrap_or("?"))
    }
}
