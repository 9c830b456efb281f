//! Why a portable bundle is refused.

use crate::value::{Escaped, ImageRef};

/// An inconsistency of a portable bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PortableError {
    /// A portable bundle brings its own environment, so it does not start from a runtime image.
    #[error(
        "a portable image makes its own environment and does not start from the runtime image `{image}`; remove \
         `portable` or `runtime-image`"
    )]
    OnRuntime {
        /// The runtime image.
        image: ImageRef,
    },
    /// The entry point is not part of what a task image mounts.
    #[error(
        "the entry point {} of a portable image must be a program under /nix, because a task image gets only that folder; \
         write it as /nix/runtime/bin/NAME",
        Escaped(.program)
    )]
    EntryPoint {
        /// The first word of the entry point.
        program: String,
    },
}
