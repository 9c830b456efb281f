//! Options for building an image.

use crate::value::{BuildOutput, Dialect, SingleLine};

/// Options of [`build`](super::build()).
#[expect(clippy::struct_excessive_bools, reason = "the flags are independent")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildOptions {
    /// The dialect of the Dockerfile. `None`: the best dialect that the engine understands.
    pub dialect: Option<Dialect>,
    /// Fails if the engine's digest of an image differs from `agentix.lock`.
    pub locked: bool,
    /// Builds even if the image is up to date.
    pub force: bool,
    /// Looks for newer base images in their registries.
    pub pull: bool,
    /// Runs every step, even if the engine has cached it.
    pub no_cache: bool,
    /// Pushes the image to the registries of its tags.
    pub push: bool,
    /// Where to write the image instead of the engine's store. It is built even if the engine has it.
    pub output: Option<BuildOutput>,
    /// Further options of the engine's build command, passed on unchanged: `["--shm-size", "1g"]`.
    pub engine_options: Vec<SingleLine>,
}
