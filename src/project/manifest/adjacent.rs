//! What other files in the folder of a `pyproject.toml` say of the project.

use std::collections::BTreeSet;

use toml::Table;

use super::{ExtraList, ManifestIn, NamedFiles};
use crate::project::metadata::Metadata;
use crate::project::pipfile::Pipfile;
use crate::value::ProjectName;

/// Metadata next to a `pyproject.toml`. It fills gaps in the manifest.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub(crate) struct AdjacentMetadata {
    /// The name of the folder, for a project without a name.
    pub folder: Option<ProjectName>,
    /// The `PKG-INFO` of a source distribution.
    pub metadata: Option<Metadata>,
    /// What a `setup.py` or `setup.cfg` says of dependencies, if one exists. Only the build reads the metadata in it.
    pub setup_script: Option<SetupScript>,
    /// What reads the version from the repository because a setup script says so.
    pub version_tool: Option<&'static str>,
    /// Whether one of them mentions `setup_requires`, so that the build may need more than `[build-system]` lists.
    /// `None` if they were not read.
    pub mentions_setup_requires: Option<bool>,
    /// Whether a `uv.lock` or `uv.toml` is beside the manifest, so that uv manages the project.
    pub has_file_of_uv: bool,
    /// The `Pipfile`.
    pub pipfile: Option<Pipfile>,
    /// Those of `setup.py`, `setup.cfg` and `MANIFEST.in` that say what the package has, whatever they name.
    pub setup_files: Vec<&'static str>,
    /// The `MANIFEST.in`.
    pub manifest_in: Option<ManifestIn>,
    /// Whether the files that it names are installed, if one of the other two says so.
    pub includes_package_data: Option<bool>,
    /// The data that `setup.cfg` leaves out: packages, and a pattern for each.
    pub left_out_data: Vec<(String, String)>,
    /// The `hatch.toml`. The build reports one that is invalid.
    pub hatch: Option<Table>,
    /// The files that `setup.cfg` names.
    pub named_files: NamedFiles,
    /// The extras whose requirements setuptools reads elsewhere than in `[project]`.
    pub extras: Vec<ExtraList>,
    /// The files that a setup script may read, by what it mentions.
    pub mentioned_files: BTreeSet<String>,
    /// The importable packages in the folder and in its `src`, whatever the context has of them.
    pub packages: Vec<String>,
    /// What makes a project of Poetry a package.
    pub package_of_poetry: PackageOfPoetry,
    /// Whether `setup.cfg` has `install_requires`.
    pub setup_cfg_has_dependencies: bool,
}

/// What makes a project of Poetry a package, if it does not name its backend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum PackageOfPoetry {
    /// Only its manifest does.
    #[default]
    Manifest,
    /// The folder has the module that Poetry installs.
    Module,
    /// Another project requires it: then it is a package, whatever it says.
    Required,
}

/// What setup scripts say of dependencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SetupScript {
    /// One of them mentions `install_requires`, or was not readable.
    WithDependencies,
    /// None of them mentions it.
    WithoutDependencies,
}
