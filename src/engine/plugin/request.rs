//! What a plugin is asked to do: the requests of protocol 1, as JSON. `docs/engine-protocol.md` describes them.

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde::Serialize;

use crate::context::DIGEST_LABEL;
use crate::engine::request::BuildRequest;
use crate::value::{Attestation, BuildSecret, Epoch, ImageRef, Network, Platform, SingleLine};

/// The version of the protocol.
pub(super) const PROTOCOL: u32 = 1;

/// A request, as the plugin reads it.
#[derive(Debug, Serialize)]
pub(super) struct Request<'a> {
    protocol: u32,
    #[serde(flatten)]
    operation: Operation<'a>,
}

/// An operation and its input.
#[derive(Debug, Serialize)]
#[serde(tag = "operation", rename_all = "lowercase")]
pub(super) enum Operation<'a> {
    /// Describe the engine.
    Describe,
    /// Inspect images.
    Inspect { images: Vec<String> },
    /// Report the digests of an image in registries.
    Digests { image: String },
    /// Build an image.
    Build(Box<BuildInput<'a>>),
    /// Push an image.
    Push { references: Vec<String> },
}

/// The input of a build. It names the sources of secrets, never their values.
#[derive(Debug, Serialize)]
pub(super) struct BuildInput<'a> {
    context: ContextInput<'a>,
    references: Vec<String>,
    labels: BTreeMap<&'static str, String>,
    build_args: BTreeMap<&'a str, &'a str>,
    secrets: &'a [BuildSecret],
    platform: Option<&'a str>,
    platforms: Vec<&'a str>,
    network: Option<&'a str>,
    add_host: Vec<String>,
    build_contexts: BTreeMap<&'a str, &'a str>,
    cache_from: Vec<String>,
    cache_to: Vec<String>,
    ssh: Vec<String>,
    sbom: Option<&'a str>,
    provenance: Option<&'a str>,
    output: Option<String>,
    options: Vec<&'a str>,
    source_date_epoch: Option<i64>,
    needs_docker_format: bool,
    pull: bool,
    no_cache: bool,
}

/// How the plugin gets the context.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(tag = "form", rename_all = "lowercase")]
pub(super) enum ContextInput<'a> {
    /// As a tar archive on stdin.
    Tar,
    /// As a folder.
    Folder { path: &'a Utf8Path },
}

impl<'a> Request<'a> {
    pub(super) fn new(operation: Operation<'a>) -> Self {
        Self { protocol: PROTOCOL, operation }
    }

    /// Returns the name of the operation, which is also the plugin's first argument.
    pub(super) fn name(&self) -> &'static str {
        match self.operation {
            Operation::Describe => "describe",
            Operation::Inspect { .. } => "inspect",
            Operation::Digests { .. } => "digests",
            Operation::Build(_) => "build",
            Operation::Push { .. } => "push",
        }
    }
}

impl<'a> BuildInput<'a> {
    pub(super) fn new(request: &'a BuildRequest, context: ContextInput<'a>) -> Self {
        let digest = request.digest.as_ref();
        Self {
            context,
            references: texts(&request.tags),
            labels: digest.iter().map(|digest| (DIGEST_LABEL, digest.to_string())).collect(),
            build_args: request.build_args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
            secrets: &request.secrets,
            platform: request.platforms.first().filter(|_| request.platforms.len() == 1).map(Platform::as_str),
            platforms: request.platforms.iter().map(Platform::as_str).collect(),
            network: request.network.as_ref().map(Network::as_str),
            add_host: request.add_host.iter().map(ToString::to_string).collect(),
            build_contexts: request.build_contexts.iter().map(|(name, from)| (name.as_str(), from.as_str())).collect(),
            cache_from: request.cache_from.iter().map(ToString::to_string).collect(),
            cache_to: request.cache_to.iter().map(ToString::to_string).collect(),
            ssh: request.ssh.iter().map(ToString::to_string).collect(),
            sbom: request.sbom.as_ref().map(Attestation::as_str),
            provenance: request.provenance.as_ref().map(Attestation::as_str),
            output: request.output.as_ref().map(ToString::to_string),
            options: request.engine_options.iter().map(SingleLine::as_str).collect(),
            source_date_epoch: request.source_date_epoch.map(Epoch::seconds),
            needs_docker_format: request.needs_docker_format,
            pull: request.pull,
            no_cache: request.no_cache,
        }
    }
}

/// Returns references as texts.
pub(super) fn texts(images: &[ImageRef]) -> Vec<String> {
    images.iter().map(ToString::to_string).collect()
}
