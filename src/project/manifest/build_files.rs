//! All files that the build of a project reads by name: those of its manifest, and those of the files beside it.

use toml::{Table, Value};

use super::adjacent::AdjacentMetadata;
use super::backend::{requires, uses};
use super::named_files::{self, NamedFiles, find, paths};
use super::package_data::PackageFolders;
use super::{BuildSystem, ManifestIn};

/// Who reads the settings beside a manifest, in messages.
const BUILD: &str = "the build";

/// Backends, each with the keys whose files it does not demand. It warns, or says nothing.
const WITHOUT: &[(&str, &[&str])] = &[
    ("setuptools", &["project.license.file", "project.license-files", "project.readme"]),
    ("pbr", &["project.license.file", "project.license-files", "project.readme"]),
    ("hatchling", &["project.license-files"]),
];

/// Returns the files that a manifest and the files beside it name, and the latter themselves if the build backend reads
/// them: it goes on without them, and builds another package.
pub(super) fn of(manifest: &Table, build_system: &BuildSystem, adjacent: &AdjacentMetadata) -> NamedFiles {
    let mut files = match adjacent.hatch.as_ref().filter(|_| uses("hatchling", build_system)) {
        Some(hatch) => with_hatch(manifest, hatch),
        None => named_files::in_manifest(manifest),
    };
    files.extend(adjacent.named_files.clone());
    let keys = WITHOUT.iter().filter(|(name, _)| uses(name, build_system)).flat_map(|(_, keys)| *keys);
    keys.for_each(|key| files.make_optional(key));
    if uses("setuptools", build_system) || uses("pbr", build_system) {
        files.add_optional(BUILD, adjacent.setup_files.iter().copied());
        if installs_data(manifest, build_system, adjacent) {
            files.manifest_in = manifest_in(manifest, adjacent);
            files.are_in_repository = FILE_FINDERS
                .iter()
                .any(|finder| requires(finder, build_system) || adjacent.version_tool == Some(finder));
        }
    }
    files
}

/// Build requirements that tell setuptools the files of the repository.
const FILE_FINDERS: &[&str] = &["pbr", "setuptools-git", "setuptools-scm"];

/// Returns whether setuptools installs the files in packages that `MANIFEST.in` or the repository names.
fn installs_data(manifest: &Table, build_system: &BuildSystem, adjacent: &AdjacentMetadata) -> bool {
    let settings = find(manifest, "tool.setuptools");
    let is_described = manifest.contains_key("project") || settings.is_some();
    let of_pbr = uses("pbr", build_system) || adjacent.version_tool == Some("pbr");
    // In a `pyproject.toml`, it is the default.
    let default = adjacent.includes_package_data.unwrap_or(is_described || of_pbr);
    let setting = settings.and_then(|settings| settings.get("include-package-data"));
    setting.and_then(Value::as_bool).unwrap_or(default)
}

/// Returns the `MANIFEST.in`, with what the settings say of its files.
fn manifest_in(manifest: &Table, adjacent: &AdjacentMetadata) -> Option<ManifestIn> {
    let found = adjacent.manifest_in.clone()?;
    let settings = find(manifest, "tool.setuptools").and_then(Value::as_table);
    let setting = |key: &str| settings.and_then(|settings| settings.get(key));
    let is_described = manifest.contains_key("project") || settings.is_some();
    let folders = setting("package-dir").and_then(Value::as_table).into_iter().flatten();
    let folders = PackageFolders::new(folders.filter_map(|(package, folder)| Some((&**package, folder.as_str()?))));
    let packages = setting("packages").filter(|packages| packages.is_array());
    let packages = packages.map(|listed| paths(Some(listed)).iter().flat_map(|package| folders.of(package)).collect());
    let left_out = setting("exclude-package-data").and_then(Value::as_table).into_iter().flatten();
    let left_out =
        left_out.flat_map(|(package, data)| paths(Some(data)).into_iter().map(move |path| (&**package, path)));
    let of_setup_cfg = adjacent.left_out_data.iter().map(|(package, path)| (&**package, &**path));
    let finds_namespaces = is_described && !adjacent.setup_files.contains(&"setup.py");
    Some(found.with_settings(packages, finds_namespaces, &folders, left_out.chain(of_setup_cfg)))
}

/// Each key of a `hatch.toml` replaces that of `[tool.hatch]`.
fn with_hatch(manifest: &Table, hatch: &Table) -> NamedFiles {
    let mut manifest = manifest.clone();
    let tools = manifest.get_mut("tool").and_then(Value::as_table_mut);
    if let Some(replaced) = tools.and_then(|tools| tools.get_mut("hatch")).and_then(Value::as_table_mut) {
        replaced.retain(|key, _| !hatch.contains_key(key));
    }
    let mut files = named_files::in_manifest(&manifest);
    let tools = Table::from_iter([("hatch".to_owned(), Value::Table(hatch.clone()))]);
    let mut of_hatch = named_files::in_manifest(&Table::from_iter([("tool".to_owned(), Value::Table(tools))]));
    of_hatch.rename("tool.hatch.", "hatch.toml ");
    files.extend(of_hatch);
    files.add_optional(BUILD, ["hatch.toml"]);
    files
}

