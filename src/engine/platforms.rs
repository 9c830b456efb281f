//! Several platforms in one build: which builders can do it, and the list of images that podman and buildah make.

use super::builder::Builder;
use super::capabilities::Capabilities;
use super::error::EngineError;
use super::features::Feature;
use super::request::BuildRequest;
use crate::value::ImageRef;

/// Fails if a builder cannot build for all platforms of a request at once.
pub(super) fn check(engine: &str, capabilities: &Capabilities, request: &BuildRequest) -> Result<(), EngineError> {
    if request.platforms.len() < 2 {
        return Ok(());
    }
    let refused = |reason: String, remedy| Err(EngineError::Platforms { engine: engine.to_owned(), reason, remedy });
    let builder = &capabilities.builder;
    match builder {
        Builder::Buildah | Builder::Nerdctl | Builder::AppleContainer => Ok(()),
        Builder::Named(_) if capabilities.has(Feature::Platforms) => Ok(()),
        Builder::Legacy | Builder::BuildKit | Builder::Named(_) => refused(
            format!("its {builder} builds for one at a time"),
            "build for one platform, or use docker's buildx plugin, podman or buildah",
        ),
        Builder::Buildx if request.output.is_some() => Ok(()),
        Builder::Buildx => match &capabilities.buildx {
            Some(elsewhere) if elsewhere.is_elsewhere() && !request.push => refused(
                format!("its builder `{}` ({}) cannot load them into docker's store", elsewhere.name, elsewhere.driver),
                "push the image (--push), or write it to a file (--output type=oci,dest=FILE)",
            ),
            Some(elsewhere) if elsewhere.is_elsewhere() => Ok(()),
            _ if capabilities.attests => Ok(()),
            _ => refused(
                "its image store keeps one platform of an image".to_owned(),
                "use the containerd image store of docker, or another builder (docker buildx create) with --builder NAME \
                 and --push",
            ),
        },
    }
}

/// A list of images for several platforms, in the store of podman or buildah.
///
/// These engines add the images of a build to a list that exists already. So a build makes a list with a name of its own,
/// which then gets the references of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImageList {
    name: String,
}

impl ImageList {
    /// Returns the list that a build makes, or `None` if it makes a single image. `unique` tells builds at the same time
    /// apart.
    pub(super) fn of(capabilities: &Capabilities, request: &BuildRequest, unique: &str) -> Option<Self> {
        let has_list = capabilities.builder == Builder::Buildah && request.platforms.len() > 1;
        has_list.then(|| Self { name: format!("localhost/agentix-gen/list:{unique}") })
    }

    /// Returns the name during the build.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the arguments that give the list another name.
    pub(super) fn tag(&self, reference: &ImageRef) -> Vec<String> {
        vec!["tag".to_owned(), self.name.clone(), reference.to_string()]
    }

    /// Returns the arguments that remove the list, or only its name during the build if it has others.
    pub(super) fn remove(&self) -> Vec<String> {
        ["manifest", "rm", &self.name].map(str::to_owned).to_vec()
    }

    /// Returns the arguments that push a list with its images.
    pub(super) fn push(reference: &ImageRef) -> Vec<String> {
        let destination = format!("docker://{reference}");
        ["manifest", "push", "--all", &reference.to_string(), &destination].map(str::to_owned).to_vec()
    }
}
