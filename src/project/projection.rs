//! The part of a manifest that decides which dependencies are installed.

use toml::{Table, Value};

use super::error::ProjectError;
use super::manifest::toml_error;

/// The keys of `[project]` that resolution reads. It is a list of what stays: the standard closes the table, and all its
/// other keys describe the project alone.
const PROJECT: [&str; 5] = ["name", "version", "requires-python", "dependencies", "optional-dependencies"];

/// The keys of `[tool.uv]` that decide nothing about dependencies. It is a list of what goes: uv gains keys with most
/// releases; one that stays needlessly costs a rebuild, one that is dropped wrongly costs a right installation.
const UV_BESIDES_RESOLUTION: [&str; 8] = [
    "add-bounds",
    "audit",
    "build-backend",
    "cache-dir",
    "cache-keys",
    "check-url",
    "publish-url",
    "trusted-publishing",
];

/// The part of a `pyproject.toml` that decides which dependencies are installed, as a manifest of its own: the same text
/// for every manifest that differs elsewhere.
///
/// An image layer made from it outlives an edit of the version, the description or another tool's table. It holds
/// `[project]` with the name, the version `0`, and what is required, `[dependency-groups]`, and `[tool.uv]` without
/// publishing, caches and uv's own build backend. Comments and white space are gone, keys are sorted, lists are as
/// they were. There is no `[build-system]`: an installer that reads this is told not to build the project, as `uv sync
/// --frozen --no-install-local` is; that needs neither the project's files nor those of its siblings.
///
/// ```
/// let manifest = r#"
///     [project]
///     name = "hello"
///     version = "1.2"
///     description = "says hello"
///     dependencies = ["rich"]
///     [tool.ruff]
///     line-length = 120
/// "#;
/// let projected = "[project]\ndependencies = [\"rich\"]\nname = \"hello\"\nversion = \"0\"\n";
/// assert_eq!(agentix_gen::projected_manifest(manifest)?, projected);
/// # Ok::<(), agentix_gen::ProjectError>(())
/// ```
pub fn projected_manifest(text: &str) -> Result<String, ProjectError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut manifest: Table = toml::from_str(text).map_err(|error| toml_error(text, &error))?;
    let mut projected = Table::new();
    if let Some(Value::Table(project)) = manifest.remove("project") {
        projected.insert("project".to_owned(), Value::Table(projected_project(project)));
    }
    if let Some(groups) = manifest.remove("dependency-groups") {
        projected.insert("dependency-groups".to_owned(), groups);
    }
    if let Some(uv) = manifest.remove("tool").and_then(projected_uv) {
        projected.insert("tool".to_owned(), Value::Table(Table::from_iter([("uv".to_owned(), Value::Table(uv))])));
    }
    Ok(projected.to_string())
}

fn projected_project(mut project: Table) -> Table {
    project.retain(|key, _| PROJECT.contains(&key) || key == "dynamic");
    if let Some(version) = project.get_mut("version") {
        *version = Value::from("0");
    }
    let is_nothing_left = match project.get_mut("dynamic") {
        Some(Value::Array(dynamic)) => {
            dynamic.retain(|field| field.as_str().is_some_and(|field| PROJECT.contains(&field)));
            dynamic.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            dynamic.is_empty()
        }
        _ => false,
    };
    if is_nothing_left {
        project.remove("dynamic");
    }
    project
}

fn projected_uv(tools: Value) -> Option<Table> {
    let Value::Table(mut tools) = tools else { return None };
    let Some(Value::Table(mut uv)) = tools.remove("uv") else { return None };
    uv.retain(|key, _| !UV_BESIDES_RESOLUTION.contains(&key));
    (!uv.is_empty()).then_some(uv)
}
