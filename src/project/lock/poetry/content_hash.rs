//! The hash by which Poetry knows whether a lock belongs to a manifest.
//!
//! It is the SHA-256 of the parts of `pyproject.toml` that decide the lock, written as Python's `json.dumps` with
//! `sort_keys=True` writes them (`poetry/packages/locker.py`).

use std::fmt::Write;

use sha2::{Digest, Sha256};
use toml::{Table, Value};

/// Keys of `[tool.poetry]` that Poetry 1 hashed as `null` if they are not set.
const LEGACY_KEYS: [&str; 4] = ["dependencies", "source", "extras", "dev-dependencies"];

const PROJECT_KEYS: [&str; 3] = ["requires-python", "dependencies", "optional-dependencies"];

/// Returns the hashes that Poetry accepts: with `[dependency-groups]`, and without as older releases had it.
pub(super) fn of(manifest: &Table) -> Vec<String> {
    [true, false].into_iter().map(|with_groups| hash(manifest, with_groups)).collect()
}

fn hash(manifest: &Table, with_groups: bool) -> String {
    let table = |name: &str| manifest.get(name).and_then(Value::as_table);
    let project = table("project");
    let project = PROJECT_KEYS.iter().filter_map(|key| Some((*key, project?.get(*key)?))).collect::<Vec<_>>();
    let groups = table("dependency-groups").filter(|groups| with_groups && !groups.is_empty());
    let poetry = table("tool").and_then(|tool| tool.get("poetry")).and_then(Value::as_table);
    let is_legacy = project.is_empty() && groups.is_none();
    let mut members: Vec<(&str, Option<&Value>)> = Vec::new();
    for key in LEGACY_KEYS.into_iter().chain(["group"]) {
        let value = poetry.and_then(|poetry| poetry.get(key));
        if value.is_some() || is_legacy && key != "group" {
            members.push((key, value));
        }
    }
    let mut text = String::new();
    let poetry = object(&mut members);
    if is_legacy {
        text.push_str(&poetry);
    } else {
        let mut parts = Vec::new();
        if let Some(groups) = groups {
            parts.push(format!("\"dependency-groups\": {}", json(&Value::Table(groups.clone()))));
        }
        if !project.is_empty() {
            let mut members: Vec<_> = project.into_iter().map(|(key, value)| (key, Some(value))).collect();
            parts.push(format!("\"project\": {}", object(&mut members)));
        }
        parts.push(format!("\"tool\": {{\"poetry\": {poetry}}}"));
        _ = write!(text, "{{{}}}", parts.join(", "));
    }
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn object(members: &mut [(&str, Option<&Value>)]) -> String {
    members.sort_by_key(|(key, _)| *key);
    let members = members.iter().map(|(key, value)| {
        let value = value.map_or_else(|| "null".to_owned(), json);
        format!("{}: {value}", string(key))
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

fn json(value: &Value) -> String {
    match value {
        Value::String(text) => string(text),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Datetime(time) => string(&time.to_string()),
        Value::Array(list) => format!("[{}]", list.iter().map(json).collect::<Vec<_>>().join(", ")),
        Value::Table(table) => {
            object(&mut table.iter().map(|(key, value)| (key.as_str(), Some(value))).collect::<Vec<_>>())
        }
    }
}

/// A string as `json.dumps` writes it: ASCII only.
fn string(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            ' '..='~' => quoted.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    _ = write!(quoted, "\\u{unit:04x}");
                }
            }
        }
    }
    quoted + "\""
}
