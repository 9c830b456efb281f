//! Discovers a workspace in a listing in memory.

use camino::{Utf8Path, Utf8PathBuf};

use super::listing::{Entry, EntryKind, Listing};
use crate::project::{Config, PathState, Tree, Workspace, WorkspaceError, discover};

struct Memory<'a>(&'a Listing);

impl Workspace {
    /// Discovers the workspace of a project in memory.
    ///
    /// `folder` is the project's folder within the listing, empty for the listing's root. `flags` select extras and
    /// dependency groups, and override the project's own `[tool.agentix]`.
    ///
    /// ```
    /// use agentix_gen::{Config, Listing, Workspace};
    /// let listing = Listing::from_files([
    ///     ("app/pyproject.toml", "[project]\nname = 'app'\nversion = '1'\ndependencies = ['lib @ file:../lib']"),
    ///     ("lib/pyproject.toml", "[project]\nname = 'lib'\nversion = '1'"),
    /// ]).unwrap();
    /// let workspace = Workspace::in_listing(&listing, "app", &Config::default())?;
    /// assert_eq!(workspace.members()[0].place, "lib");
    /// # Ok::<(), agentix_gen::project::WorkspaceError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// See [`WorkspaceError`]. Files without bytes in the listing ([`EntryKind::File`](crate::files::EntryKind::File))
    /// cannot be read here.
    pub fn in_listing(listing: &Listing, folder: &str, flags: &Config) -> Result<Self, WorkspaceError> {
        let mut workspace = discover(&Memory(listing), &Utf8Path::new("/").join(folder), flags)?;
        workspace.root = Utf8PathBuf::new();
        Ok(workspace)
    }
}

impl Memory<'_> {
    fn kind(&self, path: &Utf8Path) -> Option<&EntryKind> {
        self.0.get(path.as_str().trim_start_matches('/')).map(Entry::kind)
    }
}

impl Tree for Memory<'_> {
    type Error = WorkspaceError;

    fn bytes(&self, path: &Utf8Path) -> Result<Option<Vec<u8>>, WorkspaceError> {
        match self.kind(path) {
            Some(EntryKind::Memory(bytes)) => Ok(Some(bytes.to_vec())),
            Some(EntryKind::File) => Err(WorkspaceError::NotInMemory(path.to_owned())),
            _ => Ok(None),
        }
    }

    fn standing(&self, path: &Utf8Path) -> Result<PathState, WorkspaceError> {
        let is_link = |path: &&Utf8Path| matches!(self.kind(path), Some(EntryKind::Link(_)));
        if let Some(link) = path.ancestors().find(is_link) {
            return Ok(PathState::Link(link.to_owned()));
        }
        Ok(match self.kind(path) {
            Some(EntryKind::Folder) => PathState::Folder,
            None if path == "/" => PathState::Folder,
            None => PathState::Nothing,
            Some(_) => PathState::File,
        })
    }

    fn folders(&self, folder: &Utf8Path) -> Result<Vec<String>, WorkspaceError> {
        let of_folder = |entry: &&Entry| Utf8Path::new("/").join(entry.path()).parent() == Some(folder);
        let folders =
            self.0.entries().iter().filter(|entry| matches!(entry.kind(), EntryKind::Folder | EntryKind::Link(_)));
        Ok(folders.filter(of_folder).filter_map(|entry| entry.path().rsplit('/').next().map(str::to_owned)).collect())
    }

    fn root(&self) -> Option<&Utf8Path> {
        Some(Utf8Path::new("/"))
    }
}
