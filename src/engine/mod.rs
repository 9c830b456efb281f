//! Container engines: what they are asked, how they are run, and what came of it.
//!
//! An engine is an implementation of [`Engine`]. The built-in ones are rows of a table: from an operation they make a
//! [`Command`], a value that can be read without running anything, and one runner executes it. Differences between
//! versions are probed ([`Engine::probe`]) and kept in [`Capabilities`], never guessed from a name.
//!
//! | file | holds |
//! |---|---|
//! | `api` | the trait [`Engine`] |
//! | `request`, `outcome`, `control` | what is to be built, what was built, how a caller follows and stops it |
//! | `registry` | engines by name, with their origins |
//! | `builder`, `capabilities`, `features` | what a builder of a version can do: one table |
//! | `cli_engine`, `docker`, `podman` | the built-in engines, one row each |
//! | `installed`, `inspection`, `staging` | asking an installed engine, inspecting images, staging a context for it |
//! | `command`, `run`, `running`, `stop` | *edge*: one runner for all commands |
//! | `diagnosis`, `error` | why a build failed |

mod api;
mod builder;
mod capabilities;
mod cli_engine;
mod command;
mod control;
mod diagnosis;
mod docker;
mod error;
mod features;
mod inspection;
mod installed;
mod outcome;
mod podman;
mod registry;
mod request;
mod run;
mod running;
mod staging;
mod stop;

pub use api::Engine;
pub use builder::Builder;
pub use capabilities::Capabilities;
pub use cli_engine::BUILT_IN_ENGINES;
pub use command::{Command, Stdin};
pub use control::{Control, Event};
pub use diagnosis::{Cause, CauseKind};
pub use error::EngineError;
pub use features::Feature;
pub use installed::EngineSettings;
pub use outcome::Outcome;
pub use registry::{Origin, Registry, RegistryError};
pub use request::BuildRequest;

pub use crate::context::ImageInfo;
