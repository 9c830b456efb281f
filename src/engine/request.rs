//! What an engine is asked to build.

use crate::context::{self, Context, Digest, DigestError, ImageInfo, Setting};
use crate::value::{ArgName, BuildSecret, Cancel, Epoch, ImageRef, Network, Platform, SingleLine};

/// What is to be built.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the engines")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildRequest {
    /// The references that the image gets, at least one.
    pub tags: Vec<ImageRef>,
    /// The build arguments.
    pub build_args: Vec<(ArgName, SingleLine)>,
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
    /// A request for an image of this name, with nothing but a name decided.
    pub fn new(name: ImageRef) -> Self {
        Self {
            tags: vec![name],
            build_args: Vec::new(),
            secrets: Vec::new(),
            platform: None,
            network: None,
            source_date_epoch: None,
            needs_docker_format: false,
            pull: false,
            no_cache: false,
            push: false,
            digest: None,
        }
    }

    /// The digest of all that decides the image: each entry of the context with its path, kind, mode and bytes (the
    /// Dockerfile is one of them), the build arguments, the platform, the network, and the IDs of the base images.
    ///
    /// File times, tags and the project's folder are not part of it. A base image that the engine does not have yet counts
    /// as one: when it is there, the digest is another.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or that changes meanwhile.
    pub fn digest(
        &self,
        context: &Context<'_>,
        base_images: &[Option<ImageInfo>],
        cancel: &Cancel,
    ) -> Result<Digest, DigestError> {
        let base = |image: &Option<ImageInfo>| image.iter().map(|image| image.id.as_bytes().to_vec()).collect();
        let bases = base_images.iter().map(|image| ("base", base(image)));
        context::digest(context, self.settings().into_iter().chain(bases), cancel)
    }

    /// The settings that decide the image. Each field is named here, so that a new one is not forgotten.
    pub(crate) fn settings(&self) -> Vec<Setting> {
        let Self {
            build_args,
            platform,
            network,
            source_date_epoch,
            needs_docker_format,
            tags: _,
            pull: _,
            no_cache: _,
            push: _,
            digest: _,
            secrets: _,
        } = self;
        let bytes = |text: &str| text.as_bytes().to_vec();
        let arguments =
            build_args.iter().map(|(name, value)| ("argument", vec![bytes(name.as_str()), bytes(value.as_str())]));
        let platform = platform.iter().map(|platform| ("platform", vec![bytes(platform.as_str())]));
        let network = network.iter().map(|network| ("network", vec![bytes(network.as_str())]));
        let time = source_date_epoch.iter().map(|epoch| ("time", vec![epoch.seconds().to_be_bytes().to_vec()]));
        let format = needs_docker_format.then(|| ("docker format", Vec::new()));
        arguments.chain(platform).chain(network).chain(time).chain(format).collect()
    }
}
