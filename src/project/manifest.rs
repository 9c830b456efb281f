//! A project, as its `pyproject.toml` describes it.

mod credentials;
mod error;
mod groups;
mod projection;
mod read;
mod syntax;
mod uv;

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use pep440_rs::{Version, VersionSpecifiers};

use super::config::Config;
use super::index::PackageIndex;
use super::metadata::Metadata;
use super::requirement::Requirement;
use crate::value::{ProjectName, ProjectPath};

pub use error::{Position, ProjectError, ProjectErrorKind};
pub(crate) use groups::GroupItem;
pub use projection::projected_manifest;
pub(crate) use projection::projected_table;
pub(crate) use read::indexes_of_root;
pub(crate) use uv::PossibleRoot;
pub(crate) use uv::{Sources, UvSource, UvTable, WorkspaceTable};

/// A Python project: what its `pyproject.toml` says, checked.
///
/// The text is TOML 1.0 and follows [PEP 518] (`[build-system]`), [PEP 621] (`[project]`), [PEP 735]
/// (`[dependency-groups]`) and this tool's own `[tool.agentix]`, see [`Config`]. Other tools' tables are left alone.
///
/// ```
/// let project: agentix_gen::Project = r#"
///     [project]
///     name = "agentix-hello"
///     version = "1.0"
///     dependencies = ["rich"]
/// "#.parse()?;
/// assert_eq!(project.name().short(), "hello");
/// assert_eq!(project.dependencies()[0].as_str(), "rich");
/// # Ok::<(), agentix_gen::project::ProjectError>(())
/// ```
///
/// [PEP 518]: https://peps.python.org/pep-0518/
/// [PEP 621]: https://peps.python.org/pep-0621/
/// [PEP 735]: https://peps.python.org/pep-0735/
#[derive(Debug, Clone)]
pub struct Project {
    name: ProjectName,
    version: Option<Version>,
    description: Option<String>,
    readme: Option<ProjectPath>,
    license: Option<String>,
    urls: BTreeMap<String, String>,
    requires_python: Option<VersionSpecifiers>,
    dependencies: Vec<Requirement>,
    optional_dependencies: BTreeMap<ProjectName, Vec<Requirement>>,
    groups: BTreeMap<ProjectName, Vec<GroupItem>>,
    dynamic: Vec<String>,
    build_system: BuildSystem,
    kind: ProjectKind,
    uses_uv: bool,
    uv: UvTable,
    text: Arc<str>,
    indexes: Vec<PackageIndex>,
    config: Config,
}

/// `[build-system]`: how the project becomes a wheel.
#[derive(Debug, Clone)]
pub struct BuildSystem {
    /// What the backend needs to run.
    pub requires: Vec<Requirement>,
    /// The backend's import path; none stands for setuptools in its legacy mode, as [PEP 517] has it.
    ///
    /// [PEP 517]: https://peps.python.org/pep-0517/#source-trees
    pub backend: Option<String>,
    /// Whether the backend lies in the project itself (`backend-path`).
    pub in_tree: bool,
    /// The folders that it lies in there, but for the project's own.
    pub backend_path: Vec<ProjectPath>,
    /// Whether build hooks may ask for more requirements once the build runs (`[tool.hatch.build.hooks]`).
    pub has_hooks: bool,
    /// Whether `setup.py` and `setup.cfg`, as far as they are there, were read and list no `setup_requires`: then
    /// setuptools asks for nothing more.
    pub asks_for_no_more: bool,
}

/// What a folder tells of a project beside its `pyproject.toml`, for what that leaves out.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub(crate) struct AdjacentMetadata {
    /// The name of the folder, for a project that has no name of its own.
    pub folder: Option<ProjectName>,
    /// The `PKG-INFO` of a source distribution.
    pub metadata: Option<Metadata>,
    /// Whether there is a `setup.py` or a `setup.cfg`: what is described there is left to the build.
    pub has_setup_script: bool,
    /// Whether one of them mentions `setup_requires`, so that the build may need more than `[build-system]` says; none
    /// where they were not read.
    pub mentions_setup_requires: Option<bool>,
}

