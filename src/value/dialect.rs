//! Which instructions of a Dockerfile a builder understands.

use serde::{Deserialize, Serialize};

/// What a builder understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Dialect {
    /// `RUN --mount`: `BuildKit`, podman and buildah.
    #[default]
    BuildKit,
    /// Plain instructions: docker's legacy builder, and all others.
    Classic,
}
