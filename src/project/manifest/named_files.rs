//! Files that a manifest names and that the build reads.
//!
//! Some backends go on without such a file and build a package without its dependencies or with another version. A file
//! that is missing in the context is therefore an error.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::value::ProjectPath;

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

/// Keys whose value is a path or a list of paths.
const PATHS: &[&str] = &[
    "project.license.file",
    "project.license-files",
    "tool.flit.metadata.description-file",
    "tool.hatch.version.path",
    "tool.hatch.metadata.hooks.requirements_txt.files",
    "tool.pdm.build.custom-hook",
    "tool.pdm.version.path",
    "tool.poetry.build.script",
    "tool.poetry.readme",
    "tool.scikit-build.metadata.version.input",
];

/// Such keys, whose files a backend does not demand.
const OPTIONAL_PATHS: &[&str] = &["tool.setuptools.license-files"];

/// Tables whose keys are paths.
const PATHS_AS_KEYS: &[&str] = &["tool.hatch.build.force-include", "tool.hatch.build.targets.wheel.force-include"];

/// Tables of a hook of Hatch, whose script has a default.
const HATCH_HOOKS: &[&str] = &[
    "tool.hatch.build.hooks.custom",
    "tool.hatch.build.targets.wheel.hooks.custom",
    "tool.hatch.metadata.hooks.custom",
];

/// Tables in which any field may be `{ file = … }`.
const FIELDS: &[&str] = &["tool.setuptools.dynamic", "tool.setuptools.dynamic.optional-dependencies"];

/// Returns the files that a `pyproject.toml` names.
pub(super) fn in_manifest(manifest: &Table) -> Vec<NamedFile> {
    let mut files = Vec::new();
    for key in PATHS {
        add(&mut files, key, find(manifest, key));
    }
    for table in FIELDS {
        for (field, value) in find(manifest, table).and_then(Value::as_table).into_iter().flatten() {
            add(&mut files, &format!("{table}.{field}"), value.get("file"));
        }
    }
    for hook in HATCH_HOOKS {
        let script = Value::String("hatch_build.py".to_owned());
        let chosen = find(manifest, hook).map(|hook| hook.get("path").unwrap_or(&script));
        add(&mut files, &format!("{hook}.path"), chosen);
    }
    for table in PATHS_AS_KEYS {
        for path in find(manifest, table).and_then(Value::as_table).into_iter().flat_map(Table::keys) {
            add(&mut files, table, Some(&Value::String(path.to_owned())));
        }
    }
    for key in OPTIONAL_PATHS {
        add_optional(&mut files, key, find(manifest, key));
    }
    add_package_data(&mut files, manifest);
    files
}

/// Adds the files of `tool.setuptools.package-data`, which are relative to a package. Where the packages are is not always
/// written down: at the root, in `src/`, or in a folder of `tool.setuptools.package-dir`.
fn add_package_data(files: &mut Vec<NamedFile>, manifest: &Table) {
    const KEY: &str = "tool.setuptools.package-data";
    let folders = find(manifest, "tool.setuptools.package-dir").and_then(Value::as_table);
    let written = folders.into_iter().flatten().filter(|(package, _)| package.is_empty());
    let written = written.filter_map(|(_, folder)| folder.as_str());
    let roots: BTreeSet<&str> = ["", "src"].into_iter().chain(written).collect();
    for (package, data) in find(manifest, KEY).and_then(Value::as_table).into_iter().flatten() {
        let paths = data.as_array().into_iter().flatten().filter_map(Value::as_str);
        // `*` is every package.
        for path in paths.filter(|_| package != "*") {
            for root in &roots {
                let parts = [root, package.replace('.', "/").as_str(), path].map(str::to_owned);
                let path = parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("/");
                add_optional(files, &format!("{KEY}.{package}"), Some(&Value::String(path)));
            }
        }
    }
}

/// Returns the files that a `setup.cfg` names with `file:`, except the long description, which no installation needs.
pub(crate) fn in_setup_cfg(text: &str) -> Vec<NamedFile> {
    let mut files = Vec::new();
    let mut section = "";
    let mut named: Option<String> = None;
    for line in text.lines() {
        let is_continued = line.starts_with(char::is_whitespace);
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            (section, named) = (name, None);
        }
        let paths = match line.split_once('=') {
            Some((key, value)) if !is_continued => {
                let paths = value.trim().strip_prefix("file:").filter(|_| key.trim() != "long_description");
                named = paths.map(|_| format!("setup.cfg {section}.{}", key.trim()));
                paths
            }
            _ if is_continued => Some(line),
            _ => None,
        };
        if let (Some(key), Some(paths)) = (&named, paths) {
            for path in paths.split(',').map(str::trim).filter(|path| !path.is_empty() && !path.starts_with('#')) {
                add(&mut files, key, Some(&Value::String(path.to_owned())));
            }
        }
    }
    files
}

