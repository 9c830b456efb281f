//! `setup.cfg`: the files that it names.
//!
//! The form is that of Python's [configparser], and the keys are those of [setuptools].
//!
//! [configparser]: https://docs.python.org/3/library/configparser.html#supported-ini-file-structure
//! [setuptools]: https://setuptools.pypa.io/en/latest/userguide/declarative_config.html

use std::collections::BTreeMap;

use super::named_files::NamedFiles;
use super::package_data::PackageFolders;
use crate::project::metadata::Metadata;

/// The values by section and key. A key is in lower case, with `_`.
type Sections<'a> = BTreeMap<&'a str, BTreeMap<String, String>>;

/// Returns the files that a `setup.cfg` names. Without its long description, a package can be built.
pub(crate) fn in_setup_cfg(text: &str) -> NamedFiles {
    let sections = parse(text);
    let entries = |section: &str| sections.get(section).into_iter().flatten();
    let mut files = NamedFiles::default();
    for (section, values) in &sections {
        for (key, value) in values {
            let name = format!("setup.cfg {section}.{key}");
            match value.strip_prefix("file:") {
                Some(paths) if key == "long_description" => files.add_dispensable(&name, items(paths)),
                Some(paths) => files.add(&name, items(paths)),
                None => {}
            }
        }
    }
    for key in ["license_file", "license_files"] {
        let value = sections.get("metadata").and_then(|metadata| metadata.get(key));
        files.add_optional(&format!("setup.cfg metadata.{key}"), value.into_iter().flat_map(|value| items(value)));
    }
    let folders = entries("options").filter(|(key, _)| *key == "package_dir").flat_map(|(_, value)| items(value));
    let folders = folders.filter_map(|item| item.split_once('='));
    let folders = PackageFolders::new(folders.map(|(package, folder)| (package.trim(), folder.trim())));
    for (package, value) in entries("options.package_data") {
        files.add_package_data(&format!("setup.cfg options.package_data.{package}"), &folders, package, items(value));
    }
    let version = sections.get("metadata").and_then(|metadata| metadata.get("version"));
    let attribute = version.and_then(|version| version.strip_prefix("attr:"));
    files.add_attribute("setup.cfg metadata.version", &folders, attribute);
    files
}

/// Returns whether a `setup.cfg` describes a package. Many have only settings of tools, such as `[flake8]`.
pub(crate) fn describes_package(text: &str) -> bool {
    parse(text).keys().any(|section| *section == "metadata" || *section == "options" || section.starts_with("options."))
}

/// Returns the name and the version that a `setup.cfg` states, unless the build may add to the version.
pub(crate) fn metadata_in_setup_cfg(text: &str) -> Option<Metadata> {
    let sections = parse(text);
    let tags = sections.get("egg_info").is_some_and(|section| section.keys().any(|key| key.starts_with("tag_")));
    let metadata = sections.get("metadata").filter(|_| !tags)?;
    Some(Metadata { name: metadata.get("name")?.parse().ok()?, version: metadata.get("version")?.parse().ok()? })
}

/// Returns whether a `setup.cfg` has the files in packages installed that `MANIFEST.in` names.
pub(crate) fn includes_package_data(text: &str) -> Option<bool> {
    let sections = parse(text);
    let value = sections.get("options")?.get("include_package_data")?;
    Some(["1", "true", "yes"].contains(&&*value.to_ascii_lowercase()))
}

/// Returns the extras that a `setup.cfg` lists: name and value. The value is a list, or `file:` and paths.
pub(crate) fn extras(text: &str) -> Vec<(String, String)> {
    parse(text).remove("options.extras_require").into_iter().flatten().collect()
}

/// Returns the paths of a value `file: …`.
pub(crate) fn paths_in(value: &str) -> Option<Vec<&str>> {
    value.strip_prefix("file:").map(|paths| items(paths).collect())
}

/// Returns the data of packages that a `setup.cfg` leaves out: packages, and a pattern for each.
pub(crate) fn left_out_data(text: &str) -> Vec<(String, String)> {
    let sections = parse(text);
    let entries = sections.get("options.exclude_package_data").into_iter().flatten();
    entries.flat_map(|(package, paths)| items(paths).map(|path| (package.clone(), path.to_owned()))).collect()
}

