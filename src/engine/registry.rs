//! Engines by name: built in, registered by the caller, or plugins on the search path.

mod error;
mod origin;
mod provider;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use camino::{Utf8Path, Utf8PathBuf};

use super::Engine;
use super::cli_engine::{BUILT_IN_ENGINES, CliEngine};
use super::error::EngineError;
use super::installed::EngineSettings;
use super::plugin::{self, Plugin};
use super::search_path::{find_ignored, find_program, find_programs};
use crate::files::background::{Started, start};
use crate::value::Cancel;
use provider::{Loaded, Provider};

pub use error::RegistryError;
pub use origin::Origin;

/// The available engines, by name. Registries are plain values: they do not share state, except that a clone does not
/// ask a plugin again that the original has asked.
///
/// The search path is searched for plugins only when all engines are listed, or when a name is neither built in nor
/// registered. An error concerns one name and hides no other engine.
///
/// ```
/// use agentix_gen::Registry;
/// let registry = Registry::discover("/usr/local/bin:/usr/bin".as_ref());
/// assert_eq!(registry.get("podman")?.name(), "podman");
/// let error = registry.get("dcoker").unwrap_err();
/// assert_eq!(error.to_string(), "unknown engine `dcoker`; available: buildah, container, docker, nerdctl, podman");
/// # Ok::<(), agentix_gen::engine::RegistryError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Registry {
    /// The built-in and the registered engines.
    engines: BTreeMap<String, Arc<Provider>>,
    /// The search path for plugins. Empty: there are no plugins.
    path: OsString,
    /// The plugins that were needed so far, by the paths of their programs.
    plugins: Arc<Mutex<BTreeMap<Utf8PathBuf, Arc<Provider>>>>,
    cancel: Cancel,
}

/// A name of a registry, with the origin of its engine, and the engine or the reason why it cannot be used.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RegistryEntry {
    /// The name.
    pub name: String,
    /// The origin.
    pub origin: Origin,
    /// The engine.
    pub engine: Result<Arc<dyn Engine>, RegistryError>,
}

impl Registry {
    /// Returns a registry with the built-in engines, and with the plugins on a search path (`PATH`): programs with the name
    /// `agentix-engine-NAME`. Entries that are not absolute are skipped, because they would run programs in the current
    /// folder.
    ///
    /// A built-in engine whose program is missing is included. [`Engine::probe`] then reports the missing program.
    pub fn discover(path: &OsStr) -> Self {
        Self::discover_with(path, EngineSettings::default())
    }

    /// Like [`discover`](Self::discover), with the settings of engines in the user's environment.
    pub fn discover_with(path: &OsStr, settings: EngineSettings) -> Self {
        let mut registry = Self { path: path.to_owned(), ..Self::default() };
        for engine in CliEngine::all(|name| find_program(path, name), settings) {
            let engine: Arc<dyn Engine> = Arc::new(engine);
            let name = engine.name().to_owned();
            registry.register_with(name, Origin::BuiltIn, move || Ok(Arc::clone(&engine)));
        }
        registry
    }

    /// Replaces the [`Cancel`] that stops the questions to plugins.
    #[must_use]
    pub fn with_cancel(self, cancel: Cancel) -> Self {
        Self { cancel, ..self }
    }

    /// Registers an engine of the caller under its own name. It replaces an engine with that name, and hides plugins with
    /// that name.
    pub fn register(&mut self, engine: Arc<dyn Engine>) {
        let name = engine.name().to_owned();
        self.register_with(name, Origin::InProcess, move || Ok(Arc::clone(&engine)));
    }

    /// Like [`register`](Self::register), with a name, an origin, and a function that creates the engine. The function
    /// is called when the engine is needed first. If it fails, the name is listed with that error.
    pub fn register_with(
        &mut self,
        name: impl Into<String>,
        origin: Origin,
        factory: impl Fn() -> Result<Arc<dyn Engine>, EngineError> + Send + Sync + 'static,
    ) {
        let load = move |_: &Cancel| Ok(Loaded { engine: factory()?, version: None });
        self.engines.insert(name.into(), Arc::new(Provider::new(origin, load)));
    }

