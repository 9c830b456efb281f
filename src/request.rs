//! What an engine is asked to build.

use crate::bundle::{Bundle, Need};
use crate::image::ImageRef;
use crate::mark::Digest;
use crate::secret::BuildSecret;
use crate::value::{ArgName, Epoch, Network, PlainText, Platform};

/// What is to be built.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the engines")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildRequest {
    /// The references that the image gets, at least one.
    pub tags: Vec<ImageRef>,
    /// The build arguments.
    pub build_args: Vec<(ArgName, PlainText)>,
    /// The secrets that build steps can read. The engine reads them itself, so that no command and no log has them.
    pub secrets: Vec<BuildSecret>,
    /// The platform to build for; the engine's own where it is left out.
    pub platform: Option<Platform>,
    /// The network of the build steps.
    pub network: Option<Network>,
    /// The time that the image has, in seconds since 1970. The same bundle gives the same image, where the builder can.
    pub source_date_epoch: Option<Epoch>,
    /// Whether the image has something that only docker's format holds: a health check, a shell, triggers.
    pub needs_docker_format: bool,
    /// Look for newer base images in their registries.
    pub pull: bool,
    /// Build every step, whatever the cache holds.
    pub no_cache: bool,
    /// Send the image to its registries afterwards.
    pub push: bool,
    /// The digest that the image gets as a label. Of a context that changed since it was taken, no image is built.
    pub digest: Option<Digest>,
}

impl BuildRequest {
    /// The request that a bundle's configuration makes. Of the secrets it has those that the user names, as they are
    /// named; [`Bundle::given_secrets`] finds the others.
    pub fn of(bundle: &Bundle) -> Self {
        let named = bundle.secrets().iter().filter(|needed| needed.need == Need::Named);
        Self {
            secrets: named.map(|needed| needed.secret.clone()).collect(),
            tags: bundle.tags().to_vec(),
            build_args: bundle.build_args().iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            platform: bundle.config().platform.clone(),
            network: bundle.config().network.clone(),
            source_date_epoch: bundle.config().source_date_epoch,
            needs_docker_format: bundle.needs_docker_format(),
            pull: false,
            no_cache: false,
            push: false,
            digest: None,
        }
    }
}
