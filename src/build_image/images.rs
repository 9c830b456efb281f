//! What an engine has of the images that matter to a bundle.

use crate::bundle::Bundle;
use crate::engine::{Engine, EngineError, ImageInfo};
use crate::value::{Cancel, ImageRef};

/// The images that an engine has: those that a bundle starts from, and those with its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownImages {
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
        let found = engine.inspect(&images, cancel);
        let mut bases_and_tagged = found.map_err(|error| engine.probe(cancel).err().unwrap_or(error))?;
        let tagged = bases_and_tagged.split_off(bases.min(bases_and_tagged.len()));
        Ok(Self { bases: bases_and_tagged, tagged })
    }

    /// Whether the engine has the image that the bundle starts from.
    pub fn has_base(&self) -> bool {
        self.bases.first().is_some_and(Option::is_some)
    }

    /// The image with the first tag, if a digest of this tool labels it.
    pub(super) fn labelled(&self) -> Option<&ImageInfo> {
        self.tagged.first()?.as_ref().filter(|image| image.digest.is_some())
    }
}
