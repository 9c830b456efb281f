//! A project and all around it that decides what its image needs: siblings, locks, the Python it asks for.
//!
//! Siblings are the members of a [uv workspace] and the folders, wheels and source archives that dependencies name by
//! path: with `[tool.uv.sources]`, or with a `file:` URL (PEP 508). Only those that the project needs at run time are
//! part of the value, with what they need in turn. A dependency with a marker counts, unless the marker asks for another
//! system than Linux.
//!
//! **Where siblings may lie.** In a uv workspace, below its root: what lies elsewhere is refused. Without one, anywhere,
//! as long as the file system's root is not all that they have in common: of the common ancestor, only the folders named
//! become part of the context, so that nothing else goes along. A path may be absolute under the same rule. No folder
//! of it may be a symbolic link, which would lead elsewhere in the image.
//!
//! **What is read.** The manifests of the project, of the folders above it up to the first one that has any, of the
//! folders that `tool.uv.workspace.members` names, and of those that are named by path; beside them `uv.lock`,
//! `pylock.toml`, `requirements.txt` and `.python-version`.

mod closure;
mod discovery;
mod error;
mod glob;

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::manifest::Project;
use crate::value::ProjectName;

pub(crate) use closure::Closure;
pub use closure::{AvailableNames, SelectionError};
pub(crate) use discovery::{PathState, Tree, discover};
pub use error::{SiblingFault, WorkspaceError};

/// A project with the siblings that it needs, and the texts around it that decide what is installed.
///
/// [`read_workspace`](crate::files::read_workspace()) reads one from disk, [`Workspace::in_listing`] from a tree in memory. A
/// [`Project`] alone is one without siblings and locks.
///
/// Paths are relative to [`root`](Self::root), with `/`; the empty path is the root itself.
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
    python_version: Option<TextFile>,
}

/// A sibling of the project: a folder with a project of its own.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Member {
    /// Its folder.
    pub place: Utf8PathBuf,
    /// What its `pyproject.toml` says.
    pub project: Project,
    /// Whether it is installed; of one that is no package (`package = false`) only the dependencies are.
    pub is_package: bool,
}

/// A sibling of the project that is built already: a wheel or a source archive.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Archive {
    /// The file.
    pub place: Utf8PathBuf,
    /// The distribution in it, as its file name has it.
    pub name: ProjectName,
}

/// The root of a uv workspace that the project belongs to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UvRoot {
    /// Its folder.
    pub place: Utf8PathBuf,
    /// The text of its `pyproject.toml`.
    pub manifest: String,
}

/// The locks beside a project, each where it is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Locks {
    /// `uv.lock`, at the workspace's root or else in the project.
    pub uv: Option<TextFile>,
    /// `pylock.toml` (PEP 751), in the project.
    pub pylock: Option<TextFile>,
    /// `requirements.txt`, in the project.
    pub requirements: Option<TextFile>,
    /// What that includes (`-r`, `-c`), and what they include in turn, as far as it is there.
    pub included: Vec<TextFile>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextFile {
    /// Its path.
    pub path: Utf8PathBuf,
    /// Its text.
    pub text: String,
}

/// A requirement and who has it: what is decided once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    by: Owner,
    scope: Scope,
    requirement: String,
}

/// A project of a workspace: its target, or the member at an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Target,
    Member(usize),
}

/// Which list of a project a requirement is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Dependencies,
    Extra(ProjectName),
    Group(ProjectName),
}

/// Where a requirement comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    /// From an index, or wherever else the installer finds it.
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
            python_version: None,
        }
    }
}

impl Workspace {
    /// The folder that becomes `project/` in the context: the root of the uv workspace, or else the folder that the
    /// project and its siblings have in common. It is absolute, or empty for a workspace in memory.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The project's folder; empty where it is the root.
    pub fn project_path(&self) -> &Utf8Path {
        &self.place
    }

    /// The project that the image is of.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The siblings that the project needs, in the order they were met.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The wheels and source archives that the project or a sibling needs, in the order they were met.
    pub fn archives(&self) -> &[Archive] {
        &self.archives
    }

    /// The root of the uv workspace, if the project belongs to one.
    pub fn uv_root(&self) -> Option<&UvRoot> {
        self.uv_root.as_ref()
    }

    /// The locks that were found.
    pub fn locks(&self) -> &Locks {
        &self.locks
    }

    /// `.python-version`: in the project's folder, or above it up to the workspace's root.
    pub fn python_version(&self) -> Option<&TextFile> {
        self.python_version.as_ref()
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
