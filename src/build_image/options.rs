//! What a caller decides about a build.

use crate::value::Dialect;

/// Options of [`build`](super::build()).
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildOptions {
    /// The dialect of the Dockerfile. `None`: the best one that the engine understands.
    pub dialect: Option<Dialect>,
    /// Fails if the engine has another digest for an image than `agentix.lock`.
    pub locked: bool,
    /// Builds even if the image is up to date.
    pub force: bool,
    /// Looks for newer base images in their registries.
    pub pull: bool,
    /// Runs every step, whatever the engine's cache holds.
    pub no_cache: bool,
    /// Pushes the image to the registries of its tags.
    pub push: bool,
}
