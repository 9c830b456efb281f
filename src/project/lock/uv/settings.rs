//! What a `uv.lock` repeats of the settings in `[tool.uv]`: the tables `[manifest]` and `[options]`, and the lists of
//! environments and conflicts at its start.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Value;

use super::package::LockedRequirement;
use crate::project::manifest::Conflicting;
use crate::value::ProjectName;

/// The settings: `[manifest]`, and what is outside of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(in crate::project::lock) struct LockedSettings {
    pub(in crate::project::lock) constraints: Vec<LockedRequirement>,
    pub(in crate::project::lock) overrides: Vec<LockedRequirement>,
    pub(in crate::project::lock) build_constraints: Vec<LockedRequirement>,
    pub(in crate::project::lock) excludes: BTreeSet<ProjectName>,
    pub(in crate::project::lock) dependency_metadata: Vec<PackageMetadata>,
    #[serde(skip)]
    pub(in crate::project::lock) options: LockedOptions,
    /// The environments that the lock is limited to.
    #[serde(skip)]
    pub(in crate::project::lock) supported_markers: Vec<String>,
    /// The environments that must be able to install it.
    #[serde(skip)]
    pub(in crate::project::lock) required_markers: Vec<String>,
    #[serde(skip)]
    pub(in crate::project::lock) conflicts: Vec<BTreeSet<Conflicting>>,
}

/// The metadata that `[[tool.uv.dependency-metadata]]` states for a package. The lock repeats it in the same form.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::project::lock) struct PackageMetadata {
    pub(in crate::project::lock) name: ProjectName,
    pub(in crate::project::lock) version: Option<String>,
    #[serde(default)]
    pub(in crate::project::lock) requires_dist: Vec<String>,
    pub(in crate::project::lock) requires_python: Option<String>,
    #[serde(default)]
    pub(in crate::project::lock) provides_extras: BTreeSet<ProjectName>,
}

/// `[options]`: how versions were selected. A default is not stated.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(in crate::project::lock) struct LockedOptions {
    pub(in crate::project::lock) resolution_mode: Option<String>,
    pub(in crate::project::lock) prerelease_mode: Option<String>,
    pub(in crate::project::lock) fork_strategy: Option<String>,
    /// A time, which means nothing beside a span.
    pub(in crate::project::lock) exclude_newer: Option<String>,
    /// An ISO 8601 duration before the time of locking.
    pub(in crate::project::lock) exclude_newer_span: Option<String>,
    /// For each package a time, `false`, or a table with a span.
    pub(in crate::project::lock) exclude_newer_package: BTreeMap<ProjectName, Value>,
}
