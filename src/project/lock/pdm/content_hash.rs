//! The hash by which PDM knows whether a lock belongs to a manifest.
//!
//! It is the SHA-256 of the parts of `pyproject.toml` that decide the lock, as JSON (`pdm/project/project_file.py`).

use std::sync::LazyLock;

use pep440_rs::Version;
use serde_json::{Map, Value, json};
use toml::Table;

use crate::project::lock::python_json::{SPACED, of_toml, sha256};
use crate::value::ProjectName;

/// The first format for which PDM hashes all of `[tool.pdm.resolution]`; before, it hashed the overrides alone.
static WITH_RESOLUTION: LazyLock<Version> = LazyLock::new(|| Version::new([4, 4, 2]));

/// Returns the hashes that the releases of PDM compute which write locks of this format.
pub(super) fn of(manifest: &Table, format: &Version) -> Vec<String> {
    let pdm = pdm(manifest);
    let own_groups = pdm.and_then(|pdm| pdm.get("dev-dependencies")).map_or_else(|| json!({}), of_toml);
    let has_groups = manifest.contains_key("dependency-groups");
    let is_old = *format < Version::new([4, 5]);
    let mut of_groups = vec![groups(manifest, &own_groups)];
    // Releases before 2.20 do not know [dependency-groups], and take names of groups as they are.
    if is_old || !has_groups {
        of_groups.push(own_groups);
    }
    let resolution = pdm.and_then(|pdm| pdm.get("resolution")).map_or_else(|| json!({}), of_toml);
    let overrides = resolution.get("overrides").cloned().unwrap_or_else(|| json!({}));
    let mut of_resolution = vec![];
    if *format >= *WITH_RESOLUTION {
        of_resolution.push(("resolution", resolution));
    }
    if is_old {
        of_resolution.push(("overrides", overrides));
    }
    let mut hashes = Vec::new();
    for groups in of_groups {
        for (key, resolution) in &of_resolution {
            let mut content = of_project(manifest);
            content.insert("dev-dependencies".to_owned(), groups.clone());
            content.insert((*key).to_owned(), resolution.clone());
            hashes.push(sha256(&content.into(), SPACED));
        }
    }
    hashes
}

/// Returns whether the manifest is the root of a PDM workspace. The members are part of its hash.
pub(super) fn has_workspace(manifest: &Table) -> bool {
    let workspace = pdm(manifest).and_then(|pdm| pdm.get("workspace")).and_then(toml::Value::as_table);
    workspace.is_some_and(|workspace| !workspace.is_empty())
}

fn pdm(manifest: &Table) -> Option<&Table> {
    manifest.get("tool")?.get("pdm")?.as_table()
}

fn of_project(manifest: &Table) -> Map<String, Value> {
    let project = manifest.get("project");
    let of_project = |key: &str, default: Value| project.and_then(|project| project.get(key)).map_or(default, of_toml);
    let sources = pdm(manifest).and_then(|pdm| pdm.get("source")).map_or_else(|| json!([]), of_toml);
    Map::from_iter([
        ("sources".to_owned(), sources),
        ("dependencies".to_owned(), of_project("dependencies", json!([]))),
        ("optional-dependencies".to_owned(), of_project("optional-dependencies", json!({}))),
        ("requires-python".to_owned(), of_project("requires-python", json!(""))),
    ])
}

/// Returns the development groups of both tables, by normalised name.
fn groups(manifest: &Table, own: &Value) -> Value {
    let standard = manifest.get("dependency-groups").map_or_else(|| json!({}), of_toml);
    let mut groups: Map<String, Value> = Map::new();
    for (name, items) in [&standard, own].into_iter().filter_map(Value::as_object).flatten() {
        let name = name.parse().map_or_else(|_| name.clone(), |name: ProjectName| name.to_string());
        match (groups.get_mut(&name), items) {
            (Some(Value::Array(all)), Value::Array(items)) => all.extend(items.iter().cloned()),
            _ => drop(groups.insert(name, items.clone())),
        }
    }
    groups.into()
}
