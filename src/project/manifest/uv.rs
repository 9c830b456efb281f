//! The part of `[tool.uv]` that says where a project's dependencies come from.
//!
//! uv defines the tables: [`[tool.uv.workspace]`][workspace] and [`[tool.uv.sources]`][sources]. Besides them, only the
//! keys `package`, `managed`, `required-version`, `override-dependencies`, `environments`, `conflicts`,
//! `default-groups`, `dependency-groups`, `dev-dependencies` and `pip` are read. All other keys are ignored.
//!
//! [workspace]: https://docs.astral.sh/uv/concepts/projects/workspaces/
//! [sources]: https://docs.astral.sh/uv/concepts/projects/dependencies/#dependency-sources

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::VersionSpecifiers;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::error::ProjectError;
use super::syntax;
use crate::project::described::{Fault, GroupContent, name};
use crate::project::requirement::RequirementError;
use crate::value::ProjectName;

/// The part of `[tool.uv]` that determines which folders a project needs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub(crate) struct UvTable {
    /// `[tool.uv.workspace]`, if the project is the root of a workspace.
    pub workspace: Option<WorkspaceTable>,
    /// `[tool.uv.sources]`: the sources of dependencies, by name.
    #[serde(default)]
    pub sources: BTreeMap<ProjectName, Sources>,
    /// Whether the project is a package. If `false`, only its dependencies are installed.
    pub package: Option<bool>,
    /// `false` if the project does not belong to a workspace.
    pub managed: Option<bool>,
    /// The versions of uv that may be used.
    pub required_version: Option<String>,
    /// Requirements that replace others.
    pub override_dependencies: Option<toml::Value>,
    /// The environments that the project is limited to, as markers.
    environments: Option<Markers>,
    /// The sets of extras, groups and packages that exclude each other.
    #[serde(default)]
    pub conflicts: Vec<BTreeSet<Conflicting>>,
    /// The groups that uv installs without being asked: a list, or `"all"`.
    pub default_groups: Option<toml::Value>,
    /// `[tool.uv.dependency-groups]`: the settings of groups.
    #[serde(default)]
    pub dependency_groups: BTreeMap<ProjectName, GroupSettings>,
    /// The group `dev`, from the time before `[dependency-groups]`.
    pub dev_dependencies: Option<Vec<String>>,
    /// `[tool.uv.pip]`, which `uv pip` alone reads.
    pub pip: Option<toml::Table>,
}

/// A marker, or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Markers {
    One(String),
    Several(Vec<String>),
}

/// An extra, a dependency group or a package that conflicts with another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Conflicting {
    /// The package. In a manifest it may be missing, and is the project.
    pub(crate) package: Option<ProjectName>,
    pub(crate) extra: Option<ProjectName>,
    pub(crate) group: Option<ProjectName>,
}

/// The settings of a dependency group.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub(crate) struct GroupSettings {
    /// The Python versions that the group needs, and those groups that include it.
    pub requires_python: Option<VersionSpecifiers>,
}

/// `[tool.uv.workspace]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[non_exhaustive]
pub(crate) struct WorkspaceTable {
    /// Globs of the member folders.
    #[serde(default)]
    pub members: Vec<String>,
    /// Globs of the folders to exclude from the members.
    #[serde(default)]
    pub exclude: Vec<String>,
}

/// The sources of one dependency: a single source, or several that each apply under different conditions.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub(crate) enum Sources {
    /// A single source.
    One(UvSource),
    /// Several sources.
    Several(Vec<UvSource>),
}

/// The source of a dependency: local or remote.
#[derive(Debug, Clone, Default, Deserialize)]
#[non_exhaustive]
pub(crate) struct UvSource {
    /// Whether the dependency is a member of the workspace.
    pub workspace: Option<bool>,
    /// The path of a folder, wheel or source archive.
    pub path: Option<String>,
    /// Whether the dependency is a package. Overrides its own `[tool.uv]`.
    pub package: Option<bool>,
    /// The extra whose requirements the source is limited to.
    pub extra: Option<ProjectName>,
    /// The dependency group whose requirements the source is limited to.
    pub group: Option<ProjectName>,
    /// The environment marker that the source is limited to.
    pub marker: Option<String>,
    /// All other keys: the remote location (`index`, `git`, `url`) and its details.
    #[serde(flatten)]
    pub elsewhere: toml::Table,
}

impl UvTable {
    /// Returns whether a workspace has members besides its root.
    pub(crate) fn has_members(&self) -> bool {
        self.workspace.as_ref().is_some_and(|workspace| !workspace.members.is_empty())
    }

