//! The content of `agentix.lock`, which pins the images of a Dockerfile to digests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::value::{Escaped, ImageRef, OneLine, Redacted};

/// The name of the file with the image digests. It is in the folder of `pyproject.toml`.
pub const LOCK_FILE: &str = "agentix.lock";

/// The version of the file format.
const VERSION: u32 = 1;

/// The first line of the file.
const HEADER: &str = "# The images that the Dockerfile names, by digest. Written by `agentix-gen lock`; commit it.";

/// The content of `agentix.lock`: images, each with its digest at the time of locking.
///
/// ```toml
/// version = 1
///
/// [images]
/// "python:3.13-slim" = "sha256:0123…"
/// ```
///
/// `Display` writes the text of the file, sorted by image name. Equal pins give equal text.
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

/// Why a text is not a valid `agentix.lock`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PinsError {
    /// The text does not have the format of the file.
    #[error("{}; remove the file, and run `agentix-gen lock` again", OneLine(.0))]
    Form(String),
    /// A later version of agentix-gen wrote the file.
    #[error(
        "the file has version {0}, but this agentix-gen reads version {VERSION}; update agentix-gen, or remove the \
         file and run `agentix-gen lock` again"
    )]
    Version(u32),
    /// The value of an image is not a valid digest, or its name already has a digest.
    #[error("{} is not an image digest", Escaped(.0))]
    Digest(String),
}

/// The differences between the pinned images and the images in use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{LOCK_FILE} does not match the images in use")]
pub struct Drift {
    /// Images in use without a pin.
    pub missing: Vec<ImageRef>,
    /// Pinned images that are not in use.
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

/// The maximum size of the file, in bytes. A line takes about 200 bytes.
const LARGEST: usize = 100_000;

impl Pins {
    /// Creates pins from image references. References without a digest are ignored.
    pub fn new(images: impl IntoIterator<Item = ImageRef>) -> Self {
        let pinned = images.into_iter().filter(|image| image.digest().is_some());
        Self(pinned.map(|image| (image.without_digest(), image)).collect())
    }

    /// Says whether agentix-gen wrote a text, even if it has been damaged since, for example by a merge conflict.
    pub(crate) fn wrote(text: &str) -> bool {
        text.lines().any(|line| line == HEADER)
    }

    /// Returns the image with its pinned digest, or `None` if it is not pinned. An image that already has a digest is
    /// never pinned.
    pub fn pinned(&self, image: &ImageRef) -> Option<ImageRef> {
        self.0.get(image).cloned()
    }

    /// Returns all images with their digests, sorted.
    pub fn images(&self) -> impl Iterator<Item = &ImageRef> {
        self.0.values()
    }

    /// Checks that exactly the images in use are pinned. Images that have a digest in the configuration need no pin.
    ///
    /// # Errors
    ///
    /// Returns a [`Drift`] that lists the missing and the unused pins.
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
        if text.len() > LARGEST {
            return Err(PinsError::Form("larger than 100 KB".to_owned()));
        }
        let form = |error: toml::de::Error| PinsError::Form(Redacted(error.message()).to_string());
        let Versioned { version } = toml::from_str(text).map_err(form)?;
        if version != VERSION {
            return Err(PinsError::Version(version));
        }
        let file: File = toml::from_str(text).map_err(form)?;
        let images = file.images.into_iter().map(|(name, digest)| {
            let image = name.with_digest(&digest).ok_or_else(|| PinsError::Digest(Redacted(&digest).to_string()))?;
            Ok((name, image))
        });
        Ok(Self(images.collect::<Result<_, PinsError>>()?))
    }
}

impl fmt::Display for Pins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        writeln!(f, "version = {VERSION}\n\n[images]")?;
        // Neither a name nor a digest can contain a quote.
        self.0
            .iter()
            .try_for_each(|(name, image)| writeln!(f, "\"{name}\" = \"{}\"", image.digest().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests;
