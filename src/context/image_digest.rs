//! The label that identifies an image: a digest of all inputs of its build.

use std::fmt;

use pep440_rs::Version;

use crate::files::FileStamps;
use crate::project::PythonVersion;
use crate::value::Platform;

/// The key of the image label that stores the digest.
pub const DIGEST_LABEL: &str = "dev.agentix.digest";

/// The key of the label with which a runtime image states its Python version.
pub(crate) const PYTHON_LABEL: &str = "dev.agentix.python";

/// A digest of all inputs of an image, displayed as `sha256:` and 64 hexadecimal digits.
///
/// It also stores the stamps of the files at the time of hashing, so that no image gets the digest of other files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    sum: [u8; 32],
    stamps: FileStamps,
}

impl Digest {
    pub(crate) fn new(sum: [u8; 32], stamps: FileStamps) -> Self {
        Self { sum, stamps }
    }

    /// Returns whether all entries are the same image and that image is labelled with this digest.
    ///
    /// An [engine](crate::engine::Engine::inspect) returns the entries. `None` is an image that the engine does not
    /// have. Returns `false` for an empty slice.
    pub fn labels_all(&self, images: &[Option<ImageInfo>]) -> bool {
        let Some(Some(first)) = images.first() else { return false };
        first.digest.as_deref() == Some(self.to_string().as_str())
            && images.iter().all(|image| image.as_ref().is_some_and(|image| image.id == first.id))
    }

    /// Returns the stamps of the files, taken while hashing. Pass them to
    /// [`Context::with_stamps`](crate::context::Context::with_stamps).
    pub fn file_stamps(&self) -> &FileStamps {
        &self.stamps
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.sum.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Information about an image in an engine's store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageInfo {
    /// The image's ID, as the engine writes it.
    pub id: String,
    /// The value of its label [`DIGEST_LABEL`], or `None` if it has no such label.
    pub digest: Option<String>,
    /// The Python of a runtime image, if its label `dev.agentix.python` states it.
    pub python: Option<PythonVersion>,
    /// The version of `agentixx` in a runtime image, if its label `dev.agentix.version` states it.
    pub agentix: Option<Version>,
    /// The user of an image on which no other can be built without naming the user: it is not root, and the variable
    /// `AGENTIX_USER` of the image does not name it.
    pub user: Option<String>,
    /// The platform of the image. `None` if it is not known, or if the name is that of a list of images.
    pub platform: Option<Platform>,
}

impl ImageInfo {
    /// Creates the information from its parts, for implementations of [`Engine`](crate::engine::Engine).
    pub fn new(id: impl Into<String>, digest: Option<String>) -> Self {
        Self { id: id.into(), digest, python: None, agentix: None, user: None, platform: None }
    }

    /// Returns the information with the values of the labels `dev.agentix.python` and `dev.agentix.version`. A value that
    /// is no version is ignored.
    #[must_use]
    pub fn with_versions(self, python: Option<&str>, agentix: Option<&str>) -> Self {
        let agentix = agentix.and_then(|version| version.parse().ok());
        Self { python: python.and_then(PythonVersion::from_release), agentix, ..self }
    }

    /// Returns the information with the platform of the image. A text that is no platform is ignored.
    #[must_use]
    pub fn with_platform(self, platform: &str) -> Self {
        Self { platform: platform.parse().ok(), ..self }
    }

    /// Returns the information with the user of an image that does not name it in `AGENTIX_USER`. An empty text is root.
    #[must_use]
    pub fn with_user(self, user: &str) -> Self {
        let is_root = matches!(user.split(':').next(), Some("" | "0" | "root"));
        Self { user: (!is_root).then(|| user.to_owned()), ..self }
    }
}
