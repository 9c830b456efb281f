//! Lists and locks of dependencies that nothing reads: `requirements-prod.txt`, `requirements/base.txt`,
//! `requirements.in`, `pylock.dev.toml`, `environment.yml`.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::dependencies::Dependencies;
use super::unused::CONDA;
use super::warnings::{Warning, first_of};
use crate::files::{Entry, EntryKind, Listing, is_of_conda};
use crate::project::Workspace;

const LIST: &str = "only requirements.txt and the files that it includes are read; include it there with -r";
const LISTED: &str = "the dependencies are those of the manifest; name there what the image needs";
const LOCKED: &str = "the versions are those of the lock";
const OF_RYE: &str = "a lock in this form is read from requirements.txt; give it this name";
const LOCK: &str = "only pylock.toml is read; give it this name";

/// Returns a warning for the lists and one for the locks that are not used. A list is used if a manifest names it, or a setup
/// script mentions it.
pub(super) fn warnings(workspace: &Workspace, listing: &Listing, dependencies: &Dependencies) -> Vec<Warning> {
    let in_project = |path: &str| {
        let path = Utf8Path::new(path).strip_prefix(workspace.project_path()).ok()?;
        (path.components().count() <= 2).then(|| path.to_string())
    };
    let is_file = |kind: &EntryKind| !matches!(kind, EntryKind::Folder | EntryKind::Special(_));
    let listed = listing.entries().iter().filter(|entry| is_file(entry.kind())).map(Entry::path);
    let excluded =
        listing.excluded().iter().filter(|excluded| !excluded.is_folder).map(|excluded| excluded.path.as_str());
    let names: BTreeSet<String> = listed.chain(excluded).filter_map(in_project).collect();
    let lists = names.iter().filter(|name| is_list(name) && !is_used(name, &names, workspace, dependencies));
    let locks = names.iter().filter(|name| is_lock(name));
    let why_not = match dependencies {
        Dependencies::None | Dependencies::Requirements(_) => LIST,
        Dependencies::Listed(_) => LISTED,
        Dependencies::UvLock { .. } | Dependencies::Pylock(_) | Dependencies::Exported { .. } => LOCKED,
    };
    let of_rye = names.iter().filter(|name| is_lock_of_rye(name) && !is_used(name, &names, workspace, dependencies));
    let of_conda = names.iter().filter(|name| is_of_conda(name));
    let found = [
        (lists.cloned().collect::<Vec<_>>(), why_not),
        (locks.cloned().collect(), LOCK),
        (of_rye.cloned().collect(), OF_RYE),
        (of_conda.cloned().collect(), CONDA),
    ];
    found
        .into_iter()
        .filter(|(files, _)| !files.is_empty())
        .map(|(files, reason)| Warning::Unused { input: first_of(&files), reason })
        .collect()
}

/// Returns whether a path has a usual name of a list, other than `requirements.txt` itself.
fn is_list(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let Some(stem) = lower.strip_suffix(".txt").or_else(|| lower.strip_suffix(".in")) else { return false };
    match stem.split_once('/') {
        Some((folder, _)) => matches!(folder, "requirements" | "reqs"),
        None => {
            let is_short = ["reqs", "deps", "dependencies"]
                .iter()
                .any(|name| stem.split(['-', '_', '.']).any(|word| word == *name));
            path != "requirements.txt" && (is_short || stem.contains("requirement"))
        }
    }
}

/// Rye writes its locks in the form of a `requirements.txt`.
fn is_lock_of_rye(path: &str) -> bool {
    path.starts_with("requirements") && !path.contains('/') && Utf8Path::new(path).extension() == Some("lock")
}

/// PEP 751: `pylock.NAME.toml`, where the name has no dot.
fn is_lock(path: &str) -> bool {
    let name = path.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix(".toml"));
    name.is_some_and(|name| !name.is_empty() && !name.contains(['.', '/']))
}

