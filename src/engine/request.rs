//! The request to build an image.

use std::collections::BTreeMap;

use crate::context::{self, Context, Digest, DigestError, ImageInfo, Setting};
use crate::value::{
    ArgName, Attestation, BuildOutput, BuildSecret, BuilderName, CacheLocation, Cancel, ContextName, ContextSource,
    Epoch, HostAddress, ImageRef, Network, Platform, SingleLine, SshAccess,
};

/// A request to build an image.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the engines")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildRequest {
    /// The references of the image, at least one.
    pub tags: Vec<ImageRef>,
    /// The build arguments.
    pub build_args: Vec<(ArgName, SingleLine)>,
    /// The secrets that build steps can read. The engine reads their values itself, so no command and no log contains
    /// them.
    pub secrets: Vec<BuildSecret>,
    /// The platforms to build for, each once. Empty: the engine's own platform. With several, the image is a list of images.
    pub platforms: Vec<Platform>,
    /// The network of the build steps.
    pub network: Option<Network>,
    /// The additional names of hosts for the build steps.
    pub add_host: Vec<HostAddress>,
    /// The named build contexts, besides the context itself.
    pub build_contexts: BTreeMap<ContextName, ContextSource>,
    /// The build caches to read.
    pub cache_from: Vec<CacheLocation>,
    /// The build caches to write.
    pub cache_to: Vec<CacheLocation>,
    /// The ssh agents or keys that build steps may use.
    pub ssh: Vec<SshAccess>,
    /// The builder of docker's buildx plugin. `None`: the selected one.
    pub builder: Option<BuilderName>,
    /// A base image that only the engine's own store has, so that a builder elsewhere cannot get it.
    pub local_base: Option<ImageRef>,
    /// The bill of materials that the builder attaches to the image.
    pub sbom: Option<Attestation>,
    /// The statement on how the image was built that the builder attaches to it.
    pub provenance: Option<Attestation>,
    /// Where the image is written instead of the engine's store.
    pub output: Option<BuildOutput>,
    /// Further options of the engine's build command, passed on unchanged.
    pub engine_options: Vec<SingleLine>,
    /// The timestamp of the image, in seconds since 1970. With it, the same bundle gives the same image, if the builder
    /// supports this.
    pub source_date_epoch: Option<Epoch>,
    /// Whether the image has settings that only the docker format can store: a health check, a shell, triggers.
    pub needs_docker_format: bool,
    /// Whether to look for newer base images in their registries.
    pub pull: bool,
    /// Whether to build every step, even if it is cached.
    pub no_cache: bool,
    /// Whether to push the image to its registries after the build.
    pub push: bool,
    /// The digest that the image gets as a label. If the context changed after the digest was computed, no image is
    /// built.
    pub digest: Option<Digest>,
}

impl BuildRequest {
    /// Returns a request for an image with this name. All other fields are unset.
    pub fn new(name: ImageRef) -> Self {
        Self {
            tags: vec![name],
            build_args: Vec::new(),
            secrets: Vec::new(),
            platforms: Vec::new(),
            network: None,
            add_host: Vec::new(),
            build_contexts: BTreeMap::new(),
            cache_from: Vec::new(),
            cache_to: Vec::new(),
            ssh: Vec::new(),
            builder: None,
            local_base: None,
            sbom: None,
            provenance: None,
            output: None,
            engine_options: Vec::new(),
            source_date_epoch: None,
            needs_docker_format: false,
            pull: false,
            no_cache: false,
            push: false,
            digest: None,
        }
    }

    /// Computes the digest of all inputs of the image: each entry of the context with its path, kind, mode and bytes
    /// (the Dockerfile is one of the entries), the build arguments, the platforms, the network, the names of hosts, the
    /// named contexts, the attestations, the further options of the engine, and the IDs of the base images.
    ///
    /// File timestamps, tags and the project's folder are not part of it. A base image that the engine does not have
    /// yet is part of it as a missing image: the digest changes when the engine gets the image.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read, or if it changes meanwhile.
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

    /// Returns whether the digest depends on all inputs. What a folder or a URL of a named build context holds is not known.
    pub fn has_known_inputs(&self) -> bool {
        self.build_contexts.values().all(ContextSource::is_pinned)
    }

    /// Returns the settings that are inputs of the image. The code names every field, so that a new one cannot be
    /// forgotten.
    pub(crate) fn settings(&self) -> Vec<Setting> {
        let Self {
            build_args,
            platforms,
            network,
            add_host,
            build_contexts,
            sbom,
            provenance,
            engine_options,
            source_date_epoch,
            needs_docker_format,
            cache_from: _,
            cache_to: _,
            ssh: _,
            builder: _,
            local_base: _,
            output: _,
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
        let platforms = platforms.iter().map(|platform| ("platform", vec![bytes(platform.as_str())]));
        let network = network.iter().map(|network| ("network", vec![bytes(network.as_str())]));
        let hosts = add_host.iter().map(|host| ("host", vec![bytes(host.as_str())]));
        // The path of a folder differs between machines.
        let source = |source: &ContextSource| if source.is_folder() { Vec::new() } else { bytes(source.as_str()) };
        let contexts = build_contexts.iter();
        let contexts = contexts.map(|(name, from)| ("build context", vec![bytes(name.as_str()), source(from)]));
        let options = engine_options.iter().map(|option| ("engine option", vec![bytes(option.as_str())]));
        let attestation = |name, settings: &Option<Attestation>| {
            let settings = settings.iter().filter(|settings| settings.is_asked());
            settings.map(|settings| (name, vec![bytes(settings.as_str())])).collect::<Vec<_>>()
        };
        let attestations = [attestation("sbom", sbom), attestation("provenance", provenance)].concat();
        let time = source_date_epoch.iter().map(|epoch| ("time", vec![epoch.seconds().to_be_bytes().to_vec()]));
        let format = needs_docker_format.then(|| ("docker format", Vec::new()));
        arguments
            .chain(platforms)
            .chain(network)
            .chain(hosts)
            .chain(contexts)
            .chain(options)
            .chain(attestations)
            .chain(time)
            .chain(format)
            .collect()
    }
}
