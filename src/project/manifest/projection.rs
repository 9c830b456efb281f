//! Projects a manifest to the part that determines which dependencies are installed.

use toml::{Table, Value};

use super::error::ProjectError;
use super::syntax;

/// The keys of `[project]` that dependency resolution reads. This is a list of keys to keep: the standard allows no
/// additional keys in the table, and all other keys only describe the project.
const PROJECT: [&str; 5] = ["name", "version", "requires-python", "dependencies", "optional-dependencies"];

/// The keys of `[tool.uv]` that do not affect dependencies. This is a list of keys to drop, because most uv releases
/// add keys: an irrelevant key that is kept costs a rebuild, but a relevant key that is dropped makes the installation
/// wrong.
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

/// Returns the part of a `pyproject.toml` that determines which dependencies are installed, as a complete manifest.
/// Manifests that differ only elsewhere give the same text.
///
/// An image layer built from this text stays valid when the version, the description or another tool's table changes.
/// The text contains:
///
/// - `[project]` with the name, the version `0` and the requirements
/// - `[dependency-groups]`
/// - `[tool.uv]` without the keys for publishing, caches and uv's own build backend
///
/// Comments and white space are removed, keys are sorted, and lists are unchanged, except `dynamic`, which is filtered
/// and sorted. There is no `[build-system]`, so the installer must not build the project. With
/// `uv sync --frozen --no-install-local`, it needs neither the project's files nor those of its siblings.
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
/// assert_eq!(agentix_gen::project::projected_manifest(manifest)?, projected);
/// # Ok::<(), agentix_gen::project::ProjectError>(())
/// ```
///
/// # Errors
///
/// Fails if the text is not TOML.
pub fn projected_manifest(text: &str) -> Result<String, ProjectError> {
    Ok(projected_table(text)?.to_string())
}

/// Like [`projected_manifest`], but returns a table.
pub(crate) fn projected_table(text: &str) -> Result<Table, ProjectError> {
    let mut manifest: Table = syntax::read(text)?;
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
    Ok(projected)
}

