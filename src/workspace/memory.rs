//! A listing in memory as a tree to discover a workspace in.

use camino::{Utf8Path, Utf8PathBuf};

use super::discovery::{Standing, Tree};
use super::{Workspace, WorkspaceError, discover};
use crate::config::Config;
use crate::listing::{Entry, EntryKind, Listing};
use crate::metadata::{METADATA, as_mail};

struct Memory<'a>(&'a Listing);

pub(super) fn workspace(listing: &Listing, place: &str, flags: &Config) -> Result<Workspace, WorkspaceError> {
    let mut workspace = discover(&Memory(listing), &Utf8Path::new("/").join(place), flags)?;
    workspace.root = Utf8PathBuf::new();
    Ok(workspace)
}

impl Memory<'_> {
    fn kind(&self, path: &Utf8Path) -> Option<&EntryKind> {
        self.0.get(path.as_str().trim_start_matches('/')).map(Entry::kind)
    }
}

impl Tree for Memory<'_> {
    type Error = WorkspaceError;

    fn text(&self, path: &Utf8Path) -> Result<Option<String>, WorkspaceError> {
        match self.kind(path) {
            Some(EntryKind::Memory(bytes)) if path.file_name() == Some(METADATA) => Ok(Some(as_mail(bytes))),
            Some(EntryKind::Memory(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Some(text.to_owned())),
                Err(_) => Err(WorkspaceError::NotUtf8(path.to_owned())),
            },
            Some(EntryKind::File) => Err(WorkspaceError::NotInMemory(path.to_owned())),
            _ => Ok(None),
        }
    }

    fn standing(&self, path: &Utf8Path) -> Result<Standing, WorkspaceError> {
        let is_link = |path: &&Utf8Path| matches!(self.kind(path), Some(EntryKind::Link(_)));
        if let Some(link) = path.ancestors().find(is_link) {
            return Ok(Standing::Link(link.to_owned()));
        }
        Ok(match self.kind(path) {
            Some(EntryKind::Folder) => Standing::Folder,
            None if path == "/" => Standing::Folder,
            None => Standing::Nothing,
            Some(_) => Standing::File,
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
