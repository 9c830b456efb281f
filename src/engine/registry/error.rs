//! The errors of a registry. Each concerns one name.

use std::sync::Arc;

use camino::Utf8PathBuf;

use super::origin::Origin;
use crate::engine::error::EngineError;
use crate::value::{Escaped, OneLine};

/// A name for which there is no usable engine.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// No engine has this name.
    #[error("unknown engine {}; available: {}", Escaped(.name), .available.join(", "))]
    Unknown {
        /// The name.
        name: String,
        /// The available names.
        available: Vec<String>,
    },
    /// The only file on the search path with the name of this engine is not run.
    #[error("engine {} cannot be used: `{}` is not run, because {reason}", Escaped(.name), OneLine(.program.as_str()))]
    Ignored {
        /// The name.
        name: String,
        /// The file.
        program: Utf8PathBuf,
        /// The reason: `it is not executable`.
        reason: &'static str,
    },
    /// Several programs on the search path provide this name.
    #[error("engine {} is provided by {}; remove all but one", Escaped(.name), joined(.programs))]
    Conflict {
        /// The name.
        name: String,
        /// The programs, in the order of the search path.
        programs: Vec<Utf8PathBuf>,
    },
    /// A program has the name of an engine that is built in or registered. It is never used.
    #[error("`{}` is not used: the engine {} is {by}; rename the program", OneLine(.program.as_str()), Escaped(.name))]
    Shadowed {
        /// The name.
        name: String,
        /// The program.
        program: Utf8PathBuf,
        /// The origin of the engine that is used instead.
        by: Origin,
    },
    /// The provider of this name is broken.
    #[error("engine {} from {} cannot be used", Escaped(.name), source_of(.origin))]
    Broken {
        /// The name.
        name: String,
        /// The provider.
        origin: Origin,
        /// The cause.
        source: Arc<EngineError>,
    },
}

fn joined(programs: &[Utf8PathBuf]) -> String {
    programs.iter().map(|program| format!("`{}`", OneLine(program.as_str()))).collect::<Vec<_>>().join(" and ")
}

/// Returns the path of a program, or the label of another origin.
fn source_of(origin: &Origin) -> String {
    origin.path().map_or_else(|| origin.to_string(), |path| format!("`{}`", OneLine(path.as_str())))
}
