//! What is known of a sandbox.

use serde::Serialize;

use super::id::SandboxId;
use super::owner::Owner;

/// The label of every container that is a sandbox. Its value is the port of its server: `published:8000`, or
/// `host:8000` if the container uses the network of the machine.
pub const SANDBOX_LABEL: &str = "dev.agentix.sandbox";

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
}

impl Sandbox {
    /// Returns a sandbox that runs, for a [`Deployment`](super::Deployment) of another crate.
    pub fn new(sandbox_id: SandboxId, runtime_url: impl Into<String>) -> Self {
        Self { sandbox_id, runtime_url: runtime_url.into(), status: Status::Running }
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
    /// The image, as it was named.
    pub image: String,
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
            image: image.into(),
            owner: None,
        }
    }

    /// Returns whether nobody uses the sandbox any more: its container has ended, or the process that it belongs to has.
    pub fn is_stale(&self) -> bool {
        self.status == Status::Exited || self.owner.as_ref().is_some_and(Owner::has_ended)
    }
}
