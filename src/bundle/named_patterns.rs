//! Files that a manifest names with a pattern, and that are excluded from the context.
//!
//! A pattern may match files that the package does not need, so this is a warning. What the key `exclude` names is a choice,
//! and caches, outputs and environments are no part of a package: they are not reported.

use camino::{Utf8Component, Utf8Path};

use super::error::BundleError;
use super::warnings::Warning;
use crate::files::{Excluded, ExclusionReason, Listing, is_cache};
use crate::project::{Closure, NamedOutside, NamedPattern, Project, ProjectKind, Workspace};

/// Returns a warning for each key that names excluded files, or files outside the project's folder.
pub(super) fn warnings(workspace: &Workspace, closure: &Closure<'_>, listing: &Listing) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (folder, project) in built(workspace, closure) {
        warnings.extend(of_project(folder, project, listing));
        for NamedOutside { key, path, .. } in outside(folder, project, listing).filter(|named| named.is_optional) {
            warnings.push(Warning::NamedFileOutside { key: key.clone(), path: path.clone() });
        }
    }
    warnings
}

/// Returns the project and its siblings that are built, each with its folder.
pub(super) fn built<'a>(
    workspace: &'a Workspace,
    closure: &'a Closure<'_>,
) -> impl Iterator<Item = (&'a Utf8Path, &'a Project)> {
    let own =
        (workspace.project().kind() == ProjectKind::Package).then(|| (workspace.project_path(), workspace.project()));
    let members = closure.members_of(workspace).filter(|member| member.is_package);
    let members = members.map(|member| (member.place.as_path(), &member.project));
    own.into_iter().chain(members)
}

/// Returns an error if a manifest names a path outside its folder that the build needs, and that is not in the context.
pub(super) fn check_outside(
    workspace: &Workspace,
    closure: &Closure<'_>,
    listing: &Listing,
) -> Result<(), BundleError> {
    for (folder, project) in built(workspace, closure) {
        let mut missing = outside(folder, project, listing);
        if let Some(NamedOutside { key, path, .. }) = missing.find(|named| !named.is_optional) {
            let (key, path) = (key.clone().into_boxed_str(), path.clone());
            return Err(BundleError::NamedFileOutside { key, path, project: project.name().clone() });
        }
    }
    Ok(())
}

/// Returns what a manifest names outside its folder, and what is not in the context.
fn outside<'a>(
    folder: &'a Utf8Path,
    project: &'a Project,
    listing: &'a Listing,
) -> impl Iterator<Item = &'a NamedOutside> {
    project.named_files().outside.iter().filter(move |named| {
        let mut place = folder.to_owned();
        let is_in_root = Utf8Path::new(&named.path).components().all(|part| match part {
            Utf8Component::Normal(name) => {
                place.push(name);
                true
            }
            Utf8Component::CurDir => true,
            Utf8Component::ParentDir => place.pop(),
            Utf8Component::RootDir | Utf8Component::Prefix(_) => false,
        });
        !is_in_root || listing.get(place.as_str()).is_none()
    })
}

fn of_project(folder: &Utf8Path, project: &Project, listing: &Listing) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = Vec::new();
    for named in &project.named_files().patterns {
        let matching = listing.excluded().iter().filter(|excluded| is_reported(excluded));
        for excluded in matching.filter(|excluded| names(named, folder, excluded, listing)) {
            let known = warnings.iter_mut().find_map(|warning| match warning {
                Warning::NamedFilesExcluded { key, paths, .. } if *key == named.key => Some(paths),
                _ => None,
            });
            match known {
                Some(paths) if paths.contains(&excluded.path) => {}
                Some(paths) => paths.push(excluded.path.clone()),
                None => warnings.push(Warning::NamedFilesExcluded {
                    key: named.key.clone(),
                    paths: vec![excluded.path.clone()],
                    reason: excluded.reason.clone(),
                }),
            }
        }
    }
    warnings
}

