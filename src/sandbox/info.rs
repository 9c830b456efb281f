//! What is known of a sandbox.

use serde::Serialize;

use super::id::SandboxId;
use super::owner::Owner;

/// The label of every container that is a sandbox. Its value is the port of its server: `published:8000`, or
/// `host:8000` if the container uses the network of the machine.
pub const SANDBOX_LABEL: &str = "dev.agentix.sandbox";

/// The label with the name of the container whose bundle a sandbox mounts.
pub(super) const CARRIER_LABEL: &str = "dev.agentix.carrier";

/// The label of a container that carries a bundle for task images. Its value is the ID of the image.
pub(super) const CARRIES_LABEL: &str = "dev.agentix.carries";

/// A sandbox whose server has answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Sandbox {
    /// Its name.
    pub sandbox_id: SandboxId,
    /// The URL of its server: `http://127.0.0.1:32768`.
    pub runtime_url: String,
    /// Its status.
    pub status: Status,
    /// The version of agentixx of its server, if its image states it. A client needs the same version.
    pub agentix_version: Option<String>,
}

impl Sandbox {
    /// Returns a sandbox that runs, for a [`Deployment`](super::Deployment) of another crate.
    pub fn new(sandbox_id: SandboxId, runtime_url: impl Into<String>) -> Self {
        Self { sandbox_id, runtime_url: runtime_url.into(), status: Status::Running, agentix_version: None }
    }
}

/// The status of a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Status {
    /// The container exists and has not run yet.
    Starting,
    /// The container runs.
    Running,
    /// The container has ended.
    Exited,
}

/// What a deployment knows of a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SandboxInfo {
    /// Its name.
    pub sandbox_id: SandboxId,
    /// The URL of its server, while its container runs.
    pub runtime_url: Option<String>,
    /// Its status.
    pub status: Status,
    /// The exit code, after its container has ended.
    pub exit_code: Option<i32>,
    /// The version of agentixx of its server, if its image states it.
    pub agentix_version: Option<String>,
    /// The image, as it was named: the task image of a bundle that is mounted.
    pub image: String,
    /// The container that carries its bundle, if it runs in a task image.
    #[serde(skip)]
    pub carrier: Option<SandboxId>,
    /// The process that it belongs to.
    #[serde(skip)]
    pub owner: Option<Owner>,
}

impl SandboxInfo {
    /// Returns the facts of a sandbox that runs, for a [`Deployment`](super::Deployment) of another crate.
    pub fn new(sandbox: Sandbox, image: impl Into<String>) -> Self {
        Self {
            sandbox_id: sandbox.sandbox_id,
            runtime_url: Some(sandbox.runtime_url),
            status: sandbox.status,
            exit_code: None,
            agentix_version: sandbox.agentix_version,
            image: image.into(),
            carrier: None,
            owner: None,
        }
    }

    /// Returns whether nobody uses the sandbox any more: its container has ended, or the process that it belongs to has.
    pub fn is_stale(&self) -> bool {
        self.status == Status::Exited || self.owner.as_ref().is_some_and(Owner::has_ended)
    }
}
