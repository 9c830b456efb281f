//! The errors of engines.

use std::error::Error;
use std::io;

use camino::Utf8PathBuf;

use super::builder::Builder;
use super::diagnosis::{Cause, KILLED};
use super::plugin::PluginFault;
use crate::context::{ArchiveError, FolderError};
use crate::files::SourceError;
use crate::value::{CacheLocation, ImageRef, OneLine, SecretId, ValueError};

/// The operation of [`EngineError::Unsupported`] that only some built-in engines have.
pub(super) const RUN_CONTAINERS: &str = "run containers";

/// An error of an engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// No absolute entry of PATH contains the program.
    #[error("`{program}` is not installed: no absolute entry of PATH contains it")]
    Missing {
        /// The program.
        program: String,
    },
    /// The program cannot be started.
    #[error("{program} cannot be started")]
    Start {
        /// The program.
        program: Utf8PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Waiting for the end of the program failed.
    #[error("waiting for {program} failed")]
    Wait {
        /// The program.
        program: Utf8PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The engine's daemon does not answer.
    #[error("{engine} is not running: {}", OneLine(.detail))]
    NotRunning {
        /// The engine.
        engine: String,
        /// The line that the engine printed.
        detail: String,
    },
    /// The user has no permission to use the engine.
    #[error("this user has no permission to use {engine}: {}", OneLine(.detail))]
    NotPermitted {
        /// The engine.
        engine: String,
        /// The line that the engine printed.
        detail: String,
    },
    /// The program or the daemon of an engine belongs to another engine.
    #[error("`{engine}` is {real}: {}", OneLine(.proof))]
    Disguised {
        /// The engine.
        engine: String,
        /// The other engine.
        real: &'static str,
        /// What shows it.
        proof: String,
    },
    /// The engine failed to answer a question, or its answer cannot be parsed.
    #[error("{engine} did not report {question}: {}", OneLine(.detail))]
    NoAnswer {
        /// The engine.
        engine: String,
        /// The information that was requested: `its version`.
        question: &'static str,
        /// The line that the engine printed.
        detail: String,
    },
    /// The engine failed.
    #[error("{engine} failed with exit code {code}")]
    Failed {
        /// The engine.
        engine: String,
        /// Its exit code, or 128 plus the signal number if a signal ended it.
        code: i32,
        /// The cause, if the output shows it.
        cause: Option<Cause>,
    },
    /// The builder does not support secrets. It would leave the secret in the image.
    #[error("{engine} uses its {builder}, which does not support secrets; `{id}` would end up in the image")]
    NoSecrets {
        /// The engine.
        engine: String,
        /// The builder.
        builder: Builder,
        /// The secret.
        id: SecretId,
    },
    /// The builder cannot use a build cache for other machines.
    #[error("{engine} uses its {builder}, which cannot use the build cache `{cache}`: {reason}")]
    Cache {
        /// The engine.
        engine: String,
        /// The builder.
        builder: Builder,
        /// The cache.
        cache: CacheLocation,
        /// Why not: `it reads only images`.
        reason: &'static str,
    },
    /// The builder cannot build for several platforms at once, or nothing can keep the result.
    #[error("{engine} cannot build for several platforms: {reason}")]
    Platforms {
        /// The engine.
        engine: String,
        /// Why not.
        reason: String,
        /// What the user can do about it.
        remedy: &'static str,
    },
    /// The named builder of buildx does not see a base image that only docker's store has.
    #[error("the builder `{builder}` ({driver}) does not see the image `{image}`, which only docker's own store has")]
    LocalBase {
        /// The builder.
        builder: String,
        /// Its driver: `remote`.
        driver: String,
        /// The base image.
        image: Box<ImageRef>,
    },
    /// The variable `DOCKER_DEFAULT_PLATFORM` does not name a platform.
    #[error("DOCKER_DEFAULT_PLATFORM: {0}")]
    DefaultPlatform(ValueError),
    /// The builder does not have an option that the request needs.
    #[error("{engine} uses its {builder}, which does not have `{option}`")]
    NoOption {
        /// The engine.
        engine: String,
        /// The builder.
        builder: Builder,
        /// The option: `--sbom`.
        option: &'static str,
    },
    /// A file of the project cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The context cannot be sent.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The context cannot be staged.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The engine does not support an operation.
    #[error("{engine} cannot {operation}")]
    Unsupported {
        /// The engine.
        engine: String,
        /// The operation: `push images`.
        operation: &'static str,
    },
    /// An engine of another crate failed.
    #[error("{engine} failed")]
    External {
        /// The engine.
        engine: String,
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
        /// What the user can do about it.
        remedy: Option<String>,
        /// Whether a retry may succeed.
        is_temporary: bool,
    },
    /// A plugin violates its protocol.
    #[error("{program} {fault}")]
    Plugin {
        /// The plugin's program.
        program: Utf8PathBuf,
        /// What it did.
        fault: PluginFault,
    },
    /// The operation was stopped.
    #[error("stopped")]
    Cancelled,
}

impl EngineError {
    /// Returns the error of an engine of another crate.
    ///
    /// ```
    /// use agentix_gen::engine::EngineError;
    /// let error = EngineError::external("kaniko", "the cluster has no free node");
    /// assert_eq!(error.to_string(), "kaniko failed");
    /// ```
    pub fn external(engine: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::External { engine: engine.into(), source: source.into(), remedy: None, is_temporary: false }
    }

    /// Returns what to do about the error, in the words of the command line, if that is known.
    pub fn remedy(&self) -> Option<&str> {
        match self {
            Self::Failed { cause: Some(cause), .. } => Some(cause.remedy()),
            Self::Failed { code: 137, .. } => Some(KILLED),
            Self::External { remedy, .. } => remedy.as_deref(),
            Self::NoSecrets { .. } | Self::NoOption { option: "--ssh", .. } => {
                Some("use BuildKit (docker's buildx plugin, without DOCKER_BUILDKIT=0), podman or buildah")
            }
            Self::Cache { builder: Builder::Buildah, .. } => Some("name a repository: `registry.example.org/hello`"),
            Self::Cache { builder: Builder::Buildx, .. } => {
                Some("use `type=inline`, or another builder (docker buildx create) with --builder NAME")
            }
            Self::Cache { .. } => Some("remove the cache, or use docker's buildx plugin, podman or buildah"),
            Self::Platforms { remedy, .. } => Some(remedy),
            Self::LocalBase { .. } => {
                Some("push it to a registry and name it there with --runtime-image, or build without --builder")
            }
            Self::NoOption { option: "--build-context", .. } => Some(
                "use docker from version 23 on with its buildx plugin, podman from 4.2 on, or buildah from 1.27 on",
            ),
            Self::NoOption { option: "--builder", .. } => {
                Some("use docker's buildx plugin, or build without --builder")
            }
            Self::Unsupported { operation: RUN_CONTAINERS, .. } => Some("choose docker or podman with --engine"),
            Self::Plugin { .. } => Some("update or remove it, or choose another engine with --engine"),
            Self::NoOption { option: "--sbom", .. } => {
                Some("use docker's buildx plugin; `agentix-gen sbom` writes a bill of materials to a file")
            }
            Self::NoOption { option: "--output", .. } => {
                Some("use docker's buildx plugin, or build without --output and let the engine save the image")
            }
            Self::NoOption { .. } => Some("use docker's buildx plugin, or build without the option"),
            Self::Missing { .. } => Some("install it, or choose another engine with --engine"),
            Self::NotRunning { .. } => Some("start its daemon, or choose another engine with --engine"),
            Self::Disguised { .. } => {
                Some("choose it by its own name, with --engine; its daemon: CONTAINER_HOST, not DOCKER_HOST")
            }
            Self::NotPermitted { .. } => {
                Some("join the group that has access to it (often `docker`), or choose podman with --engine podman")
            }
            _ => None,
        }
    }

    /// Sets the remedy of an [`External`](Self::External) error. Returns other errors unchanged.
    #[must_use]
    pub fn with_remedy(mut self, text: impl Into<String>) -> Self {
        if let Self::External { remedy, .. } = &mut self {
            *remedy = Some(text.into());
        }
        self
    }

    /// Returns the error marked as temporary, if it is [`External`](Self::External): a retry may succeed.
    #[must_use]
    pub fn temporary(mut self) -> Self {
        if let Self::External { is_temporary, .. } = &mut self {
            *is_temporary = true;
        }
        self
    }

    /// Returns whether a retry may succeed, as far as that is known.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::External { is_temporary, .. } => *is_temporary,
            Self::Failed { cause: Some(cause), .. } => cause.is_temporary(),
            _ => false,
        }
    }
}