impl NamedFiles {
    fn extend(&mut self, other: Self) {
        self.files.extend(other.files);
        self.patterns.extend(other.patterns);
        self.outside.extend(other.outside);
    }

    /// Marks the files of a key as optional.
    fn make_optional(&mut self, key: &str) {
        self.files.iter_mut().filter(|file| file.key == key).for_each(|file| file.is_optional = true);
    }

    /// Replaces the start of each key.
    fn rename(&mut self, start: &str, replacement: &str) {
        let of_files = self.files.iter_mut().map(|named| &mut named.key);
        let of_patterns = self.patterns.iter_mut().map(|named| &mut named.key);
        let of_outside = self.outside.iter_mut().map(|named| &mut named.key);
        for key in of_files.chain(of_patterns).chain(of_outside) {
            if let Some(rest) = key.strip_prefix(start) {
                *key = format!("{replacement}{rest}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AdjacentMetadata;
    use crate::project::Project;

    const PROJECT: &str = "\n[project]\nname = 'a'\nversion = '1'\n";

    fn named(manifest: &str, adjacent: &AdjacentMetadata) -> Vec<String> {
        let project = Project::within(manifest, adjacent).unwrap();
        project.named_files().files.iter().map(|file| format!("{}: {}", file.key, file.path)).collect()
    }

    #[test]
    fn hatch_toml_replaces_the_keys_of_the_manifest() {
        let hatch = "build.targets.wheel.packages = ['src/b']".parse().unwrap();
        let adjacent = AdjacentMetadata { hatch: Some(hatch), ..AdjacentMetadata::default() };
        let tables = "tool.hatch.version.path = 'v.py'\ntool.hatch.build.targets.wheel.packages = ['src/a']";
        let of_hatch =
            format!("build-system = {{ requires = [], build-backend = 'hatchling.build' }}\n{tables}{PROJECT}");
        let expected = [
            "tool.hatch.version.path: v.py",
            "hatch.toml build.targets.wheel.packages: src/b",
            "the build: hatch.toml",
        ];
        assert_eq!(named(&of_hatch, &adjacent), expected);
        let in_tree = of_hatch.replace("[]", "['hatchling'], backend-path = ['.']").replace("hatchling.build", "own");
        assert_eq!(named(&in_tree, &adjacent), expected);
        let of_flit = of_hatch.replace("hatchling.build", "flit_core.buildapi");
        assert!(!named(&of_flit, &adjacent).iter().any(|file| file.contains("hatch.toml")));
    }

    /// As `pip wheel` without these files: with setuptools 84 there is a wheel, with the others only where it says so.
    #[test]
    fn some_backends_go_on_without_a_readme_or_a_licence() {
        let fields = "readme = 'README.md'\nlicense.file = 'COPYING'\nlicense-files = ['LICENSE']\n";
        for (backend, demanded) in [
            ("setuptools.build_meta", &[][..]),
            ("pbr.build", &[]),
            ("hatchling.build", &["project.license.file", "project.readme"]),
            ("flit_core.buildapi", &["project.license.file", "project.license-files", "project.readme"]),
        ] {
            let build_system = format!("build-system = {{ requires = [], build-backend = '{backend}' }}");
            let manifest = format!("{build_system}{PROJECT}{fields}");
            let project = Project::within(&manifest, &AdjacentMetadata::default()).unwrap();
            let found = project.named_files().files.iter().filter(|file| !file.is_optional);
            assert_eq!(found.map(|file| &*file.key).collect::<Vec<_>>(), demanded, "{backend}");
        }
    }

    #[test]
    fn setuptools_reads_the_setup_files() {
        let adjacent = AdjacentMetadata { setup_files: vec!["setup.py"], ..AdjacentMetadata::default() };
        let of_backend =
            |backend: &str| format!("build-system = {{ requires = [], build-backend = '{backend}' }}{PROJECT}");
        for (manifest, reads) in [
            (of_backend("setuptools.build_meta"), true),
            (of_backend("setuptools.build_meta:__legacy__"), true),
            (of_backend("pbr.build"), true),
            (of_backend("hatchling.build"), false),
            (of_backend("hatchling.build").replace("[]", "['hatchling', 'setuptools']"), false),
            (of_backend("own").replace("[]", "['setuptools>=61'], backend-path = ['.']"), true),
            (of_backend("own").replace("[]", "['flit_core'], backend-path = ['.']"), false),
            (of_backend("wrapper.build").replace("[]", "['wrapper', 'setuptools']"), true),
            (of_backend("scikit_build_core.build"), false),
            (of_backend("scikit_build_core.setuptools.build_meta").replace("[]", "['setuptools']"), true),
            (PROJECT.to_owned(), true),
            ("[tool.poetry]\nname = 'a'\nversion = '1'\npackage-mode = true".to_owned(), false),
        ] {
            assert_eq!(named(&manifest, &adjacent).contains(&"the build: setup.py".to_owned()), reads, "{manifest}");
        }
    }
}
