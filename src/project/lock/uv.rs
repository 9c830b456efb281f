//! `uv.lock`: the universal lock of a uv project or workspace.

mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};
use serde::Deserialize;

use self::tables::Tables;
use super::error::{LockError, LockErrorKind, first_line};
use super::{parts, refuse_credentials, refuse_too_many_tokens, text_of};
use crate::value::ProjectName;

/// The command that writes a `uv.lock`.
pub(super) const REMEDY: &str = "`uv lock`";

/// A `uv.lock` of [version 1]: all packages that any platform, extra or dependency group of the project needs.
///
/// [version 1]: https://docs.astral.sh/uv/concepts/resolution/#lockfile-versioning
#[derive(Debug, Clone)]
pub struct UvLock {
    file: String,
    text: String,
    revision: u32,
    requires_python: Option<VersionSpecifiers>,
    members: BTreeSet<ProjectName>,
    pub(super) settings: LockedSettings,
    packages: Vec<LockedPackage>,
    /// The byte ranges of the versions of local projects in the text.
    local_versions: Vec<Range<usize>>,
}

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

/// The settings of the root project when it was locked (`[manifest]`).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct LockedSettings {
    pub(super) constraints: Vec<LockedRequirement>,
    pub(super) overrides: Vec<LockedRequirement>,
    pub(super) excludes: BTreeSet<ProjectName>,
}

impl UvLock {
    /// Parses the bytes of a `uv.lock`.
    ///
    /// # Errors
    ///
    /// If the lock is too large, is not UTF-8, has an unsupported format, an invalid value or a URL with credentials.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LockError> {
        Self::parse("uv.lock", text_of("uv.lock", bytes)?)
    }

    pub(super) fn parse(file: &str, text: &str) -> Result<Self, LockError> {
        let refuse =
            |key: String, reason: String| LockError::new(file, LockErrorKind::Value { key, reason, remedy: REMEDY });
        let toml_error = |error: toml::de::Error| LockError::toml(file, text, &error, REMEDY);
        refuse_too_many_tokens(file, text, REMEDY)?;
        let tables: Result<Tables, _> = parts::parse(text);
        let version = match &tables {
            Ok(tables) => tables.version,
            Err(_) => toml::from_str::<Format>(text).map_err(toml_error)?.version,
        };
        if version != 1 {
            let kind = LockErrorKind::Version { found: version.to_string(), known: "version 1", remedy: REMEDY };
            return Err(LockError::new(file, kind));
        }
        refuse_credentials(file, text)?;
        let tables = tables.map_err(toml_error)?;
        let requires_python = tables.requires_python.map(|versions| versions.parse());
        let requires_python =
            requires_python.transpose().map_err(|error| refuse("requires-python".to_owned(), first_line(&error)))?;
        let mut packages = Vec::with_capacity(tables.package.len());
        let mut local_versions = Vec::new();
        for table in tables.package {
            local_versions.extend(table.local_versions());
            let name = table.name.clone();
            packages.push(table.package().map_err(|reason| refuse(format!("package `{name}`"), reason))?);
        }
        local_versions.sort_by_key(|range| range.start);
        Ok(Self {
            file: file.to_owned(),
            text: text.to_owned(),
            revision: tables.revision,
            requires_python,
            members: tables.manifest.members,
            settings: tables.manifest.settings,
            packages,
            local_versions,
        })
    }

    /// Returns the path of the lock, relative to the project.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns the text of the lock.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the revision of format version 1, which counts compatible additions.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Returns the Python versions that the lock supports. All members of the workspace support them.
    pub fn requires_python(&self) -> Option<&VersionSpecifiers> {
        self.requires_python.as_ref()
    }

    /// Returns the members of the workspace; empty if the project is not in a workspace.
    pub fn members(&self) -> &BTreeSet<ProjectName> {
        &self.members
    }

    /// Returns all packages, in the order of the lock.
    pub fn packages(&self) -> &[LockedPackage] {
        &self.packages
    }

    /// Returns the local project of this name: the locked project, a member of its workspace, or a project that a path
    /// names.
    pub fn local(&self, name: &ProjectName) -> Option<&LockedPackage> {
        self.packages.iter().find(|package| package.name == *name && package.source.folder().is_some())
    }

    /// Returns the lock with the version of every local project set to `0`. No other byte changes.
    ///
    /// The lock repeats these versions, but packages from an index do not depend on them. An image layer built from
    /// this text therefore stays valid after a release. uv accepts the text like the lock itself, with `--frozen` and
    /// without the local projects (`--no-install-local`).
    pub fn projected(&self) -> String {
        let mut projected = String::with_capacity(self.text.len());
        let mut done = 0;
        for range in &self.local_versions {
            projected.push_str(&self.text[done..range.start]);
            projected.push_str("\"0\"");
            done = range.end;
        }
        projected.push_str(&self.text[done..]);
        projected
    }
}

impl FromStr for UvLock {
    type Err = LockError;

    fn from_str(text: &str) -> Result<Self, LockError> {
        Self::from_bytes(text.as_bytes())
    }
}

/// The format version, read alone if the other keys cannot be read: another version may have a different structure.
#[derive(Deserialize)]
struct Format {
    version: i64,
}