    /// Returns the registry without the built-in or registered engine of this name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.engines.remove(name);
        self
    }

    /// Returns the engine with this name.
    ///
    /// # Errors
    ///
    /// Returns an error if no provider has this name, if several plugins have it, or if its provider is broken. Other
    /// names have no effect.
    pub fn get(&self, name: &str) -> Result<Arc<dyn Engine>, RegistryError> {
        if let Some(provider) = self.engines.get(name) {
            return self.load(name, provider);
        }
        match &self.programs(name)[..] {
            [] => Err(self.unknown(name)),
            [program] => self.load(name, &self.plugin(name, program)),
            several => Err(RegistryError::Conflict { name: name.to_owned(), programs: several.to_vec() }),
        }
    }

    /// Returns all names, sorted, without asking any plugin.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.engines.keys().cloned().chain(plugin::names(&self.path)).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Returns all engines that can be loaded, by name.
    pub fn all(&self) -> BTreeMap<String, Arc<dyn Engine>> {
        self.entries().into_iter().filter_map(|entry| Some((entry.name, entry.engine.ok()?))).collect()
    }

    /// Returns the origins of all engines that can be loaded, by name.
    pub fn sources(&self) -> BTreeMap<String, Origin> {
        let loaded = self.entries().into_iter().filter(|entry| entry.engine.is_ok());
        loaded.map(|entry| (entry.name, entry.origin)).collect()
    }

    /// Returns the errors of all names whose engine cannot be loaded.
    pub fn errors(&self) -> BTreeMap<String, RegistryError> {
        let failed = self.entries().into_iter().filter_map(|entry| Some((entry.name, entry.engine.err()?)));
        failed.filter(|(_, error)| !matches!(error, RegistryError::Shadowed { .. })).collect()
    }

    /// Loads all engines, the plugins at the same time, and returns them sorted by name. A plugin that cannot be used has
    /// an entry of its own with the reason.
    pub fn entries(&self) -> Vec<RegistryEntry> {
        let names = self.names();
        let mut entries: Vec<RegistryEntry> = thread::scope(|scope| {
            let loading: Vec<_> = names.iter().map(|name| start(scope, || self.entries_of(name))).collect();
            loading.into_iter().flat_map(Started::join).collect()
        });
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        entries
    }

    /// Returns the engine of a name, and the plugins of that name that are not used.
    fn entries_of(&self, name: &str) -> Vec<RegistryEntry> {
        let entry = |origin, engine| RegistryEntry { name: name.to_owned(), origin, engine };
        let programs = self.programs(name);
        if let Some(provider) = self.engines.get(name) {
            let engine = self.load(name, provider);
            let shadowed = programs.into_iter().map(|program| {
                let (name, by) = (name.to_owned(), provider.origin());
                let origin = Origin::program(program.clone());
                entry(origin, Err(RegistryError::Shadowed { name, program, by }))
            });
            return [entry(provider.origin(), engine)].into_iter().chain(shadowed).collect();
        }
        if let [program] = &programs[..] {
            let provider = self.plugin(name, program);
            let engine = self.load(name, &provider);
            return vec![entry(provider.origin(), engine)];
        }
        let conflict = RegistryError::Conflict { name: name.to_owned(), programs: programs.clone() };
        programs.into_iter().map(|program| entry(Origin::program(program), Err(conflict.clone()))).collect()
    }

    fn load(&self, name: &str, provider: &Provider) -> Result<Arc<dyn Engine>, RegistryError> {
        let loaded = provider.load(&self.cancel).map_err(|source| RegistryError::Broken {
            name: name.to_owned(),
            origin: provider.origin(),
            source,
        })?;
        Ok(loaded.engine)
    }

    /// Returns the programs of the plugins with this name.
    fn unknown(&self, name: &str) -> RegistryError {
        let ignored = plugin::program_name(name).and_then(|program| find_ignored(&self.path, &program));
        let name = name.to_owned();
        match ignored {
            Some((program, reason)) => RegistryError::Ignored { name, program, reason },
            None => RegistryError::Unknown { name, available: self.names() },
        }
    }

    fn programs(&self, name: &str) -> Vec<Utf8PathBuf> {
        plugin::program_name(name).map_or_else(Vec::new, |program| find_programs(&self.path, &program))
    }

    fn plugin(&self, name: &str, program: &Utf8Path) -> Arc<Provider> {
        let mut plugins = self.plugins.lock().unwrap_or_else(PoisonError::into_inner);
        let provider = plugins.entry(program.to_owned()).or_insert_with(|| {
            let (name, path) = (name.to_owned(), program.to_owned());
            let load = move |cancel: &Cancel| {
                let plugin = Plugin::load(&name, &path, cancel)?;
                let version = Some(plugin.version().to_owned());
                Ok(Loaded { engine: Arc::new(plugin), version })
            };
            Arc::new(Provider::new(Origin::program(program.to_owned()), load))
        });
        Arc::clone(provider)
    }

    /// Returns the names in the order in which they are tried if no engine is named: the built-in engines, then the others
    /// by name. The search path is searched only if all built-in engines were taken.
    pub fn candidates(&self) -> impl Iterator<Item = String> {
        let built_in = |name: &&str| self.engines.contains_key(*name);
        let others = || self.names().into_iter().filter(|name| !BUILT_IN_ENGINES.contains(&&**name));
        let built_in = BUILT_IN_ENGINES.iter().copied().filter(built_in).map(str::to_owned);
        built_in.chain(std::iter::once_with(others).flatten())
    }
}

#[cfg(test)]
mod tests;
