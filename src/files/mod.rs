//! Reads a project folder and selects the files for the image.
//!
//! The rules and the listing are pure. `walk`, `read_workspace`, `archive_file`, `source_tokens`, `nofollow`,
//! `regular_file` and `stable_file` read the disk.
//!
//! | file | content |
//! |---|---|
//! | `rules` | [`Rules`]: decides which paths are in the context, and gives the reason for each excluded path |
//! | `docker_ignore` | applies `.dockerignore` like `BuildKit` |
//! | `git_ignore` | applies `.gitignore` with the crate `ignore` |
//! | `ignore_file` | writes the rules as a `.dockerignore` |
//! | `listing` | [`Listing`]: the sorted paths of a project, from disk or from memory |
//! | `in_memory` | discovers a workspace in a listing in memory |
//! | `walk` | lists a folder and reads its small files |
//! | `read_workspace` | reads manifests, siblings and locks |
//! | `conda` | the names of files that list packages of conda |
//! | `archive_file` | checks that an archive beside the project has the format of its name |
//! | `source_tokens` | finds tokens in the source code of a program |
//! | `nofollow` | opens files and folders of a project without following a link |
//! | `regular_file` | reads a file or its start, usually with one call |
//! | `stable_file` | reads a file, and fails if its length changes meanwhile |
//! | `background` | does work on a thread of its own, if there is one |
//! | `parallel` | processes batches on several threads, with results in order |

mod archive_file;
pub(crate) mod background;
mod conda;
mod docker_ignore;
mod git_ignore;
mod ignore_file;
mod in_memory;
mod listing;
pub(crate) mod nofollow;
pub(crate) mod parallel;
mod read_workspace;
mod regular_file;
mod rules;
mod source_tokens;
pub(crate) mod stable_file;
mod walk;

pub use archive_file::ArchiveFault;
pub(crate) use conda::is_of_conda;
pub use docker_ignore::DockerIgnore;
pub use ignore_file::{GENERATED, IgnoreFileError};
pub(crate) use ignore_file::{corrections, ignore_file};
pub(crate) use listing::is_below;
pub use listing::{Entry, EntryKind, Excluded, Listing, PathError, SpecialKind};
pub use read_workspace::read_workspace;
#[cfg(test)]
pub(crate) use rules::PathFacts;
pub(crate) use rules::is_cache;
pub use rules::{ExclusionReason, Rules, STAGE_MARKER, SensitiveFile, SensitiveKind};
pub use source_tokens::{SourceToken, source_tokens};
pub use stable_file::{FileStamps, SourceError, entry_size};
pub(crate) use stable_file::{StableFile, Stamp};
pub(crate) use walk::read_text;
pub use walk::{
    FoundInstead, LinkLimit, WalkError, read_ca_certificate, read_docker_ignore, read_project, read_template, walk,
    walk_workspace, walk_workspace_until,
};
