//! The tables of tools in a `pyproject.toml`, as far as they describe the project.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::uv::UvTable;
use crate::project::config::Config;
use crate::project::pdm::PdmTable;
use crate::project::poetry::{DynamicVersioning, PoetryTable};

#[derive(Deserialize, Default)]
pub(super) struct ToolTable {
    pub(super) agentix: Option<Config>,
    pub(super) uv: Option<UvTable>,
    pub(super) poetry: Option<PoetryTable>,
    #[serde(default)]
    pub(super) pdm: PdmTable,
    #[serde(default, rename = "poetry-dynamic-versioning")]
    pub(super) poetry_dynamic_versioning: DynamicVersioning,
    #[serde(default)]
    pub(super) hatch: HatchTable,
    #[serde(default)]
    pub(super) pixi: PixiTable,
    #[serde(default)]
    pub(super) rye: RyeTable,
}

#[derive(Deserialize, Default)]
pub(super) struct RyeTable {
    /// Rye installs the dependencies of the project only.
    #[serde(default, rename = "virtual")]
    pub(super) is_virtual: bool,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub(super) struct PixiTable {
    dependencies: Option<IgnoredAny>,
    pypi_dependencies: Option<IgnoredAny>,
}

#[derive(Deserialize, Default)]
pub(super) struct HatchTable {
    #[serde(default)]
    build: HatchBuildTable,
}

#[derive(Deserialize, Default)]
struct HatchBuildTable {
    hooks: Option<IgnoredAny>,
    #[serde(default)]
    targets: BTreeMap<String, HatchTargetTable>,
}

#[derive(Deserialize, Default)]
struct HatchTargetTable {
    hooks: Option<IgnoredAny>,
    dependencies: Option<IgnoredAny>,
}

impl PixiTable {
    /// Returns whether the table lists packages.
    pub(super) fn lists_packages(&self) -> bool {
        self.dependencies.is_some() || self.pypi_dependencies.is_some()
    }
}

impl HatchTable {
    /// Returns whether hooks of the build may request more requirements.
    pub(super) fn has_hooks(&self) -> bool {
        let build = &self.build;
        build.hooks.is_some() || build.targets.values().any(|t| t.hooks.is_some() || t.dependencies.is_some())
    }
}
