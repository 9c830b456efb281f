//! What an engine has of the images that matter to a bundle.

use crate::bundle::Bundle;
use crate::engine::{Engine, EngineError, ImageInfo};
use crate::value::{Cancel, ImageRef};

/// The images that an engine has: those that a bundle starts from, and those with its tags. Of an engine that cannot
/// inspect images, nothing is known.
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
    /// Asks the engine, once for all images.
    ///
    /// # Errors
    ///
    /// An engine that does not answer. If it cannot be probed either, that error is returned: it says more.
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

    /// Whether the engine is known not to have the image that the bundle starts from.
    pub fn lacks_base(&self) -> bool {
        self.is_known && !self.bases.first().is_some_and(Option::is_some)
    }

    /// The image with the first tag, if a digest of this tool labels it.
    pub(super) fn labelled(&self) -> Option<&ImageInfo> {
        self.tagged.first()?.as_ref().filter(|image| image.digest.is_some())
    }
}
