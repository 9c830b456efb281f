//! `[tool.uv]` of a manifest, as the check of a lock reads it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::project::manifest::{PossibleRoot, Project, ProjectError, Sources};
use crate::value::ProjectName;

/// `[tool.uv]` of the manifest beside a `uv.lock`, or of another one that it locks.
pub(crate) struct LockRoot {
    /// The name of the project, if the manifest has one.
    pub(super) name: Option<ProjectName>,
    pub(super) uv: Table,
    pub(super) sources: BTreeMap<ProjectName, Sources>,
    pub(super) has_build_system: bool,
    /// Whether a `uv.toml` beside the manifest replaces its settings.
    pub(super) has_uv_toml: bool,
}

impl LockRoot {
    pub(super) fn of(project: &Project) -> Self {
        let manifest = project.whole();
        let has_build_system = manifest.contains_key("build-system");
        let (name, sources) = (Some(project.name().clone()), project.uv().sources.clone());
        Self { name, uv: uv_table(manifest), sources, has_build_system, has_uv_toml: false }
    }

    pub(crate) fn read(manifest: &str, has_uv_toml: bool) -> Result<Self, ProjectError> {
        let root = PossibleRoot::read(manifest)?;
        let (name, sources, has_build_system) = (root.name, root.uv.sources, root.has_build_system);
        Ok(Self { name, uv: uv_table(&PossibleRoot::whole(manifest)?), sources, has_build_system, has_uv_toml })
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.uv.get(key).and_then(Value::as_str)
    }

    /// Returns the elements of a list, or `None` if one is no text. A text alone counts as a list.
    pub(super) fn texts(&self, key: &str) -> Option<Vec<&str>> {
        match self.uv.get(key) {
            Some(Value::String(only)) => Some(vec![only]),
            list => list.and_then(Value::as_array).into_iter().flatten().map(Value::as_str).collect(),
        }
    }

    /// Returns a value of this form, its default if the key is missing, or `None` if it has another form.
    pub(super) fn parsed<T: DeserializeOwned + Default>(&self, key: &str) -> Option<T> {
        self.uv.get(key).map_or_else(|| Some(T::default()), |value| value.clone().try_into().ok())
    }

    /// Returns whether a dependency group sets its own Python versions.
    pub(super) fn has_python_of_groups(&self) -> bool {
        self.uv.contains_key("dependency-groups")
    }

    /// Returns the Python versions of dependency groups that set their own, or `None` if they have another form.
    pub(super) fn python_of_groups(&self) -> Option<BTreeMap<ProjectName, String>> {
        let groups = self.parsed::<BTreeMap<ProjectName, Table>>("dependency-groups")?;
        let python = |(name, mut group): (ProjectName, Table)| match group.remove("requires-python")? {
            Value::String(python) => Some((name, python)),
            _ => None,
        };
        Some(groups.into_iter().filter_map(python).collect())
    }

    /// Returns whether `no-sources` turns off the sources of a dependency.
    pub(super) fn is_without_source(&self, name: &ProjectName) -> bool {
        let named = self.texts("no-sources-package").unwrap_or_default();
        self.uv.get("no-sources").and_then(Value::as_bool) == Some(true)
            || named.iter().any(|one| one.parse().as_ref() == Ok(name))
    }

    pub(super) fn indexes(&self) -> Vec<Index> {
        self.parsed("index").unwrap_or_default()
    }
}

/// An element of `[[tool.uv.index]]`.
#[derive(Deserialize)]
pub(super) struct Index {
    pub(super) name: Option<String>,
    pub(super) url: String,
    #[serde(default)]
    pub(super) default: bool,
}

fn uv_table(manifest: &Table) -> Table {
    let uv = manifest.get("tool").and_then(|tools| tools.get("uv")).and_then(Value::as_table);
    uv.cloned().unwrap_or_default()
}
