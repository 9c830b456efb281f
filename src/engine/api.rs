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

/// A tool that builds images.
///
/// Three methods are required. The others have defaults: an engine that does not implement one says so with
/// [`EngineError::Unsupported`], and callers do without where they can.
///
/// A crate of yours may implement it, and [register](crate::Registry::register) the engine; `examples/engine-crate` is one.
pub trait Engine: fmt::Debug + Send + Sync {
    /// The name by which it is chosen.
    fn name(&self) -> &str;

    /// Asks the engine for its version and what it can do.
    ///
    /// # Errors
    ///
    /// A missing program, a daemon that does not answer, a missing permission.
    fn probe(&self, cancel: &Cancel) -> Result<Capabilities, EngineError>;

    /// Builds an image.
    ///
    /// The context's Dockerfile must be in the dialect of [`Capabilities::dialect`], or in a plainer one.
    ///
    /// # Errors
    ///
    /// See [`EngineError`]. When this returns, no process of the engine is left; after an error no image was tagged.
    fn build(
        &self,
        capabilities: &Capabilities,
        request: &BuildRequest,
        context: &Context<'_>,
        control: &mut Control<'_>,
    ) -> Result<Outcome, EngineError>;

    /// The dialects that the engine may understand, the likeliest first. Nothing is run.
    ///
    /// The default is both.
    fn dialects(&self) -> Vec<Dialect> {
        vec![Dialect::BuildKit, Dialect::Classic]
    }

    /// What the engine knows of images, in the order of the references; `None` for an image that it does not have.
    ///
    /// # Errors
    ///
    /// The default is [`EngineError::Unsupported`]: no image is ever up to date then.
    fn inspect(&self, images: &[ImageRef], cancel: &Cancel) -> Result<Vec<Option<ImageInfo>>, EngineError> {
        let _ = (images, cancel);
        Err(self.unsupported("inspect images"))
    }

    /// The digests of an image in registries, the best known first. Empty if no registry has it as far as the engine
    /// knows; `None` if the engine does not have the image.
    ///
    /// Podman and buildah know a digest of every image with a registry in its name. It is the registry's own only if the
    /// image was pulled.
    ///
    /// # Errors
    ///
    /// The default is [`EngineError::Unsupported`].
    fn digests(&self, image: &ImageRef, cancel: &Cancel) -> Result<Option<Vec<String>>, EngineError> {
        let _ = (image, cancel);
        Err(self.unsupported("report the digests of images"))
    }

    /// The commands of [`build`](Engine::build), in order, for a context that is sent as a stream. A context that is
    /// staged in a folder adds the folder's path in its place.
    ///
    /// # Errors
    ///
    /// The default is [`EngineError::Unsupported`].
    fn commands(&self, capabilities: &Capabilities, request: &BuildRequest) -> Result<Vec<Command>, EngineError> {
        let _ = (capabilities, request);
        Err(self.unsupported("print its commands"))
    }

    /// Pushes the image of a request to the registries of its tags.
    ///
    /// # Errors
    ///
    /// The default is [`EngineError::Unsupported`].
    fn push(&self, request: &BuildRequest, control: &mut Control<'_>) -> Result<(), EngineError> {
        let _ = (request, control);
        Err(self.unsupported("push images"))
    }

    /// The error of an operation that the engine does not have.
    fn unsupported(&self, operation: &'static str) -> EngineError {
        EngineError::Unsupported { engine: self.name().to_owned(), operation }
    }
}
