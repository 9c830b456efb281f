use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Origin, Registry, RegistryError};
use crate::context::Context;
use crate::engine::capabilities::Capabilities;
use crate::engine::error::EngineError;
use crate::engine::request::BuildRequest;
use crate::engine::{Control, Engine, Outcome};
use crate::value::Cancel;

/// An engine that the caller registers.
#[derive(Debug)]
struct Own(&'static str);

impl Engine for Own {
    fn name(&self) -> &str {
        self.0
    }

    fn probe(&self, _: &Cancel) -> Result<Capabilities, EngineError> {
        Err(EngineError::Missing { program: self.0.to_owned() })
    }

    fn build(
        &self,
        _: &Capabilities,
        _: &BuildRequest,
        _: &Context<'_>,
        _: &mut Control<'_>,
    ) -> Result<Outcome, EngineError> {
        Err(EngineError::Cancelled)
    }
}

fn origins(registry: &Registry) -> Vec<String> {
    registry.entries().into_iter().map(|entry| format!("{} {}", entry.name, entry.origin)).collect()
}

#[test]
fn built_in_engines_are_included_without_their_programs() {
    let registry = Registry::discover("".as_ref());
    assert_eq!(
        origins(&registry),
        ["buildah (built-in)", "container (built-in)", "docker (built-in)", "nerdctl (built-in)", "podman (built-in)"]
    );
    let error = registry.get("docker").unwrap().probe(&Cancel::default()).unwrap_err();
    assert_eq!(error.to_string(), "`docker` is not installed: no absolute entry of PATH contains it");
}

#[test]
fn a_registered_engine_replaces_others_with_its_name() {
    let mut registry = Registry::discover("".as_ref());
    registry.register(Arc::new(Own("docker")));
    registry.register(Arc::new(Own("kaniko")));
    assert_eq!(
        origins(&registry),
        [
            "buildah (built-in)",
            "container (built-in)",
            "docker (in-process)",
            "kaniko (in-process)",
            "nerdctl (built-in)",
            "podman (built-in)"
        ]
    );
    assert_eq!(registry.get("kaniko").unwrap().name(), "kaniko");
}

#[test]
fn a_broken_engine_affects_one_name() {
    let mut registry = Registry::discover("".as_ref());
    let package = |version: Option<&str>| Origin::Package { name: "a".to_owned(), version: version.map(str::to_owned) };
    registry.register_with("broken", package(None), || Err(EngineError::Missing { program: "x".to_owned() }));
    registry.register_with("kaniko", package(Some("1.0")), || Ok(Arc::new(Own("kaniko"))));
    assert_eq!(registry.get("broken").unwrap_err().to_string(), "engine `broken` from a@? cannot be used");
    assert!(registry.get("kaniko").is_ok() && registry.get("podman").is_ok());
    assert_eq!(registry.errors().into_keys().collect::<Vec<_>>(), ["broken"]);
    assert_eq!(
        registry.all().into_keys().collect::<Vec<_>>(),
        ["buildah", "container", "docker", "kaniko", "nerdctl", "podman"]
    );
    assert_eq!(registry.sources()["kaniko"].to_string(), "a@1.0");
    // Registering an engine again replaces the broken one.
    registry.register(Arc::new(Own("broken")));
    assert!(registry.get("broken").is_ok() && registry.errors().is_empty());
}

/// The factory is called when the engine is needed first, and once. A cancellation is no result.
#[test]
fn an_engine_is_created_when_it_is_needed() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let mut registry = Registry::default();
    registry.register_with("own", Origin::InProcess, move || match counted.fetch_add(1, Ordering::Relaxed) {
        0 => Err(EngineError::Cancelled),
        _ => Ok(Arc::new(Own("own"))),
    });
    let called = || calls.load(Ordering::Relaxed);
    assert_eq!((registry.names(), called()), (vec!["own".to_owned()], 0));
    assert!(matches!(registry.get("own"), Err(RegistryError::Broken { .. })));
    assert!(registry.get("own").is_ok() && registry.clone().get("own").is_ok());
    assert_eq!(called(), 2);
}

#[test]
fn engines_are_tried_built_in_first_and_then_by_name() {
    let mut registry = Registry::discover("".as_ref());
    registry.register(Arc::new(Own("a")));
    registry.register(Arc::new(Own("z")));
    assert_eq!(
        registry.candidates().collect::<Vec<_>>(),
        ["docker", "podman", "buildah", "nerdctl", "container", "a", "z"]
    );
}
