//! What `[tool.uv]` says of where a project's dependencies come from.
//!
//! The tables are those of uv: [`[tool.uv.workspace]`][workspace] and [`[tool.uv.sources]`][sources]. All other keys are
//! left alone.
//!
//! [workspace]: https://docs.astral.sh/uv/concepts/projects/workspaces/
//! [sources]: https://docs.astral.sh/uv/concepts/projects/dependencies/#dependency-sources

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::ProjectError;
use super::syntax;
use crate::value::ProjectName;

/// `[tool.uv]`, as far as it decides which folders a project needs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub(crate) struct UvTable {
    /// `[tool.uv.workspace]`: the project is the root of a workspace.
    pub workspace: Option<WorkspaceTable>,
    /// `[tool.uv.sources]`: where dependencies come from, by their names.
    #[serde(default)]
    pub sources: BTreeMap<ProjectName, Sources>,
    /// Whether the project is a package; `false` for one of which only the dependencies matter.
    pub package: Option<bool>,
    /// `false` for a project that belongs to no workspace.
    pub managed: Option<bool>,
}

/// `[tool.uv.workspace]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[non_exhaustive]
pub(crate) struct WorkspaceTable {
    /// Globs of the folders that are members.
    #[serde(default)]
    pub members: Vec<String>,
    /// Globs of the folders that are none all the same.
    #[serde(default)]
    pub exclude: Vec<String>,
}

/// The sources of one dependency: one, or several of which each holds under conditions of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub(crate) enum Sources {
    /// One source.
    One(UvSource),
    /// Several.
    Several(Vec<UvSource>),
}

/// Where a dependency comes from: from this machine, or from elsewhere.
#[derive(Debug, Clone, Default, Deserialize)]
#[non_exhaustive]
pub(crate) struct UvSource {
    /// It is a member of the workspace.
    pub workspace: Option<bool>,
    /// It is the folder, wheel or source archive at this path.
    pub path: Option<String>,
    /// Whether it is a package, whatever its own `[tool.uv]` says.
    pub package: Option<bool>,
    /// The source only holds for what this extra requires.
    pub extra: Option<ProjectName>,
    /// The source only holds for what this dependency group requires.
    pub group: Option<ProjectName>,
    /// The environments that the source only holds in.
    pub marker: Option<String>,
    /// What else is written, by its keys: where it is if not here (`index`, `git`, `url`), and what goes with that.
    #[serde(flatten)]
    pub elsewhere: toml::Table,
}

impl UvSource {
    /// Whether it says where else than on this machine the dependency comes from.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.path.is_none() && self.workspace.is_none() && !self.elsewhere.is_empty()
    }

    /// Whether it is a folder or file of this machine, and holds in an image.
    pub(crate) fn is_local(&self) -> bool {
        let holds = self.marker.as_deref().is_none_or(crate::project::requirement::may_hold_on_linux);
        holds && (self.path.is_some() || self.workspace == Some(true))
    }
}

impl Sources {
    /// The sources, in the order they are written.
    pub(crate) fn as_slice(&self) -> &[UvSource] {
        match self {
            Self::One(source) => std::slice::from_ref(source),
            Self::Several(sources) => sources,
        }
    }
}

/// The part of a manifest that tells whether its folder is the root of a workspace.
#[derive(Deserialize)]
struct RootManifest {
    project: Option<NamedProject>,
    #[serde(default)]
    tool: RootTools,
}

#[derive(Deserialize)]
struct NamedProject {
    name: Option<ProjectName>,
}

#[derive(Deserialize, Default)]
struct RootTools {
    #[serde(default)]
    uv: UvTable,
}

/// A manifest that is only asked for its name and its workspace; it needs no `[project]`.
pub(crate) struct PossibleRoot {
    pub(crate) name: Option<ProjectName>,
    pub(crate) uv: UvTable,
}

impl PossibleRoot {
    pub(crate) fn read(text: &str) -> Result<Self, ProjectError> {
        let manifest: RootManifest = syntax::read(text)?;
        Ok(Self { name: manifest.project.and_then(|project| project.name), uv: manifest.tool.uv })
    }
}
