//! Errors while reading a project from disk.

use std::io;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};

use super::link_limits::LinkLimit;
use super::undescribed::FoundInstead;
use crate::files::archive_file::ArchiveFault;
use crate::project::{ProjectError, WorkspaceError};
use crate::value::{CertificateError, Escaped, OneLine, PatternError};

/// An error while reading a project from disk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WalkError {
    /// The path does not exist.
    #[error("{}: no such folder; pass the folder of a Python project", OneLine(.0.as_str()))]
    NoFolder(Utf8PathBuf),
    /// The path is not a folder.
    #[error("{}: not a folder; pass the folder of a Python project", OneLine(.0.as_str()))]
    NotAFolder(Utf8PathBuf),
    /// The folder has no manifest.
    #[error(
        "{}: no pyproject.toml, setup.py, requirements.txt or Pipfile in this folder{}",
        OneLine(.folder.as_str()),
        .found.as_ref().map(|found| format!(", {found}")).unwrap_or_default()
    )]
    NoManifest {
        /// The folder.
        folder: Utf8PathBuf,
        /// What it holds instead.
        found: Option<FoundInstead>,
    },
    /// The manifest is invalid.
    #[error("{}", OneLine(&.folder.join(.error.to_string()).into_string()))]
    Manifest {
        /// The folder of the manifest.
        folder: Utf8PathBuf,
        /// The cause.
        error: ProjectError,
    },
    /// The `.dockerignore` is invalid.
    #[error("{}: {error}", OneLine(.file.as_str()))]
    DockerIgnore {
        /// The file.
        file: Utf8PathBuf,
        /// The invalid line.
        error: PatternError,
    },
    /// The workspace around the project is invalid.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// A certificate file is invalid.
    #[error("{}: {error}", OneLine(.path.as_str()))]
    Certificate {
        /// The file.
        path: Utf8PathBuf,
        /// The cause.
        error: CertificateError,
    },
    /// A wheel or a source archive beside the project is damaged.
    #[error("{} {fault}", Escaped(.path.as_str()))]
    Archive {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong with it.
        fault: ArchiveFault,
    },
    /// A file or folder cannot be read.
    #[error("{} cannot be read", Escaped(.path))]
    Unreadable {
        /// The path. Bytes that are not UTF-8 are replaced.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// A name is not UTF-8.
    #[error("{} has a name that is not UTF-8; rename it, or exclude it with `exclude`", Escaped(.0))]
    NotUtf8(String),
    /// The target of a symbolic link is not UTF-8.
    #[error(
        "link {} points to {}, a name that is not UTF-8; rename the target, or exclude the link with `exclude`",
        Escaped(.path),
        Escaped(.target)
    )]
    TargetNotUtf8 {
        /// The link.
        path: String,
        /// Its target. Bytes that are not UTF-8 are replaced.
        target: String,
    },
    /// The target of a followed symbolic link does not exist.
    #[error("link {} points to {}, which does not exist; exclude it with `exclude`", Escaped(.path), Escaped(.target))]
    LinkToNothing {
        /// The link.
        path: String,
        /// Its target as written.
        target: String,
    },
    /// A followed symbolic link forms a loop.
    #[error("link {} points to {}, which ends in a loop; exclude it with `exclude`", Escaped(.path), Escaped(.target))]
    LinkLoop {
        /// The link.
        path: String,
        /// Its target as written.
        target: String,
    },
    /// Following a symbolic link would add too much to the context.
    #[error(
        "link {} points to {}, which {limit}; exclude the link with `exclude`, or keep links with `symlinks = \"keep\"`",
        Escaped(.path),
        Escaped(.target)
    )]
    LinkLimit {
        /// The link.
        path: String,
        /// Its target as written.
        target: String,
        /// The limit.
        limit: LinkLimit,
    },
    /// The caller cancelled the walk.
    #[error("stopped")]
    Cancelled,
}

impl WalkError {
    /// Prefixes the relative path in the error with `folder`, the path of the walked folder within the workspace.
    pub(super) fn of_folder_at(mut self, folder: &Utf8Path) -> Self {
        if let Self::NotUtf8(path)
        | Self::TargetNotUtf8 { path, .. }
        | Self::LinkToNothing { path, .. }
        | Self::LinkLoop { path, .. }
        | Self::LinkLimit { path, .. } = &mut self
        {
            *path = folder.join(&path).into_string();
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
