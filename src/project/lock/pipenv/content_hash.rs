//! The hash by which pipenv knows whether a lock belongs to a `Pipfile`.
//!
//! It is the SHA-256 of the parts of the `Pipfile` that decide the lock, as JSON (`plette/pipfiles.py`).

use serde_json::{Map, Value, json};
use toml::Table;

use crate::project::lock::python_json::{COMPACT, of_toml, sha256};
use crate::project::pipfile::{OTHER_TABLES, PACKAGES};
use crate::value::ProjectName;

/// Returns the hashes that pipenv accepts: with the names of packages as written, and normalised as newer releases have
/// them.
pub(super) fn of(pipfile: &Table) -> [String; 2] {
    [false, true].map(|is_normalized| hash(pipfile, is_normalized))
}

fn hash(pipfile: &Table, is_normalized: bool) -> String {
    let category = |name: &str| match pipfile.get(name).map_or_else(|| json!({}), of_toml) {
        Value::Object(packages) if is_normalized => {
            Value::Object(packages.into_iter().map(|(name, package)| (normalized(name), package)).collect())
        }
        packages => packages,
    };
    let of_meta = |key: &str, default: Value| pipfile.get(key).map_or(default, of_toml);
    let sources = of_meta("source", public_index());
    let mut content = Map::from_iter([
        ("_meta".to_owned(), json!({ "sources": sources, "requires": of_meta("requires", json!({})) })),
        ("default".to_owned(), category(PACKAGES)),
        ("develop".to_owned(), category("dev-packages")),
    ]);
    let is_other = |name: &&String| {
        let known = ["default", "develop", PACKAGES, "dev-packages"];
        !OTHER_TABLES.contains(&name.as_str()) && !known.contains(&name.as_str())
    };
    for name in pipfile.keys().filter(is_other) {
        content.insert(name.clone(), category(name));
    }
    sha256(&content.into(), COMPACT)
}

fn normalized(name: String) -> String {
    name.parse().map_or(name, |name: ProjectName| name.to_string())
}

/// The source of a `Pipfile` that names none: the public index.
fn public_index() -> Value {
    let name = "pypi";
    json!([{ "name": name, "url": format!("https://{name}.org/simple"), "verify_ssl": true }])
}
