//! The errors of loading a project.

use camino::Utf8PathBuf;

use super::pins::LockFileError;
use crate::bundle::{BundleError, Drift};
use crate::files::WalkError;
use crate::project::PythonError;
use crate::value::{ImageRefError, OneLine, ValueError};

/// A project that cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// A file or folder of the project cannot be used.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// The project and its options do not fit together.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// No Python version satisfies the project.
    #[error(transparent)]
    Python(#[from] PythonError),
    /// `agentix.lock` cannot be used.
    #[error(transparent)]
    LockFile(#[from] LockFileError),
    /// `agentix.lock` is required, but does not exist.
    #[error("{} does not exist, but --locked requires it", OneLine(.path.as_str()))]
    NoPins {
        /// The path of `agentix.lock`.
        path: Utf8PathBuf,
        /// The project's folder.
        folder: Utf8PathBuf,
    },
    /// `agentix.lock` does not contain exactly the images in use.
    #[error("{drift}")]
    Drift {
        /// The images that are missing, and the images that are not in use.
        drift: Drift,
        /// The project's folder.
        folder: Utf8PathBuf,
    },
}

impl From<ValueError> for LoadError {
    fn from(error: ValueError) -> Self {
        Self::Bundle(error.into())
    }
}

impl From<ImageRefError> for LoadError {
    fn from(error: ImageRefError) -> Self {
        Self::Bundle(error.into())
    }
}
