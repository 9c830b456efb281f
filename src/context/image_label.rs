//! The mark by which an image is known again: a digest of all that decides it, as a label.

use std::fmt;

use crate::files::FileStamps;

/// The key of the label that carries an image's digest.
pub const DIGEST_LABEL: &str = "dev.agentix.digest";

/// A digest of all that decides an image, displayed as `sha256:` and 64 hexadecimal digits.
///
/// It also knows what the files were like when it was taken, so that no image gets the digest of other files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    sum: [u8; 32],
    seen: FileStamps,
}

impl Digest {
    pub(crate) fn new(sum: [u8; 32], seen: FileStamps) -> Self {
        Self { sum, seen }
    }

    /// Whether images are all one, and carry this digest; what they are is asked of an
    /// [engine](crate::engine::Engine::inspect). Of no images it is not so.
    pub fn labels_all(&self, images: &[Option<ImageInfo>]) -> bool {
        let Some(Some(first)) = images.first() else { return false };
        first.digest.as_deref() == Some(self.to_string().as_str())
            && images.iter().all(|image| image.as_ref().is_some_and(|image| image.id == first.id))
    }

    /// What the files were like when it was taken; a context can be held to [that](crate::context::Context::with_stamps).
    pub fn file_stamps(&self) -> &FileStamps {
        &self.seen
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.sum.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What an engine knows of an image that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageInfo {
    /// The image's ID, as the engine writes it.
    pub id: String,
    /// What its label [`DIGEST_LABEL`] says, where it has one.
    pub digest: Option<String>,
}

impl ImageInfo {
    /// Facts, as an implementation of [`Engine`](crate::engine::Engine) finds them.
    pub fn new(id: impl Into<String>, digest: Option<String>) -> Self {
        Self { id: id.into(), digest }
    }
}
