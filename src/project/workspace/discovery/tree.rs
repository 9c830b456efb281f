//! What a workspace is discovered in: a disk, or a listing in memory.

use camino::{Utf8Path, Utf8PathBuf};

use crate::project::workspace::WorkspaceError;

/// What can be read: folders and files by absolute paths, on disk or in memory.
pub(crate) trait Tree {
    type Error: From<WorkspaceError>;

    /// The text of a file; none where there is nothing. That of a `PKG-INFO` need not be UTF-8.
    fn text(&self, path: &Utf8Path) -> Result<Option<String>, Self::Error>;

    /// What stands at a path.
    fn standing(&self, path: &Utf8Path) -> Result<PathState, Self::Error>;

    /// The names of the folders in a folder, sorted; those of links to folders too.
    fn folders(&self, folder: &Utf8Path) -> Result<Vec<String>, Self::Error>;

    /// The folder that a workspace in this tree always has for its root, if there is one.
    fn root(&self) -> Option<&Utf8Path>;
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PathState {
    Nothing,
    /// This folder of the path, or what it names, is a link.
    Link(Utf8PathBuf),
    Folder,
    File,
}
