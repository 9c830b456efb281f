//! Engines by name: built in, or brought by the caller.

#![expect(clippy::disallowed_methods, reason = "this is where programs are looked for on PATH")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::Engine;
use super::cli_engine::CliEngine;
use super::error::EngineError;
use super::installed::EngineSettings;
use crate::value::Escaped;

/// The engines there are, by name. A value: two registries know nothing of each other.
///
/// ```
/// use agentix_gen::Registry;
/// let registry = Registry::discover("/usr/local/bin:/usr/bin".as_ref());
/// assert_eq!(registry.get("podman")?.name(), "podman");
/// let error = registry.get("dcoker").unwrap_err();
/// assert_eq!(error.to_string(), "there is no engine `dcoker`; there are buildah, docker, podman");
/// # Ok::<(), agentix_gen::engine::RegistryError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Registry {
    engines: BTreeMap<String, Vec<Provider>>,
}

/// Who provides an engine.
#[derive(Debug, Clone)]
struct Provider {
    origin: Origin,
    engine: Result<Arc<dyn Engine>, Arc<EngineError>>,
}

/// Where an engine comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// It is part of this crate.
    BuiltIn,
    /// The caller registered it.
    InProcess,
    /// A package brought it.
    Package {
        /// The package.
        name: String,
        /// Its version.
        version: String,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("(built-in)"),
            Self::InProcess => f.write_str("(in-process)"),
            Self::Package { name, version } => write!(f, "{name}@{version}"),
        }
    }
}

/// A name that gives no engine.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Nobody provides it.
    #[error("there is no engine {}; there are {}", Escaped(.name), .available.join(", "))]
    Unknown {
        /// The name.
        name: String,
        /// The names there are.
        available: Vec<String>,
    },
    /// Several provide it, and nothing says which is meant.
    #[error("engine {} is provided by {}; remove all but one", Escaped(.name), labels(.origins))]
    Conflict {
        /// The name.
        name: String,
        /// Who provides it.
        origins: Vec<Origin>,
    },
    /// The one who provides it is broken.
    #[error("engine {} of {origin} cannot be used", Escaped(.name))]
    Broken {
        /// The name.
        name: String,
        /// Who provides it.
        origin: Origin,
        /// What is wrong.
        source: Arc<EngineError>,
    },
}

fn labels(origins: &[Origin]) -> String {
    origins.iter().map(Origin::to_string).collect::<Vec<_>>().join(" and ")
}

impl Registry {
    /// The built-in engines. Their programs are looked for on a search path (`PATH`); entries that are not absolute are
    /// skipped, since they would run whatever is in the current folder.
    ///
    /// An engine whose program is missing is there all the same, and says so when it is [probed](Engine::probe).
    pub fn discover(path: &OsStr) -> Self {
        Self::discover_with(path, EngineSettings::default())
    }

    /// The same, with what a user's environment says about engines.
    pub fn discover_with(path: &OsStr, settings: EngineSettings) -> Self {
        let mut registry = Self::default();
        for engine in CliEngine::all(|name| find_program(path, name), settings) {
            let engine: Arc<dyn Engine> = Arc::new(engine);
            let name = engine.name().to_owned();
            registry.add(&name, Origin::BuiltIn, Ok(engine));
        }
        registry
    }

    /// Registers an engine of the caller's under its name, in place of whatever has that name.
    pub fn register(&mut self, engine: Arc<dyn Engine>) {
        let name = engine.name().to_owned();
        self.engines.insert(name, vec![Provider { origin: Origin::InProcess, engine: Ok(engine) }]);
    }

    fn add(&mut self, name: &str, origin: Origin, engine: Result<Arc<dyn Engine>, Arc<EngineError>>) {
        self.engines.entry(name.to_owned()).or_default().push(Provider { origin, engine });
    }

    /// The engine of a name.
    ///
    /// # Errors
    ///
    /// A name that nobody provides, that several provide, or whose provider is broken. Other names do not matter.
    pub fn get(&self, name: &str) -> Result<Arc<dyn Engine>, RegistryError> {
        match self.engines.get(name).map(Vec::as_slice) {
            None | Some([]) => {
                let available = self.engines.keys().cloned().collect();
                Err(RegistryError::Unknown { name: name.to_owned(), available })
            }
            Some([provider]) => provider.engine.clone().map_err(|source| {
                let origin = provider.origin.clone();
                RegistryError::Broken { name: name.to_owned(), origin, source }
            }),
            Some(several) => {
                let origins = several.iter().map(|provider| provider.origin.clone()).collect();
                Err(RegistryError::Conflict { name: name.to_owned(), origins })
            }
        }
    }

    /// All names with where their engines come from, sorted.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Origin)> {
        self.engines
            .iter()
            .flat_map(|(name, providers)| providers.iter().map(|provider| (name.as_str(), &provider.origin)))
    }
}

/// The first program of a name on the absolute entries of a search path.
fn find_program(path: &OsStr, name: &str) -> Option<Utf8PathBuf> {
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .filter_map(|folder| Utf8PathBuf::from_path_buf(folder.join(name)).ok())
        .find(|program| {
            let found = std::fs::metadata(program);
            found.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
        })
}

#[cfg(test)]
mod tests;
