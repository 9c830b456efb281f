//! The part of a manifest that decides which dependencies are installed.

use toml::{Table, Value};

use super::error::ProjectError;
use super::syntax;

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
/// assert_eq!(agentix_gen::project::projected_manifest(manifest)?, projected);
/// # Ok::<(), agentix_gen::project::ProjectError>(())
/// ```
pub fn projected_manifest(text: &str) -> Result<String, ProjectError> {
    Ok(projected_table(text)?.to_string())
}

/// The same, as a table.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use toml::{Table, Value};

    use super::{PROJECT, UV_BESIDES_RESOLUTION, projected_manifest};

    /// The keys of `[tool.uv]` that a resolution reads, as far as uv's documentation names them.
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
                if let Some(Value::Table(of)) = manifest.get_mut("project") {
                    of.extend(project);
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
        let mut place = &mut edited;
        for key in path {
            let Value::Table(table) = place else { panic!("{path:?} in {manifest}") };
            place = table.entry(*key).or_insert_with(|| Value::Table(Table::new()));
        }
        *place = Value::from(value);
        edited.as_table().unwrap().to_string()
    }

    proptest! {
        #[test]
        fn an_edit_beside_what_resolution_reads_changes_nothing(manifest in manifest(), value in "[a-z]{1,9}") {
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
        fn an_edit_of_what_resolution_reads_changes_it(manifest in manifest()) {
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
        fn what_is_projected_twice_stays(manifest in manifest()) {
            let once = projected_manifest(&manifest.to_string()).unwrap();
            prop_assert_eq!(&projected_manifest(&once).unwrap(), &once);
        }
    }

    #[test]
    fn a_version_stays_static_or_dynamic_and_loses_its_number() {
        let projected = |version: &str| projected_manifest(&format!("[project]\nname = 'a'\n{version}\n")).unwrap();
        assert_eq!(projected("version = '1.2'"), projected("version = '2.0.dev1'"));
        let dynamic = projected("dynamic = ['version', 'readme']");
        assert_eq!(dynamic, projected("dynamic = ['classifiers', 'version']"));
        assert!(dynamic.contains("dynamic = [\"version\"]") && dynamic != projected("version = '1.2'"), "{dynamic}");
    }

    #[test]
    fn what_is_no_toml_is_refused_with_its_place() {
        let error = projected_manifest("[project\n").unwrap_err().to_string();
        assert!(error.starts_with("pyproject.toml:1:"), "{error}");
    }
}
