//! Why a project has no bill of materials.

use crate::bundle::BundleError;
use crate::project::LockError;
use crate::value::Escaped;

/// The error of [`Sbom::new`](super::Sbom::new). Each message ends with the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SbomError {
    /// The project has dependencies but no lock.
    #[error("the project has no lock, so only a build knows what is installed; create one, for example with `uv lock`")]
    NoLock,
    /// A requirement of `requirements.txt` does not fix a package and its version.
    #[error(
        "requirements.txt: {} has no fixed name and version, so the file is not a lock; create one, for example with \
         `uv pip compile --generate-hashes`",
        Escaped(.requirement)
    )]
    NotPinned {
        /// The requirement.
        requirement: String,
    },
    /// The document cannot be written as JSON.
    #[error("the bill of materials cannot be written as JSON: {}; please report this", Escaped(.detail))]
    Json {
        /// What is wrong.
        detail: String,
    },
    /// A value in the lock cannot be read.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The lock is not usable.
    #[error(transparent)]
    Bundle(#[from] Box<BundleError>),
}

impl From<BundleError> for SbomError {
    fn from(error: BundleError) -> Self {
        Self::Bundle(Box::new(error))
    }
}
