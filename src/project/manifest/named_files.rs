//! Files that a manifest names and that the build reads.
//!
//! Some backends go on without such a file and build a package without its dependencies or with another version. A file
//! that is missing in the context is therefore an error.

use toml::{Table, Value};

use crate::value::ProjectPath;

/// A file, and the key that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedFile {
    /// The key, as a path through the tables.
    pub(crate) key: String,
    /// The file, relative to the project's folder.
    pub(crate) path: ProjectPath,
}

/// Keys whose value is a path or a list of paths.
const PATHS: &[&str] = &[
    "project.license.file",
    "tool.hatch.version.path",
    "tool.hatch.metadata.hooks.requirements_txt.files",
    "tool.pdm.version.path",
    "tool.poetry.readme",
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
    if let Some(hook) = find(manifest, "tool.hatch.build.hooks.custom") {
        let script = Value::String("hatch_build.py".to_owned());
        add(&mut files, "tool.hatch.build.hooks.custom.path", Some(hook.get("path").unwrap_or(&script)));
    }
    files
}

/// Returns the files that a `setup.cfg` names with `file:`, except the long description, which no installation needs.
pub(crate) fn in_setup_cfg(text: &str) -> Vec<NamedFile> {
    let mut files = Vec::new();
    let mut section = "";
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            section = name;
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let Some(paths) = value.trim().strip_prefix("file:") else { continue };
        let key = key.trim();
        if key == "long_description" {
            continue;
        }
        for path in paths.split(',').map(str::trim) {
            add(&mut files, &format!("setup.cfg {section}.{key}"), Some(&Value::String(path.to_owned())));
        }
    }
    files
}

fn find<'a>(manifest: &'a Table, key: &str) -> Option<&'a Value> {
    let mut parts = key.split('.');
    let first = manifest.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

/// A pattern or a path outside the project is left to the backend.
fn add(files: &mut Vec<NamedFile>, key: &str, value: Option<&Value>) {
    let paths: Vec<&str> = match value {
        Some(Value::String(path)) => vec![path],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is_plain = |path: &&str| !path.contains(['*', '?', '[']);
    let paths = paths.into_iter().filter(is_plain).filter_map(|path| path.parse().ok());
    files.extend(paths.map(|path| NamedFile { key: key.to_owned(), path }));
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
    fn a_setup_cfg_names_files() {
        let text = "[metadata]\nversion = file: VERSION\nlong_description = file: README.md\n\
                    [options]\ninstall_requires = file: a.txt, b.txt\npackages = find:\n";
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
