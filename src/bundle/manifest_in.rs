//! Files that `MANIFEST.in` names and that the context does not have: setuptools builds a package without them.
//!
//! As with the data that a manifest names, a path in full is an error and a pattern is a warning. A `MANIFEST.in` also names
//! files that are part of a source distribution only, such as tests: nothing is said of a file outside of packages.

use camino::Utf8Path;

use super::error::BundleError;
use super::files::excluded_at;
use super::modules::is_beside;
use super::named_patterns::{built, is_reported};
use super::warnings::Warning;
use crate::files::{Entry, EntryKind, ExclusionReason, Listing};
use crate::project::{Closure, ManifestIn, Project, Workspace};

const FILE: &str = "MANIFEST.in";

/// The ends of the names of modules, which setuptools installs without a `MANIFEST.in`.
const MODULES: [&str; 4] = ["py", "pyc", "pyo", "pyd"];

/// Returns an error if data of a package is excluded that a `MANIFEST.in` names, or the `MANIFEST.in` that names data.
pub(super) fn check(workspace: &Workspace, closure: &Closure<'_>, listing: &Listing) -> Result<(), BundleError> {
    for (folder, project) in built(workspace, closure) {
        let Some(data) = Data::of(folder, project, listing) else { continue };
        let is_chosen = |reason: &ExclusionReason| matches!(reason, ExclusionReason::Exclude(_));
        for name in data.manifest_in.names().filter(|path| data.is_in_package(path)) {
            let path = folder.join(name).into_string();
            let excluded = excluded_at(listing, &path).filter(|found| !is_chosen(&found.reason));
            if let Some(excluded) = excluded.filter(|_| listing.get(&path).is_none()) {
                let (needed_by, reason) = (FILE.into(), excluded.reason.clone());
                return Err(BundleError::NeededFileKeptOut { path, needed_by, reason });
            }
        }
        let path = folder.join(FILE).into_string();
        if let Some(excluded) = excluded_at(listing, &path).filter(|_| data.has_some()) {
            let (needed_by, reason) = ("the build".into(), excluded.reason.clone());
            return Err(BundleError::NeededFileKeptOut { path, needed_by, reason });
        }
    }
    Ok(())
}

/// Returns a warning for each project with excluded files that a pattern of its `MANIFEST.in` matches.
pub(super) fn warnings(workspace: &Workspace, closure: &Closure<'_>, listing: &Listing) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (folder, project) in built(workspace, closure) {
        let Some(data) = Data::of(folder, project, listing) else { continue };
        if data.manifest_in.is_too_long {
            warnings.push(Warning::Unused {
                input: folder.join(FILE).into_string(),
                reason: "with more than 200 patterns, it is not compared with what is excluded; check that the package needs none \
                         of it",
            });
        }
        let reported = listing.excluded().iter().filter(|excluded| is_reported(excluded));
        let lost = reported.filter(|excluded| {
            let path = data.inside(&excluded.path);
            path.is_some_and(|path| {
                let is_named = if excluded.is_folder {
                    data.manifest_in.may_include_below(path)
                } else {
                    data.manifest_in.includes(path)
                };
                is_named && data.is_in_package(path)
            })
        });
        let lost: Vec<_> = lost.collect();
        if let Some(first) = lost.first() {
            warnings.push(Warning::NamedFilesExcluded {
                key: folder.join(FILE).into_string(),
                reason: first.reason.clone(),
                paths: lost.iter().map(|excluded| excluded.path.clone()).collect(),
            });
        }
    }
    warnings
}

/// The data that a `MANIFEST.in` adds to the packages of a project.
struct Data<'a> {
    manifest_in: &'a ManifestIn,
    folder: &'a Utf8Path,
    project: &'a Project,
    listing: &'a Listing,
}

impl<'a> Data<'a> {
    fn of(folder: &'a Utf8Path, project: &'a Project, listing: &'a Listing) -> Option<Self> {
        Some(Self { manifest_in: project.named_files().manifest_in.as_ref()?, folder, project, listing })
    }

