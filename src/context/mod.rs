//! The build context that an engine receives: one sorted list of the Dockerfile, the requirement files, the project and
//! the trusted certificates.
//!
//! ```text
//! Dockerfile
//! project/                   the project
//! requirements/build.txt     the build requirements, if they are known
//! requirements/build/        the same as a pyproject.toml for uv, if the project configures package sources
//! requirements/run/          the run-time requirements: a list, or a lock with the manifests that it needs
//! trust/                     CA certificates that build steps trust in addition to those of their image
//! ```
//!
//! | file | contents |
//! |---|---|
//! | `stage` | [`Context`]: creates the entries from a bundle |
//! | `archive` | *edge*: writes the context as a deterministic tar archive |
//! | `folder` | *edge*: writes the context as a folder; replaces only folders that this tool wrote |
//! | `scratch` | *edge*: temporary folders, removed even after their process was killed |
//! | `fill` | *edge*: writes the entries to a folder |
//! | `folder_error` | the errors of these three |
//! | `digest`, `image_digest` | the SHA-256 of all inputs of an image, and the label that stores it |
//! | `context_size` | the size of a context, and its largest paths |

mod archive;
mod context_size;
mod digest;
mod fill;
mod folder;
mod folder_error;
mod image_digest;
mod scratch;
mod stage;

pub use archive::{ArchiveError, ENTRY_TIME, write_tar, write_tar_and_search};
pub use context_size::{ContextSize, ContextTooLarge, LargestPaths};
pub use digest::DigestError;
pub(crate) use digest::{Setting, digest};
pub(crate) use fill::EntryTimes;
pub use folder::{write_folder, write_folder_with_progress};
pub use folder_error::{FolderError, Leftover};
pub(crate) use image_digest::PYTHON_LABEL;
pub use image_digest::{DIGEST_LABEL, Digest, ImageInfo};
pub(crate) use scratch::ScratchFolder;
pub use stage::{Context, ContextEntry, Source, stage};
