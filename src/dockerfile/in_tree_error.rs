//! Why a Dockerfile needs a staged context.

use crate::files::{ExclusionReason, IgnoreFileError};
use crate::value::{Escaped, OneLine};

/// Why a project cannot be built in its own folder, but only in a staged context.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InTreeError {
    /// The project needs a sibling outside its folder.
    #[error("{} is outside the folder of the project; build with `agentix-gen build`, which stages it", Escaped(.path))]
    Outside {
        /// The path, relative to the workspace root.
        path: String,
    },
    /// A link is replaced by its target in a staged context.
    #[error("{} is reached through a link, and a builder does not follow links; build with `agentix-gen build`", Escaped(.path))]
    FollowedLink {
        /// The path of the file in the context.
        path: String,
    },
    /// CA certificates are not in the folder of the project.
    #[error("ca-certificate is not in the folder of the project; build with `agentix-gen build`, which stages it")]
    Certificate,
    /// A lock is excluded from the context.
    #[error(
        "{} is needed but not in the context{}; include it, or build with `agentix-gen build`",
        Escaped(.path), .reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default()
    )]
    LockKeptOut {
        /// The path of the file.
        path: String,
        /// Why it is excluded, if a rule excludes it.
        reason: Option<ExclusionReason>,
    },
    /// The path of a file has characters that are special in a Dockerfile.
    #[error("{} has characters that are special in a Dockerfile; rename it, or build with `agentix-gen build`", Escaped(.path))]
    Name {
        /// The path of the file.
        path: String,
    },
    /// A generated file is too long for a step.
    #[error("{} is too long to be written by a step of the Dockerfile; build with `agentix-gen build`", OneLine(.path))]
    TooLong {
        /// The path of the file in the image.
        path: String,
    },
    /// A generated file contains a control character.
    #[error("{} would have a line with a control character; build with `agentix-gen build`", OneLine(.path))]
    Control {
        /// The path of the file in the image.
        path: String,
    },
    /// A template copies something that only a staged context contains.
    #[error("{} is only possible in a staged context; copy one path of project/, or build with `agentix-gen build`", Escaped(.line))]
    Copy {
        /// The instruction.
        line: String,
    },
    /// The rules cannot be written as an ignore file.
    #[error(transparent)]
    IgnoreFile(#[from] IgnoreFileError),
}