fn is_used(path: &str, all: &BTreeSet<String>, workspace: &Workspace, dependencies: &Dependencies) -> bool {
    let project = workspace.project();
    let named = project.named_files();
    // What a list was made from.
    let is_compiled = path.strip_suffix(".in").is_some_and(|stem| all.contains(&format!("{stem}.txt")));
    is_compiled
        || named.files.iter().any(|file| file.path.normal() == path)
        || named.patterns.iter().any(|named| named.pattern.matches(path))
        || project.build_mentions(path)
        || matches!(dependencies, Dependencies::Requirements(list) if list.included().iter().any(|file| file.file() == path))
        || matches!(dependencies, Dependencies::None) && workspace.includes(path)
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::files::{Excluded, ExclusionReason, Listing};
    use crate::project::{Config, Workspace};

    fn warnings(manifest: &str, files: &[(&str, &str)]) -> Vec<String> {
        let manifest = format!("[project]\nname = 'a'\nversion = '1'\n{manifest}");
        let listing = Listing::from_files(files.iter().copied().chain([("pyproject.toml", &*manifest)])).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
        let bundle = Bundle::new(workspace, listing, Config::default()).unwrap();
        bundle.warnings().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn lists_and_locks_that_nothing_reads_are_named() {
        for name in [
            "requirements-prod.txt",
            "prod_requirements.txt",
            "requirements/base.txt",
            "requirements.in",
            "Requirements.txt",
            "requirement.txt",
            "reqs.txt",
            "prod-deps.txt",
        ] {
            let found = warnings("", &[(name, "six")]);
            let start = format!("{name} is not used: only requirements.txt and the files that it includes are read");
            assert!(found.len() == 1 && found[0].starts_with(&start), "{name}: {found:?}");
        }
        let both = warnings("", &[("requirements/a.txt", ""), ("dev-requirements.txt", "")]);
        assert!(
            both.len() == 1 && both[0].starts_with("dev-requirements.txt, requirements/a.txt are not used: only"),
            "{both:?}"
        );
        assert_eq!(
            warnings("", &[("pylock.dev.toml", "")]),
            ["pylock.dev.toml is not used: only pylock.toml is read; give it this name"]
        );
    }

    #[test]
    fn files_of_conda_are_named() {
        let files = ["pixi.toml", "pixi.lock", "conda/environment.yml", "environment-prod.yml"].map(|name| (name, ""));
        let named = "conda/environment.yml, environment-prod.yml, pixi.lock and 1 more are not used: packages of conda";
        let found = warnings("", &files);
        assert!(found.len() == 1 && found[0].starts_with(named), "{found:?}");
        let settings = ["poetry.toml", "tox.ini", "noxfile.py"].map(|name| (name, ""));
        assert_eq!(warnings("", &settings), [""; 0]);
    }

    #[test]
    fn a_lock_of_rye_is_named() {
        assert_eq!(
            warnings("dependencies = ['six']", &[("requirements.lock", "six==1.17.0"), ("uv.lock.lock", "")]),
            ["requirements.lock is not used: a lock in this form is read from requirements.txt; give it this name"]
        );
    }

    /// Including it in a `requirements.txt` that is not read would not help.
    #[test]
    fn the_remedy_is_where_the_dependencies_are() {
        let found = warnings("dependencies = ['six']", &[("requirements-dev.txt", "")]);
        assert!(found.len() == 1 && found[0].contains("are those of the manifest"), "{found:?}");
        let lock = "lock-version = '1.0'\ncreated-by = 'a tool'\npackages = []\n";
        let found = warnings("", &[("requirements-dev.txt", ""), ("pylock.toml", lock)]);
        assert!(found.len() == 1 && found[0].contains("are those of the lock"), "{found:?}");
    }

    #[test]
    fn a_list_that_something_reads_is_not_named() {
        let dynamic =
            "dynamic = ['dependencies']\n[tool.setuptools.dynamic]\ndependencies.file = ['requirements/a.txt']";
        for (manifest, files) in [
            ("", &[("requirements.txt", "-r requirements/a.txt"), ("requirements/a.txt", "six")][..]),
            ("", &[("requirements.txt", "six==1"), ("requirements.in", "six")]),
            (dynamic, &[("requirements/a.txt", "six")]),
            (
                "",
                &[
                    ("docs/requirements.txt", "six"),
                    ("a/requirements/b/c.txt", ""),
                    ("notes.txt", ""),
                    ("pylock.a.b.toml", ""),
                ],
            ),
        ] {
            assert_eq!(warnings(manifest, files), [""; 0], "{files:?}");
        }
    }

    /// A setup script may read a list.
    #[test]
    fn a_list_that_a_setup_script_mentions_is_not_named() {
        let script = "setup(install_requires=open('requirements.txt').read().split() + reqs('extra.txt'))";
        let files = [
            ("setup.py", script),
            ("requirements.txt", "six"),
            ("requirements/extra.txt", ""),
            ("requirements/b.txt", ""),
        ];
        let manifest = "dynamic = ['dependencies']";
        let found = warnings(manifest, &files);
        assert!(found.len() == 1 && found[0].starts_with("requirements/b.txt is not used"), "{found:?}");
    }

    /// A folder in place of a list is not read either, and nothing is lost with it.
    #[test]
    fn an_excluded_list_is_named_as_well() {
        let all = Listing::from_files([("pyproject.toml", "[project]\nname = 'a'\nversion = '1'\n")]).unwrap();
        let workspace = Workspace::in_listing(&all, "", &Config::default()).unwrap();
        let named = |is_folder: bool| {
            let excluded =
                Excluded { path: "requirements-prod.txt".to_owned(), is_folder, reason: ExclusionReason::Cache };
            let listing = Listing::new("".into(), all.entries().to_vec(), vec![excluded]);
            Bundle::new(workspace.clone(), listing, Config::default()).unwrap().warnings().len()
        };
        assert_eq!((named(false), named(true)), (1, 0));
    }
}
