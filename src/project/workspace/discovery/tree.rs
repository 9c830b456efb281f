//! The source of files for discovery: a disk or a listing in memory.

use camino::{Utf8Path, Utf8PathBuf};

use crate::project::workspace::WorkspaceError;

/// A tree of folders and files with absolute paths, on disk or in memory.
pub(crate) trait Tree {
    type Error: From<WorkspaceError>;

    /// Returns the text of a file, or `None` if it does not exist. A `PKG-INFO` does not have to be UTF-8.
    fn text(&self, path: &Utf8Path) -> Result<Option<String>, Self::Error>;

    /// Returns the kind of entry at a path.
    fn standing(&self, path: &Utf8Path) -> Result<PathState, Self::Error>;

    /// Returns the sorted names of the folders in a folder, including symbolic links to folders.
    fn folders(&self, folder: &Utf8Path) -> Result<Vec<String>, Self::Error>;

    /// Returns the fixed root of all workspaces in this tree, if the tree has one.
    fn root(&self) -> Option<&Utf8Path>;
}

/// The kind of entry at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PathState {
    Nothing,
    /// This path is a symbolic link. It is the requested path or a folder of it.
    Link(Utf8PathBuf),
    Folder,
    File,
}
