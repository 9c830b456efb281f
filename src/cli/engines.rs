//! The engines of this process's environment.

use agentix_gen::Registry;
use agentix_gen::engine::EngineSettings;

use super::project;

/// The engines there are.
pub(crate) fn registry() -> Registry {
    let environment = project::environment();
    Registry::discover_with(environment.path(), EngineSettings::from(&environment))
}
