//! The images of a bundle that an engine has.

use super::error::{BuildError, OtherPlatform};
use crate::bundle::{Bundle, Warning};
use crate::engine::{Engine, EngineError, ImageInfo};
use crate::value::{Cancel, ImageRef, Platform};

/// The images of a bundle that an engine has: the base images, and the images with the bundle's tags. If the engine
/// cannot inspect images, this contains no images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownImages {
    /// Whether the engine can inspect images.
    is_known: bool,
    /// In the order of [`Bundle::base_images`].
    pub(super) bases: Vec<Option<ImageInfo>>,
    /// In the order of [`Bundle::tags`].
    pub(super) tagged: Vec<Option<ImageInfo>>,
}

impl KnownImages {
    /// Asks the engine for all images at once.
    ///
    /// # Errors
    ///
    /// Returns an error if the engine does not answer. If probing the engine fails as well, returns the error of the
    /// probe, which says more.
    pub fn inspect(bundle: &Bundle, engine: &dyn Engine, cancel: &Cancel) -> Result<Self, EngineError> {
        let mut images: Vec<ImageRef> = bundle.base_images().cloned().collect();
        let bases = images.len();
        images.extend_from_slice(bundle.tags());
        let (mut found, is_known) = match engine.inspect(&images, cancel) {
            Ok(found) => (found, true),
            Err(EngineError::Unsupported { .. }) => (vec![None; images.len()], false),
            Err(error) => return Err(engine.probe(cancel).err().unwrap_or(error)),
        };
        let tagged = found.split_off(bases.min(found.len()));
        Ok(Self { is_known, bases: found, tagged })
    }

    /// Returns whether the engine can inspect images, and does not have the image that the bundle starts from.
    pub fn lacks_base(&self) -> bool {
        self.is_known && !self.bases.first().is_some_and(Option::is_some)
    }

    /// Returns the warnings of the bundle, with what the engine knows of the base image. A Python that the project excludes
    /// is not among them: it is the error of [`Build::new`](super::Build::new).
    pub fn warnings(&self, bundle: &Bundle) -> Vec<Warning> {
        let base = self.base();
        let mut warnings =
            bundle.warnings_on(base.and_then(|base| base.python), base.and_then(|base| base.agentix.as_ref()));
        if self.check_python(bundle).is_err() {
            warnings.retain(|warning| !matches!(warning, Warning::Python { .. }));
        }
        warnings
    }

    /// Returns an error if the base image is known to have a Python that the project excludes.
    pub(super) fn check_python(&self, bundle: &Bundle) -> Result<(), BuildError> {
        let Some(python) = self.base().and_then(|base| base.python) else { return Ok(()) };
        match bundle.excludes_python(python) {
            Some(constraint) => {
                Err(BuildError::Python { image: bundle.runtime_image().clone(), python, constraint: constraint.into() })
            }
            None => Ok(()),
        }
    }

    /// Returns an error if the base image is known to have a user that the Dockerfile cannot keep: its steps run as root.
    pub(super) fn check_user(&self, bundle: &Bundle) -> Result<(), BuildError> {
        let user = self.base().filter(|_| bundle.user().is_none()).and_then(|base| base.user.clone());
        match user {
            Some(user) => Err(BuildError::User { image: bundle.runtime_image().clone(), user: user.into() }),
            None => Ok(()),
        }
    }

    /// Returns an error if the runtime image is known to be for another platform than one of these. The builder would take
    /// it nevertheless. `keeps_one`: the store has one image with one platform for a name.
    pub(super) fn check_platform(
        &self,
        bundle: &Bundle,
        engine: &dyn Engine,
        platforms: &[Platform],
        keeps_one: bool,
        cancel: &Cancel,
    ) -> Result<(), BuildError> {
        let Some(found) = self.base().and_then(|base| base.platform.as_ref()) else { return Ok(()) };
        for wanted in platforms.iter().filter(|platform| !platform.is_compatible_with(found)) {
            let image = bundle.runtime_image();
            if keeps_one || engine.has_platform(image, wanted, cancel)? == Some(false) {
                return Err(BuildError::Platform(Box::new(OtherPlatform {
                    engine: engine.name().to_owned(),
                    image: image.clone(),
                    found: found.clone(),
                    wanted: wanted.clone(),
                })));
            }
        }
        Ok(())
    }

    /// Returns the first base image that the engine has, and that no registry is known to have.
    pub(super) fn local_base(
        &self,
        bundle: &Bundle,
        engine: &dyn Engine,
        cancel: &Cancel,
    ) -> Result<Option<ImageRef>, EngineError> {
        for (image, known) in bundle.base_images().zip(&self.bases) {
            if known.is_none() || image.digest().is_some() {
                continue;
            }
            match engine.digests(image, cancel) {
                Ok(Some(digests)) if digests.is_empty() => return Ok(Some(image.clone())),
                Ok(_) | Err(EngineError::Unsupported { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    fn base(&self) -> Option<&ImageInfo> {
        self.bases.first()?.as_ref()
    }

    /// Returns the image with the first tag, if it has this tool's digest label.
    pub(super) fn labelled(&self) -> Option<&ImageInfo> {
        self.tagged.first()?.as_ref().filter(|image| image.digest.is_some())
    }
}
