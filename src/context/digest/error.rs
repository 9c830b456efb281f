//! Why a digest cannot be taken.

use crate::files::SourceError;

/// A digest that could not be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DigestError {
    /// A file of the project could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The work was asked to stop.
    #[error("stopped")]
    Cancelled,
}
