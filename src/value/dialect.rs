//! Dockerfile dialects.

use serde::{Deserialize, Serialize};

/// The set of Dockerfile instructions that a builder supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Dialect {
    /// Supports `RUN --mount`: `BuildKit`, podman and buildah.
    #[default]
    BuildKit,
    /// Supports plain instructions only: docker's legacy builder and all other builders.
    Classic,
}
