//! The engines that the environment of this process provides.

use agentix_gen::engine::EngineSettings;
use agentix_gen::{Cancel, Registry};

use super::project;

/// Returns the registry of the engines that this process's environment provides.
pub(crate) fn registry(cancel: &Cancel) -> Registry {
    let environment = project::environment();
    Registry::discover_with(environment.path(), EngineSettings::from(&environment)).with_cancel(cancel.clone())
}
