//! `pdm.lock`: the lock of PDM.
//!
//! Read for the formats 4.0 to 4.5, as PDM 2 writes them. With the strategy `inherit_metadata`, each package states its
//! groups and its marker; without it, both follow from the [dependencies](graph).

mod content_hash;
mod graph;

use std::collections::BTreeMap;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::MarkerTree;
use serde::Deserialize;

use super::component::LockedFile;
use super::error::{LockError, LockErrorKind, first_line};
use super::exported::{ExportedList, ExportedPackage, Origin, list};
use super::{parts, read_toml, refuse_credentials, text_of};
use crate::project::index_source;
use crate::project::manifest::Project;
use crate::project::repository;
use crate::project::requirement::is_too_complex;
use crate::value::ProjectName;

pub(crate) const FILE: &str = "pdm.lock";

const REMEDY: &str = "`pdm lock`";

/// The group of the dependencies themselves.
const DEFAULT: &str = "default";

/// A `pdm.lock`.
#[derive(Debug, Clone)]
pub struct PdmLock {
    format: Version,
    content_hash: Option<String>,
    /// Whether packages state their groups and markers.
    states_groups: bool,
    /// The groups that were locked; `None` for all.
    groups: Option<Vec<ProjectName>>,
    requires_python: Option<VersionSpecifiers>,
    packages: Vec<Package>,
}

/// A `[[package]]` entry. A package with extras is an entry of its own, beside the one without.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Package {
    name: String,
    version: Option<String>,
    extras: Vec<String>,
    groups: Vec<String>,
    marker: Option<String>,
    dependencies: Vec<String>,
    files: Vec<File>,
    git: Option<String>,
    hg: Option<String>,
    svn: Option<String>,
    bzr: Option<String>,
    /// A branch, a tag or a commit.
    r#ref: Option<String>,
    /// The commit that `ref` stood for.
    revision: Option<String>,
    url: Option<String>,
    path: Option<String>,
    subdirectory: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct File {
    hash: String,
    #[serde(rename = "file")]
    name: Option<String>,
    url: Option<String>,
}

/// `[[metadata.targets]]`: an environment for which packages were locked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Target {
    requires_python: Option<String>,
    platform: Option<String>,
    implementation: Option<String>,
}

#[derive(Deserialize)]
struct Tables {
    #[serde(default)]
    package: Vec<Package>,
    metadata: Metadata,
}

impl parts::Tables for Tables {
    type Package = Package;
    const PACKAGES: &'static str = "package";

    fn add(&mut self, package: Package, _: usize) {
        self.package.push(package);
    }
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    lock_version: String,
    content_hash: Option<String>,
    groups: Option<Vec<String>>,
    #[serde(default)]
    strategy: Vec<String>,
    #[serde(default)]
    targets: Vec<Target>,
    lock_inputs: Option<serde::de::IgnoredAny>,
    /// Formats before 4.3 list the files here, by `NAME VERSION`.
    #[serde(default)]
    files: BTreeMap<String, Vec<File>>,
}

impl PdmLock {
    /// Parses the bytes of a `pdm.lock`.
    ///
    /// # Errors
    ///
    /// If the lock is too large, is not UTF-8, has an unsupported format, an invalid value, a URL with credentials, or no
    /// packages for Linux.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LockError> {
        let text = text_of(FILE, bytes)?;
        refuse_credentials(FILE, text)?;
        let Tables { package: mut packages, metadata } = read_toml(FILE, text, REMEDY)?;
        let format = Version::from_str(&metadata.lock_version);
        let format =
            format.ok().filter(|format| matches!(format.release(), [4] | [4, 0..=5, ..])).ok_or_else(|| {
                let kind = LockErrorKind::Version { found: metadata.lock_version, known: "4.0 to 4.5", remedy: REMEDY };
                LockError::new(FILE, kind)
            })?;
        if metadata.lock_inputs.is_some() {
            let reason =
                "such a lock cannot be compared with the project; remove `lock_inputs` from [tool.pdm.resolution]";
            return Err(value("metadata.lock_inputs", &reason));
        }
        add_files(&mut packages, metadata.files);
        let groups =
            metadata.groups.map(|groups| groups.iter().map(|group| parsed("metadata.groups", group)).collect());
        Ok(Self {
            format,
            content_hash: metadata.content_hash,
            states_groups: metadata.strategy.iter().any(|strategy| strategy == "inherit_metadata"),
            groups: groups.transpose()?,
            requires_python: requires_python(&metadata.targets)?,
            packages,
        })
    }

    /// Fails if the manifest has changed since the lock was written. PDM compares the same hash.
    pub fn check(&self, project: &Project) -> Result<(), LockError> {
        let manifest = project.whole();
        if !manifest.contains_key("project") {
            let reason = "pyproject.toml has no [project] table, with which the lock could be compared";
            return Err(value("metadata.content_hash", &reason));
        }
        if content_hash::has_workspace(manifest) {
            return Err(value("metadata.content_hash", &"workspaces of PDM ([tool.pdm.workspace]) are not supported"));
        }
        let locked = self.content_hash.as_deref().and_then(|hash| hash.strip_prefix("sha256:"));
        if locked.is_some_and(|locked| content_hash::of(manifest, &self.format).iter().any(|hash| hash == locked)) {
            return Ok(());
        }
        let difference = "pyproject.toml has changed since it was locked".to_owned();
        Err(LockError::new(FILE, LockErrorKind::Stale { difference, remedy: REMEDY }))
    }

    /// Returns the Python versions that the lock supports, if it was made for one environment on Linux.
    pub fn requires_python(&self) -> Option<&VersionSpecifiers> {
        self.requires_python.as_ref()
    }

    /// Returns the packages for these extras and groups as a requirements list.
    ///
    /// # Errors
    ///
    /// A group that is not in the lock, or a value that cannot be read.
    pub fn export(
        &self,
        project: &Project,
        extras: &[ProjectName],
        groups: &[ProjectName],
    ) -> Result<ExportedList, LockError> {
        let selected: Vec<ProjectName> =
            [parsed("group", DEFAULT)?].into_iter().chain(extras.iter().chain(groups).cloned()).collect();
        if let Some(locked) = &self.groups
            && let Some(group) = selected.iter().find(|group| !locked.contains(group))
        {
            let kind = LockErrorKind::GroupNotLocked { group: group.clone(), remedy: "`pdm lock --group :all`" };
            return Err(LockError::new(FILE, kind));
        }
        let conditions = if self.states_groups {
            self.packages.iter().map(|package| package.stated(&selected)).collect::<Result<Vec<_>, _>>()?
        } else {
            graph::conditions(&self.packages, project, extras, groups)?
        };
        let needed = self.packages.iter().zip(conditions).filter(|(_, marker)| !marker.is_false());
        let exported = needed.map(|(package, marker)| {
            Ok(ExportedPackage {
                name: parsed("name", &package.name)?,
                origin: package.origin()?,
                version: package.version.clone(),
                files: package.files.iter().map(File::locked).collect(),
                marker,
                requires: Some(graph::required_by(package)?),
            })
        });
        let options = index_source::options(project.pdm_sources(), "pypi").map_err(|(name, reason)| {
            let key = format!("source `{name}`");
            LockError::new(FILE, LockErrorKind::Value { key, reason, remedy: REMEDY })
        })?;
        Ok(list(exported.collect::<Result<_, LockError>>()?, &options))
    }
}

