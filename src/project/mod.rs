//! A project: its manifest, configuration, locks and workspace.
//!
//! Everything here is pure: it parses text into typed values. The module [`files`](crate::files) reads the files.
//!
//! | file | holds |
//! |---|---|
//! | `manifest` | [`Project`]: `pyproject.toml`, and the metadata next to it that fills its gaps |
//! | `config` | [`Config`]: `[tool.agentix]` and the command-line options |
//! | `poetry` | `[tool.poetry]` and its version constraints |
//! | `requirement` | one PEP 508 requirement |
//! | `index` | the package indexes in `[[tool.uv.index]]` |
//! | `metadata` | the `PKG-INFO` of a source distribution |
//! | `lock` | `uv.lock`, `pylock.toml`, `poetry.lock` and `requirements.txt`, and the check that they are current |
//! | `workspace` | a project with its siblings and locks |
//! | `toml_size` | the limit on the number of tokens of a TOML file |
//! | `python` | the Python version that satisfies all constraints |

mod config;
mod index;
pub(crate) mod lock;
mod manifest;
mod metadata;
mod poetry;
mod python;
mod requirement;
mod toml_size;
pub(crate) mod workspace;

pub use config::{ChoiceError, Commands, Config, ConfigOption, Flag, Form, InstallerChoice, OptionSpec, Symlinks};
pub use index::{Authenticate, PackageIndex};
pub use lock::{
    FileRequirement, Lock, LockError, LockErrorKind, LockedDependency, LockedPackage, LockedRequirement, PackageSource,
    PoetryLock, Pylock, PylockPackage, RequirementsFile, RequirementsOption, UvLock,
};
pub use manifest::{BuildSystem, Position, Project, ProjectError, ProjectErrorKind, ProjectKind, projected_manifest};
pub(crate) use manifest::{PossibleRoot, UvSource, indexes_of_root, projected_table};
pub(crate) use metadata::{METADATA, as_mail};
pub use metadata::{Metadata, MetadataError};
pub use python::{PythonConstraint, PythonError, PythonVersion};
pub use requirement::{Requirement, RequirementError};
pub use workspace::{
    Archive, AvailableNames, Locks, Member, SelectionError, SiblingFault, TextFile, UvRoot, Workspace, WorkspaceError,
};
pub(crate) use workspace::{Closure, PathState, Tree, discover};
