//! What can go wrong as a project is read.

use std::io;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};

use crate::project::{ProjectError, WorkspaceError};
use crate::value::{CertificateError, Escaped, OneLine, PatternError};

/// A project that cannot be read from disk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WalkError {
    /// Nothing is at the path.
    #[error("{}: no such folder; agentix-gen takes the folder of a Python project", OneLine(.0.as_str()))]
    NoFolder(Utf8PathBuf),
    /// The folder is none.
    #[error("{}: not a folder; agentix-gen takes the folder of a Python project", OneLine(.0.as_str()))]
    NotAFolder(Utf8PathBuf),
    /// The folder has no manifest.
    #[error("{}: no pyproject.toml, setup.py or requirements.txt in this folder", OneLine(.0.as_str()))]
    NoManifest(Utf8PathBuf),
    /// The manifest cannot be used.
    #[error("{}", OneLine(&.folder.join(.error.to_string()).into_string()))]
    Manifest {
        /// The folder of the manifest.
        folder: Utf8PathBuf,
        /// What is wrong with it.
        error: ProjectError,
    },
    /// The `.dockerignore` cannot be used.
    #[error("{}: {error}", OneLine(.file.as_str()))]
    DockerIgnore {
        /// The file.
        file: Utf8PathBuf,
        /// The line that is wrong.
        error: PatternError,
    },
    /// The project's surroundings cannot be used.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// A file with certificates cannot be used.
    #[error("{}: {error}", OneLine(.path.as_str()))]
    Certificate {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong with it.
        error: CertificateError,
    },
    /// A file or folder cannot be read.
    #[error("{} cannot be read", Escaped(.path))]
    Unreadable {
        /// The path; characters that are no UTF-8 are replaced.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A name is not UTF-8.
    #[error("{} has a name that is not UTF-8; rename it, or keep it out with `exclude`", Escaped(.0))]
    NotUtf8(String),
    /// A link leads to a name that is not UTF-8.
    #[error(
        "link {} leads to {}, a name that is not UTF-8; rename that, or keep the link out with `exclude`",
        Escaped(.path),
        Escaped(.target)
    )]
    TargetNotUtf8 {
        /// The link.
        path: String,
        /// Its target; characters that are no UTF-8 are replaced.
        target: String,
    },
    /// A link that is to be followed leads nowhere.
    #[error("link {} leads to {}, which is not there; keep it out with `exclude`", Escaped(.path), Escaped(.target))]
    LinkToNothing {
        /// The link.
        path: String,
        /// Its target as written.
        target: String,
    },
    /// A link that is to be followed has no end.
    #[error("link {} leads in a circle, to {}; keep it out with `exclude`", Escaped(.path), Escaped(.target))]
    LinkLoop {
        /// The link.
        path: String,
        /// Its target as written.
        target: String,
    },
}

impl WalkError {
    /// The same of a folder at `place`, its paths relative to what that lies in.
    pub(super) fn of_folder_at(mut self, place: &Utf8Path) -> Self {
        if let Self::NotUtf8(path)
        | Self::TargetNotUtf8 { path, .. }
        | Self::LinkToNothing { path, .. }
        | Self::LinkLoop { path, .. } = &mut self
        {
            *path = place.join(&path).into_string();
        }
        self
    }
}

pub(crate) fn unreadable(path: &Path, source: io::Error) -> WalkError {
    WalkError::Unreadable { path: path.to_string_lossy().into_owned(), source }
}

pub(super) fn nothing_there(path: &Path) -> WalkError {
    unreadable(path, rustix::io::Errno::NOENT.into())
}

/// What is wrong with a path that is not a folder.
pub(crate) fn no_folder(path: &Utf8Path, is_there: bool) -> WalkError {
    if is_there { WalkError::NotAFolder(path.to_owned()) } else { WalkError::NoFolder(path.to_owned()) }
}
