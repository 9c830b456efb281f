//! Why an image cannot be built.

use crate::bundle::{LOCK_FILE, MissingSecret};
use crate::context::{ContextTooLarge, DigestError};
use crate::dockerfile::RenderError;
use crate::engine::{Builder, EngineError};
use crate::files::SourceError;
use crate::value::ImageRef;

/// An image that cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A secret that the build needs is missing.
    #[error(transparent)]
    Secret(#[from] MissingSecret),
    /// The Dockerfile cannot be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A file of the project cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The context is larger than `max-context`.
    #[error(transparent)]
    TooLarge(#[from] ContextTooLarge),
    /// The digest cannot be taken.
    #[error(transparent)]
    Digest(#[from] DigestError),
    /// The engine does not have the runtime image.
    #[error("{engine} has no image `{image}`, which the bundle starts from")]
    NoRuntimeImage {
        /// The engine.
        engine: String,
        /// The runtime image.
        image: ImageRef,
    },
    /// The engine's builder does not understand the dialect that was asked for.
    #[error("{engine} builds with its {builder}, which does not understand the buildkit dialect")]
    Dialect {
        /// The engine.
        engine: String,
        /// Its builder.
        builder: Builder,
    },
    /// The engine has another digest for an image than `agentix.lock`.
    #[error("{engine} has another `{image}` by now: {found}, and {LOCK_FILE} has {locked}")]
    Moved {
        /// The engine.
        engine: String,
        /// The image, without a digest.
        image: String,
        /// The digest in `agentix.lock`.
        locked: String,
        /// The engine's digest.
        found: String,
    },
}
