//! The result of a build.

/// The result of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The image's ID, as the engine prints it. Empty if the engine's store does not have the image, because it was
    /// written to an [output](super::BuildRequest::output).
    pub image_id: String,
    /// The number of bytes of the context that were sent or staged.
    pub context_bytes: u64,
    /// The digest of the image's manifest in the registry of its first reference, if it was pushed and the engine reports it.
    pub manifest_digest: Option<String>,
}

impl Outcome {
    /// Returns the result of a build that pushed nothing.
    pub fn new(image_id: impl Into<String>, context_bytes: u64) -> Self {
        Self { image_id: image_id.into(), context_bytes, manifest_digest: None }
    }
}
