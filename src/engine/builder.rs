//! The programs that turn a Dockerfile into an image.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// How the command lines of the processes of a step start, with podman and buildah.
pub(super) const STEP: &str = "buildah-";

/// A program that turns a Dockerfile into an image. The builders of an engine depend on its version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Builder {
    /// `BuildKit` through docker's buildx plugin.
    Buildx,
    /// `BuildKit` as part of docker's client, up to version 22.
    BuildKit,
    /// Docker's legacy builder.
    Legacy,
    /// Buildah, standalone or as part of podman.
    Buildah,
    /// `BuildKit` as a daemon of its own, through nerdctl.
    Nerdctl,
    /// `BuildKit` in a virtual machine, through Apple's `container`.
    AppleContainer,
    /// A builder of another crate, by its name.
    Named(Arc<str>),
}

impl Builder {
    /// Returns the builder of another crate.
    pub fn named(name: impl Into<Arc<str>>) -> Self {
        Self::Named(name.into())
    }
}

/// The name in messages.
impl fmt::Display for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Buildx => "buildx",
            Self::BuildKit | Self::Nerdctl | Self::AppleContainer => "BuildKit",
            Self::Legacy => "legacy builder",
            Self::Buildah => "buildah",
            Self::Named(name) => name,
        })
    }
}

/// The name in JSON: `buildx`, `build-kit`, `legacy`, `buildah`, `nerdctl`, `apple-container`, or the name of the other
/// crate's builder.
impl Serialize for Builder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Buildx => "buildx",
            Self::BuildKit => "build-kit",
            Self::Legacy => "legacy",
            Self::Buildah => "buildah",
            Self::Nerdctl => "nerdctl",
            Self::AppleContainer => "apple-container",
            Self::Named(name) => name,
        })
    }
}
