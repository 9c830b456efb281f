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
