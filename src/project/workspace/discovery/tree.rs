//! The source of files for discovery: a disk or a listing in memory.

use camino::{Utf8Path, Utf8PathBuf};

use crate::project::manifest::Project;
use crate::project::metadata::{METADATA, as_mail};
use crate::project::workspace::WorkspaceError;
use crate::value::Encoding;

/// A tree of folders and files with absolute paths, on disk or in memory.
pub(crate) trait Tree {
    type Error: From<WorkspaceError>;

    /// Returns the bytes of a file, or `None` if it does not exist.
    fn bytes(&self, path: &Utf8Path) -> Result<Option<Vec<u8>>, Self::Error>;

    /// Returns the kind of entry at a path.
    fn standing(&self, path: &Utf8Path) -> Result<PathState, Self::Error>;

    /// Returns the sorted names of the folders in a folder, including symbolic links to folders.
    fn folders(&self, folder: &Utf8Path) -> Result<Vec<String>, Self::Error>;

    /// Returns the fixed root of all workspaces in this tree, if the tree has one.
    fn root(&self) -> Option<&Utf8Path>;

    /// Returns the text of a file, or `None` if it does not exist. A `PKG-INFO` does not have to be UTF-8.
    fn text(&self, path: &Utf8Path) -> Result<Option<String>, Self::Error> {
        let Some(bytes) = self.bytes(path)? else { return Ok(None) };
        if path.file_name() == Some(METADATA) {
            return Ok(Some(as_mail(&bytes)));
        }
        String::from_utf8(bytes).map(Some).map_err(|error| {
            // The parser's error has the position of the invalid byte.
            let invalid = Project::from_bytes(error.as_bytes()).err();
            match invalid.filter(|_| path.file_name() == Some("pyproject.toml")) {
                Some(error) => {
                    WorkspaceError::Manifest { folder: path.parent().unwrap_or(path).to_owned(), error }.into()
                }
                None => WorkspaceError::NotUtf8(path.to_owned()).into(),
            }
        })
    }

    /// Returns the text of a list of requirements, or `None` if it does not exist. As for pip, a byte order mark says that
    /// the list is in UTF-16 or UTF-32. The text starts with the mark then.
    fn list(&self, path: &Utf8Path) -> Result<Option<String>, Self::Error> {
        let Some(bytes) = self.bytes(path)? else { return Ok(None) };
        let text = match Encoding::by_mark(&bytes) {
            Some(encoding) => {
                let decoded = String::from_utf8_lossy(&encoding.decode(&bytes)).into_owned();
                (!decoded.contains(char::REPLACEMENT_CHARACTER)).then(|| format!("\u{feff}{decoded}"))
            }
            None => String::from_utf8(bytes).ok(),
        };
        text.map(Some).ok_or_else(|| WorkspaceError::NotUtf8(path.to_owned()).into())
    }
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
