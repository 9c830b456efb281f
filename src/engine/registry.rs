//! Engines by name: built in, or registered by the caller.

#![expect(clippy::disallowed_methods, reason = "this module searches PATH for programs")]

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

/// The available engines, by name. Registries are plain values: they do not share state.
///
/// ```
/// use agentix_gen::Registry;
/// let registry = Registry::discover("/usr/local/bin:/usr/bin".as_ref());
/// assert_eq!(registry.get("podman")?.name(), "podman");
/// let error = registry.get("dcoker").unwrap_err();
/// assert_eq!(error.to_string(), "unknown engine `dcoker`; available: buildah, docker, podman");
/// # Ok::<(), agentix_gen::engine::RegistryError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Registry {
    engines: BTreeMap<String, Vec<Provider>>,
}

/// The provider of an engine.
#[derive(Debug, Clone)]
struct Provider {
    origin: Origin,
    engine: Result<Arc<dyn Engine>, Arc<EngineError>>,
}

/// Where an engine comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// This crate.
    BuiltIn,
    /// The caller, who registered it.
    InProcess,
    /// A package.
    Package {
        /// The name of the package.
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

/// A name for which there is no usable engine.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// No engine has this name.
    #[error("unknown engine {}; available: {}", Escaped(.name), .available.join(", "))]
    Unknown {
        /// The name.
        name: String,
        /// The available names.
        available: Vec<String>,
    },
    /// Several packages provide this name.
    #[error("engine {} is provided by {}; remove all but one", Escaped(.name), labels(.origins))]
    Conflict {
        /// The name.
        name: String,
        /// The providers.
        origins: Vec<Origin>,
    },
    /// The provider of this name is broken.
    #[error("engine {} from {origin} cannot be used", Escaped(.name))]
    Broken {
        /// The name.
        name: String,
        /// The provider.
        origin: Origin,
        /// The cause.
        source: Arc<EngineError>,
    },
}

fn labels(origins: &[Origin]) -> String {
    origins.iter().map(Origin::to_string).collect::<Vec<_>>().join(" and ")
}

impl Registry {
    /// Returns a registry with the built-in engines. Their programs are searched on a search path (`PATH`). Entries
    /// that are not absolute are skipped, because they would run programs in the current folder.
    ///
    /// An engine whose program is missing is included. [`Engine::probe`] then reports the missing program.
    pub fn discover(path: &OsStr) -> Self {
        Self::discover_with(path, EngineSettings::default())
    }

    /// Like [`discover`](Self::discover), with the settings of engines in the user's environment.
    pub fn discover_with(path: &OsStr, settings: EngineSettings) -> Self {
        let mut registry = Self::default();
        for engine in CliEngine::all(|name| find_program(path, name), settings) {
            let engine: Arc<dyn Engine> = Arc::new(engine);
            let name = engine.name().to_owned();
            registry.add(&name, Origin::BuiltIn, Ok(engine));
        }
        registry
    }

    /// Registers an engine under its name. It replaces all engines with that name.
    pub fn register(&mut self, engine: Arc<dyn Engine>) {
        let name = engine.name().to_owned();
        self.engines.insert(name, vec![Provider { origin: Origin::InProcess, engine: Ok(engine) }]);
    }

    fn add(&mut self, name: &str, origin: Origin, engine: Result<Arc<dyn Engine>, Arc<EngineError>>) {
        self.engines.entry(name.to_owned()).or_default().push(Provider { origin, engine });
    }

    /// Returns the engine with this name.
    ///
    /// # Errors
    ///
    /// Returns an error if no provider or several providers have this name, or if the provider is broken. Other names
    /// have no effect.
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

    /// Returns all names with the origins of their engines, sorted by name.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Origin)> {
        self.engines
            .iter()
            .flat_map(|(name, providers)| providers.iter().map(|provider| (name.as_str(), &provider.origin)))
    }
}

/// Returns the first program with this name in the absolute entries of a search path.
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
