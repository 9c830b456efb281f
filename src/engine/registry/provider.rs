//! One provider of an engine: it creates the engine when the engine is needed first, and keeps the result.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::origin::Origin;
use crate::engine::Engine;
use crate::engine::error::EngineError;
use crate::value::Cancel;

/// An engine, and the version of its provider if the provider reports one.
#[derive(Debug, Clone)]
pub(super) struct Loaded {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) version: Option<String>,
}

type Factory = dyn Fn(&Cancel) -> Result<Loaded, EngineError> + Send + Sync;

/// A provider of an engine.
pub(super) struct Provider {
    origin: Origin,
    factory: Box<Factory>,
    loaded: OnceLock<Result<Loaded, Arc<EngineError>>>,
}

impl Provider {
    pub(super) fn new(
        origin: Origin,
        factory: impl Fn(&Cancel) -> Result<Loaded, EngineError> + Send + Sync + 'static,
    ) -> Self {
        Self { origin, factory: Box::new(factory), loaded: OnceLock::new() }
    }

    /// Returns the engine. The factory runs at the first call; its error is kept like its engine, except a
    /// cancellation.
    pub(super) fn load(&self, cancel: &Cancel) -> Result<Loaded, Arc<EngineError>> {
        if let Some(loaded) = self.loaded.get() {
            return loaded.clone();
        }
        let loaded = (self.factory)(cancel).map_err(Arc::new);
        if matches!(&loaded, Err(error) if matches!(**error, EngineError::Cancelled)) {
            return loaded;
        }
        self.loaded.get_or_init(|| loaded).clone()
    }

    /// Returns the origin, with the version of the provider if the engine is loaded.
    pub(super) fn origin(&self) -> Origin {
        let version = self.loaded.get().and_then(|loaded| loaded.as_ref().ok()?.version.as_deref());
        self.origin.clone().with_reported(version)
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("origin", &self.origin).field("loaded", &self.loaded).finish_non_exhaustive()
    }
}
