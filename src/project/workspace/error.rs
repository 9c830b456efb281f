//! Why the surroundings of a project cannot be used.

use camino::Utf8PathBuf;

use super::SelectionError;
use crate::project::manifest::ProjectError;
use crate::project::metadata::MetadataError;
use crate::value::{Escaped, OneLine, ProjectName};

/// What is wrong around a project: displayed with the manifest and the key in it that say so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WorkspaceError {
    /// The extras or groups cannot be chosen.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// A manifest cannot be used.
    #[error("{}", OneLine(&.folder.join(.error.to_string()).into_string()))]
    Manifest {
        /// The folder of the manifest.
        folder: Utf8PathBuf,
        /// What is wrong with it.
        error: ProjectError,
    },
    /// The `PKG-INFO` cannot be used.
    #[error("{}", OneLine(&.folder.join(.error.to_string()).into_string()))]
    Metadata {
        /// The folder of the file.
        folder: Utf8PathBuf,
        /// What is wrong with it.
        error: MetadataError,
    },
    /// The folder has no manifest.
    #[error("{}: no pyproject.toml, setup.py or requirements.txt in this folder", OneLine(.0.as_str()))]
    NoManifest(Utf8PathBuf),
    /// A file that is part of no memory.
    #[error("{} is a file on disk; a workspace in memory has its manifests and locks in memory", Escaped(.0.as_str()))]
    NotInMemory(Utf8PathBuf),
    /// A text that is read is not UTF-8.
    #[error("{} is not UTF-8; save it as UTF-8", Escaped(.0.as_str()))]
    NotUtf8(Utf8PathBuf),
    /// A key of a manifest names a sibling that cannot be used.
    #[error("{}: {key}: {fault}", OneLine(.manifest.as_str()))]
    Sibling {
        /// The manifest.
        manifest: Utf8PathBuf,
        /// The key in it.
        key: String,
        /// What is wrong.
        fault: Box<SiblingFault>,
    },
}

/// What is wrong with a sibling.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SiblingFault {
    /// There is nothing at the path.
    #[error("{} does not exist", Escaped(.0.as_str()))]
    Missing(Utf8PathBuf),
    /// A folder on the path is a link.
    #[error("{} is a symbolic link, which would lead elsewhere in the image; name what it links to", Escaped(.0.as_str()))]
    Link(Utf8PathBuf),
    /// The folder has no `pyproject.toml`.
    #[error("{} is no project: it has no pyproject.toml", Escaped(.0.as_str()))]
    NoProject(Utf8PathBuf),
    /// The file is neither a wheel nor a source archive.
    #[error("{} is neither a folder nor a wheel (.whl) or source archive (.tar.gz, .zip)", Escaped(.0.as_str()))]
    NoArchive(Utf8PathBuf),
    /// It is another distribution than the one that is required.
    #[error("{} is `{found}`, not `{wanted}`; correct one of the names", Escaped(.path.as_str()))]
    Name {
        /// The folder or file.
        path: Utf8PathBuf,
        /// The distribution there.
        found: ProjectName,
        /// The distribution that is required.
        wanted: ProjectName,
    },
    /// It lies outside the workspace.
    #[error("{} lies outside the workspace, whose root is {}; move it below the root", Escaped(.path.as_str()), Escaped(.root.as_str()))]
    OutsideWorkspace {
        /// The folder or file.
        path: Utf8PathBuf,
        /// The workspace's root.
        root: Utf8PathBuf,
    },
    /// It has nothing in common with the project but the root of the file system.
    #[error("{} shares no folder with the project but the root of the file system; move one next to the other", Escaped(.0.as_str()))]
    FarAway(Utf8PathBuf),
    /// The path cannot be one of a context.
    #[error("{} holds a control character; rename it", Escaped(.0))]
    ControlCharacter(String),
    /// No member of the workspace has the name.
    #[error("no member of the workspace is called `{0}`; add its folder to tool.uv.workspace.members")]
    NoMember(ProjectName),
    /// Several members of the workspace have the name.
    #[error("{} and {} are both called `{name}`; rename one", Escaped(.first.as_str()), Escaped(.second.as_str()))]
    TwoMembers {
        /// The name.
        name: ProjectName,
        /// One folder.
        first: Utf8PathBuf,
        /// Another one.
        second: Utf8PathBuf,
    },
    /// The project belongs to no workspace.
    #[error("the project belongs to no uv workspace; name its folder with `path`")]
    NoWorkspace,
    /// A member of the workspace is required, and nothing says that it is meant.
    #[error(
        "`{0}` is a member of the workspace, and would be fetched from an index; say which is meant in tool.uv.sources \
         (`{0} = {{ workspace = true }}`)"
    )]
    NoSource(ProjectName),
    /// A glob that is none.
    #[error("{} is no glob: {reason}", Escaped(.glob))]
    Glob {
        /// The text.
        glob: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Both name a place.
    #[error("the dependency has a URL, and an entry in tool.uv.sources as well; leave one out")]
    TwoSources,
    /// A sibling is required for the build.
    #[error(
        "`{0}` is a local path, and build requirements are installed before there are any; depend on a released version"
    )]
    BuildRequirement(ProjectName),
}
