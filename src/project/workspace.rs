//! A project and its surroundings that affect the image: siblings, locks and the required Python version.
//!
//! Siblings are the members of a [uv workspace] and the folders, wheels and sdists that dependencies name by path: in
//! `[tool.uv.sources]`, as a `file:` URL (PEP 508), or in a `requirements.txt` that decides what is installed. A [`Workspace`] contains only the siblings that the
//! project needs at run time, directly or indirectly. A dependency with a marker counts, unless the marker excludes
//! Linux.
//!
//! **Location of siblings.** In a uv workspace, paths must be below its root; any other path is an error. Its members may be
//! beside it (`members = ["../client"]`), and the common ancestor then becomes the root. Without a
//! uv workspace, siblings may be anywhere if they share more than the file system root with the project. The context
//! then contains only the named folders below the common ancestor. The same rule applies to absolute paths. No folder
//! of a path may be a symbolic link, because its target would differ in the image.
//!
//! **Files.** These manifests are read: that of the project, the first one in the folders above it, and those of the
//! folders that `tool.uv.workspace.members` or a path names. Other files are the locks, the `Pipfile`,
//! `requirements.txt` and `.python-version`.
//!
//! [uv workspace]: https://docs.astral.sh/uv/concepts/projects/workspaces/

mod closure;
mod discovery;
mod error;
mod glob;
mod link_folders;
mod list;

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::manifest::Project;
use super::requirement::Requirement;
use crate::value::ProjectName;

pub(crate) use closure::Closure;
pub use closure::{AvailableNames, SelectionError};
pub(crate) use discovery::{PathState, Tree, discover, is_archive};
pub use error::{SiblingFault, WorkspaceError};
pub(crate) use list::List;

/// The name of the list.
const LIST: &str = "requirements.txt";

/// A project with the siblings that it needs, its locks and its `.python-version`.
///
/// [`read_workspace`](crate::files::read_workspace()) reads a workspace from disk, [`Workspace::in_listing`] from a
/// listing in memory. A [`Project`] converts to a workspace without siblings and locks.
///
/// Paths are relative to [`root`](Self::root) and use `/`; the empty path is the root itself.
#[derive(Debug, Clone)]
pub struct Workspace {
    pub(crate) root: Utf8PathBuf,
    place: Utf8PathBuf,
    project: Project,
    members: Vec<Member>,
    archives: Vec<Archive>,
    decisions: BTreeMap<Asked, Decision>,
    uv_root: Option<UvRoot>,
    locks: Locks,
    /// The `uv.toml` beside `uv.lock`.
    uv_toml: Option<TextFile>,
    python_version: Option<TextFile>,
    /// The local paths in `requirements.txt`, if it decides what is installed.
    listed: Vec<Requirement>,
    /// The local packages that only `uv.lock` names.
    locked: Vec<LockedSibling>,
}

/// A sibling of the project: a folder with its own project.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Member {
    /// The folder.
    pub place: Utf8PathBuf,
    /// The project in the folder.
    pub project: Project,
    /// Whether the project is installed. If it is not a package (`package = false`), only its dependencies are
    /// installed.
    pub is_package: bool,
}

/// A sibling of the project that is already an archive: a wheel or an sdist.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Archive {
    /// The file.
    pub place: Utf8PathBuf,
    /// The name of the distribution: from the file name, or as required if the file name has none.
    pub name: ProjectName,
}

/// The root of the uv workspace that the project belongs to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UvRoot {
    /// The folder.
    pub place: Utf8PathBuf,
    /// The text of its `pyproject.toml`.
    pub manifest: String,
}

/// The locks of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Locks {
    /// `uv.lock`, in the workspace root, or in the project if it has no workspace. `None` if the project has no
    /// `[project]`: uv reads nothing else.
    pub uv: Option<TextFile>,
    /// `pylock.toml` (PEP 751), in the project.
    pub pylock: Option<TextFile>,
    /// `poetry.lock`, in the project.
    pub poetry: Option<TextFile>,
    /// `pdm.lock`, in the project.
    pub pdm: Option<TextFile>,
    /// `Pipfile`, in the project. `Pipfile.lock` is checked against it.
    pub pipfile: Option<TextFile>,
    /// `Pipfile.lock`, in the project.
    pub pipfile_lock: Option<TextFile>,
    /// `requirements.txt`, in the project.
    pub requirements: Option<TextFile>,
    /// The files that `requirements.txt` includes directly or indirectly (`-r`, `-c`). Missing files are skipped.
    pub included: Vec<TextFile>,
}

