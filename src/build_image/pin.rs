//! The digests that an engine knows for the images of a bundle. `agentix-gen lock` writes them.

use std::fmt;

use super::error::BuildError;
use crate::bundle::{Bundle, Pins};
use crate::engine::{Engine, EngineError, pull_line};
use crate::value::{Cancel, ImageRef};

/// The images of a bundle with their digests.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pinned {
    /// The digests, for [`write_pins`](crate::load::write_pins).
    pub pins: Pins,
    /// The Python image that a runtime image of the project starts from, if the engine knows no digest of it. The
    /// bundle does not need this image.
    pub unpinned_python: Option<ImageRef>,
}

/// An error of [`pin`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PinError {
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Some images have no registry digest.
    #[error("some images in use have no registry digest")]
    Unpinnable(Vec<Unpinnable>),
}

/// An image without a registry digest. Its `Display` form states the reason and the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unpinnable {
    /// The engine.
    pub engine: String,
    /// The image.
    pub image: ImageRef,
    /// Whether the engine has the image.
    pub is_present: bool,
}

impl fmt::Display for Unpinnable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { engine, image, is_present } = self;
        if *is_present {
            write!(
                f,
                "{engine} has no registry digest for `{image}`, only an ID; push the image to a registry, pull it from \
                 there, and use its name in the registry"
            )
        } else {
            write!(f, "{engine} does not have the image `{image}`; pull it")?;
            pull_line(engine, image).map_or(Ok(()), |line| write!(f, ": {line}"))
        }
    }
}

/// Asks an engine for the digests of the images that a bundle uses. This function writes no files.
///
/// # Errors
///
/// See [`PinError`]. The error lists all images without a digest.
pub fn pin(bundle: &Bundle, engine: &dyn Engine, cancel: &Cancel) -> Result<Pinned, PinError> {
    let (mut pinned, mut unpinnable) = (Vec::new(), Vec::new());
    for image in bundle.base_images().filter(|image| image.digest().is_none()) {
        let digests = engine.digests(image, cancel)?;
        let first = digests.as_ref().and_then(|digests| digests.first());
        match first.and_then(|digest| image.with_digest(digest)) {
            Some(image) => pinned.push(image),
            None => unpinnable.push(Unpinnable {
                engine: engine.name().to_owned(),
                image: image.clone(),
                is_present: digests.is_some(),
            }),
        }
    }
    if !unpinnable.is_empty() {
        return Err(PinError::Unpinnable(unpinnable));
    }
    let mut unpinned_python = None;
    // A project whose Python has no image needs none: the bundle exists, so its images are named.
    if let Some(image) = bundle.project_python_image().ok().filter(|image| image.digest().is_none()) {
        let digests = engine.digests(&image, cancel)?.unwrap_or_default();
        match digests.first().and_then(|digest| image.with_digest(digest)) {
            Some(image) => pinned.push(image),
            None => unpinned_python = Some(image),
        }
    }
    Ok(Pinned { pins: Pins::new(pinned), unpinned_python })
}

/// Fails if the engine's digest of an image differs from `agentix.lock`.
pub(super) fn check(bundle: &Bundle, engine: &dyn Engine, cancel: &Cancel) -> Result<(), BuildError> {
    for image in bundle.base_images() {
        let name: ImageRef = image.without_digest();
        let Some(digest) = image.digest().filter(|_| name.tag().is_some()) else { continue };
        let found = engine.digests(&name, cancel)?.unwrap_or_default();
        if !found.is_empty() && !found.iter().any(|found| found == digest) {
            let (engine, found) = (engine.name().to_owned(), found[0].clone());
            return Err(BuildError::Moved { engine, image: name.to_string(), locked: digest.to_owned(), found });
        }
    }
    Ok(())
}
