//! The engines that the environment of this process provides.

use agentix_gen::Registry;
use agentix_gen::engine::EngineSettings;

use super::project;

/// Returns the registry of the engines that this process's environment provides.
pub(crate) fn registry() -> Registry {
    let environment = project::environment();
    Registry::discover_with(environment.path(), EngineSettings::from(&environment))
}
