//! What an engine is: the trait that built-in engines, and those of other crates, implement.

use std::fmt;

use super::capabilities::Capabilities;
use super::command::Command;
use super::control::Control;
use super::error::EngineError;
use super::outcome::Outcome;
use super::request::BuildRequest;
use crate::context::{Context, ImageInfo};
use crate::value::{Cancel, Dialect, ImageRef};

/// What a tool that builds images can do. A caller may bring its own and [register](crate::engine::registry::Registry::register) it.
pub trait Engine: fmt::Debug + Send + Sync {
    /// The name it is chosen by.
    fn name(&self) -> &str;

    /// Asks the engine which version it is and what it can do.
    ///
    /// # Errors
    ///
    /// A program that is missing, a daemon that does not answer, a permission that is lacking.
    fn probe(&self, cancel: &Cancel) -> Result<Capabilities, EngineError>;

    /// The dialects that it may turn out to understand once it is [probed](Engine::probe), the likeliest first. Nothing is
    /// run for it.
    fn dialects(&self) -> Vec<Dialect> {
        vec![Dialect::BuildKit, Dialect::Classic]
    }

    /// What the engine knows of images, in the order in which they are asked for; nothing of one that it does not have.
    fn inspect(&self, images: &[ImageRef], cancel: &Cancel) -> Result<Vec<Option<ImageInfo>>, EngineError>;

    /// The digests by which registries have an image that the engine has, the best known first: none where no registry
    /// has it as far as the engine knows, nothing where the engine does not have it.
    ///
    /// Podman and buildah know a digest of every image that has a registry in its name; of one that was built here it is
    /// not the registry's before it was pulled from there.
    ///
    /// # Errors
    ///
    /// An engine that cannot tell, which is what one does that does not say otherwise.
    fn digests(&self, image: &ImageRef, cancel: &Cancel) -> Result<Option<Vec<String>>, EngineError> {
        let _ = cancel;
        Err(EngineError::NoAnswer {
            engine: self.name().to_owned(),
            question: "by which digest a registry has an image",
            detail: format!("it has no way to tell of {image}"),
        })
    }

    /// The commands that [`build`](Engine::build) runs, in order.
    fn commands(&self, capabilities: &Capabilities, request: &BuildRequest) -> Vec<Command>;

    /// Builds an image.
    ///
    /// The context's Dockerfile has to be in the dialect of [`Capabilities::dialect`], or a plainer one.
    ///
    /// # Errors
    ///
    /// See [`EngineError`]. Once this returns, no process of the engine is left, and after an error no image was tagged.
    fn build(
        &self,
        capabilities: &Capabilities,
        request: &BuildRequest,
        context: &Context<'_>,
        control: &mut Control<'_>,
    ) -> Result<Outcome, EngineError>;

    /// Sends the image of a request to the registries of its tags.
    fn push(&self, request: &BuildRequest, control: &mut Control<'_>) -> Result<(), EngineError>;
}
