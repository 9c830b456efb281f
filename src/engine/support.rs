//! What a request needs of a builder. What the builder does not have is refused before anything is built: builders either
//! ignore or reject such options, each differently.

use super::builder::Builder;
use super::cache::{self, CacheUse};
use super::capabilities::Capabilities;
use super::error::EngineError;
use super::features::Feature;
use super::platforms;
use super::request::BuildRequest;
use crate::value::{Attestation, Dialect};

/// Fails if the builder does not have something that the request needs. This is the default of
/// [`Engine::check`](super::Engine::check): an engine that has a `check` of its own calls it first.
///
/// # Errors
///
/// Returns an error that names the option, cache, secret or platforms, and the builder that does not have it.
pub fn check_request(engine: &str, capabilities: &Capabilities, request: &BuildRequest) -> Result<(), EngineError> {
    check_options(engine, capabilities, request)?;
    platforms::check(engine, capabilities, request)?;
    for (caches, usage) in [(&request.cache_from, CacheUse::Read), (&request.cache_to, CacheUse::Write)] {
        for cache in caches {
            cache::argument(engine, capabilities, cache, usage)?;
        }
    }
    Ok(())
}

/// Fails if the builder does not have an option that the request needs.
pub(super) fn check_options(
    engine: &str,
    capabilities: &Capabilities,
    request: &BuildRequest,
) -> Result<(), EngineError> {
    let (name, builder) = (|| engine.to_owned(), || capabilities.builder.clone());
    if let Some(secret) = request.secrets.first().filter(|_| capabilities.dialect() == Dialect::Classic) {
        return Err(EngineError::NoSecrets { engine: name(), builder: builder(), id: secret.id.clone() });
    }
    let options = [
        ("--ssh", request.ssh.is_empty() || capabilities.has(Feature::Ssh)),
        ("--sbom", !is_asked(request.sbom.as_ref()) || capabilities.has(Feature::Sbom)),
        ("--provenance", !is_asked(request.provenance.as_ref()) || capabilities.has(Feature::Provenance)),
        ("--build-context", request.build_contexts.is_empty() || capabilities.has_build_contexts()),
        ("--builder", request.builder.is_none() || capabilities.builder == Builder::Buildx),
        ("--output", request.output.is_none() || capabilities.exports_images()),
        ("--network", request.network.is_none() || capabilities.has_option("--network")),
        ("--add-host", request.add_host.is_empty() || capabilities.has_option("--add-host")),
    ];
    if let Some((option, _)) = options.into_iter().find(|(_, is_supported)| !is_supported) {
        return Err(EngineError::NoOption { engine: name(), builder: builder(), option });
    }
    if request.push && request.output.is_some() {
        let operation = "push an image that it writes to an output";
        return Err(EngineError::Unsupported { engine: name(), operation });
    }
    Ok(())
}

fn is_asked(attestation: Option<&Attestation>) -> bool {
    attestation.is_some_and(Attestation::is_asked)
}

#[cfg(test)]
mod tests {
    use super::{BuildRequest, Builder, Capabilities, Feature, check_request};

    /// An option of a request, and the feature without which it is refused.
    fn options() -> [(Option<Feature>, BuildRequest); 8] {
        let request = || BuildRequest::new("x:1".parse().unwrap());
        let platforms = ["linux/amd64", "linux/arm64"].map(|platform| platform.parse().unwrap()).into();
        let contexts = [("data".parse().unwrap(), "/data".parse().unwrap())].into();
        [
            (Some(Feature::Ssh), BuildRequest { ssh: vec!["default".parse().unwrap()], ..request() }),
            (Some(Feature::Sbom), BuildRequest { sbom: Some("true".parse().unwrap()), ..request() }),
            (Some(Feature::Provenance), BuildRequest { provenance: Some("mode=max".parse().unwrap()), ..request() }),
            (Some(Feature::BuildContext), BuildRequest { build_contexts: contexts, ..request() }),
            (Some(Feature::Output), BuildRequest { output: Some("type=oci,dest=x".parse().unwrap()), ..request() }),
            (Some(Feature::Platforms), BuildRequest { platforms, ..request() }),
            (
                Some(Feature::CacheExport),
                BuildRequest { cache_to: vec!["r.example.org/x".parse().unwrap()], ..request() },
            ),
            (None, BuildRequest { builder: Some("team".parse().unwrap()), ..request() }),
        ]
    }

    #[test]
    fn an_engine_of_another_crate_gets_only_the_options_of_its_features() {
        let named = |features: &[Feature]| Capabilities::new("1", Builder::named("own"), features.iter().copied());
        let plain = BuildRequest::new("x:1".parse().unwrap());
        assert!(check_request("own", &named(&[]), &plain).is_ok());
        for (feature, request) in options() {
            let refused = check_request("own", &named(&[]), &request).unwrap_err().to_string();
            assert!(refused.starts_with("own") || refused.starts_with("the own"), "{refused}");
            if let Some(feature) = feature {
                assert!(check_request("own", &named(&[feature]), &request).is_ok(), "{feature}");
            }
        }
    }
}
