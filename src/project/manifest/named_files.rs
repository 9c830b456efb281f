//! Files that a manifest names and that the build reads.
//!
//! Some backends go on without such a file and build a package without its dependencies or with another version. A file
//! that is missing in the context is therefore an error. A pattern may match files that the package does not need, so an
//! excluded one is a warning.

use toml::{Table, Value};

use super::manifest_in::ManifestIn;
use super::package_data::PackageFolders;
use super::relative::inside;
use crate::value::{Pattern, ProjectPath};

/// The files that the manifests of a project name.
#[derive(Debug, Clone, Default)]
pub(crate) struct NamedFiles {
    pub(crate) files: Vec<NamedFile>,
    pub(crate) patterns: Vec<NamedPattern>,
    pub(crate) outside: Vec<NamedOutside>,
    /// The `MANIFEST.in`, if its files become part of the package.
    pub(crate) manifest_in: Option<ManifestIn>,
    /// Whether setuptools asks the repository which files belong to the packages.
    pub(crate) are_in_repository: bool,
}

/// A path outside the project's folder, and the key that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedOutside {
    /// The key, as a path through the tables.
    pub(crate) key: String,
    /// The path as written, relative to the project's folder.
    pub(crate) path: String,
    /// Whether the wheel can do without it.
    pub(crate) is_optional: bool,
}

/// A file, and the key that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedFile {
    /// The key, as a path through the tables.
    pub(crate) key: String,
    /// The file, relative to the project's folder.
    pub(crate) path: ProjectPath,
    /// Whether the backend goes on if the project does not have the file. It must then only not be excluded.
    pub(crate) is_optional: bool,
}

/// A pattern with wildcards, or a file that the wheel can do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedPattern {
    /// The key, as a path through the tables.
    pub(crate) key: String,
    /// The pattern, relative to the project's folder, or to each package.
    pub(crate) pattern: Pattern,
    /// Whether the pattern is relative to the folder of each package.
    pub(crate) is_in_packages: bool,
}

/// Keys whose value is a path or a list of paths.
const PATHS: &[&str] = &[
    "project.license.file",
    "project.license-files",
    "tool.flit.metadata.description-file",
    "tool.hatch.version.path",
    "tool.hatch.metadata.hooks.requirements_txt.filename",
    "tool.hatch.metadata.hooks.requirements_txt.files",
    "tool.pdm.build.custom-hook",
    "tool.pdm.version.path",
    "tool.poetry.build.script",
    "tool.poetry.readme",
    "tool.scikit-build.metadata.version.input",
];

/// Such keys, whose files a backend does not demand.
const OPTIONAL_PATHS: &[&str] = &["tool.pdm.build.includes", "tool.setuptools.license-files"];

/// The licence files, which the wheel can do without.
const LICENSE_FILES: &str = "project.license-files";

/// Keys whose value is a folder with code, or a list of such folders.
const FOLDERS: &[&str] = &[
    "tool.hatch.build.targets.wheel.only-include",
    "tool.hatch.build.targets.wheel.packages",
    "tool.pdm.build.package-dir",
    "tool.setuptools.packages.find.where",
    "tool.uv.build-backend.module-root",
];

/// Tables whose keys are paths.
const PATHS_AS_KEYS: &[&str] = &["tool.hatch.build.force-include", "tool.hatch.build.targets.wheel.force-include"];

/// Tables of a hook of Hatch, whose script has a default.
const HATCH_HOOKS: &[&str] = &[
    "tool.hatch.build.hooks.custom",
    "tool.hatch.build.targets.wheel.hooks.custom",
    "tool.hatch.metadata.hooks.custom",
];

/// The hook of Hatch that reads dependencies from lists. Its list has a default.
const REQUIREMENTS_HOOK: &str = "tool.hatch.metadata.hooks.requirements_txt";

/// Tables in which any field may be `{ file = … }`, or the list of files itself.
const FIELDS: &[&str] = &[
    "tool.hatch.metadata.hooks.requirements_txt.optional-dependencies",
    "tool.setuptools.dynamic",
    "tool.setuptools.dynamic.optional-dependencies",
];

/// The data of packages, by package.
const DATA: &str = "tool.setuptools.package-data";

/// The attribute that holds the version.
const VERSION: &str = "tool.setuptools.dynamic.version.attr";

