//! Errors of a project and its surroundings.

use camino::Utf8PathBuf;

use super::SelectionError;
use crate::project::manifest::ProjectError;
use crate::project::metadata::MetadataError;
use crate::project::pipfile::PipfileError;
use crate::project::requirement::RequirementError;
use crate::value::{Escaped, OneLine, ProjectName};

/// An error of a workspace, displayed with the manifest and the key that cause it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WorkspaceError {
    /// The extras or dependency groups cannot be selected.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// A manifest is invalid.
    #[error("{}", OneLine(&.folder.join(.error.to_string()).into_string()))]
    Manifest {
        /// The folder of the manifest.
        folder: Utf8PathBuf,
        /// The error of the manifest.
        error: ProjectError,
    },
    /// A `PKG-INFO` is invalid.
    #[error("{}", OneLine(&.folder.join(.error.to_string()).into_string()))]
    Metadata {
        /// The folder of the file.
        folder: Utf8PathBuf,
        /// The error of the file.
        error: MetadataError,
    },
    /// A `Pipfile` is invalid.
    #[error("{}", OneLine(&.folder.join(.error.to_string()).into_string()))]
    Pipfile {
        /// The folder of the file.
        folder: Utf8PathBuf,
        /// The error of the file.
        error: PipfileError,
    },
    /// The folder has no manifest.
    #[error("{}: no pyproject.toml, setup.py, requirements.txt or Pipfile in this folder", OneLine(.0.as_str()))]
    NoManifest(Utf8PathBuf),
    /// A file is on disk, but the workspace is in memory.
    #[error("{} is a file on disk; put its text into the listing", Escaped(.0.as_str()))]
    NotInMemory(Utf8PathBuf),
    /// A text file is not UTF-8.
    #[error("{} is not UTF-8; save it as UTF-8", Escaped(.0.as_str()))]
    NotUtf8(Utf8PathBuf),
    /// A key of a manifest names an unusable sibling.
    #[error("{}: {}: {fault}", OneLine(.manifest.as_str()), OneLine(.key))]
    Sibling {
        /// The manifest.
        manifest: Utf8PathBuf,
        /// The key in the manifest.
        key: String,
        /// The cause.
        fault: Box<SiblingFault>,
    },
}

/// The cause of a [`WorkspaceError::Sibling`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SiblingFault {
    /// The path does not exist.
    #[error("{} does not exist", Escaped(.0.as_str()))]
    Missing(Utf8PathBuf),
    /// The path, or a folder of it, is a symbolic link.
    #[error(
        "{} is a symbolic link, whose target would differ in the image; name the target instead",
        Escaped(.0.as_str())
    )]
    Link(Utf8PathBuf),
    /// The folder has no `pyproject.toml`, `setup.py` or `setup.cfg`.
    #[error("{} is not a project: it has no pyproject.toml or setup.py", Escaped(.0.as_str()))]
    NoProject(Utf8PathBuf),
    /// The file is neither a wheel nor an sdist.
    #[error("{} is not a folder, a wheel (.whl) or a source archive (.tar.gz, .zip)", Escaped(.0.as_str()))]
    NoArchive(Utf8PathBuf),
    /// The name of the wheel has no version.
    #[error(
        "{}: the name of a wheel must contain the name and version of its project; rename it, as in \
         mylib-1.0-py3-none-any.whl",
        Escaped(.0.as_str())
    )]
    ArchiveName(Utf8PathBuf),
    /// The sibling has a different name than the requirement.
    #[error("{} is `{found}`, not `{wanted}`; correct one of the names", Escaped(.path.as_str()))]
    Name {
        /// The folder or file.
        path: Utf8PathBuf,
        /// The name of the sibling.
        found: ProjectName,
        /// The name in the requirement.
        wanted: ProjectName,
    },
    /// The path is outside the workspace.
    #[error(
        "{} is outside the workspace, whose root is {}; move it below the root",
        Escaped(.path.as_str()),
        Escaped(.root.as_str())
    )]
    OutsideWorkspace {
        /// The folder or file.
        path: Utf8PathBuf,
        /// The root of the workspace.
        root: Utf8PathBuf,
    },
    /// The path and the project share only the root of the file system.
    #[error(
        "{} and the project share only the root of the file system; move both below a common folder",
        Escaped(.0.as_str())
    )]
    FarAway(Utf8PathBuf),
    /// The path contains a control character, which a path in the context must not.
    #[error("{} contains a control character; rename it", Escaped(.0))]
    ControlCharacter(String),
    /// No member of the workspace has the name.
    #[error("the workspace has no member `{0}`; add its folder to tool.uv.workspace.members")]
    NoMember(ProjectName),
    /// Several members of the workspace have the name.
    #[error("{} and {} are both named `{name}`; rename one", Escaped(.first.as_str()), Escaped(.second.as_str()))]
    TwoMembers {
        /// The name.
        name: ProjectName,
        /// The first folder.
        first: Utf8PathBuf,
        /// The second folder.
        second: Utf8PathBuf,
    },
    /// The project does not belong to a workspace.
    #[error("the project does not belong to a uv workspace; name the folder of the dependency with `path`")]
    NoWorkspace,
    /// The requirement names a member of the workspace, but has no entry in `tool.uv.sources`.
    #[error(
        "`{0}` is a member of the workspace, but would be installed from an index; select the source in \
         tool.uv.sources (`{0} = {{ workspace = true }}`)"
    )]
    NoSource(ProjectName),
    /// A local path of a list is not a valid requirement.
    #[error(transparent)]
    Requirement(RequirementError),
    /// A glob is invalid.
    #[error("{} is not a valid glob: {reason}", Escaped(.glob))]
    Glob {
        /// The glob.
        glob: String,
        /// Why the glob is invalid.
        reason: &'static str,
    },
    /// The dependency has both a URL and an entry in `tool.uv.sources`.
    #[error("the dependency has both a URL and an entry in tool.uv.sources; remove one")]
    TwoSources,
    /// A build requirement is a sibling.
    #[error(
        "`{0}` is a local path, but build requirements are installed before the project is copied; depend on a \
         released version"
    )]
    BuildRequirement(ProjectName),
}
