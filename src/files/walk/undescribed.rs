//! What a folder holds that has no manifest, and how to describe it as a project.

#![expect(clippy::disallowed_methods, reason = "this module lists the folder")]

use std::fmt;
use std::fs;

use camino::Utf8Path;

use crate::files::conda::is_of_conda;
use crate::value::OneLine;

/// What was found in a folder without a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundInstead {
    /// The file, relative to the folder.
    pub file: String,
    /// How to describe the project.
    pub remedy: &'static str,
}

impl fmt::Display for FoundInstead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "only {}: {}", OneLine(&self.file), self.remedy)
    }
}

/// Files that describe dependencies for other tools, and the remedy.
const FILES: &[(&str, &str)] = &[
    ("Pipfile.lock", "add the Pipfile that it was made from"),
    ("uv.lock", WITHOUT_MANIFEST),
    ("poetry.lock", WITHOUT_MANIFEST),
    ("pdm.lock", WITHOUT_MANIFEST),
    ("pylock.toml", "add a pyproject.toml that lists what it locks"),
    ("flit.ini", "write a pyproject.toml from it: `python -m flit.tomlify`"),
];

const WITHOUT_MANIFEST: &str = "add the pyproject.toml that it was made from";

const CONDA: &str = "packages of conda are not installed; list what PyPI has in a requirements.txt, and Debian's packages \
                     as `apt`";

const LIST: &str = "compile it to the list that is read: `uv pip compile FILE --output-file requirements.txt`";

const OTHER_NAME: &str = "only requirements.txt is read; write one with the line `-r FILE`";

const SCRIPTS: &str = "list what the scripts need in a requirements.txt, or make an empty one if they need nothing";

/// Looks for what a folder holds in place of a manifest. Returns `None` for a folder that is empty, or cannot be read.
pub(crate) fn found_instead(folder: &Utf8Path) -> Option<FoundInstead> {
    let names = files(folder);
    let in_folders = ["requirements", "reqs"].into_iter().flat_map(|name| {
        files(&folder.join(name)).into_iter().map(move |file| format!("{name}/{file}")).collect::<Vec<_>>()
    });
    let is_named = |name: &String| name.contains("requirements") || name.starts_with("reqs/");
    let lists: Vec<String> = names.iter().cloned().chain(in_folders).filter(is_named).collect();
    let list = |end: &str| lists.iter().find(|name| name.ends_with(end)).cloned();
    let described = || FILES.iter().find(|(name, _)| names.iter().any(|file| file == name));
    let of_conda = || names.iter().find(|name| is_of_conda(name)).cloned();
    let script = || names.iter().find(|name| Utf8Path::new(name).extension() == Some("py")).cloned();
    let found = |file: String, remedy| FoundInstead { file, remedy };
    list(".in")
        .map(|file| found(file, LIST))
        .or_else(|| list(".txt").map(|file| found(file, OTHER_NAME)))
        .or_else(|| described().map(|(file, remedy)| found((*file).to_owned(), remedy)))
        .or_else(|| of_conda().map(|file| found(file, CONDA)))
        .or_else(|| script().filter(|_| !is_within_project(folder)).map(|file| found(file, SCRIPTS)))
}

/// Returns whether a folder above is a project, whose modules the folder may hold.
fn is_within_project(folder: &Utf8Path) -> bool {
    let is_project = |above: &Utf8Path| ["pyproject.toml", "setup.py"].iter().any(|name| above.join(name).is_file());
    folder.canonicalize_utf8().is_ok_and(|folder| folder.ancestors().skip(1).any(is_project))
}

/// Returns the sorted names of the files in a folder. There are none if it cannot be read.
fn files(folder: &Utf8Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    let mut names: Vec<String> = files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use std::fs;

    use camino::Utf8Path;
    use tempfile::TempDir;

    use super::found_instead;

    #[test]
    fn what_a_folder_holds_is_named_with_the_remedy() {
        for (files, expected) in [
            (&["requirements.in", "a.py"][..], Some("only requirements.in: compile it")),
            (&["requirements/base.in"], Some("only requirements/base.in: compile it")),
            (&["requirements/base.txt"], Some("only requirements/base.txt: only requirements.txt is read")),
            (&["requirements-prod.txt"], Some("only requirements-prod.txt: only requirements.txt is read")),
            (&["environment.yml", "a.py"], Some("only environment.yml: packages of conda")),
            (&["environment-prod.yml"], Some("only environment-prod.yml: packages of conda")),
            (&["pixi.toml"], Some("only pixi.toml: packages of conda")),
            (&["Pipfile.lock"], Some("only Pipfile.lock: add the Pipfile")),
            (&["poetry.lock"], Some("only poetry.lock: add the pyproject.toml")),
            (&["flit.ini"], Some("only flit.ini: write a pyproject.toml")),
            (&["main.py", "notes.md"], Some("only main.py: list what the scripts need")),
            (&["notes.md"], None),
        ] {
            let folder = TempDir::new().unwrap();
            for file in files {
                let path = folder.path().join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "").unwrap();
            }
            let found = found_instead(Utf8Path::from_path(folder.path()).unwrap()).map(|found| found.to_string());
            assert!(
                found
                    .as_deref()
                    .map_or(expected.is_none(), |found| expected.is_some_and(|start| found.starts_with(start))),
                "{files:?}: {found:?}"
            );
        }
    }
}