fn find<'a>(manifest: &'a Table, key: &str) -> Option<&'a Value> {
    let mut parts = key.split('.');
    let first = manifest.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

fn add(files: &mut Vec<NamedFile>, key: &str, value: Option<&Value>) {
    files.extend(named(key, value, false));
}

fn add_optional(files: &mut Vec<NamedFile>, key: &str, value: Option<&Value>) {
    files.extend(named(key, value, true));
}

/// Returns the files in a value. A pattern or a path outside the project is left to the backend.
fn named(key: &str, value: Option<&Value>, is_optional: bool) -> Vec<NamedFile> {
    let paths: Vec<&str> = match value {
        Some(Value::String(path)) => vec![path],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is_plain = |path: &&str| !path.contains(['*', '?', '[']);
    let paths = paths.into_iter().filter(is_plain).filter_map(|path| path.parse().ok());
    paths.map(|path| NamedFile { key: key.to_owned(), path, is_optional }).collect()
}

#[cfg(test)]
mod tests {
    use super::{NamedFile, in_manifest, in_setup_cfg};

    fn shown(files: Vec<NamedFile>) -> Vec<String> {
        files.into_iter().map(|file| format!("{}: {}", file.key, file.path)).collect()
    }

    #[test]
    fn a_manifest_names_files() {
        let manifest = "project.license.file = 'LICENSE'\n\
                        tool.setuptools.dynamic.dependencies.file = ['a.txt', 'reqs/*.txt']\n\
                        tool.setuptools.dynamic.version.attr = 'x.y'\n\
                        tool.setuptools.dynamic.optional-dependencies.web.file = 'web.txt'\n\
                        tool.hatch.build.hooks.custom = {}\n\
                        tool.hatch.version.path = 'src/x.py'\n\
                        tool.poetry.readme = ['README.md', '../OUTSIDE.md']";
        assert_eq!(
            shown(in_manifest(&manifest.parse().unwrap())),
            [
                "project.license.file: LICENSE",
                "tool.hatch.version.path: src/x.py",
                "tool.poetry.readme: README.md",
                "tool.setuptools.dynamic.dependencies: a.txt",
                "tool.setuptools.dynamic.optional-dependencies.web: web.txt",
                "tool.hatch.build.hooks.custom.path: hatch_build.py",
            ]
        );
    }

    #[test]
    fn optional_files_are_marked() {
        let manifest = "project.license-files = ['LICENSE', 'licenses/*']\n\
                        tool.setuptools.license-files = ['NOTICE']\n\
                        tool.setuptools.package-dir = { '' = 'lib', 'x' = 'other' }\n\
                        tool.setuptools.package-data = { 'a.b' = ['data/x.json', '*.txt'], '*' = ['y'] }\n\
                        tool.hatch.build.targets.wheel.force-include = { 'made/z.bin' = 'a/z.bin' }\n\
                        tool.hatch.metadata.hooks.custom.path = 'hook.py'";
        let (optional, needed): (Vec<_>, Vec<_>) =
            in_manifest(&manifest.parse().unwrap()).into_iter().partition(|file| file.is_optional);
        assert_eq!(
            shown(needed),
            [
                "project.license-files: LICENSE",
                "tool.hatch.metadata.hooks.custom.path: hook.py",
                "tool.hatch.build.targets.wheel.force-include: made/z.bin",
            ]
        );
        assert_eq!(
            shown(optional),
            [
                "tool.setuptools.license-files: NOTICE",
                "tool.setuptools.package-data.a.b: a/b/data/x.json",
                "tool.setuptools.package-data.a.b: lib/a/b/data/x.json",
                "tool.setuptools.package-data.a.b: src/a/b/data/x.json",
            ]
        );
    }

    #[test]
    fn a_setup_cfg_names_files() {
        let text = "[metadata]\nversion = file: VERSION\nlong_description = file: README.md,\n  NEWS.md\n\
                    [options]\ninstall_requires = file: a.txt,\n    b.txt\npackages = find:\n  x\n";
        assert_eq!(
            shown(in_setup_cfg(text)),
            [
                "setup.cfg metadata.version: VERSION",
                "setup.cfg options.install_requires: a.txt",
                "setup.cfg options.install_requires: b.txt",
            ]
        );
    }
}
