//! The errors of building an image.

use super::choose::ChooseError;
use super::ssh::MissingSsh;
use crate::bundle::{LOCK_FILE, MissingSecret};
use crate::context::{ContextTooLarge, DigestError};
use crate::dockerfile::RenderError;
use crate::engine::{Builder, EngineError};
use crate::files::SourceError;
use crate::project::{PythonConstraint, PythonVersion};
use crate::value::{ImageRef, OneLine, Platform, USER_VARIABLE};

/// A runtime image for another platform than the requested one, which the engine would not find in a registry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the runtime image `{image}` of {engine} is for {found}, not for {wanted}")]
#[non_exhaustive]
pub struct OtherPlatform {
    /// The engine.
    pub engine: String,
    /// The runtime image.
    pub image: ImageRef,
    /// The platform of the image.
    pub found: Platform,
    /// The requested platform.
    pub wanted: Platform,
}

/// An image that cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No engine can be used.
    #[error(transparent)]
    Choose(#[from] ChooseError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A secret that the build needs is missing.
    #[error(transparent)]
    Secret(#[from] MissingSecret),
    /// An ssh agent or a key that the build needs is missing.
    #[error(transparent)]
    Ssh(#[from] MissingSsh),
    /// The Dockerfile cannot be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A file of the project cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The context is larger than `max-context`.
    #[error(transparent)]
    TooLarge(#[from] ContextTooLarge),
    /// The digest cannot be computed.
    #[error(transparent)]
    Digest(#[from] DigestError),
    /// The engine does not have the runtime image.
    #[error("{engine} does not have the runtime image `{image}`")]
    NoRuntimeImage {
        /// The engine.
        engine: String,
        /// The runtime image.
        image: ImageRef,
    },
    /// The project does not run on the Python of the base image.
    #[error("`{image}` has Python {python}, which {constraint} excludes")]
    Python {
        /// The base image.
        image: ImageRef,
        /// Its Python.
        python: PythonVersion,
        /// What excludes it.
        constraint: Box<PythonConstraint>,
    },
    /// The base image has a user other than root that no variable names, so that the image would run as root.
    #[error(
        "`{image}` runs as `{}`, and the Dockerfile cannot know it: set `user` to its number, or {USER_VARIABLE} in that image",
        OneLine(.user)
    )]
    User {
        /// The base image.
        image: ImageRef,
        /// Its user.
        user: Box<str>,
    },
    /// The runtime image is for another platform than the requested one.
    #[error(transparent)]
    Platform(Box<OtherPlatform>),
    /// The engine's builder does not support the requested dialect.
    #[error("{engine} uses its {builder}, which does not support the buildkit dialect")]
    Dialect {
        /// The engine.
        engine: String,
        /// The builder.
        builder: Builder,
    },
    /// The engine's digest of an image differs from `agentix.lock`.
    #[error("{engine} has a different digest for `{image}`: {found}, but {LOCK_FILE} has {locked}")]
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
