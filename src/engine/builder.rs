//! The programs that turn a Dockerfile into an image.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// A program that turns a Dockerfile into an image. An engine may have several, and versions differ in which.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Builder {
    /// `BuildKit`, by way of docker's buildx plugin.
    Buildx,
    /// `BuildKit`, as it is part of docker's client up to version 22.
    BuildKit,
    /// Docker's first builder.
    Legacy,
    /// Buildah, by itself or in podman.
    Buildah,
    /// A builder that another crate brings, by its name.
    Named(Arc<str>),
}

impl Builder {
    /// A builder that another crate brings.
    pub fn named(name: impl Into<Arc<str>>) -> Self {
        Self::Named(name.into())
    }
}

/// For people.
impl fmt::Display for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Buildx => "buildx",
            Self::BuildKit => "BuildKit",
            Self::Legacy => "legacy builder",
            Self::Buildah => "buildah",
            Self::Named(name) => name,
        })
    }
}

/// For programs: `buildx`, `build-kit`, `legacy`, `buildah`, or the name.
impl Serialize for Builder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Buildx => "buildx",
            Self::BuildKit => "build-kit",
            Self::Legacy => "legacy",
            Self::Buildah => "buildah",
            Self::Named(name) => name,
        })
    }
}