    /// Returns the default groups other than `dev`, and `all` if they are all.
    pub(crate) fn default_groups(&self) -> Vec<&str> {
        match &self.default_groups {
            Some(toml::Value::String(all)) => vec![all],
            Some(toml::Value::Array(names)) => {
                names.iter().filter_map(toml::Value::as_str).filter(|name| *name != "dev").collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the environments that the project is limited to, as markers; empty for all.
    pub(crate) fn environments(&self) -> &[String] {
        match &self.environments {
            Some(Markers::One(marker)) => std::slice::from_ref(marker),
            Some(Markers::Several(markers)) => markers,
            None => &[],
        }
    }

    /// Returns the group of `dev-dependencies`.
    pub(super) fn groups(&self) -> Result<BTreeMap<ProjectName, GroupContent>, Fault> {
        let key = "dev-dependencies";
        let Some(written) = &self.dev_dependencies else { return Ok(BTreeMap::new()) };
        let requirements = written
            .iter()
            .map(|text| text.parse().map_err(|error: RequirementError| (key.to_owned(), error.to_string())));
        let content = GroupContent { requirements: requirements.collect::<Result<_, _>>()?, includes: Vec::new() };
        Ok(BTreeMap::from([(name(key, "dev")?, content)]))
    }
}

impl UvSource {
    /// Returns whether the source is remote.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.path.is_none() && self.workspace.is_none() && !self.elsewhere.is_empty()
    }

    /// Returns whether the source may apply in an image, by its marker.
    pub(crate) fn may_apply(&self) -> bool {
        self.marker.as_deref().is_none_or(crate::project::requirement::may_hold_on_linux)
    }

    /// Returns whether the source is a folder or file on this machine and applies in an image.
    pub(crate) fn is_local(&self) -> bool {
        self.may_apply() && (self.path.is_some() || self.workspace == Some(true))
    }
}

impl Sources {
    /// Returns the sources in the order of the manifest.
    pub(crate) fn as_slice(&self) -> &[UvSource] {
        match self {
            Self::One(source) => std::slice::from_ref(source),
            Self::Several(sources) => sources,
        }
    }
}

/// The part of a manifest that shows whether its folder is the root of a workspace.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RootManifest {
    project: Option<NamedProject>,
    build_system: Option<IgnoredAny>,
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

/// A manifest that is read only for its name, whether it has a build system, and `[tool.uv]`. It does not need a `[project]` table.
pub(crate) struct PossibleRoot {
    pub(crate) name: Option<ProjectName>,
    pub(crate) has_build_system: bool,
    pub(crate) uv: UvTable,
}

impl PossibleRoot {
    pub(crate) fn read(text: &str) -> Result<Self, ProjectError> {
        let manifest: RootManifest = syntax::read(text)?;
        let name = manifest.project.and_then(|project| project.name);
        Ok(Self { name, has_build_system: manifest.build_system.is_some(), uv: manifest.tool.uv })
    }

    /// Reads the whole manifest, with the tables of all tools.
    pub(crate) fn whole(text: &str) -> Result<toml::Table, ProjectError> {
        syntax::read(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{UvSource, UvTable};

    fn table(text: &str) -> UvTable {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_workspace_may_have_its_root_alone() {
        for (text, has_members) in [
            ("", false),
            ("[workspace]", false),
            ("[workspace]\nmembers = []", false),
            ("[workspace]\nmembers = ['a']", true),
        ] {
            assert_eq!(table(text).has_members(), has_members, "{text}");
        }
    }

    #[test]
    fn default_groups_are_a_list_or_all() {
        for (text, groups) in [
            ("", &[][..]),
            ("default-groups = 'all'", &["all"]),
            ("default-groups = ['dev', 'test', 'docs']", &["test", "docs"]),
            ("default-groups = ['dev']", &[]),
            ("default-groups = []", &[]),
        ] {
            assert_eq!(table(text).default_groups(), groups, "{text}");
        }
    }

    #[test]
    fn a_source_is_remote_if_it_names_a_remote_place() {
        for (text, is_elsewhere) in [
            ("git = 'https://g.example.org/x'", true),
            ("index = 'own'", true),
            ("path = 'x'", false),
            ("path = 'x'\nsubdirectory = 'y'", false),
            ("workspace = true", false),
            ("workspace = true\nindex = 'own'", false),
            ("marker = \"os_name == 'posix'\"", false),
        ] {
            let source: UvSource = toml::from_str(text).unwrap();
            assert_eq!(source.is_elsewhere(), is_elsewhere, "{text}");
        }
    }
}
