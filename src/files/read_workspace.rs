//! Reads a workspace from disk: the manifests and locks around a project.

#![expect(clippy::disallowed_methods, reason = "this module reads the disk")]

use std::{fs, io};

use camino::{Utf8Path, Utf8PathBuf};

use super::archive_file;
use super::walk::{Text, WalkError, check_folder, found_instead, is_absence, read_bounded, unreadable};
use crate::project::lock::Lock;
use crate::project::{
    Config, METADATA, PathState, Project, ProjectError, RequirementsFile, Tree, Workspace, WorkspaceError, workspace,
};
use crate::value::ByteSize;

/// Returns the size limit of a file, in bytes.
fn largest(path: &Utf8Path) -> u64 {
    match path.file_name() {
        Some(".python-version") => 64 * 1024,
        Some("setup.cfg") => 500_000,
        Some(METADATA | "setup.py") => 2_000_000,
        Some("pyproject.toml" | "Pipfile") => Project::LARGEST,
        _ if matches!(path.extension(), Some("txt" | "in")) => RequirementsFile::LARGEST,
        _ => Lock::LARGEST,
    }
}

/// Reads the workspace of the project in a folder: its siblings, locks and `.python-version`.
///
/// `flags` select extras and dependency groups, and override the project's own `[tool.agentix]`. Only the required
/// siblings are read. [`Workspace`] describes which files are read, and where siblings may be.
///
/// # Errors
///
/// Fails if a sibling is invalid; the error names the key of the manifest. [`WalkError`] lists the other errors.
pub fn read_workspace(folder: &Utf8Path, flags: &Config) -> Result<Workspace, WalkError> {
    check_folder(folder)?;
    let place = folder.canonicalize_utf8().map_err(|source| unreadable(folder.as_std_path(), source))?;
    let as_given = |path: Utf8PathBuf| path.strip_prefix(&place).map_or(path.clone(), |below| folder.join(below));
    let found = workspace::discover(&Disk, &place, flags).and_then(|workspace| {
        for archive in workspace.archives() {
            let path = workspace.root().join(&archive.place);
            let fault = archive_file::check(&path).map_err(|source| unreadable(path.as_std_path(), source))?;
            if let Some(fault) = fault {
                return Err(WalkError::Archive { path, fault });
            }
        }
        Ok(workspace)
    });
    found.map_err(|error| match error {
        // Errors in the folder itself show its path as the caller gave it.
        WalkError::Workspace(WorkspaceError::NoManifest(found)) if found == place => {
            WalkError::NoManifest { folder: folder.to_owned(), found: found_instead(folder) }
        }
        WalkError::Workspace(WorkspaceError::Manifest { folder: found, error }) if found == place => {
            WalkError::Manifest { folder: folder.to_owned(), error }
        }
        WalkError::Workspace(WorkspaceError::Pipfile { folder: found, error }) if found == place => {
            WalkError::Workspace(WorkspaceError::Pipfile { folder: folder.to_owned(), error })
        }
        WalkError::Unreadable { path, source } => WalkError::Unreadable { path: as_given(path.into()).into(), source },
        WalkError::Archive { path, fault } => WalkError::Archive { path: as_given(path), fault },
        error => error,
    })
}

struct Disk;

impl Tree for Disk {
    type Error = WalkError;

    fn bytes(&self, path: &Utf8Path) -> Result<Option<Vec<u8>>, WalkError> {
        match read_bounded(path, largest(path))? {
            Text::Nothing => Ok(None),
            Text::TooLarge if path.file_name() == Some("pyproject.toml") => {
                let folder = path.parent().unwrap_or(path).to_owned();
                Err(WorkspaceError::Manifest { folder, error: ProjectError::too_large() }.into())
            }
            Text::TooLarge => {
                let message = format!("larger than {}", ByteSize::new(largest(path)));
                Err(unreadable(path.as_std_path(), io::Error::other(message)))
            }
            Text::Bytes(bytes) => Ok(Some(bytes)),
        }
    }

    fn standing(&self, path: &Utf8Path) -> Result<PathState, WalkError> {
        let mut here = Utf8PathBuf::new();
        let mut standing = PathState::Nothing;
        for component in path.components() {
            here.push(component);
            standing = match fs::symlink_metadata(&here) {
                Ok(found) if found.is_symlink() => return Ok(PathState::Link(here)),
                Ok(found) if found.is_dir() => PathState::Folder,
                Ok(_) => PathState::File,
                Err(error) if is_absence(&error) => return Ok(PathState::Nothing),
                Err(error) => return Err(unreadable(here.as_std_path(), error)),
            };
        }
        Ok(standing)
    }

    fn folders(&self, folder: &Utf8Path) -> Result<Vec<String>, WalkError> {
        let fail = |source| unreadable(folder.as_std_path(), source);
        let mut folders = Vec::new();
        for entry in fs::read_dir(folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            // No glob can match a name that is not UTF-8.
            if let Ok(name) = entry.file_name().into_string()
                && fs::metadata(entry.path()).is_ok_and(|found| found.is_dir())
            {
                folders.push(name);
            }
        }
        folders.sort_unstable();
        Ok(folders)
    }

    fn root(&self) -> Option<&Utf8Path> {
        None
    }
}
