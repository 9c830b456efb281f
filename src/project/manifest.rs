//! Parses a `pyproject.toml` into a [`Project`].

mod adjacent;
mod backend;
mod build_files;
mod credentials;
mod error;
mod extra_list;
pub(crate) mod group_places;
mod groups;
mod manifest_in;
mod named_files;
mod package_data;
mod projection;
mod read;
mod relative;
mod selection;
mod setup_cfg;
mod syntax;
mod tools;
mod uv;

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

use pep440_rs::{Version, VersionSpecifiers};
use toml::{Table, Value};

use super::config::Config;
use super::index::PackageIndex;
use super::index_source::IndexSource;
use super::poetry::PoetrySources;
use super::requirement::Requirement;
use crate::value::{ProjectName, ProjectPath};

pub(crate) use adjacent::{AdjacentMetadata, PackageOfPoetry, SetupScript};
pub use error::{Excerpt, Position, ProjectError, ProjectErrorKind};
pub(crate) use extra_list::{ExtraFiles, ExtraList};
pub(crate) use groups::GroupItem;
pub(crate) use manifest_in::ManifestIn;
pub(crate) use named_files::{NamedFiles, NamedOutside, NamedPattern};
pub use projection::projected_manifest;
pub(crate) use projection::projected_table;
pub(crate) use read::indexes_of_root;
pub(crate) use setup_cfg::{
    describes_package, extras, in_setup_cfg, includes_package_data, left_out_data, metadata_in_setup_cfg, paths_in,
};
pub(crate) use uv::{Conflicting, PossibleRoot, Sources, UvSource, UvTable, WorkspaceTable};

/// A Python project: the validated content of its `pyproject.toml`.
///
/// The text is TOML 1.0 and follows [PEP 518] (`[build-system]`), [PEP 621] (`[project]`), [PEP 735]
/// (`[dependency-groups]`) and, for `[tool.agentix]`, [`Config`]. Of other tools' tables, only those parts of
/// `[tool.uv]`, `[tool.poetry]`, `[tool.pdm]` and `[tool.hatch.build]` are read that affect the image.
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
#[expect(clippy::struct_excessive_bools, reason = "the facts are independent")]
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
    named_files: NamedFiles,
    poetry_sources: PoetrySources,
    poetry_groups: Vec<String>,
    writes_alternatives: bool,
    pdm_sources: Vec<IndexSource>,
    is_described_by_pipfile: bool,
    pipfile_categories: Vec<ProjectName>,
    version_tool: Option<&'static str>,
    packages: Vec<String>,
    has_dependencies_of_build: bool,
    mentioned_files: BTreeSet<String>,
    unread: Unread,
    kind: ProjectKind,
    uses_uv: bool,
    uv: UvTable,
    text: Arc<str>,
    whole: Arc<Table>,
    has_byte_order_mark: bool,
    indexes: Vec<PackageIndex>,
    as_uv: Option<Box<Self>>,
    config: Config,
}

/// `[build-system]`: how the project is built into a wheel.
#[derive(Debug, Clone)]
pub struct BuildSystem {
    /// The requirements of the build.
    pub requires: Vec<Requirement>,
    /// The backend's import path. `None` means setuptools in legacy mode, see [PEP 517].
    ///
    /// [PEP 517]: https://peps.python.org/pep-0517/#source-trees
    pub backend: Option<String>,
    /// Whether the backend is part of the project itself (`backend-path`).
    pub in_tree: bool,
    /// The folders of such a backend, except the project's own folder.
    pub backend_path: Vec<ProjectPath>,
    /// Whether build hooks may request more requirements during the build (`[tool.hatch.build.hooks]`).
    pub has_hooks: bool,
    /// Whether `setup.py` and `setup.cfg`, if they exist, were read and do not mention `setup_requires`. In this case,
    /// setuptools requests no more requirements.
    pub asks_for_no_more: bool,
}

/// Dependencies that the project states where neither its build nor this tool reads them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the places are independent")]
pub(crate) struct Unread {
    /// `[tool.pixi]` lists packages.
    pub(crate) pixi: bool,
    /// `setup.cfg` has `install_requires`, which setuptools ignores because of `[project]`.
    pub(crate) setup_cfg: bool,
    /// `[tool.pdm.resolution]` replaces dependencies or leaves them out.
    pub(crate) pdm_resolution: bool,
    /// The manifest is only the root of a workspace of uv, whose members are installed elsewhere.
    pub(crate) members: bool,
}

