//! Container engines: build requests, the commands that engines run, and their results.
//!
//! An engine is an implementation of [`Engine`]. The built-in engines are rows of a table. They turn an operation into
//! a [`Command`], a value that you can inspect without running it. One runner executes all commands. Version
//! differences are probed with [`Engine::probe`] and stored in [`Capabilities`]. They are never guessed from a name.
//!
//! | file | contents |
//! |---|---|
//! | `api` | the trait [`Engine`] |
//! | `request`, `outcome`, `control` | the input of a build, its result, how a caller follows and stops it |
//! | `registry`, `search_path` | engines by name, with their origins |
//! | `builder`, `capabilities`, `features` | the features of each builder version, in one table |
//! | `cli_engine`, `cli_build`, `docker`, `podman`, `nerdctl`, `apple_container` | the built-in engines, one row each, and one build of them |
//! | `buildx`, `buildx_query`, `cache`, `platforms` | builders of buildx elsewhere, caches for other machines, several platforms |
//! | `support` | what a request needs of a builder |
//! | `plugin` | engines that are programs on the search path, and their protocol |
//! | `installed`, `inspection`, `staging` | querying an installed engine, inspecting images, staging a context |
//! | `id_file`, `manifest_digest` | *edge*: the ID of a built image, and the digest of a pushed one, as an engine reports them |
//! | `command`, `run`, `running`, `stop` | *edge*: one runner for all commands |
//! | `diagnosis`, `error` | why a build failed |

mod api;
mod apple_container;
mod builder;
mod buildx;
mod buildx_query;
mod cache;
mod capabilities;
mod cli_build;
mod cli_engine;
mod command;
mod control;
mod diagnosis;
mod docker;
mod error;
mod features;
mod id_file;
mod inspection;
mod installed;
mod manifest_digest;
mod nerdctl;
mod outcome;
mod platforms;
mod plugin;
mod podman;
mod registry;
mod request;
mod run;
mod running;
mod search_path;
mod staging;
mod stop;
mod support;

pub use api::Engine;
pub use builder::Builder;
pub use capabilities::Capabilities;
pub use cli_engine::{BUILT_IN_ENGINES, build_line, pull_line};
pub use command::{Command, Stdin};
pub use control::{Control, Event};
pub use diagnosis::{Cause, CauseKind};
pub use error::EngineError;
pub use features::Feature;
pub use installed::EngineSettings;
pub use outcome::Outcome;
pub use plugin::PluginFault;
#[doc(hidden)]
pub use plugin::read_plugin_output;
pub use registry::{Origin, Registry, RegistryEntry, RegistryError};
pub use request::BuildRequest;
pub use run::{Answer, Ended, ask_command, run_command};
pub use support::check_request;

pub use crate::context::ImageInfo;

pub(crate) use installed::no_answer;
pub(crate) use run::{ask, ask_last, follow};
pub(crate) use stop::Stop;
