//! What a sandbox is made of.

use std::num::NonZeroU16;
use std::time::Duration;

use super::owner::Owner;
use crate::value::{ByteSize, ImageRef, Network, SingleLine, VariableName};

/// The port of the server in a bundle.
const SERVER_PORT: NonZeroU16 = NonZeroU16::new(8000).unwrap();

/// How long a server may take until it answers.
const TIMEOUT: Duration = Duration::from_mins(1);

/// What a sandbox is made of.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct SandboxConfig {
    /// The image. The engine must have it: nothing is pulled.
    pub image: ImageRef,
    /// The image that the sandbox runs in, with the folder `/nix` of [`image`](Self::image), which must be portable,
    /// mounted read-only. `None`: the image itself.
    pub task_image: Option<ImageRef>,
    /// Environment variables, the later of two with one name wins. No command contains a value. A value is one line.
    pub env: Vec<(VariableName, String)>,
    /// Further ports to publish, in the syntax of the engines: `127.0.0.1:9000:9000`.
    pub publish: Vec<SingleLine>,
    /// The network of the container. `None`: the engine's own network. With `host`, the server listens on [`port`] of
    /// this machine.
    ///
    /// [`port`]: Self::port
    pub network: Option<Network>,
    /// The port that the server listens on: the variable `AGENTIX_BIND_PORT`. The default is 8000.
    ///
    /// Unless the network is `host`, [`host_port`](Self::host_port) leads to it.
    pub port: NonZeroU16,
    /// The port of 127.0.0.1 that leads to [`port`](Self::port). `None`: a free one, which the engine chooses.
    pub host_port: Option<NonZeroU16>,
    /// How many processors the container may use.
    pub cpus: Option<f64>,
    /// How much memory the container may use.
    pub memory: Option<ByteSize>,
    /// How long the server may take until it answers. The default is a minute.
    pub timeout: Duration,
    /// The process that the sandbox belongs to. If that process ends without deleting it, the sandbox is
    /// [stale](super::SandboxInfo::is_stale). `None`: the sandbox outlives the process that creates it.
    pub owner: Option<Owner>,
}

impl SandboxConfig {
    /// Returns the configuration of a sandbox with the image's own settings.
    pub fn new(image: ImageRef) -> Self {
        Self {
            image,
            task_image: None,
            env: Vec::new(),
            publish: Vec::new(),
            network: None,
            port: SERVER_PORT,
            host_port: None,
            cpus: None,
            memory: None,
            timeout: TIMEOUT,
            owner: None,
        }
    }

    /// Returns whether the container uses the network of this machine.
    pub(super) fn is_on_host(&self) -> bool {
        self.network.as_ref().is_some_and(|network| network.as_str() == "host")
    }
}

/// Shows the names of the variables only, because values may be secrets.
impl std::fmt::Debug for SandboxConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { image, task_image, env, publish, network, port, host_port, cpus, memory, timeout, owner } = self;
        let names: Vec<&VariableName> = env.iter().map(|(name, _)| name).collect();
        f.debug_struct("SandboxConfig")
            .field("image", image)
            .field("task_image", task_image)
            .field("env", &names)
            .field("publish", publish)
            .field("network", network)
            .field("port", port)
            .field("host_port", host_port)
            .field("cpus", cpus)
            .field("memory", memory)
            .field("timeout", timeout)
            .field("owner", owner)
            .finish()
    }
}
