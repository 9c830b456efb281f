//! A package of a `uv.lock`, and what it needs.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::Version;
use serde::Deserialize;

use crate::value::ProjectName;

/// A `[[package]]` entry of a `uv.lock`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockedPackage {
    /// The name.
    pub name: ProjectName,
    /// The version; `None` for a local project with a dynamic version.
    pub version: Option<Version>,
    /// The source.
    pub source: PackageSource,
    /// The resolved dependencies.
    pub dependencies: Vec<LockedDependency>,
    /// The resolved dependencies of each extra.
    pub optional_dependencies: BTreeMap<ProjectName, Vec<LockedDependency>>,
    /// The resolved dependencies of each dependency group.
    pub dev_dependencies: BTreeMap<ProjectName, Vec<LockedDependency>>,
    /// The requirements of its manifest when it was locked (`metadata.requires-dist`); extras are markers.
    pub requires_dist: Vec<LockedRequirement>,
    /// The requirements of its dependency groups when it was locked (`metadata.requires-dev`); included groups are
    /// expanded.
    pub requires_dev: BTreeMap<ProjectName, Vec<LockedRequirement>>,
    /// The names of its extras; empty in locks of revision 0, which do not list them.
    pub provides_extras: BTreeSet<ProjectName>,
    /// The Python versions of dependency groups that have their own.
    pub(in crate::project::lock) python_of_groups: BTreeMap<ProjectName, String>,
}

/// The source of a locked package. Paths are as written in the lock and relative to its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackageSource {
    /// A package index: a URL or the path of a folder.
    Registry(String),
    /// A local project that is not a package: only its dependencies are installed.
    Virtual(String),
    /// A local project, installed as editable.
    Editable(String),
    /// A local project, installed as a copy.
    Directory(String),
    /// A local wheel or sdist.
    Path(String),
    /// A commit of a git repository, as `URL?rev=…#COMMIT`.
    Git(String),
    /// An archive at a URL.
    Url(String),
}

impl PackageSource {
    /// Returns the folder of a local project, as written in the lock.
    pub fn folder(&self) -> Option<&str> {
        match self {
            Self::Virtual(path) | Self::Editable(path) | Self::Directory(path) => Some(path),
            _ => None,
        }
    }

    /// Returns the file or folder on this machine, as written in the lock.
    pub(crate) fn place(&self) -> Option<&str> {
        match self {
            Self::Path(path) => Some(path),
            other => other.folder(),
        }
    }

    /// Returns whether the source is a file or folder on this machine.
    pub fn is_local(&self) -> bool {
        self.place().is_some()
    }
}

/// An edge of the dependency graph.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockedDependency {
    /// The package.
    pub name: ProjectName,
    /// The version, if the lock contains several of the package.
    pub version: Option<Version>,
    /// The required extras of the package.
    pub extras: Vec<ProjectName>,
    /// The marker of the environments that need the package.
    pub marker: Option<String>,
}

/// A requirement of a manifest when it was locked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct LockedRequirement {
    /// The package.
    pub name: ProjectName,
    /// The required extras of the package.
    #[serde(default)]
    pub extras: Vec<ProjectName>,
    /// The marker of the environments, and of the extra of the project, that need the package.
    pub marker: Option<String>,
    /// The version specifier.
    pub specifier: Option<String>,
    /// The index that its source names.
    pub index: Option<String>,
    /// The URL of an archive.
    pub url: Option<String>,
    /// The URL of a git repository.
    pub git: Option<String>,
    /// The path of a local archive.
    pub path: Option<String>,
    /// The folder of a local project that is installed as a copy.
    pub directory: Option<String>,
    /// The folder of a local project that is installed as editable.
    pub editable: Option<String>,
    /// The folder of a local project that is not a package.
    #[serde(rename = "virtual")]
    pub virtual_project: Option<String>,
}
