//! What a project's folder holds, and what of it belongs into the image.
//!
//! The rules and the listing are pure. `walk`, `read_workspace` and `stable_file` are the edge that reads the disk.
//!
//! | file | holds |
//! |---|---|
//! | `rules` | [`Rules`]: which path is in the context, and the reason for each that is not |
//! | `docker_ignore`, `git_ignore` | `.dockerignore` as BuildKit reads it, `.gitignore` as the crate `ignore` does |
//! | `listing` | [`Listing`]: the sorted paths of a project, from disk or from memory |
//! | `in_memory` | a workspace from a listing in memory |
//! | `walk` | lists a folder, and reads small files of it |
//! | `read_workspace` | reads manifests, siblings and locks |
//! | `stable_file` | reads a file whose length must not change between open and end |
//! | `parallel` | work in batches on several threads, with results in order |

mod docker_ignore;
mod git_ignore;
mod in_memory;
mod listing;
pub(crate) mod parallel;
mod read_workspace;
mod rules;
pub(crate) mod stable_file;
mod walk;

pub use docker_ignore::DockerIgnore;
pub(crate) use listing::is_below;
pub use listing::{Entry, EntryKind, Excluded, Listing, PathError, SpecialKind};
pub use read_workspace::read_workspace;
#[cfg(test)]
pub(crate) use rules::PathFacts;
pub use rules::{ExclusionReason, Rules, STAGE_MARKER, SensitiveFile, SensitiveKind};
pub use stable_file::{FileStamps, SourceError};
pub(crate) use stable_file::{StableFile, Stamp};
pub(crate) use walk::read_text;
pub use walk::{WalkError, read_ca_certificate, read_docker_ignore, read_project, read_template, walk, walk_workspace};
