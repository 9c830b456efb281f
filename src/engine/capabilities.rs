//! What an engine can do, as it was found by asking.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::BuildRequest;
use super::features::Feature;
use super::stop::Stop;
use crate::dockerfile::Dialect;

/// An engine's version, what builds its images, and what that can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Capabilities {
    /// The version, as the engine writes it.
    pub version: String,
    /// What builds.
    pub builder: Builder,
    /// What it can do that not every builder can.
    pub features: BTreeSet<Feature>,
}

/// The programs that turn a Dockerfile into an image. An engine may have several, and versions differ in which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
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
}

impl fmt::Display for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Buildx => "buildx",
            Self::BuildKit => "BuildKit",
            Self::Legacy => "legacy builder",
            Self::Buildah => "buildah",
        })
    }
}

/// What one builder takes.
struct Row {
    /// How a build is started.
    arguments: &'static [&'static str],
    /// What it is told besides, where it understands that.
    options: &'static [(Feature, &'static str)],
    environment: &'static [(&'static str, &'static str)],
    /// Whether it reads all of a stream before it starts.
    holds_stream: bool,
    /// How a build is stopped.
    stop: Stop,
}

/// The largest context, in bytes, that is sent as a stream to a builder that holds it in memory: buildah takes about three
/// and a half times its size.
const SMALL_STREAM: u64 = 64 * 1024 * 1024;

/// What a step of the buildkit dialect may use.
const MOUNTS: [Feature; 3] = [Feature::CacheMount, Feature::SecretMount, Feature::StageMount];

impl Capabilities {
    /// Capabilities, as an implementation of [`Engine`](super::Engine) finds them.
    pub fn new(version: impl Into<String>, builder: Builder, features: impl IntoIterator<Item = Feature>) -> Self {
        Self { version: version.into(), builder, features: features.into_iter().collect() }
    }

    /// Whether the builder can do something.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// The dialect that the builder understands.
    pub fn dialect(&self) -> Dialect {
        if MOUNTS.iter().all(|mount| self.has(*mount)) { Dialect::BuildKit } else { Dialect::Classic }
    }

    /// Whether a context of so many bytes is sent as a stream, and not staged as a folder.
    pub fn takes_stream(&self, bytes: u64) -> bool {
        !self.holds_stream() || bytes <= SMALL_STREAM
    }

    /// Whether the builder reads a stream into memory as a whole and unpacks it before it starts.
    pub fn holds_stream(&self) -> bool {
        self.builder.row().holds_stream
    }

    pub(super) fn build_arguments(&self, request: &BuildRequest) -> Vec<String> {
        let row = self.builder.row();
        let mut arguments: Vec<String> = row.arguments.iter().map(|&argument| argument.to_owned()).collect();
        let options = row.options.iter().filter(|(feature, _)| self.has(*feature));
        arguments.extend(options.map(|(_, option)| (*option).to_owned()));
        if self.has(Feature::Format) {
            arguments.push(format!("--format={}", image_format(request)));
        }
        if let Some(epoch) = request.source_date_epoch.filter(|_| self.has(Feature::Timestamp)) {
            arguments.push(format!("--timestamp={}", epoch.seconds()));
        }
        arguments
    }

    pub(super) fn stop(&self) -> Stop {
        self.builder.row().stop
    }

    pub(super) fn environment(&self) -> Vec<(String, String)> {
        self.builder.row().environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }
}

/// In docker's format buildah writes the names of containers that came and went, which differ each time; in OCI's it has
/// no place for what only docker's has.
fn image_format(request: &BuildRequest) -> &'static str {
    match request.source_date_epoch {
        Some(_) if !request.needs_docker_format => "oci",
        _ => "docker",
    }
}

impl Builder {
    fn row(self) -> Row {
        let docker =
            Row { arguments: &["build"], options: &[], environment: &[], holds_stream: false, stop: Stop::Group };
        match self {
            Self::Buildx => Row {
                arguments: &["buildx", "build"],
                options: &[
                    (Feature::Progress, "--progress=plain"),
                    (Feature::Load, "--load"),
                    (Feature::Provenance, "--provenance=false"),
                ],
                ..docker
            },
            Self::BuildKit => Row {
                options: &[(Feature::Progress, "--progress=plain")],
                environment: &[("DOCKER_BUILDKIT", "1")],
                ..docker
            },
            // Without `--force-rm` it keeps the container of a step that fails.
            Self::Legacy => {
                Row { arguments: &["build", "--force-rm"], environment: &[("DOCKER_BUILDKIT", "0")], ..docker }
            }
            // Without `--layers` buildah keeps no cache; without `--force-rm` it keeps the working containers of a build
            // that fails.
            Self::Buildah => Row {
                arguments: &["build", "--force-rm"],
                options: &[(Feature::Layers, "--layers")],
                environment: &[],
                holds_stream: true,
                stop: Stop::Step("buildah-"),
            },
        }
    }
}
