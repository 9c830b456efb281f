//! The digests of the images that a Dockerfile names, kept in a file beside the project.

mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::value::{Escaped, ImageRef, OneLine};

pub use file::{LockFileError, read_pins, write_pins};

/// The file that holds the digests, beside `pyproject.toml`.
pub const LOCK_FILE: &str = "agentix.lock";

/// The version of the file's form.
const VERSION: u32 = 1;

/// Images by the digests that they had when somebody looked: the content of `agentix.lock`.
///
/// ```toml
/// version = 1
///
/// [images]
/// "python:3.13-slim" = "sha256:0123…"
/// ```
///
/// Displaying gives the file's text; the same pins give the same text, sorted by name.
///
/// ```
/// use agentix_gen::ImageRef;
/// use agentix_gen::bundle::Pins;
/// let name: ImageRef = "localhost:5000/base:1".parse().unwrap();
/// let image: ImageRef = format!("{name}@sha256:{}", "0".repeat(64)).parse().unwrap();
/// let pins = Pins::new([image.clone()]);
/// assert_eq!(pins.pinned(&name), Some(image));
/// assert_eq!(pins.to_string().parse::<Pins>()?, pins);
/// # Ok::<(), agentix_gen::bundle::PinsError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pins(BTreeMap<ImageRef, ImageRef>);

/// A text that is no lock of images.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PinsError {
    /// It is not in the form of the file.
    #[error("{}; it is written by `agentix-gen lock`: remove it, and lock anew", OneLine(.0))]
    Form(String),
    /// A later version of this tool wrote it.
    #[error("it has version {0}, and this agentix-gen reads version {VERSION}; update agentix-gen, or make it anew")]
    Version(u32),
    /// A name has no digest that goes with it.
    #[error("{} is no digest of an image", Escaped(.0))]
    Digest(String),
}

/// Where the pins are not those of the images in use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{LOCK_FILE} does not have what the project uses")]
pub struct Drift {
    /// The images in use that have no pin.
    pub missing: Vec<ImageRef>,
    /// The pins of images that are not in use.
    pub unused: Vec<ImageRef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "version")]
    _version: u32,
    #[serde(default)]
    images: BTreeMap<ImageRef, String>,
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl Pins {
    /// Pins of these images, each with its digest; what has none is left out.
    pub fn new(images: impl IntoIterator<Item = ImageRef>) -> Self {
        let pinned = images.into_iter().filter(|image| image.digest().is_some());
        Self(pinned.map(|image| (image.without_digest(), image)).collect())
    }

    /// The image with its digest, if there is a pin of it. One that has a digest already needs none.
    pub fn pinned(&self, image: &ImageRef) -> Option<ImageRef> {
        self.0.get(image).cloned()
    }

    /// All images with their digests, sorted.
    pub fn images(&self) -> impl Iterator<Item = &ImageRef> {
        self.0.values()
    }

    /// Whether these are the pins of the images in use, no more and no fewer.
    ///
    /// # Errors
    ///
    /// What is missing and what is not in use.
    pub fn check(&self, in_use: &BTreeSet<ImageRef>) -> Result<(), Drift> {
        let unpinned = in_use.iter().filter(|image| image.digest().is_none());
        let missing: Vec<ImageRef> = unpinned.filter(|image| !self.0.contains_key(image)).cloned().collect();
        let unused: Vec<ImageRef> = self.0.keys().filter(|image| !in_use.contains(image)).cloned().collect();
        if missing.is_empty() && unused.is_empty() { Ok(()) } else { Err(Drift { missing, unused }) }
    }
}

impl FromStr for Pins {
    type Err = PinsError;

    fn from_str(text: &str) -> Result<Self, PinsError> {
        let form = |error: toml::de::Error| PinsError::Form(error.message().to_owned());
        let Versioned { version } = toml::from_str(text).map_err(form)?;
        if version != VERSION {
            return Err(PinsError::Version(version));
        }
        let file: File = toml::from_str(text).map_err(form)?;
        let images = file.images.into_iter().map(|(name, digest)| {
            let image = name.with_digest(&digest).ok_or(PinsError::Digest(digest))?;
            Ok((name, image))
        });
        Ok(Self(images.collect::<Result<_, PinsError>>()?))
    }
}

impl fmt::Display for Pins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# The images that the Dockerfile names, by digest. Written by `agentix-gen lock`; commit it.")?;
        writeln!(f, "version = {VERSION}\n\n[images]")?;
        // Neither a name nor a digest can hold a quote.
        self.0
            .iter()
            .try_for_each(|(name, image)| writeln!(f, "\"{name}\" = \"{}\"", image.digest().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests;
