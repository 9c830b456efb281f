//! Which engine builds: the one that was named, or the first that can be used.

use std::fmt;
use std::sync::Arc;

use crate::bundle::Bundle;
use crate::engine::{BUILT_IN_ENGINES, Engine, EngineError, Registry, RegistryError};

/// Where an engine was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EngineSource {
    /// In the caller's options: `--engine`.
    Option,
    /// In the environment: `AGENTIX_ENGINE`.
    Variable,
    /// In the project: the key `engine` of `[tool.agentix]`.
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

/// An engine's name, and where it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineChoice {
    /// The name.
    pub name: String,
    /// Where it was given.
    pub source: EngineSource,
}

impl EngineChoice {
    /// The name that decides for a bundle: options override the environment, and that overrides the project's key.
    /// `None` if nobody names an engine, or `auto` is named.
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
    /// There is no engine of the name that was given.
    #[error("{source_of_name}: {error}")]
    Unknown {
        /// Where the name was given.
        source_of_name: EngineSource,
        /// Which engines there are.
        error: RegistryError,
    },
    /// The registry does not give the engine.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The engine that was named cannot be used.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// None of the built-in engines can be used.
    #[error("no engine can be used")]
    NoneUsable(
        /// Why, for each of them.
        Vec<EngineError>,
    ),
}

/// The engine that was chosen for a bundle, or else the first built-in one for which `attempt` succeeds; with what
/// `attempt` returned.
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
    for name in BUILT_IN_ENGINES {
        let engine = registry.get(name)?;
        match attempt(&*engine) {
            Ok(result) => return Ok((engine, result)),
            Err(error) => reasons.push(error),
        }
    }
    Err(ChooseError::NoneUsable(reasons))
}