impl Package {
    /// Returns the environments in which one of the groups needs the package.
    fn stated(&self, selected: &[ProjectName]) -> Result<MarkerTree, LockError> {
        let is_selected = |group: &String| group.parse().is_ok_and(|group| selected.contains(&group));
        if !self.groups.is_empty() && !self.groups.iter().any(is_selected) {
            return Ok(MarkerTree::FALSE);
        }
        self.marker.as_ref().map_or(Ok(MarkerTree::TRUE), |text| marker(&self.name, text))
    }

    fn origin(&self) -> Result<Origin, LockError> {
        let subdirectory = self.subdirectory.as_deref();
        if let Some(found) = repository::first([&self.git, &self.hg, &self.svn, &self.bzr]) {
            let revision = self.revision.as_deref().or(self.r#ref.as_deref());
            return Ok(Origin::Url(repository::for_pip(found, revision, subdirectory)));
        }
        match (&self.path, &self.url, &self.version) {
            (Some(path), _, _) => Ok(Origin::Local(path.clone())),
            (None, Some(url), _) => Ok(Origin::Url(format!("{url}{}", repository::fragment(subdirectory)))),
            (None, None, Some(version)) => Ok(Origin::Version(version.clone())),
            (None, None, None) => Err(of_package(&self.name, &"it has no version")),
        }
    }
}

impl File {
    fn locked(&self) -> LockedFile {
        LockedFile { location: self.url.clone().or_else(|| self.name.clone()), hashes: vec![self.hash.clone()] }
    }
}

/// Adds the files of a lock that lists them separately.
fn add_files(packages: &mut [Package], mut files: BTreeMap<String, Vec<File>>) {
    for package in packages.iter_mut().filter(|package| package.files.is_empty()) {
        let version = package.version.as_deref().unwrap_or_default();
        // A package with extras has the same files.
        let listed = files.get_mut(&format!("{} {version}", package.name));
        package.files = listed.map(|files| files.clone()).unwrap_or_default();
    }
}

/// Returns the Python versions of the only target on Linux, if there is only one. Fails if there are targets, but none on
/// Linux with the usual Python.
fn requires_python(targets: &[Target]) -> Result<Option<VersionSpecifiers>, LockError> {
    let is_usable = |target: &&Target| {
        let platform = target.platform.as_deref().unwrap_or("linux").to_ascii_lowercase();
        let is_linux = ["linux", "manylinux", "musllinux", "alpine"].iter().any(|name| platform.starts_with(name));
        is_linux && target.implementation.as_deref().is_none_or(|name| name.eq_ignore_ascii_case("cpython"))
    };
    let mut usable = targets.iter().filter(is_usable);
    match (usable.next(), usable.next()) {
        (None, _) if !targets.is_empty() => {
            let reason = "no target is CPython on Linux";
            let remedy = "`pdm lock --append --platform linux`";
            Err(LockError::new(
                FILE,
                LockErrorKind::Value { key: "metadata.targets".to_owned(), reason: reason.to_owned(), remedy },
            ))
        }
        (Some(Target { requires_python: Some(versions), .. }), None) if !versions.is_empty() => {
            let versions = versions.parse();
            versions.map(Some).map_err(|error| value("metadata.targets.requires_python", &first_line(&error)))
        }
        _ => Ok(None),
    }
}

fn marker(name: &str, text: &str) -> Result<MarkerTree, LockError> {
    if is_too_complex(text) {
        return Err(of_package(name, &"its marker is too complex"));
    }
    MarkerTree::from_str(text).map_err(|error| of_package(name, &error))
}

fn parsed(key: &str, name: &str) -> Result<ProjectName, LockError> {
    name.parse().map_err(|error: crate::value::NameError| value(key, &error))
}

fn of_package(name: &str, reason: &dyn ToString) -> LockError {
    value(&format!("package `{name}`"), reason)
}

fn value(key: &str, reason: &dyn ToString) -> LockError {
    LockError::new(FILE, LockErrorKind::Value { key: key.to_owned(), reason: first_line(reason), remedy: REMEDY })
}

#[cfg(test)]
mod tests;