/// How a project is installed in its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProjectKind {
    /// A package, which is built and installed.
    Package,
    /// A folder of modules and scripts. Its requirements, if any, are installed. Its modules are imported from the
    /// folder.
    Scripts,
}

impl Project {
    /// Reads a `pyproject.toml`, with adjacent metadata to fill its gaps: `[project]` may be missing if the project is
    /// described elsewhere, and the version if a source distribution has it. An empty text means that the file does not
    /// exist.
    ///
    /// A project without `[project]` is a package if it has a `[build-system]`, a setup script or a module that Poetry
    /// installs, and [scripts](ProjectKind::Scripts) otherwise. Its name comes from `[tool.poetry]`, `PKG-INFO` or the folder.
    pub(crate) fn within(text: &str, adjacent: &AdjacentMetadata) -> Result<Self, ProjectError> {
        read::read(text, adjacent)
    }

    /// The maximum size of a `pyproject.toml`, in bytes: 1 MB. Large manifests that people write have a tenth of it.
    pub const LARGEST: u64 = 1_000_000;

    /// Reads a `pyproject.toml` from bytes: UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    ///
    /// Fails if the text is larger than [`LARGEST`](Self::LARGEST), is not UTF-8 or is not a valid manifest.
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

    /// Returns the distribution's name, normalised.
    pub fn name(&self) -> &ProjectName {
        &self.name
    }

    /// Returns the version, or `None` if the build sets it.
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// Returns the one-line description.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Returns the path of the file with the long description.
    pub fn readme(&self) -> Option<&ProjectPath> {
        self.readme.as_ref()
    }

    /// Returns the licence as written: an SPDX expression ([PEP 639]) or any text.
    ///
    /// [PEP 639]: https://peps.python.org/pep-0639/
    pub fn license(&self) -> Option<&str> {
        self.license.as_deref()
    }

    /// Returns the URLs of the project (`[project.urls]`), by label.
    pub fn urls(&self) -> &BTreeMap<String, String> {
        &self.urls
    }

    /// Returns the supported Python versions (`requires-python`).
    pub fn requires_python(&self) -> Option<&VersionSpecifiers> {
        self.requires_python.as_ref()
    }

    /// Returns the run-time requirements, in the order of the manifest.
    pub fn dependencies(&self) -> &[Requirement] {
        &self.dependencies
    }

    /// Returns the requirements of each extra, by normalised name.
    pub fn optional_dependencies(&self) -> &BTreeMap<ProjectName, Vec<Requirement>> {
        &self.optional_dependencies
    }

    /// Returns the requirements of a dependency group, including those of the groups that it includes. Returns `None`
    /// if the group does not exist.
    pub fn group(&self, name: &ProjectName) -> Option<Vec<&Requirement>> {
        groups::resolve(&self.groups, name)
    }

    /// Returns the names of the dependency groups.
    pub fn groups(&self) -> impl Iterator<Item = &ProjectName> {
        self.groups.keys()
    }

    /// Returns whether the build backend provides a field of `[project]` (`dynamic`).
    pub fn is_dynamic(&self, field: &str) -> bool {
        self.dynamic.iter().any(|dynamic| dynamic == field)
    }

    /// Returns whether the build may know dependencies: not if a setup script alone describes the project, and mentions
    /// none.
    pub(crate) fn has_dependencies_of_build(&self) -> bool {
        self.has_dependencies_of_build
    }

