//! Chooses the engine that builds: the named engine, or the first one that can be used.

use std::fmt;
use std::sync::Arc;

use crate::bundle::Bundle;
use crate::engine::{Engine, EngineError, Registry, RegistryError};

/// The source of an engine's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EngineSource {
    /// The caller's options: `--engine`.
    Option,
    /// The environment: `AGENTIX_ENGINE`.
    Variable,
    /// The project: the key `engine` of `[tool.agentix]`.
    Key,
}

impl fmt::Display for EngineSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Option => "--engine",
            Self::Variable => "AGENTIX_ENGINE",
            Self::Key => "[tool.agentix] engine",
        })
    }
}

/// An engine's name and its source.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineChoice {
    /// The name.
    pub name: String,
    /// The source of the name.
    pub source: EngineSource,
}

impl EngineChoice {
    /// Returns the engine that is named for a bundle. Options override the environment, and the environment overrides
    /// the project's key. Returns `None` if no engine is named, or if the name is `auto`.
    pub fn resolve(bundle: &Bundle) -> Option<Self> {
        let option = || Some((EngineSource::Option, bundle.overrides().engine.as_ref()?.as_str()));
        let variable = || Some((EngineSource::Variable, bundle.environment().engine()?));
        let key = || Some((EngineSource::Key, bundle.project().config().engine.as_ref()?.as_str()));
        let (source, name) = option().or_else(variable).or_else(key)?;
        (name != "auto").then(|| Self { name: name.to_owned(), source })
    }
}

/// No engine can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChooseError {
    /// No engine has the given name.
    #[error("{source_of_name}: {error}")]
    Unknown {
        /// The source of the name.
        source_of_name: EngineSource,
        /// The error, which lists the available engines.
        error: RegistryError,
    },
    /// The registry does not return the engine.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The named engine cannot be used.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// No engine can be used.
    #[error("no engine can be used")]
    NoneUsable(
        /// The error of each engine.
        Vec<ChooseError>,
    ),
}

/// Returns the engine that is named for a bundle, or else the first engine for which `attempt` succeeds, with the
/// result of `attempt`: of the built-in engines, and then of the others by name.
///
/// # Errors
///
/// See [`ChooseError`].
pub fn choose_engine<T>(
    bundle: &Bundle,
    registry: &Registry,
    attempt: impl Fn(&dyn Engine) -> Result<T, EngineError>,
) -> Result<(Arc<dyn Engine>, T), ChooseError> {
    if let Some(EngineChoice { name, source }) = EngineChoice::resolve(bundle) {
        let engine = registry.get(&name).map_err(|error| match error {
            RegistryError::Unknown { .. } => ChooseError::Unknown { source_of_name: source, error },
            error => error.into(),
        })?;
        let result = attempt(&*engine)?;
        return Ok((engine, result));
    }
    let mut reasons = Vec::new();
    for name in registry.candidates() {
        let engine = match registry.get(&name) {
            Ok(engine) => engine,
            Err(error) => {
                reasons.push(error.into());
                continue;
            }
        };
        match attempt(&*engine) {
            Ok(result) => return Ok((engine, result)),
            // Nobody misses an engine that is seldom installed.
            Err(EngineError::Missing { .. }) if engine.is_tested() == Some(false) => {}
            Err(error) => reasons.push(error.into()),
        }
    }
    Err(ChooseError::NoneUsable(reasons))
}
