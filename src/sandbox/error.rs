//! The errors of sandboxes.

use std::io;
use std::time::Duration;

use super::id::SandboxId;
use super::libc::Libc;
use crate::engine::EngineError;
use crate::value::{ImageRef, OneLine, VariableName};

/// What docker and podman say if a port of this machine is taken.
const PORT_TAKEN: [&str; 2] = ["port is already allocated", "address already in use"];

/// An error of a sandbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The engine cannot be used, or the operation was stopped.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The engine did not start the container.
    #[error("{engine} did not start the container: {}", OneLine(.detail))]
    Start {
        /// The engine.
        engine: String,
        /// The line that the engine printed.
        detail: String,
    },
    /// The engine did not remove the container.
    #[error("{engine} did not remove the container {id}: {}", OneLine(.detail))]
    Remove {
        /// The engine.
        engine: String,
        /// The container.
        id: SandboxId,
        /// The line that the engine printed.
        detail: String,
    },
    /// The container ended.
    #[error("the container ended with exit code {code}")]
    Exited {
        /// Its exit code.
        code: i32,
        /// The last lines that it printed.
        lines: Vec<String>,
    },
    /// The server did not answer in time.
    #[error("the server did not answer /health with status 200 in {} s", .timeout.as_secs_f64())]
    Timeout {
        /// The limit.
        timeout: Duration,
        /// The last lines that the container printed.
        lines: Vec<String>,
    },
    /// Another program listens on the port of this machine.
    #[error("another program listens on port {port} of this machine")]
    PortInUse {
        /// The port.
        port: u16,
    },
    /// The engine does not have an image of the sandbox.
    #[error("{engine} does not have the image `{image}`")]
    NoImage {
        /// The engine.
        engine: String,
        /// The image.
        image: Box<ImageRef>,
    },
    /// A task image cannot mount the bundle.
    #[error("the image `{image}` is not portable, so no task image can mount its environment")]
    NotPortable {
        /// The bundle.
        image: Box<ImageRef>,
    },
    /// The task image is for another architecture than the bundle.
    #[error("the task image `{image}` is for {has}, but the programs of the bundle are for {needs}")]
    Architecture {
        /// The task image.
        image: Box<ImageRef>,
        /// Its architecture.
        has: String,
        /// The architecture of the bundle.
        needs: String,
    },
    /// The task image does not have the C library that the programs of the bundle need.
    #[error("the task image `{image}` has {}, but the programs of the bundle need {needs}", .has.map_or("no C library".to_owned(), |libc| libc.to_string()))]
    Libc {
        /// The task image.
        image: Box<ImageRef>,
        /// The C library of the task image, if it has one that is known.
        has: Option<Libc>,
        /// The C library of the bundle.
        needs: Libc,
    },
    /// The container that carries a bundle for task images does not end.
    #[error("the container {id}, which carries the bundle, does not end")]
    CarrierTimeout {
        /// The container.
        id: SandboxId,
    },
    /// The network of the sandbox publishes no port.
    #[error("the sandbox runs, but its network publishes no port on this machine")]
    NoPort,
    /// A container has this name, and is no sandbox.
    #[error("{engine} has a container {id}, but it is not a sandbox")]
    NotSandbox {
        /// The engine.
        engine: String,
        /// The name.
        id: SandboxId,
    },
    /// No sandbox has this name.
    #[error("there is no sandbox {id}")]
    NotFound {
        /// The name.
        id: SandboxId,
    },
    /// The value of an environment variable cannot be passed on.
    #[error("the value of {name} cannot be passed on: it must be one line of at most 60,000 bytes")]
    Value {
        /// The variable. Its value may be a secret.
        name: VariableName,
    },
    /// The file with the environment variables cannot be written.
    #[error("a file with the environment variables cannot be written")]
    Variables(#[source] io::Error),
}

impl SandboxError {
    /// Returns the last lines that the container printed.
    pub fn lines(&self) -> &[String] {
        match self {
            Self::Exited { lines, .. } | Self::Timeout { lines, .. } => lines,
            _ => &[],
        }
    }

    /// Returns what to do about the error, in the words of the command line, if that is known.
    pub fn remedy(&self) -> Option<&str> {
        match self {
            Self::Engine(error) => error.remedy(),
            Self::Timeout { .. } => Some("give it longer with --timeout SECONDS"),
            Self::PortInUse { .. } => Some("choose another port with --port, or omit --network host"),
            Self::Start { detail, .. } if PORT_TAKEN.iter().any(|text| detail.contains(text)) => {
                Some("choose a free port of this machine with --publish")
            }
            Self::Start { detail, .. } if detail.contains("network") && detail.contains("not found") => {
                Some("name a network that the engine has (`network ls`), or omit --network")
            }
            Self::NoPort => Some("choose a network that publishes ports, or --network host"),
            Self::NotFound { .. } => Some("`agentix-gen ps` lists the sandboxes"),
            Self::NotSandbox { .. } => Some("`agentix-gen ps` lists the sandboxes; remove others with their engine"),
            Self::NoImage { .. } => Some("build or pull it: a sandbox pulls nothing"),
            Self::NotPortable { .. } => Some("build it with --portable, or set `portable = true`"),
            Self::Architecture { .. } => Some("build the bundle with --platform"),
            Self::Libc { .. } => {
                Some("use a task image with that C library, or build the bundle on a base image like it")
            }
            Self::CarrierTimeout { .. } => Some("remove it with the engine's `rm --force`"),
            Self::Exited { lines, .. } if lines.iter().any(|line| line.contains("version `GLIBC_")) => {
                Some("build the bundle on a base image that is as old as the task image: set `python-image`")
            }
            Self::Value { .. } => Some("encode it, for example as base64"),
            _ => None,
        }
    }
}