/// Reads the sections. What the form does not allow is left to setuptools.
fn parse(text: &str) -> Sections<'_> {
    let mut sections = Sections::new();
    let mut section = "";
    let mut last: Option<String> = None;
    for line in text.lines().filter(|line| !line.trim_start().starts_with(['#', ';'])) {
        if line.starts_with(char::is_whitespace) {
            let value = last.as_ref().and_then(|key| sections.get_mut(section)?.get_mut(key));
            if let Some(value) = value {
                value.push('\n');
                value.push_str(line.trim());
            }
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            (section, last) = (name, None);
            sections.entry(section).or_default();
        } else if let Some((key, value)) = line.split_once(['=', ':']) {
            let key = if section.ends_with("package_data") { key.trim().to_owned() } else { normalized(key) };
            sections.entry(section).or_default().insert(key.clone(), value.trim().to_owned());
            last = Some(key);
        }
    }
    sections
}

fn normalized(key: &str) -> String {
    key.trim().to_ascii_lowercase().replace('-', "_")
}

/// Returns the items of a list: one a line, or with commas between them.
fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{describes_package, in_setup_cfg, metadata_in_setup_cfg};

    #[test]
    fn settings_of_tools_describe_no_package() {
        for (text, expected) in [
            ("[flake8]\nmax-line-length = 100\n[tool:pytest]\naddopts = -q\n[optionsx]\na = 1", false),
            ("[metadata]\nname = a", true),
            ("[options]\npy_modules = a", true),
            ("[options.entry_points]\nconsole_scripts =\n  a = a:main", true),
        ] {
            assert_eq!(describes_package(text), expected, "{text}");
        }
    }

    #[test]
    fn the_version_of_a_setup_cfg_is_static_unless_the_build_computes_it() {
        let stated = "[metadata]\nname = My_App\nversion = 1.0\n";
        let found = metadata_in_setup_cfg(stated).unwrap();
        assert_eq!(format!("{} {}", found.name, found.version), "my-app 1.0");
        for computed in [
            &stated.replace("1.0", "attr: app.version"),
            &stated.replace("1.0", "file: V"),
            &format!("{stated}[egg_info]\ntag_build = dev\n"),
            "[metadata]\nname = a",
        ] {
            assert_eq!(metadata_in_setup_cfg(computed), None, "{computed}");
        }
    }

    #[test]
    fn a_setup_cfg_names_files() {
        let text = "[metadata]\nversion = file: VERSION\nlong_description = file: README.md,\n  NEWS.md\nlicense-files =\n  LICENSE\n  licenses/*\n\
                    [options]\ninstall_requires = file: a.txt,\n    b.txt\npackages = find:\n  x\npackage_dir =\n  = lib\n\
                    # [comment]\n[options.package_data]\n* = *.txt, *.rst\na.B =\n  data/x.json\n  *.cfg\n";
        let found = in_setup_cfg(text);
        let files: Vec<_> =
            found.files.iter().map(|file| format!("{}: {} {}", file.key, file.path, file.is_optional)).collect();
        assert_eq!(
            files,
            [
                "setup.cfg metadata.version: VERSION false",
                "setup.cfg options.install_requires: a.txt false",
                "setup.cfg options.install_requires: b.txt false",
                "setup.cfg metadata.license_files: LICENSE true",
                "setup.cfg options.package_data.a.B: a/B/data/x.json true",
                "setup.cfg options.package_data.a.B: lib/a/B/data/x.json true",
                "setup.cfg options.package_data.a.B: src/a/B/data/x.json true",
            ]
        );
        let patterns = found.patterns.iter();
        let patterns: Vec<_> =
            patterns.map(|named| format!("{}: {} {}", named.key, named.pattern, named.is_in_packages)).collect();
        assert_eq!(
            patterns,
            [
                "setup.cfg metadata.long_description: README.md false",
                "setup.cfg metadata.long_description: NEWS.md false",
                "setup.cfg metadata.license_files: licenses/* false",
                "setup.cfg options.package_data.*: *.txt true",
                "setup.cfg options.package_data.*: *.rst true",
                "setup.cfg options.package_data.a.B: a/B/*.cfg false",
                "setup.cfg options.package_data.a.B: lib/a/B/*.cfg false",
                "setup.cfg options.package_data.a.B: src/a/B/*.cfg false",
            ]
        );
    }

    #[test]
    fn the_version_may_be_an_attribute_of_a_module() {
        let found =
            in_setup_cfg("[metadata]\nversion: attr: a.about.__version__\n[options]\npackage_dir =\n  a = code\n");
        let files: Vec<_> = found.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(files, ["code/about.py", "code/about/__init__.py"]);
        assert!(found.files.iter().all(|file| file.is_optional));
    }
}