impl Locks {
    /// Returns all files. Each field is named here, so that a new one is not forgotten.
    pub(crate) fn files(&self) -> impl Iterator<Item = &TextFile> {
        let Self { uv, pylock, poetry, pdm, pipfile, pipfile_lock, requirements, included } = self;
        [uv, pylock, poetry, pdm, pipfile, pipfile_lock, requirements].into_iter().flatten().chain(included)
    }

    pub(crate) fn files_mut(&mut self) -> impl Iterator<Item = &mut TextFile> {
        let Self { uv, pylock, poetry, pdm, pipfile, pipfile_lock, requirements, included } = self;
        [uv, pylock, poetry, pdm, pipfile, pipfile_lock, requirements].into_iter().flatten().chain(included)
    }
}

/// A text file with its path.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextFile {
    /// The path.
    pub path: Utf8PathBuf,
    /// The text.
    pub text: String,
}

/// A local package that only `uv.lock` names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LockedSibling {
    /// The requirement, with its absolute path.
    requirement: Requirement,
    is_package: bool,
}

/// A requirement and its owner: the key of a [`Decision`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    by: Owner,
    scope: Scope,
    requirement: String,
}

/// A project in a workspace: the target, or the member at an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Target,
    Member(usize),
}

/// The list of a project that contains a requirement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Dependencies,
    /// The local paths in `requirements.txt`.
    List,
    /// The local packages that only `uv.lock` names: those that are packages, or those that are not.
    Lock {
        is_package: bool,
    },
    Extra(ProjectName),
    Group(ProjectName),
}

/// The source of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    /// An index or another source of the installer.
    Elsewhere,
    Target,
    Member(usize),
    Archive(usize),
}

impl From<Project> for Workspace {
    fn from(project: Project) -> Self {
        Self {
            root: Utf8PathBuf::new(),
            place: Utf8PathBuf::new(),
            project,
            members: Vec::new(),
            archives: Vec::new(),
            decisions: BTreeMap::new(),
            uv_root: None,
            locks: Locks::default(),
            uv_toml: None,
            python_version: None,
            listed: Vec::new(),
            locked: Vec::new(),
        }
    }
}

impl Workspace {
    /// Returns the folder that becomes `project/` in the context: the common ancestor of the root of the uv workspace, the
    /// project and its siblings. The path is absolute, or empty for a workspace in memory.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// Returns the folder of the project; empty if it is the root.
    pub fn project_path(&self) -> &Utf8Path {
        &self.place
    }

    /// Returns the project of the image.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// Returns the siblings that the project needs, in order of discovery.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Returns the wheels and sdists that the project or a sibling needs, in order of discovery.
    pub fn archives(&self) -> &[Archive] {
        &self.archives
    }

    /// Returns the root of the uv workspace, if the project belongs to one.
    pub fn uv_root(&self) -> Option<&UvRoot> {
        self.uv_root.as_ref()
    }

    /// Returns the locks.
    pub fn locks(&self) -> &Locks {
        &self.locks
    }

    /// Returns the `uv.toml` beside `uv.lock`. uv reads it in place of settings in `[tool.uv]`.
    pub(crate) fn uv_toml(&self) -> Option<&TextFile> {
        self.uv_toml.as_ref()
    }

    /// Returns the nearest `.python-version`, from the folder of the project up to the workspace root.
    pub fn python_version(&self) -> Option<&TextFile> {
        self.python_version.as_ref()
    }

    /// Returns the local paths in `requirements.txt`, if it decides what is installed.
    pub(crate) fn listed(&self) -> &[Requirement] {
        &self.listed
    }

    fn project_of(&self, owner: Owner) -> Option<&Project> {
        match owner {
            Owner::Target => Some(&self.project),
            Owner::Member(index) => self.members.get(index).map(|member| &member.project),
        }
    }
}

#[cfg(test)]
mod tests;
