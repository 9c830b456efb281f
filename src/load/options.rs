//! Options for loading a project.

use camino::Utf8PathBuf;

use crate::project::Config;
use crate::value::{Cancel, Environment};

/// Options of [`load`](super::load()). The default loads a project without overrides.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct LoadOptions {
    /// Overrides the keys of the project's `[tool.agentix]`.
    pub config: Config,
    /// The folder that relative paths in `config` start from. `None`: the project's folder.
    pub base_folder: Option<Utf8PathBuf>,
    /// A template file that extends the Dockerfile; overrides the key `template`.
    pub template: Option<Utf8PathBuf>,
    /// How `agentix.lock` is used.
    pub pins: PinPolicy,
    /// The caller's environment. It gives the home folder for `~/`, and the variables of build secrets that are set.
    /// The default is empty.
    pub environment: Environment,
    /// Stops the search for files.
    pub cancel: Cancel,
    /// Does not search the source code for tokens, which takes time, because it reads every source file. The bundle then has
    /// no warnings about them. [`write_tar_and_search`](crate::context::write_tar_and_search) finds them too.
    pub without_source_search: bool,
}

/// How `agentix.lock`, which contains the digests of base images, is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PinPolicy {
    /// Its digests are used if the file exists.
    #[default]
    Use,
    /// The file must exist, and contain exactly the images in use.
    Require,
    /// The file is not read.
    Ignore,
}

impl From<Config> for LoadOptions {
    fn from(config: Config) -> Self {
        Self { config, ..Self::default() }
    }
}

impl From<&Config> for LoadOptions {
    fn from(config: &Config) -> Self {
        config.clone().into()
    }
}

impl From<&Self> for LoadOptions {
    fn from(options: &Self) -> Self {
        options.clone()
    }
}