/// Returns whether a warning names an excluded path. Nothing is said of caches.
pub(super) fn is_reported(excluded: &Excluded) -> bool {
    let reason = &excluded.reason;
    let is_by_accident = reason.is_secret()
        || matches!(reason, ExclusionReason::DockerIgnore { .. } | ExclusionReason::GitIgnore { .. });
    is_by_accident && !is_cache(&excluded.path)
}

/// Returns whether the pattern matches the excluded file, or may match one in the excluded folder.
fn names(named: &NamedPattern, project: &Utf8Path, excluded: &Excluded, listing: &Listing) -> bool {
    let matches = |base: &Utf8Path| {
        let path = Utf8Path::new(&excluded.path).strip_prefix(base).ok().filter(|path| !path.as_str().is_empty());
        path.is_some_and(|path| {
            named.pattern.matches_itself(path.as_str()) && !excluded.is_folder
                || excluded.is_folder && named.pattern.may_match_below(path.as_str())
        })
    };
    if !named.is_in_packages {
        return matches(project);
    }
    let is_package = |folder: &&Utf8Path| listing.get(folder.join("__init__.py").as_str()).is_some();
    let is_inside = |folder: &&Utf8Path| folder.starts_with(project);
    Utf8Path::new(&excluded.path).ancestors().skip(1).filter(is_inside).filter(is_package).any(matches)
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::files::{Entry, Excluded, ExclusionReason, Listing};
    use crate::project::{Config, Workspace};

    /// Returns the warnings of a project with a package `app`, from which these files are excluded.
    fn warnings(manifest: &str, setup_cfg: &str, excluded: &[(&str, ExclusionReason)]) -> Vec<String> {
        let manifest = format!("[project]\nname = 'app'\nversion = '1'\n{manifest}");
        let files = [
            ("pyproject.toml", &*manifest),
            ("setup.cfg", setup_cfg),
            ("src/app/__init__.py", ""),
            ("src/app/data/kept.json", ""),
            ("notes/kept.json", ""),
        ];
        let in_memory = Listing::from_files(files).unwrap();
        let workspace = Workspace::in_listing(&in_memory, "", &Config::default()).unwrap();
        let entries = in_memory.entries().iter().map(|entry| Entry::new(entry.path(), entry.kind().clone())).collect();
        let excluded = excluded.iter().map(|(path, reason)| Excluded {
            path: path.trim_end_matches('/').to_owned(),
            is_folder: path.ends_with('/'),
            reason: reason.clone(),
        });
        let listing = Listing::new("/project".into(), entries, excluded.collect());
        let bundle = Bundle::new(workspace, listing, Config::default()).unwrap();
        bundle.warnings().iter().map(ToString::to_string).collect()
    }

    fn secret() -> ExclusionReason {
        ExclusionReason::SecretFiles("*.json".parse().unwrap())
    }

    fn ignored() -> ExclusionReason {
        ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: "*.md".parse().unwrap() }
    }

    const DATA: &str = "[tool.setuptools]\npackage-data = { app = ['data/*.json'] }";

    #[test]
    fn a_file_that_a_pattern_names_is_told() {
        let named = |key: &str, reason: &str| {
            format!(
                "src/app/data/key.json, which {key} names, will not be in the package: excluded ({reason}); include with `include`"
            )
        };
        let reason = "a secret: secret-files: *.json";
        let files = [("src/app/data/key.json", secret())];
        assert_eq!(warnings(DATA, "", &files), [named("tool.setuptools.package-data.app", reason)]);
        let every = "[tool.setuptools]\npackage-data = { '*' = ['data/*.json'] }";
        assert_eq!(warnings(every, "", &files), [named("tool.setuptools.package-data.*", reason)]);
        let deep = "[tool.setuptools]\npackage-data = { '*' = ['**/*.json'] }";
        assert_eq!(warnings(deep, "", &files), [named("tool.setuptools.package-data.*", reason)]);
        let setup_cfg = "[options.package_data]\napp =\n  data/*.json\n";
        assert_eq!(warnings("", setup_cfg, &files), [named("setup.cfg options.package_data.app", reason)]);
        let several = ["a", "b", "c", "d"].map(|name| format!("src/app/data/{name}.json"));
        let several: Vec<_> = several.iter().map(|path| (path.as_str(), secret())).collect();
        let found = warnings(DATA, "", &several);
        assert!(
            found.len() == 1
                && found[0]
                    .starts_with("src/app/data/a.json, src/app/data/b.json, src/app/data/c.json and 1 more, which"),
            "{found:?}"
        );
    }

    #[test]
    fn an_excluded_folder_may_hold_such_files() {
        for (folder, count) in [("src/app/data/", 1), ("src/app/other/", 0), ("notes/", 0)] {
            assert_eq!(warnings(DATA, "", &[(folder, ignored())]).len(), count, "{folder}");
        }
    }

    #[test]
    fn other_files_are_not_told() {
        let other = [
            ("src/app/data/deep/x.json", secret()),
            ("src/app/data/x.txt", secret()),
            ("notes/x.json", secret()),
            ("src/app/data/chosen.json", ExclusionReason::Exclude("*.json".parse().unwrap())),
            ("src/app/data/cached.json", ExclusionReason::Cache),
        ];
        assert_eq!(warnings(DATA, "", &other), [""; 0]);
        let every = "[tool.setuptools]\npackage-data = { '*' = ['*.json'] }";
        assert_eq!(warnings(every, "", &other), [""; 0], "notes/ is no package");
    }

    /// The wheel only lacks the text.
    #[test]
    fn an_excluded_description_is_told() {
        let setup_cfg = "[metadata]\nlong_description = file: README.md, NEWS.md\n";
        assert_eq!(
            warnings("", setup_cfg, &[("README.md", ignored())]),
            ["README.md, which setup.cfg metadata.long_description names, will not be in the package: excluded \
                 (.dockerignore: *.md); include with `include`"]
        );
    }

    /// A file counts once for each key that names it.
    #[test]
    fn each_key_that_names_a_file_is_told_once() {
        let both = "[tool.setuptools]\npackage-data = { app = ['data/*.json', 'data/k*'], '*' = ['data/*.json'] }";
        let found = warnings(both, "", &[("src/app/data/key.json", secret())]);
        let keys: Vec<_> = found.iter().filter_map(|line| line.strip_prefix("src/app/data/key.json, which ")).collect();
        assert!(
            keys.len() == 2
                && keys[0].starts_with("tool.setuptools.package-data.* names")
                && keys[1].starts_with("tool.setuptools.package-data.app names"),
            "{found:?}"
        );
    }

    #[test]
    fn a_file_outside_the_folder_must_be_in_the_context() {
        let outcome = |key: &str, path: &str| {
            let manifest = format!(
                "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n\
                 [project]\nname = 'app'\nversion = '1'\n{key}"
            );
            let files = [("app/pyproject.toml", &*manifest), ("app/app.py", ""), ("shared/notes.txt", "")];
            let listing = Listing::from_files(files.into_iter().chain([(path, "")])).unwrap();
            let workspace = Workspace::in_listing(&listing, "app", &Config::default()).unwrap();
            let bundle = Bundle::new(workspace, listing, Config::default()).map_err(|error| error.to_string())?;
            Ok::<_, String>(bundle.warnings().iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let dynamic =
            "dynamic = ['dependencies']\n[tool.setuptools.dynamic]\ndependencies.file = ['../shared/deps.txt']\n";
        assert_eq!(outcome(dynamic, "shared/deps.txt"), Ok(vec![]));
        let error = outcome(dynamic, "shared/other.txt").unwrap_err();
        assert!(
            error.contains("`../shared/deps.txt`") && error.contains("tool.setuptools.dynamic.dependencies"),
            "{error}"
        );
        let far = dynamic.replace("../shared", "../../shared");
        assert!(outcome(&far, "shared/deps.txt").unwrap_err().contains("`../../shared/deps.txt`"));
        let license = "license-files = ['../LICENSE']\n";
        assert_eq!(outcome(license, "LICENSE"), Ok(vec![]));
        assert_eq!(outcome(license, "COPYING").map(|warnings| warnings.len()), Ok(1), "the wheel can do without");
    }
}
