//! Sandboxes: containers of an image, each with the URL of its server.
//!
//! A [`Deployment`] creates, finds and deletes sandboxes. [`EngineDeployment`] does so with docker or podman. It keeps no
//! state: every question goes to the engine, and each container has the label [`SANDBOX_LABEL`].
//!
//! | file | contents |
//! |---|---|
//! | `config`, `id`, `info` | the input of a creation, the name of a sandbox, what is known of one |
//! | `deployment` | the trait [`Deployment`], and [`session`], which always deletes |
//! | `command`, `state` | the arguments of an engine and its answers, as values |
//! | `bundle_image`, `libc` | the images of a sandbox, and the C library that they have |
//! | `containers` | an engine that runs containers |
//! | `task` | *edge*: a bundle that is mounted into a task image |
//! | `engine_deployment` | *edge*: sandboxes of an engine |
//! | `health` | *edge*: asks a server over HTTP whether it is ready |
//! | `owner` | *edge*: the process that a sandbox belongs to |
//! | `variables` | *edge*: the private file with the environment variables of a sandbox |
//! | `error` | why there is no sandbox |

mod bundle_image;
mod command;
mod config;
mod containers;
mod deployment;
mod engine_deployment;
mod error;
mod health;
mod id;
mod info;
mod libc;
mod owner;
mod state;
mod task;
mod variables;

pub use config::SandboxConfig;
pub use deployment::{Deployment, session};
pub use engine_deployment::EngineDeployment;
pub use error::SandboxError;
pub use id::{SandboxId, SandboxIdError};
pub use info::{SANDBOX_LABEL, Sandbox, SandboxInfo, Status};
pub use libc::Libc;
pub use owner::Owner;
