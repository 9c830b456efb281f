//! The engines there are, and the one that is used.

#![expect(clippy::disallowed_methods, reason = "this is where the environment is read")]

use std::env;
use std::sync::Arc;

use agentix_gen::engine::{BUILT_IN, Engine, EngineError, Settings};
use agentix_gen::{Bundle, PlainText, Registry};

use super::error::CommandError;

/// The engines there are, as this process's environment has them.
pub(crate) fn registry() -> Registry {
    let mut settings = Settings::default();
    settings.docker_buildkit = env::var("DOCKER_BUILDKIT").ok().and_then(|value| match value.as_str() {
        "0" | "false" => Some(false),
        "1" | "true" => Some(true),
        _ => None,
    });
    Registry::discover(&env::var_os("PATH").unwrap_or_default(), settings)
}

/// The engine that was asked for, or the first that can be used: that `try_it` takes.
pub(crate) fn choose<T>(
    flag: Option<&PlainText>,
    bundle: &Bundle,
    try_it: impl Fn(Arc<dyn Engine>) -> Result<T, EngineError>,
) -> Result<T, CommandError> {
    let registry = registry();
    let environment = || env::var("AGENTIX_ENGINE").ok().filter(|name| !name.is_empty());
    let file = || bundle.config().engine.as_ref().map(ToString::to_string);
    let wanted = flag.map(ToString::to_string).or_else(environment).or_else(file).filter(|name| name != "auto");
    if let Some(name) = wanted {
        return Ok(try_it(registry.get(&name)?)?);
    }
    let mut reasons = Vec::new();
    for name in BUILT_IN {
        match try_it(registry.get(name)?) {
            Ok(chosen) => return Ok(chosen),
            Err(error) => reasons.push(error),
        }
    }
    Err(CommandError::NoEngine(reasons))
}
