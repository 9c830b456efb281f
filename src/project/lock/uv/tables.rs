//! The tables of a `uv.lock` as they are written, and the packages that they mean.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pep440_rs::Version;
use serde::Deserialize;
use toml::Spanned;

use super::package::{LockedDependency, LockedPackage, LockedRequirement, PackageSource};
use super::settings::{LockedOptions, LockedSettings};
use crate::project::lock::error::first_line;
use crate::project::lock::parts;
use crate::project::manifest::Conflicting;
use crate::value::ProjectName;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Tables {
    pub(super) version: i64,
    #[serde(default)]
    pub(super) revision: u32,
    pub(super) requires_python: Option<String>,
    #[serde(default)]
    pub(super) supported_markers: Vec<String>,
    #[serde(default)]
    pub(super) required_markers: Vec<String>,
    #[serde(default)]
    pub(super) conflicts: Vec<BTreeSet<Conflicting>>,
    #[serde(default)]
    pub(super) options: LockedOptions,
    #[serde(default)]
    pub(super) manifest: ManifestTable,
    #[serde(default)]
    pub(super) package: Vec<PackageTable>,
}

impl parts::Tables for Tables {
    type Package = PackageTable;
    const PACKAGES: &'static str = "package";

    fn add(&mut self, package: PackageTable, start: usize) {
        self.package.push(PackageTable { start, ..package });
    }
}

#[derive(Deserialize, Default)]
pub(super) struct ManifestTable {
    #[serde(default)]
    pub(super) members: BTreeSet<ProjectName>,
    #[serde(flatten)]
    pub(super) settings: LockedSettings,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct PackageTable {
    pub(super) name: ProjectName,
    version: Option<Spanned<String>>,
    source: SourceTable,
    #[serde(default)]
    dependencies: Vec<DependencyTable>,
    #[serde(default)]
    optional_dependencies: BTreeMap<ProjectName, Vec<DependencyTable>>,
    #[serde(default)]
    dev_dependencies: BTreeMap<ProjectName, Vec<DependencyTable>>,
    #[serde(default)]
    group_requires_python: BTreeMap<ProjectName, String>,
    #[serde(default)]
    metadata: MetadataTable,
    /// The offset in the lock from which the places in this table count.
    #[serde(skip)]
    start: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct SourceTable {
    registry: Option<String>,
    #[serde(rename = "virtual")]
    virtual_project: Option<String>,
    editable: Option<String>,
    directory: Option<String>,
    path: Option<String>,
    git: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct DependencyTable {
    name: ProjectName,
    version: Option<Spanned<String>>,
    source: Option<SourceTable>,
    #[serde(default)]
    extra: Vec<ProjectName>,
    marker: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
struct MetadataTable {
    #[serde(default)]
    requires_dist: Vec<LockedRequirement>,
    #[serde(default)]
    requires_dev: BTreeMap<ProjectName, Vec<LockedRequirement>>,
    #[serde(default)]
    provides_extras: BTreeSet<ProjectName>,
}

impl PackageTable {
    /// Returns the byte ranges of the versions of local projects: its own and those in its dependencies.
    pub(super) fn local_versions(&self) -> Vec<Range<usize>> {
        let own = self.version.as_ref().filter(|_| self.source.is_local_project());
        let groups = self.optional_dependencies.values().chain(self.dev_dependencies.values()).flatten();
        let edges = self.dependencies.iter().chain(groups);
        let local = edges.filter(|edge| edge.source.as_ref().is_some_and(SourceTable::is_local_project));
        let versions = own.into_iter().chain(local.filter_map(|edge| edge.version.as_ref())).map(Spanned::span);
        versions.map(|span| self.start + span.start..self.start + span.end).collect()
    }

    pub(super) fn package(self) -> Result<LockedPackage, String> {
        let named = |groups: BTreeMap<ProjectName, Vec<DependencyTable>>| {
            groups.into_iter().map(|(name, edges)| Ok((name, dependencies(edges)?))).collect::<Result<_, String>>()
        };
        Ok(LockedPackage {
            name: self.name,
            version: version(self.version)?,
            source: self.source.source()?,
            dependencies: dependencies(self.dependencies)?,
            optional_dependencies: named(self.optional_dependencies)?,
            dev_dependencies: named(self.dev_dependencies)?,
            requires_dist: self.metadata.requires_dist,
            requires_dev: self.metadata.requires_dev,
            provides_extras: self.metadata.provides_extras,
            python_of_groups: self.group_requires_python,
        })
    }
}

impl SourceTable {
    fn is_local_project(&self) -> bool {
        self.virtual_project.is_some() || self.editable.is_some() || self.directory.is_some()
    }

    fn source(self) -> Result<PackageSource, String> {
        let kinds = [
            self.registry.map(PackageSource::Registry),
            self.virtual_project.map(PackageSource::Virtual),
            self.editable.map(PackageSource::Editable),
            self.directory.map(PackageSource::Directory),
            self.path.map(PackageSource::Path),
            self.git.map(PackageSource::Git),
            self.url.map(PackageSource::Url),
        ];
        kinds.into_iter().flatten().next().ok_or_else(|| "unknown kind of source".to_owned())
    }
}

fn dependencies(tables: Vec<DependencyTable>) -> Result<Vec<LockedDependency>, String> {
    let dependency = |DependencyTable { name, version: written, extra: extras, marker, .. }| {
        Ok(LockedDependency { name, version: version(written)?, extras, marker })
    };
    tables.into_iter().map(dependency).collect()
}

fn version(written: Option<Spanned<String>>) -> Result<Option<Version>, String> {
    written.map(|version| version.get_ref().parse()).transpose().map_err(|error| first_line(&error))
}
