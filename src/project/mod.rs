//! A project: its manifest, configuration, locks and workspace.
//!
//! Everything here is pure: it parses text into typed values. The module [`files`](crate::files) reads the files.
//!
//! | file | holds |
//! |---|---|
//! | `manifest` | [`Project`]: `pyproject.toml`, and the metadata next to it that fills its gaps |
//! | `config` | [`Config`]: `[tool.agentix]` and the command-line options |
//! | `described` | what the tables of a tool say, in the terms of the standard tables |
//! | `poetry` | `[tool.poetry]` and its version constraints |
//! | `pdm` | `[tool.pdm]` |
//! | `pipfile` | the `Pipfile` of pipenv |
//! | `index_source` | the package indexes of PDM and pipenv |
//! | `repository` | repositories as pip names them |
//! | `requirement` | one PEP 508 requirement |
//! | `index` | the package indexes in `[[tool.uv.index]]` |
//! | `metadata` | the `PKG-INFO` of a source distribution |
//! | `lock` | the locks of all tools, and the check that they are current |
//! | `workspace` | a project with its siblings and locks |
//! | `toml_size` | the limit on the number of tokens of a TOML file |
//! | `python` | the Python version that satisfies all constraints |

mod config;
mod described;
mod index;
mod index_source;
pub(crate) mod lock;
mod manifest;
mod metadata;
mod pdm;
mod pipfile;
mod poetry;
mod python;
mod repository;
mod requirement;
mod toml_size;
pub(crate) mod workspace;

pub use config::{ChoiceError, Commands, Config, ConfigOption, Flag, Form, InstallerChoice, OptionSpec, Symlinks};
pub use index::{Authenticate, PackageIndex};
pub(crate) use lock::{ComponentOrigin, ImageEnvironment, LockRoot, LockedComponent, LockedFile};
pub use lock::{
    ExportedList, FileRequirement, LocalPackage, Lock, LockError, LockErrorKind, LockedDependency, LockedPackage,
    LockedRequirement, PackageSource, PdmLock, PipfileLock, PoetryLock, Pylock, PylockPackage, RequirementsFile,
    RequirementsOption, UvLock,
};
pub(crate) use manifest::group_places::GroupPlace;
pub use manifest::{
    BuildSystem, Excerpt, Position, Project, ProjectError, ProjectErrorKind, ProjectKind, projected_manifest,
};
pub(crate) use manifest::{
    Conflicting, ManifestIn, NamedOutside, NamedPattern, PossibleRoot, UvSource, UvTable, indexes_of_root,
    projected_table,
};
pub(crate) use metadata::METADATA;
pub use metadata::{Metadata, MetadataError};
pub use pipfile::PipfileError;
pub use python::{ExcludedPython, PythonConstraint, PythonError, PythonVersion};
pub(crate) use requirement::{Alternatives, allows};
pub use requirement::{Requirement, RequirementError};
pub use workspace::{
    Archive, AvailableNames, Locks, Member, SelectionError, SiblingFault, TextFile, UvRoot, Workspace, WorkspaceError,
};
pub(crate) use workspace::{Closure, List, PathState, Tree, discover, is_archive};
