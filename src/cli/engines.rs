//! The engines there are, and the one that is used.

#![expect(clippy::disallowed_methods, reason = "this is where the environment is read")]

use std::sync::Arc;
use std::{env, fmt};

use agentix_gen::bundle::Bundle;
use agentix_gen::engine::{BUILT_IN_ENGINES, Engine, EngineError, EngineSettings, Registry, RegistryError};
use agentix_gen::value::SingleLine;

use super::error::CommandError;

/// The engines there are, as this process's environment has them.
pub(crate) fn registry() -> Registry {
    let mut settings = EngineSettings::default();
    settings.docker_buildkit = env::var("DOCKER_BUILDKIT").ok().and_then(|value| match value.as_str() {
        "0" | "false" => Some(false),
        "1" | "true" => Some(true),
        _ => None,
    });
    Registry::discover(&env::var_os("PATH").unwrap_or_default(), settings)
}

/// The engine that was asked for, or the first that can be used: that `try_it` takes.
pub(crate) fn choose<T>(
    flag: Option<&SingleLine>,
    bundle: &Bundle,
    try_it: impl Fn(Arc<dyn Engine>) -> Result<T, EngineError>,
) -> Result<T, CommandError> {
    let registry = registry();
    if let Some((wish, name)) = wanted(flag, bundle).filter(|(_, name)| name != "auto") {
        let engine = registry.get(&name).map_err(|fault| match fault {
            RegistryError::Unknown { .. } => CommandError::NoSuchEngine { wish, fault },
            fault => fault.into(),
        })?;
        return Ok(try_it(engine)?);
    }
    let mut reasons = Vec::new();
    for name in BUILT_IN_ENGINES {
        match try_it(registry.get(name)?) {
            Ok(chosen) => return Ok(chosen),
            Err(error) => reasons.push(error),
        }
    }
    Err(CommandError::NoEngine(reasons))
}

/// The name of the engine that was asked for, and where it was.
fn wanted(flag: Option<&SingleLine>, bundle: &Bundle) -> Option<(EngineSource, String)> {
    let flag = flag.map(|name| (EngineSource::Flag, name.to_string()));
    let variable = || Some((EngineSource::Variable, env::var("AGENTIX_ENGINE").ok().filter(|name| !name.is_empty())?));
    let key = || Some((EngineSource::Key, bundle.config().engine.as_ref()?.to_string()));
    flag.or_else(variable).or_else(key)
}

/// Where an engine was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum EngineSource {
    Flag,
    Variable,
    Key,
}

impl fmt::Display for EngineSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "--engine",
            Self::Variable => "AGENTIX_ENGINE",
            Self::Key => "[tool.agentix] engine",
        })
    }
}