/// Returns the files that a `pyproject.toml` names.
pub(super) fn in_manifest(manifest: &Table) -> NamedFiles {
    let mut files = NamedFiles::default();
    for key in PATHS {
        files.add(key, paths(find(manifest, key)));
    }
    for table in FIELDS {
        for (field, value) in find(manifest, table).and_then(Value::as_table).into_iter().flatten() {
            files.add(&format!("{table}.{field}"), paths(value.get("file").or(Some(value))));
        }
    }
    for hook in HATCH_HOOKS {
        if let Some(hook_table) = find(manifest, hook) {
            let script = hook_table.get("path").and_then(Value::as_str).unwrap_or("hatch_build.py");
            files.add(&format!("{hook}.path"), [script]);
        }
    }
    if find(manifest, REQUIREMENTS_HOOK).is_some_and(|hook| hook.get("files").or(hook.get("filename")).is_none()) {
        files.add_optional(REQUIREMENTS_HOOK, ["requirements.txt"]);
    }
    for table in PATHS_AS_KEYS {
        let paths = find(manifest, table).and_then(Value::as_table).into_iter().flat_map(Table::keys);
        files.add(table, paths.map(String::as_str));
    }
    for key in OPTIONAL_PATHS {
        files.add_optional(key, paths(find(manifest, key)));
    }
    files.add_optional("tool.poetry.include", in_wheels(find(manifest, "tool.poetry.include")));
    for key in FOLDERS {
        files.add_folders(key, paths(find(manifest, key)));
    }
    let packages = find(manifest, "tool.poetry.packages").and_then(Value::as_array).into_iter().flatten();
    let of_poetry = packages.map(|package| ["from", "include"].map(|key| package.get(key).and_then(Value::as_str)));
    let of_poetry: Vec<String> =
        of_poetry.map(|[from, include]| [from.unwrap_or("."), include.unwrap_or(".")].join("/")).collect();
    files.add_folders("tool.poetry.packages", of_poetry.iter().map(String::as_str));
    let readme = find(manifest, "project.readme");
    files.add("project.readme", paths(readme.map(|readme| readme.get("file").unwrap_or(readme))));
    let folders = find(manifest, "tool.setuptools.package-dir").and_then(Value::as_table).into_iter().flatten();
    let folders: Vec<(&str, &str)> =
        folders.filter_map(|(package, folder)| Some((&**package, folder.as_str()?))).collect();
    files.add_folders("tool.setuptools.package-dir", folders.iter().map(|(_, folder)| *folder));
    let folders = PackageFolders::new(folders.into_iter());
    for (package, data) in find(manifest, DATA).and_then(Value::as_table).into_iter().flatten() {
        files.add_package_data(&format!("{DATA}.{package}"), &folders, package, paths(Some(data)));
    }
    for package in paths(find(manifest, "tool.setuptools.packages")) {
        files.add_optional("tool.setuptools.packages", folders.of(package).iter().map(String::as_str));
    }
    for module in paths(find(manifest, "tool.setuptools.py-modules")) {
        let places: Vec<String> = folders.of(module).iter().map(|place| format!("{place}.py")).collect();
        files.add_optional("tool.setuptools.py-modules", places.iter().map(String::as_str));
    }
    files.add_attribute(VERSION, &folders, find(manifest, VERSION).and_then(Value::as_str));
    files
}

impl NamedFiles {
    pub(super) fn add<'a>(&mut self, key: &str, paths: impl IntoIterator<Item = &'a str>) {
        paths.into_iter().for_each(|path| self.add_path(key, path, false));
    }

    pub(super) fn add_optional<'a>(&mut self, key: &str, paths: impl IntoIterator<Item = &'a str>) {
        paths.into_iter().for_each(|path| self.add_path(key, path, true));
    }

    /// Adds files that the wheel can do without.
    pub(super) fn add_dispensable<'a>(&mut self, key: &str, paths: impl IntoIterator<Item = &'a str>) {
        paths.into_iter().for_each(|path| self.add_pattern(key, path, false));
    }

    /// Adds the data of a package, or of every package (`*`, or an empty name).
    pub(super) fn add_package_data<'a>(
        &mut self,
        key: &str,
        folders: &PackageFolders,
        package: &str,
        paths: impl IntoIterator<Item = &'a str>,
    ) {
        for path in paths {
            if matches!(package, "" | "*") {
                self.add_pattern(key, path, true);
                continue;
            }
            for folder in folders.of(package) {
                self.add_path(key, format!("{folder}/{path}").trim_start_matches('/'), true);
            }
        }
    }

    /// Adds the module of an attribute: `PACKAGE.MODULE.NAME`.
    pub(super) fn add_attribute(&mut self, key: &str, folders: &PackageFolders, attribute: Option<&str>) {
        let Some((module, _)) = attribute.and_then(|attribute| attribute.trim().rsplit_once('.')) else { return };
        for place in folders.of(module) {
            self.add_optional(key, [&*format!("{place}.py"), &format!("{place}/__init__.py")]);
        }
    }

    /// Adds the names of folders with code. Some backends go on without a folder that is missing.
    fn add_folders<'a>(&mut self, key: &str, paths: impl IntoIterator<Item = &'a str>) {
        for path in paths {
            match inside(path).map(|path| path.parse()) {
                Some(Ok(path)) => self.files.push(NamedFile { key: key.to_owned(), path, is_optional: true }),
                // The folder of the project itself, or a pattern.
                Some(Err(_)) => {}
                None => {
                    self.outside.push(NamedOutside { key: key.to_owned(), path: path.to_owned(), is_optional: false });
                }
            }
        }
    }

    /// Adds a path, or a pattern.
    fn add_path(&mut self, key: &str, path: &str, is_optional: bool) {
        let Some(inside) = inside(path) else {
            let is_optional = is_optional || key == LICENSE_FILES;
            self.outside.push(NamedOutside { key: key.to_owned(), path: path.to_owned(), is_optional });
            return;
        };
        let path = &*inside;
        if path.contains(['*', '?', '[']) {
            self.add_pattern(key, path, false);
        } else if let Ok(path) = path.parse() {
            self.files.push(NamedFile { key: key.to_owned(), path, is_optional });
        }
    }

    fn add_pattern(&mut self, key: &str, path: &str, is_in_packages: bool) {
        if let Ok(pattern) = path.replace("[!", "[^").parse() {
            self.patterns.push(NamedPattern { key: key.to_owned(), pattern, is_in_packages });
        }
    }
}

pub(super) fn find<'a>(manifest: &'a Table, key: &str) -> Option<&'a Value> {
    let mut parts = key.split('.');
    let first = manifest.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

/// Returns the paths in a value: a text, or a list of them.
pub(super) fn paths(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(path)) => vec![path],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Returns the paths of Poetry's `include` that are part of a wheel. Without a format, they are part of an sdist only.
fn in_wheels(value: Option<&Value>) -> Vec<&str> {
    let entries = value.and_then(Value::as_array).into_iter().flatten();
    let of_wheel = entries.filter(|entry| paths(entry.get("format")).contains(&"wheel"));
    of_wheel.filter_map(|entry| entry.get("path")?.as_str()).collect()
}

#[cfg(test)]
mod tests;
