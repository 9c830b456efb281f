//! What came of a build.

/// What came of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The image's ID, as the engine writes it.
    pub image_id: String,
    /// How many bytes of context were sent or staged.
    pub context_bytes: u64,
}

impl Outcome {
    /// The outcome of a build that made this image.
    pub fn new(image_id: impl Into<String>, context_bytes: u64) -> Self {
        Self { image_id: image_id.into(), context_bytes }
    }
}
