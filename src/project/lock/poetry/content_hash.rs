//! The hash by which Poetry knows whether a lock belongs to a manifest.
//!
//! It is the SHA-256 of the parts of `pyproject.toml` that decide the lock, as JSON (`poetry/packages/locker.py`).

use serde_json::{Map, Value};
use toml::Table;

use crate::project::lock::python_json::{SPACED, of_toml, sha256};

/// Keys of `[tool.poetry]` that Poetry 1 hashed as `null` if they are not set.
const LEGACY_KEYS: [&str; 4] = ["dependencies", "source", "extras", "dev-dependencies"];

const PROJECT_KEYS: [&str; 3] = ["requires-python", "dependencies", "optional-dependencies"];

/// Returns the hashes that Poetry accepts: with `[dependency-groups]`, and without as older releases had it.
pub(super) fn of(manifest: &Table) -> Vec<String> {
    [true, false].into_iter().map(|with_groups| hash(manifest, with_groups)).collect()
}

fn hash(manifest: &Table, with_groups: bool) -> String {
    let table = |name: &str| manifest.get(name).and_then(toml::Value::as_table);
    let poetry = table("tool").and_then(|tool| tool.get("poetry")).and_then(toml::Value::as_table);
    let groups = manifest.get("dependency-groups").filter(|_| with_groups).map(of_toml);
    let groups = groups.filter(|groups| groups.as_object().is_some_and(|groups| !groups.is_empty()));
    let project = set_keys(table("project"), &PROJECT_KEYS);
    let mut of_poetry = set_keys(poetry, &LEGACY_KEYS);
    of_poetry.extend(set_keys(poetry, &["group"]));
    if project.is_empty() && groups.is_none() {
        for key in LEGACY_KEYS {
            of_poetry.entry(key).or_insert(Value::Null);
        }
        return sha256(&of_poetry.into(), SPACED);
    }
    let mut content = Map::from_iter(groups.map(|groups| ("dependency-groups".to_owned(), groups)));
    if !project.is_empty() {
        content.insert("project".to_owned(), project.into());
    }
    content.insert("tool".to_owned(), Map::from_iter([("poetry".to_owned(), Value::Object(of_poetry))]).into());
    sha256(&content.into(), SPACED)
}

fn set_keys(table: Option<&Table>, keys: &[&str]) -> Map<String, Value> {
    keys.iter().filter_map(|key| Some(((*key).to_owned(), of_toml(table?.get(*key)?)))).collect()
}