    /// Returns a path of the listing relative to the project's folder, if it is inside.
    fn inside<'b>(&self, path: &'b str) -> Option<&'b str> {
        Utf8Path::new(path).strip_prefix(self.folder).ok().map(Utf8Path::as_str)
    }

    /// Returns whether the context has files that the `MANIFEST.in` adds to a package.
    fn has_some(&self) -> bool {
        let files = self.listing.entries().iter().filter(|entry| !matches!(entry.kind(), EntryKind::Folder));
        let mut paths = files.filter_map(|entry| self.inside(Entry::path(entry)));
        paths.any(|path| self.manifest_in.includes(path) && self.is_in_package(path))
    }

    /// Returns whether a path is data of a package that setuptools installs: it is below a package, and no module of it.
    fn is_in_package(&self, path: &str) -> bool {
        if is_beside(path) && self.manifest_in.packages().is_none() {
            return false;
        }
        let path = Utf8Path::new(path);
        let is_module = path.extension().is_some_and(|end| MODULES.contains(&end));
        let mut folders = path.ancestors().skip(1).filter(|folder| !folder.as_str().is_empty());
        match folders.next() {
            Some(folder) if is_module && self.is_package(folder) => false,
            Some(folder) => self.is_package(folder) || folders.any(|folder| self.is_package(folder)),
            None => false,
        }
    }

    fn is_package(&self, folder: &Utf8Path) -> bool {
        if let Some(listed) = self.manifest_in.packages() {
            return listed.iter().any(|package| folder == package.as_str());
        }
        let has_module = || self.listing.get(self.folder.join(folder).join("__init__.py").as_str()).is_some();
        // The folder itself may be excluded.
        let is_found = || self.project.packages().iter().any(|package| folder == package.as_str());
        let name = || self.project.name().as_str().replace('-', "_");
        let is_namespace = || {
            let in_src = folder.strip_prefix("src").unwrap_or(folder);
            in_src != folder && !in_src.as_str().is_empty() || in_src == name().as_str()
        };
        has_module() || is_found() || self.manifest_in.finds_namespaces && is_namespace()
    }
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::files::{Excluded, ExclusionReason, Listing};
    use crate::project::{Config, Workspace};

    const SETUPTOOLS: &str = "[project]\nname = 'my-app'\nversion = '1'\n[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n";

    /// The files of a project, with this text in its `MANIFEST.in`.
    fn tree<'a>(manifest: &'a str, text: &'a str) -> Vec<(&'a str, &'a str)> {
        let files = ["app/__init__.py", "app/a.json", "app/data/b.json", "tests/__init__.py", "tests/c.json", "d.json"];
        files.map(|path| (path, "")).into_iter().chain([("pyproject.toml", manifest), ("MANIFEST.in", text)]).collect()
    }

    fn ignored() -> ExclusionReason {
        ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: "x".parse().unwrap() }
    }

    /// Returns the warnings, or the error, for a project from which this file or folder is excluded.
    fn outcome(files: &[(&str, &str)], path: &str, reason: ExclusionReason) -> Result<Vec<String>, String> {
        let all = Listing::from_files(files.iter().copied()).unwrap();
        let (path, is_folder) = (path.trim_end_matches('/'), path.ends_with('/'));
        let is_kept = |kept: &str| kept != path && !(is_folder && kept.starts_with(&format!("{path}/")));
        let kept = all.entries().iter().filter(|entry| is_kept(entry.path())).cloned().collect();
        let listing = Listing::new("".into(), kept, vec![Excluded { path: path.to_owned(), is_folder, reason }]);
        let config: Config = toml::from_str("tag = 'app:1'").unwrap();
        let workspace = Workspace::in_listing(&all, "", &config).unwrap();
        let bundle = Bundle::new(workspace, listing, config).map_err(|error| error.to_string())?;
        Ok(bundle.warnings().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_pattern_tells_the_excluded_data_of_packages() {
        for (text, path, expected) in [
            ("recursive-include app *.json", "app/a.json", Some("app/a.json")),
            ("global-include *.json", "app/data/b.json", Some("app/data/b.json")),
            ("graft app", "app/data/", Some("app/data")),
            ("recursive-include app *.json\nexclude app/a.json", "app/a.json", None),
            ("graft app\nprune app/data", "app/data/", None),
            ("include *.json\ngraft tests", "d.json", None),
            ("graft tests", "tests/c.json", None),
            ("graft tests", "tests/", None),
            ("graft app", "app/extra.py", None),
            ("graft app", "app/__pycache__/", None),
        ] {
            let mut files = tree(SETUPTOOLS, text);
            files.push(("app/extra.py", ""));
            let told = expected.iter().map(|path| {
                format!("{path}, which MANIFEST.in names, will not be in the package: excluded (.dockerignore: x); include with `include`")
            });
            assert_eq!(outcome(&files, path, ignored()), Ok(told.collect()), "{text} {path}");
        }
        let chosen = ExclusionReason::Exclude("x".parse().unwrap());
        assert_eq!(outcome(&tree(SETUPTOOLS, "graft app"), "app/a.json", chosen), Ok(Vec::new()));
    }

    #[test]
    fn a_file_with_too_many_patterns_is_told() {
        let text = "global-include *.json\n".repeat(201);
        let told = outcome(&tree(SETUPTOOLS, &text), "app/a.json", ignored()).unwrap();
        assert!(told.len() == 1 && told[0].starts_with("MANIFEST.in is not used: with more than 200"), "{told:?}");
        let told = outcome(&tree(SETUPTOOLS, &text[22..]), "app/a.json", ignored()).unwrap();
        assert!(told[0].starts_with("app/a.json, which MANIFEST.in names"), "{told:?}");
    }

    #[test]
    fn a_path_in_full_is_refused() {
        let refused = |path: &str| {
            format!("`{path}` is required by MANIFEST.in, but excluded (.dockerignore: x); include it with `include`")
        };
        let named = tree(SETUPTOOLS, "include LICENSE app/data/b.json tests/c.json");
        for path in ["app/data/b.json", "app/data/"] {
            assert_eq!(outcome(&named, path, ignored()), Err(refused("app/data/b.json")));
        }
        assert_eq!(outcome(&named, "tests/c.json", ignored()), Ok(Vec::new()));
        let chosen = ExclusionReason::Exclude("x".parse().unwrap());
        assert_eq!(outcome(&named, "app/data/b.json", chosen), Ok(Vec::new()));
    }

    /// Whether setuptools installs the files is a setting, whose default depends on who describes the project.
    #[test]
    fn the_settings_of_setuptools_decide() {
        let is_told = |manifest: &str, more: &[(&str, &str)]| {
            let files = [&tree(manifest, "graft app"), more].concat();
            !outcome(&files, "app/data/b.json", ignored()).unwrap().is_empty()
        };
        let with = |settings: &str| format!("{SETUPTOOLS}[tool.setuptools]\n{settings}");
        assert!(is_told(SETUPTOOLS, &[]));
        assert!(is_told(&SETUPTOOLS.replace("setuptools.build_meta", "setuptools.build_meta:__legacy__"), &[]));
        let in_tree = SETUPTOOLS.replace("'setuptools.build_meta'", "'own'\nbackend-path = ['.']");
        assert!(is_told(&in_tree, &[]));
        assert!(!is_told(&in_tree.replace("['setuptools']", "['flit_core']"), &[]));
        assert!(!is_told(&SETUPTOOLS.replace("setuptools.build_meta", "hatchling.build"), &[]));
        assert!(!is_told(&with("include-package-data = false"), &[]));
        assert!(is_told(&with("packages = ['app']"), &[]));
        assert!(!is_told(&with("packages = ['tests']"), &[]));
        assert!(!is_told(&with("exclude-package-data = { app = ['data/*'] }"), &[]));
        assert!(!is_told(&with("exclude-package-data = { '*' = ['*.json'] }"), &[("app/data/__init__.py", "")]));
        let left_out = "[options.exclude_package_data]\napp =\n  data/*.json\n";
        assert!(!is_told(SETUPTOOLS, &[("setup.cfg", left_out)]));
        let build = "[build-system]\nrequires = ['setuptools']";
        for (script, settings, expected) in [
            ("setup()", "", false),
            ("setup(include_package_data = True)", "", true),
            ("META = {'include_package_data': 1}\nsetup(META)", "", true),
            ("setup(include_package_data=False)", "", false),
            ("setup()", "[options]\ninclude_package_data = True", true),
            ("setup(include_package_data=True)", "[options]\ninclude-package-data = no", false),
            ("setup(setup_requires=['pbr'], pbr=True)", "", true),
        ] {
            let settings = format!("[metadata]\nname = app\nversion = 1\n{settings}");
            let found = is_told(build, &[("setup.py", script), ("setup.cfg", &settings)]);
            assert_eq!(found, expected, "{script} {settings}");
        }
    }

    /// With `[project]`, setuptools also finds packages without an `__init__.py`, in `src` or with the project's name.
    #[test]
    fn packages_without_a_module_of_their_own_count() {
        let is_told = |path: &str, more: &[(&str, &str)]| {
            let manifest = [("pyproject.toml", SETUPTOOLS), ("MANIFEST.in", "global-include *.json")];
            let files = [&manifest, more, &[(path, ""), ("src/x/a.py", ""), ("my_app/a.py", "")]].concat();
            !outcome(&files, path, ignored()).unwrap().is_empty()
        };
        assert!(is_told("src/x/a.json", &[]) && is_told("my_app/a/b.json", &[]));
        assert!(!is_told("src/a.json", &[]) && !is_told("other/a.json", &[]));
        assert!(!is_told(
            "src/x/a.json",
            &[("setup.py", "setup(packages=find_packages(), include_package_data=True)")]
        ));
    }

    #[test]
    fn a_manifest_in_that_names_data_cannot_be_excluded() {
        let excluded = |text: &str| outcome(&tree(SETUPTOOLS, text), "MANIFEST.in", ignored()).map(|_| ());
        for text in ["graft app", "recursive-include app *.json", "include app/a.json", "global-include *.json"] {
            let error =
                "`MANIFEST.in` is required by the build, but excluded (.dockerignore: x); include it with `include`";
            assert_eq!(excluded(text), Err(error.to_owned()), "{text}");
        }
        for text in
            ["graft tests", "recursive-include tests *.json", "include d.json", "graft app\nprune app", "graft docs"]
        {
            assert_eq!(excluded(text), Ok(()), "{text}");
        }
    }
}
