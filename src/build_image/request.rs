//! Creates the build request of a bundle.

use super::error::BuildError;
use super::{secrets, ssh};
use crate::bundle::{Bundle, SecretRequirement};
use crate::engine::BuildRequest;

/// Returns the request for a bundle with the secrets that exist on this machine, including the credentials of package
/// indexes, and with its ssh agents and keys.
///
/// # Errors
///
/// Returns an error if a secret, an agent or a key is missing.
pub fn machine_request(bundle: &Bundle) -> Result<BuildRequest, BuildError> {
    let mut request = BuildRequest::from_bundle(bundle);
    request.secrets = secrets::find(bundle)?;
    request.ssh = ssh::find(bundle, &request.ssh)?;
    Ok(request)
}

impl BuildRequest {
    /// Returns the request for a bundle's configuration.
    ///
    /// It contains the secrets and ssh keys that the user names, with their sources as written. [`machine_request`] replaces
    /// them with those that exist on this machine, including the credentials of package indexes.
    pub fn from_bundle(bundle: &Bundle) -> Self {
        let named = bundle.secrets().iter().filter(|needed| needed.need == SecretRequirement::Named);
        let mut request = Self::new(bundle.tags()[0].clone());
        request.secrets = named.map(|needed| needed.secret.clone()).collect();
        request.tags = bundle.tags().to_vec();
        request.build_args = bundle.build_args().iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        for platform in &bundle.config().platform {
            if !request.platforms.contains(platform) {
                request.platforms.push(platform.clone());
            }
        }
        request.builder.clone_from(&bundle.config().builder);
        request.network.clone_from(&bundle.config().network);
        request.add_host.clone_from(&bundle.config().add_host);
        request.build_contexts.clone_from(&bundle.config().build_context);
        request.cache_from.clone_from(&bundle.config().cache_from);
        request.cache_to.clone_from(&bundle.config().cache_to);
        request.ssh.clone_from(&bundle.config().ssh);
        request.sbom.clone_from(&bundle.config().sbom);
        request.provenance.clone_from(&bundle.config().provenance);
        request.source_date_epoch = bundle.timestamp();
        request.needs_docker_format = bundle.needs_docker_format();
        request
    }
}
