use std::sync::Arc;

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
    registry.entries().map(|(name, origin)| format!("{name} {origin}")).collect()
}

#[test]
fn built_in_engines_are_included_without_their_programs() {
    let registry = Registry::discover("".as_ref());
    assert_eq!(origins(&registry), ["buildah (built-in)", "docker (built-in)", "podman (built-in)"]);
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
        ["buildah (built-in)", "docker (in-process)", "kaniko (in-process)", "podman (built-in)"]
    );
    assert_eq!(registry.get("kaniko").unwrap().name(), "kaniko");
}

#[test]
fn a_conflict_affects_one_name() {
    let mut registry = Registry::discover("".as_ref());
    let package = |name: &str| Origin::Package { name: name.to_owned(), version: "1.0".to_owned() };
    registry.add("kaniko", package("a"), Ok(Arc::new(Own("kaniko"))));
    registry.add("kaniko", package("b"), Ok(Arc::new(Own("kaniko"))));
    registry.add("broken", package("c"), Err(Arc::new(EngineError::Cancelled)));
    assert_eq!(
        registry.get("kaniko").unwrap_err().to_string(),
        "engine `kaniko` is provided by a@1.0 and b@1.0; remove all but one"
    );
    assert!(matches!(registry.get("broken"), Err(RegistryError::Broken { .. })));
    assert!(registry.get("podman").is_ok());
    // Registering an engine resolves the conflict.
    registry.register(Arc::new(Own("kaniko")));
    assert!(registry.get("kaniko").is_ok());
}