fn projected_project(mut project: Table) -> Table {
    project.retain(|key, _| PROJECT.contains(&key) || key == "dynamic");
    if let Some(version) = project.get_mut("version") {
        *version = Value::from("0");
    }
    let is_empty = match project.get_mut("dynamic") {
        Some(Value::Array(dynamic)) => {
            dynamic.retain(|field| field.as_str().is_some_and(|field| PROJECT.contains(&field)));
            dynamic.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            dynamic.is_empty()
        }
        _ => false,
    };
    if is_empty {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use toml::{Table, Value};

    use super::{PROJECT, UV_BESIDES_RESOLUTION, projected_manifest};

    /// The keys of `[tool.uv]` that resolution reads, according to uv's documentation.
    const UV: [&str; 14] = [
        "conflicts",
        "constraint-dependencies",
        "default-groups",
        "dev-dependencies",
        "environments",
        "exclude-newer",
        "index",
        "index-url",
        "no-binary-package",
        "no-build",
        "override-dependencies",
        "package",
        "sources",
        "workspace",
    ];
    const BESIDES: [&str; 7] =
        ["description", "readme", "authors", "keywords", "classifiers", "scripts", "license-files"];

    fn manifest() -> impl Strategy<Value = Table> {
        let value = prop_oneof![any::<bool>().prop_map(Value::from), "[a-z>=1.]{0,9}".prop_map(Value::from)];
        let values = prop_oneof![value.clone(), proptest::collection::vec(value, 0..3).prop_map(Value::from)];
        let table = |keys: Vec<&'static str>| {
            let entry = (proptest::sample::select(keys), values.clone());
            proptest::collection::vec(entry, 0..8)
                .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Table>())
        };
        let project = table([&PROJECT[..], &BESIDES].concat());
        let uv = table([&UV[..], &UV_BESIDES_RESOLUTION].concat());
        (project, uv, table(vec!["dev", "lint"]), table(vec!["line-length", "uv"])).prop_map(
            |(project, uv, groups, ruff)| {
                let mut manifest: Table =
                    toml::from_str("[project]\nname = 'a'\ndynamic = ['readme']\n[tool]\n").unwrap();
                if let Some(Value::Table(table)) = manifest.get_mut("project") {
                    table.extend(project);
                }
                if let Some(Value::Table(tools)) = manifest.get_mut("tool") {
                    tools.extend([("uv".to_owned(), Value::Table(uv)), ("ruff".to_owned(), Value::Table(ruff))]);
                }
                manifest.insert("dependency-groups".to_owned(), Value::Table(groups));
                manifest
            },
        )
    }

    fn set(manifest: &Table, path: &[&str], value: &str) -> String {
        let mut edited = Value::Table(manifest.clone());
        let mut target = &mut edited;
        for key in path {
            let Value::Table(table) = target else { panic!("{path:?} in {manifest}") };
            target = table.entry(*key).or_insert_with(|| Value::Table(Table::new()));
        }
        *target = Value::from(value);
        edited.as_table().unwrap().to_string()
    }

    proptest! {
        #[test]
        fn an_edit_of_other_keys_does_not_change_the_projection(manifest in manifest(), value in "[a-z]{1,9}") {
            let before = projected_manifest(&manifest.to_string()).unwrap();
            let besides = BESIDES.iter().map(|key| vec!["project", key]);
            let besides = besides.chain(UV_BESIDES_RESOLUTION.iter().map(|key| vec!["tool", "uv", key]));
            let elsewhere = [vec!["tool", "ruff", "x"], vec!["build-system", "requires"], vec!["other"]];
            for path in besides.chain(elsewhere) {
                let after = projected_manifest(&set(&manifest, &path, &value)).unwrap();
                prop_assert_eq!(&before, &after, "{:?}", path);
            }
            let commented = manifest.to_string().replace('\n', "\n\n  # why\n");
            prop_assert_eq!(&before, &projected_manifest(&commented).unwrap());
        }

        #[test]
        fn an_edit_of_projected_keys_changes_the_projection(manifest in manifest()) {
            let before = projected_manifest(&manifest.to_string()).unwrap();
            let read = PROJECT.iter().filter(|key| **key != "version").map(|key| vec!["project", key]);
            let read = read.chain(UV.iter().map(|key| vec!["tool", "uv", key]));
            let unknown = [vec!["tool", "uv", "a-key-of-the-future"], vec!["dependency-groups", "dev"]];
            for path in read.chain(unknown) {
                let after = projected_manifest(&set(&manifest, &path, "edited!")).unwrap();
                prop_assert_ne!(&before, &after, "{:?}", path);
            }
        }

        #[test]
        fn the_projection_is_idempotent(manifest in manifest()) {
            let once = projected_manifest(&manifest.to_string()).unwrap();
            prop_assert_eq!(&projected_manifest(&once).unwrap(), &once);
        }
    }

    #[test]
    fn the_projection_keeps_only_whether_the_version_is_dynamic() {
        let projected = |version: &str| projected_manifest(&format!("[project]\nname = 'a'\n{version}\n")).unwrap();
        assert_eq!(projected("version = '1.2'"), projected("version = '2.0.dev1'"));
        let dynamic = projected("dynamic = ['version', 'readme']");
        assert_eq!(dynamic, projected("dynamic = ['classifiers', 'version']"));
        assert!(dynamic.contains("dynamic = [\"version\"]") && dynamic != projected("version = '1.2'"), "{dynamic}");
    }

    #[test]
    fn invalid_toml_is_rejected_with_its_position() {
        let error = projected_manifest("[project\n").unwrap_err().to_string();
        assert!(error.starts_with("pyproject.toml:1:"), "{error}");
    }
}
