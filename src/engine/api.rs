//! The trait [`Engine`]. The built-in engines and the engines of other crates implement it.

use std::fmt;

use super::capabilities::Capabilities;
use super::command::Command;
use super::control::Control;
use super::error::{EngineError, RUN_CONTAINERS};
use super::outcome::Outcome;
use super::request::BuildRequest;
use super::support;
use crate::context::{Context, ImageInfo};
use crate::value::{Cancel, Dialect, ImageRef, Platform};

/// A tool that builds images.
///
/// Three methods are required. The others have default implementations. Most of these return
/// [`EngineError::Unsupported`], and callers continue without the operation if they can.
///
/// Your own crate can implement this trait and [register](crate::Registry::register) its engine.
/// `examples/engine-crate` is such a crate.
pub trait Engine: fmt::Debug + Send + Sync {
    /// Returns the name that selects this engine.
    fn name(&self) -> &str;

    /// Returns whether tests run the engine itself. `false`: its commands only follow its reference. `None`: that is not
    /// known, as for engines of other crates and plugins.
    fn is_tested(&self) -> Option<bool> {
        None
    }

    /// Asks the engine for its version and its features.
    ///
    /// # Errors
    ///
    /// Returns an error if the program is missing, the daemon does not answer, or the user has no permission.
    fn probe(&self, cancel: &Cancel) -> Result<Capabilities, EngineError>;

    /// Fails if the engine cannot do what a request asks for. [`build`](Engine::build) fails in the same way; callers ask
    /// before they stage or report anything.
    ///
    /// # Errors
    ///
    /// See [`EngineError`]. The default implementation refuses what the capabilities lack: secrets without
    /// [`Feature::SecretMount`], `ssh` without [`Feature::Ssh`], attestations without [`Feature::Sbom`] or
    /// [`Feature::Provenance`], named contexts without [`Feature::BuildContext`], written caches without
    /// [`Feature::CacheExport`], several platforms without [`Feature::Platforms`], an output without [`Feature::Output`], and
    /// a builder of buildx. [`build`](Engine::build) must use everything else, or this method refuses it.
    /// An implementation of your own replaces the default: call [`check_request`](super::check_request) in it.
    ///
    /// [`Feature::SecretMount`]: super::Feature::SecretMount
    /// [`Feature::Ssh`]: super::Feature::Ssh
    /// [`Feature::Sbom`]: super::Feature::Sbom
    /// [`Feature::Provenance`]: super::Feature::Provenance
    /// [`Feature::BuildContext`]: super::Feature::BuildContext
    /// [`Feature::CacheExport`]: super::Feature::CacheExport
    /// [`Feature::Platforms`]: super::Feature::Platforms
    /// [`Feature::Output`]: super::Feature::Output
    fn check(&self, capabilities: &Capabilities, request: &BuildRequest, cancel: &Cancel) -> Result<(), EngineError> {
        let _ = cancel;
        support::check_request(self.name(), capabilities, request)
    }

    /// Builds an image.
    ///
    /// The context's Dockerfile must be in the dialect of [`Capabilities::dialect`], or in the classic dialect.
    ///
    /// # Errors
    ///
    /// See [`EngineError`]. When this method returns, no process of the engine is left. If it returns an error, no
    /// image was tagged.
    fn build(
        &self,
        capabilities: &Capabilities,
        request: &BuildRequest,
        context: &Context<'_>,
        control: &mut Control<'_>,
    ) -> Result<Outcome, EngineError>;

    /// Returns the dialects that the engine may understand, the most likely one first. Does not run anything.
    ///
    /// The default implementation returns both dialects.
    fn dialects(&self) -> Vec<Dialect> {
        vec![Dialect::BuildKit, Dialect::Classic]
    }

    /// Returns the platform for which the engine builds if a request names none, if the user's settings decide it. It is
    /// then an input of the image. Does not run anything.
    ///
    /// # Errors
    ///
    /// Returns an error if the settings cannot be read. The default implementation returns `None`.
    fn default_platform(&self) -> Result<Option<Platform>, EngineError> {
        Ok(None)
    }

    /// Inspects images. The result is in the order of the references, with `None` for an image that the engine does not
    /// have.
    ///
    /// # Errors
    ///
    /// The default implementation returns [`EngineError::Unsupported`]. With it, no image is ever up to date.
    fn inspect(&self, images: &[ImageRef], cancel: &Cancel) -> Result<Vec<Option<ImageInfo>>, EngineError> {
        let _ = (images, cancel);
        Err(self.unsupported("inspect images"))
    }

    /// Returns whether the store has an image for a platform, if the store keeps an image for several platforms. `None`: that
    /// is not known.
    ///
    /// # Errors
    ///
    /// Returns an error if the engine does not answer. The default implementation returns `None`.
    fn has_platform(
        &self,
        image: &ImageRef,
        platform: &Platform,
        cancel: &Cancel,
    ) -> Result<Option<bool>, EngineError> {
        let _ = (image, platform, cancel);
        Ok(None)
    }

    /// Returns the digests of an image in registries, the preferred one first.
    ///
    /// The list is empty if the engine knows no registry that has the image. The result is `None` if the engine does
    /// not have the image.
    ///
    /// Podman and buildah know a digest of every image with a registry in its name. It is the registry's own digest
    /// only if the image was pulled.
    ///
    /// # Errors
    ///
    /// The default implementation returns [`EngineError::Unsupported`].
    fn digests(&self, image: &ImageRef, cancel: &Cancel) -> Result<Option<Vec<String>>, EngineError> {
        let _ = (image, cancel);
        Err(self.unsupported("report the digests of images"))
    }

    /// Returns the commands of [`build`](Engine::build), in order, for a context that is sent as a stream.
    ///
    /// For a context that is staged in a folder, the build command has the folder's path instead. If the builder reads only
    /// folders, the word `CONTEXT` stands for that path.
    ///
    /// # Errors
    ///
    /// The default implementation returns [`EngineError::Unsupported`].
    fn commands(&self, capabilities: &Capabilities, request: &BuildRequest) -> Result<Vec<Command>, EngineError> {
        let _ = (capabilities, request);
        Err(self.unsupported("print its commands"))
    }

    /// Pushes the image of a request to the registries of its tags. Returns the digest of its manifest in the registry of the
    /// first tag, if the engine reports it.
    ///
    /// # Errors
    ///
    /// The default implementation returns [`EngineError::Unsupported`].
    fn push(&self, request: &BuildRequest, control: &mut Control<'_>) -> Result<Option<String>, EngineError> {
        let _ = (request, control);
        Err(self.unsupported("push images"))
    }

    /// Returns a command that works with containers. The arguments are those of docker's command line: `run`,
    /// `container inspect`, `logs`, `ps` or `rm`, with their options.
    ///
    /// # Errors
    ///
    /// The default implementation returns [`EngineError::Unsupported`].
    fn container_command(&self, arguments: Vec<String>) -> Result<Command, EngineError> {
        let _ = arguments;
        Err(self.unsupported(RUN_CONTAINERS))
    }

    /// Returns the error for an operation that the engine does not support.
    fn unsupported(&self, operation: &'static str) -> EngineError {
        EngineError::Unsupported { engine: self.name().to_owned(), operation }
    }
}
