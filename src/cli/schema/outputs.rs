//! The JSON Schemas of what commands print with `--format json`.

use std::collections::BTreeSet;
use std::io;

use serde_json::{Map, Value, json};

/// The definitions, by name. Those that commands print have the name of the command or option.
///
/// The schemas allow further fields, because a later version may add some.
const DEFINITIONS: &str = include_str!("outputs.json");

/// Where a schema holds its definitions.
const REFERENCE: &str = "#/$defs/";

/// Returns the schema of an output, with the definitions that it needs.
pub(super) fn schema(name: &str) -> io::Result<Value> {
    let all: Map<String, Value> = serde_json::from_str(DEFINITIONS)?;
    let mut needed = BTreeSet::new();
    collect(name, &all, &mut needed);
    let mut definitions: Map<String, Value> = all.into_iter().filter(|(name, _)| needed.contains(name)).collect();
    let mut schema = definitions.remove(name).unwrap_or_default();
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = format!("agentix-gen {name}").into();
    if !definitions.is_empty() {
        schema["$defs"] = json!(definitions);
    }
    Ok(schema)
}

/// Adds a definition and those that it refers to.
fn collect(name: &str, all: &Map<String, Value>, needed: &mut BTreeSet<String>) {
    if needed.insert(name.to_owned())
        && let Some(definition) = all.get(name)
    {
        references(definition, &mut |name| collect(name, all, needed));
    }
}

/// Passes each name that a value refers to.
fn references(value: &Value, found: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(keys) => {
            if let Some(name) = keys.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix(REFERENCE)) {
                found(name);
            }
            keys.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}
