//! What an engine is sent: the Dockerfile, the requirements it installs, and the project, as one sorted list.
//!
//! ```text
//! Dockerfile
//! requirements/build.txt     what builds the project, where that is known
//! requirements/build/        the same with what uv reads beside it, where the project says where packages come from
//! requirements/run/          what the project needs at run time: a list of requirements, or a lock and what it is read with
//! project/                   the project
//! trust/                     whom build steps trust beside their image's own authorities
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `stage` | [`Context`]: the entries, from a bundle |
//! | `dependencies` | what lies under `requirements/` |
//! | `archive` | *edge*: the context as a deterministic tar archive |
//! | `folder` | *edge*: the context as a folder that replaces only what this tool wrote |
//! | `digest`, `image_label` | the SHA-256 of all that decides an image, and the label that carries it |
//! | `size` | how large a context is, and what makes it so |

mod archive;
mod dependencies;
mod digest;
mod folder;
mod image_label;
mod size;
mod stage;

pub use archive::{ArchiveError, ENTRY_TIME, write_tar};
pub use digest::DigestError;
pub(crate) use digest::{Setting, digest};
pub(crate) use folder::ScratchFolder;
pub use folder::{FolderError, Leftover, write_folder, write_folder_with_progress};
pub use image_label::{DIGEST_LABEL, Digest, ImageInfo};
pub use size::{ContextSize, ContextTooLarge, LargestPaths};
pub use stage::{Context, ContextEntry, Source, stage};