/// What a project is for its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProjectKind {
    /// A package: it is built and installed.
    Package,
    /// A folder of modules and scripts, with requirements at most: they are installed, and its modules are found where
    /// they lie.
    Scripts,
}

impl Project {
    /// Reads a `pyproject.toml` that may leave out more than its own text allows: the `[project]` table where the project
    /// is described elsewhere, the version where a source distribution has it. An empty text stands for no file.
    ///
    /// A project without `[project]` is a package if it has a `[build-system]` or a setup script, and
    /// [scripts](ProjectKind::Scripts) otherwise. Its name is that of `[tool.poetry]`, of `PKG-INFO` or of the folder.
    pub(crate) fn within(text: &str, surroundings: &AdjacentMetadata) -> Result<Self, ProjectError> {
        read::read(text, surroundings)
    }

    /// The largest `pyproject.toml` that is read: 10 MB.
    pub const LARGEST: u64 = 10_000_000;

    /// Reads the bytes of a `pyproject.toml`: UTF-8, with or without a byte order mark.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProjectError> {
        if bytes.len() as u64 > Self::LARGEST {
            return Err(ProjectError::too_large());
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => text.parse(),
            Err(error) => {
                let readable = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
                Err(ProjectError::new(ProjectErrorKind::Encoding).at(&readable, readable.len()))
            }
        }
    }

    /// The distribution's name, normalised.
    pub fn name(&self) -> &ProjectName {
        &self.name
    }

    /// The version, unless the build decides it.
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// The one-line description.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The file that holds the long description.
    pub fn readme(&self) -> Option<&ProjectPath> {
        self.readme.as_ref()
    }

    /// Its licence, as it is written: an SPDX expression ([PEP 639]), or any text.
    ///
    /// [PEP 639]: https://peps.python.org/pep-0639/
    pub fn license(&self) -> Option<&str> {
        self.license.as_deref()
    }

    /// Its addresses (`[project.urls]`), by their labels.
    pub fn urls(&self) -> &BTreeMap<String, String> {
        &self.urls
    }

    /// The Python versions it runs on.
    pub fn requires_python(&self) -> Option<&VersionSpecifiers> {
        self.requires_python.as_ref()
    }

    /// What it needs at run time, in the order it was written.
    pub fn dependencies(&self) -> &[Requirement] {
        &self.dependencies
    }

    /// What each extra adds, by normalised name.
    pub fn optional_dependencies(&self) -> &BTreeMap<ProjectName, Vec<Requirement>> {
        &self.optional_dependencies
    }

    /// The requirements of a dependency group, the groups that it includes opened; none where there is no such group.
    pub fn group(&self, name: &ProjectName) -> Option<Vec<&Requirement>> {
        groups::resolve(&self.groups, name)
    }

    /// The names of the dependency groups.
    pub fn groups(&self) -> impl Iterator<Item = &ProjectName> {
        self.groups.keys()
    }

    /// Whether a field of `[project]` is left to the build backend.
    pub fn is_dynamic(&self, field: &str) -> bool {
        self.dynamic.iter().any(|dynamic| dynamic == field)
    }

    /// How the project becomes a wheel.
    pub fn build_system(&self) -> &BuildSystem {
        &self.build_system
    }

    /// What it is for its image.
    pub fn kind(&self) -> ProjectKind {
        self.kind
    }

    /// Whether there is a `[tool.uv]` table.
    pub fn uses_uv(&self) -> bool {
        self.uses_uv
    }

    /// `[tool.uv]`, as far as it says where dependencies come from.
    pub(crate) fn uv(&self) -> &UvTable {
        &self.uv
    }

    /// The text of the `pyproject.toml`, without a byte order mark.
    pub fn manifest(&self) -> &str {
        &self.text
    }

    /// The package indexes that it names for uv.
    pub fn indexes(&self) -> &[PackageIndex] {
        &self.indexes
    }

    /// `[tool.agentix]`.
    pub fn config(&self) -> &Config {
        &self.config
    }
}

impl FromStr for Project {
    type Err = ProjectError;

    fn from_str(text: &str) -> Result<Self, ProjectError> {
        read::read(text, &AdjacentMetadata::default())
    }
}

#[cfg(test)]
mod tests;