    /// Returns what reads the version from the repository because a setup script says so.
    pub(crate) fn version_tool(&self) -> Option<&'static str> {
        self.version_tool
    }

    /// Returns the folders of the importable packages on disk, at the root and in `src`.
    pub(crate) fn packages(&self) -> &[String] {
        &self.packages
    }

    /// Returns whether a setup script mentions a list of requirements, by its path or its file name.
    pub(crate) fn build_mentions(&self, path: &str) -> bool {
        let name = path.rsplit('/').next();
        self.mentioned_files.iter().any(|mentioned| mentioned.rsplit('/').next() == name)
    }

    /// Returns whether a setup script mentions a file, or a file below a folder, with its path.
    pub(crate) fn build_mentions_at(&self, path: &str) -> bool {
        let below = |mentioned: &String| mentioned.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        self.mentioned_files.contains(path) || self.mentioned_files.iter().any(below)
    }

    /// Returns how the project is built into a wheel.
    pub fn build_system(&self) -> &BuildSystem {
        &self.build_system
    }

    /// Returns the package indexes in `[[tool.poetry.source]]`.
    pub(crate) fn poetry_sources(&self) -> &PoetrySources {
        &self.poetry_sources
    }

    /// Returns the groups of `[tool.poetry]` that Poetry installs without being asked, and that are not for development.
    pub(crate) fn poetry_groups(&self) -> &[String] {
        &self.poetry_groups
    }

    /// Returns the package indexes in `[[tool.pdm.source]]`.
    pub(crate) fn pdm_sources(&self) -> &[IndexSource] {
        &self.pdm_sources
    }

    /// Returns whether the dependencies are those of a `Pipfile`, because the manifest lists none.
    pub(crate) fn is_described_by_pipfile(&self) -> bool {
        self.is_described_by_pipfile
    }

    /// Returns whether packages of a `Pipfile` are needed for these groups. Only a lock says which.
    pub(crate) fn needs_pipfile_lock(&self, groups: &[ProjectName]) -> bool {
        self.is_described_by_pipfile && !self.dependencies.is_empty()
            || groups.iter().any(|group| self.is_pipfile_category(group))
    }

    /// Returns whether a group is a category of the `Pipfile`.
    pub(crate) fn is_pipfile_category(&self, group: &ProjectName) -> bool {
        self.pipfile_categories.contains(group)
    }

    /// Returns the dependencies that nothing reads.
    pub(crate) fn unread(&self) -> Unread {
        self.unread
    }

    /// Returns whether a setting of uv or PDM replaces versions that dependencies ask for.
    pub(crate) fn overrides_versions(&self) -> bool {
        self.uv.override_dependencies.is_some() || self.unread.pdm_resolution
    }

    /// Returns the files that the manifests name and the build reads.
    pub(crate) fn named_files(&self) -> &NamedFiles {
        &self.named_files
    }

    /// Returns how the project is installed in its image.
    pub fn kind(&self) -> ProjectKind {
        self.kind
    }

    /// Returns where the module may be that makes a project of Poetry a package. The list is empty if `[build-system]`
    /// decides.
    pub(crate) fn possible_modules_of_poetry(&self) -> Vec<String> {
        let poetry = self.whole.get("tool").and_then(|tool| tool.get("poetry"));
        if poetry.is_none() || self.whole.contains_key("build-system") {
            return Vec::new();
        }
        let module = self.name.as_str().replace('-', "_");
        ["", "src/"].iter().flat_map(|folder| ["", ".py"].map(|end| format!("{folder}{module}{end}"))).collect()
    }

    /// Returns whether the manifest has `[tool.uv]`.
    pub fn uses_uv(&self) -> bool {
        self.uses_uv
    }

    /// Returns the part of `[tool.uv]` that says where dependencies come from.
    pub(crate) fn uv(&self) -> &UvTable {
        &self.uv
    }

    /// Returns the text of the `pyproject.toml`, without a byte order mark.
    pub fn manifest(&self) -> &str {
        &self.text
    }

    /// Returns whether the file starts with a byte order mark.
    pub(crate) fn has_byte_order_mark(&self) -> bool {
        self.has_byte_order_mark
    }

    /// Returns the whole manifest, with the tables of all tools.
    pub(crate) fn whole(&self) -> &Table {
        &self.whole
    }

    /// Returns the names of the programs in `[project.scripts]`, or else in `[tool.poetry.scripts]`.
    pub fn scripts(&self) -> impl Iterator<Item = &str> {
        let standard = || self.whole.get("project")?.get("scripts");
        let poetry = || self.whole.get("tool")?.get("poetry")?.get("scripts");
        let scripts = standard().or_else(poetry).and_then(Value::as_table);
        scripts.into_iter().flat_map(Table::keys).map(String::as_str)
    }

    /// Returns the package indexes in `[[tool.uv.index]]`.
    pub fn indexes(&self) -> &[PackageIndex] {
        &self.indexes
    }

    /// Returns the configuration in `[tool.agentix]`.
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
