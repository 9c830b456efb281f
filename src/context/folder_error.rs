//! Errors of writing a context as a folder.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use crate::files::SourceError;
use crate::value::OneLine;

/// An error from writing a context as a folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A file of the project could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A file or folder could not be written.
    #[error("{} cannot be written", OneLine(.path))]
    Unwritable {
        /// The path.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// A file of the project could not be copied: reading or writing failed.
    #[error("{} cannot be copied to {}", OneLine(.from), OneLine(.to))]
    Uncopied {
        /// The file of the project.
        from: String,
        /// The destination file.
        to: String,
        /// The cause.
        source: io::Error,
    },
    /// The destination exists and was not written by this tool.
    #[error("{} already exists and was not written by agentix-gen; remove it or choose another folder", OneLine(.path))]
    Foreign {
        /// The folder.
        path: String,
    },
    /// The caller cancelled the operation.
    #[error("stopped")]
    Cancelled,
}

pub(super) fn unwritable(path: &Utf8Path) -> impl FnOnce(io::Error) -> FolderError {
    move |source| FolderError::Unwritable { path: path.to_string(), source }
}

/// A scratch folder that could not be removed. The next run that writes to the same parent folder tries again.
#[derive(Debug, thiserror::Error)]
#[error("{} could not be removed", OneLine(.path.as_str()))]
pub struct Leftover {
    /// The folder.
    pub path: Utf8PathBuf,
    /// The cause.
    pub source: io::Error,
}
