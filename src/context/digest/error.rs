//! Errors of computing a digest.

use crate::files::SourceError;

/// An error from computing a digest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DigestError {
    /// A file of the project could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The caller cancelled the operation.
    #[error("stopped")]
    Cancelled,
}
