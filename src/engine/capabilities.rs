//! What an engine can do, as it was found by asking.

use std::fmt;

use serde::Serialize;

use super::stop::Stop;
use crate::dockerfile::Dialect;

/// An engine's version and what builds its images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Capabilities {
    /// The version, as the engine writes it.
    pub version: String,
    /// What builds.
    pub builder: Builder,
}

/// The programs that turn a Dockerfile into an image. An engine may have several, and versions differ in which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Builder {
    /// `BuildKit`, by way of docker's buildx plugin.
    Buildx {
        /// Whether `--provenance` is known (buildx 0.10). Without it, an image gets a new ID even if nothing changed.
        provenance: bool,
    },
    /// `BuildKit`, as it is part of docker's client up to version 22.
    BuildKit,
    /// Docker's first builder.
    Legacy,
    /// Buildah, by itself or in podman.
    Buildah,
}

impl fmt::Display for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Buildx { .. } => "buildx",
            Self::BuildKit => "BuildKit",
            Self::Legacy => "legacy builder",
            Self::Buildah => "buildah",
        })
    }
}

/// What one builder takes. A row says all in which builders differ.
struct Row {
    /// How a build is started.
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
    dialect: Dialect,
    /// The largest context that is sent as a stream, in bytes; one that is larger is staged as a folder.
    largest_stream: u64,
    /// How a build is stopped.
    stop: Stop,
}

/// Buildah reads a stream into memory, about three and a half times its size, before it starts.
const SMALL_STREAM: u64 = 64 * 1024 * 1024;

impl Capabilities {
    /// Capabilities, as an implementation of [`Engine`](super::Engine) finds them.
    pub fn new(version: impl Into<String>, builder: Builder) -> Self {
        Self { version: version.into(), builder }
    }

    /// The dialect that the builder understands.
    pub fn dialect(&self) -> Dialect {
        self.builder.row().dialect
    }

    /// Whether a context of so many bytes is sent as a stream, and not staged as a folder.
    pub fn takes_stream(&self, bytes: u64) -> bool {
        bytes <= self.builder.row().largest_stream
    }

    pub(super) fn build_arguments(&self) -> impl Iterator<Item = String> {
        self.builder.row().arguments.iter().map(|&argument| argument.to_owned())
    }

    pub(super) fn stop(&self) -> Stop {
        self.builder.row().stop
    }

    pub(super) fn environment(&self) -> Vec<(String, String)> {
        self.builder.row().environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }
}

impl Builder {
    fn row(self) -> Row {
        match self {
            Self::Buildx { provenance: true } => Row {
                arguments: &["buildx", "build", "--progress=plain", "--load", "--provenance=false"],
                environment: &[],
                dialect: Dialect::BuildKit,
                largest_stream: u64::MAX,
                stop: Stop::Group,
            },
            Self::Buildx { provenance: false } => Row {
                arguments: &["buildx", "build", "--progress=plain", "--load"],
                ..Self::Buildx { provenance: true }.row()
            },
            Self::BuildKit => Row {
                arguments: &["build", "--progress=plain"],
                environment: &[("DOCKER_BUILDKIT", "1")],
                dialect: Dialect::BuildKit,
                largest_stream: u64::MAX,
                stop: Stop::Group,
            },
            // Without `--force-rm` it keeps the container of a step that fails.
            Self::Legacy => Row {
                arguments: &["build", "--force-rm"],
                environment: &[("DOCKER_BUILDKIT", "0")],
                dialect: Dialect::Classic,
                largest_stream: u64::MAX,
                stop: Stop::Group,
            },
            // Without `--format docker` HEALTHCHECK, SHELL and ONBUILD are dropped; without `--layers` buildah keeps no
            // cache; without `--force-rm` it keeps the working containers of a build that fails.
            Self::Buildah => Row {
                arguments: &["build", "--format=docker", "--layers", "--force-rm"],
                environment: &[],
                dialect: Dialect::BuildKit,
                largest_stream: SMALL_STREAM,
                stop: Stop::Step("buildah-"),
            },
        }
    }
}
