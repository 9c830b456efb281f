//! Checks that the context contains all files that the build reads, and no special files.

use camino::{Utf8Path, Utf8PathBuf};

use super::dependencies::Dependencies;
use super::error::BundleError;
use crate::files::{EntryKind, Excluded, ExclusionReason, Listing, is_below};
use crate::project::{Closure, Project, ProjectKind, Workspace};

/// Returns an error if a file that the build reads is missing or excluded, or if the listing contains a special file.
pub(super) fn check(workspace: &Workspace, closure: &Closure<'_>, listing: &Listing) -> Result<(), BundleError> {
    for Needed { path, by, is_optional } in needed(workspace, closure) {
        let (path, needed_by) = (path.into_string(), by.into_boxed_str());
        match excluded_at(listing, &path) {
            _ if listing.get(&path).is_some() => {}
            Some(excluded) => {
                return Err(BundleError::NeededFileKeptOut { path, needed_by, reason: excluded.reason.clone() });
            }
            None if is_optional => {}
            None => return Err(BundleError::NeededFileMissing { path, needed_by }),
        }
    }
    let members = closure.members_of(workspace).filter(|member| member.is_package);
    let siblings = members.map(|member| (&*member.place, &member.project));
    for (folder, project) in siblings.chain([(workspace.project_path(), workspace.project())]) {
        check_mentioned(folder, project, listing)?;
    }
    match listing.entries().iter().find_map(|entry| match entry.kind() {
        EntryKind::Special(kind) => Some((entry.path().to_owned(), *kind)),
        _ => None,
    }) {
        Some((path, kind)) => Err(BundleError::Special { path, kind }),
        None => Ok(()),
    }
}

/// Returns an error if an ignore file excludes what a setup script mentions. A script that skips a file that is not there
/// would make a package without what the file lists. A text for readers is no such file.
fn check_mentioned(folder: &Utf8Path, project: &Project, listing: &Listing) -> Result<(), BundleError> {
    if project.kind() != ProjectKind::Package {
        return Ok(());
    }
    for excluded in listing.excluded() {
        let is_ignored =
            matches!(excluded.reason, ExclusionReason::DockerIgnore { .. } | ExclusionReason::GitIgnore { .. });
        let Ok(path) = Utf8Path::new(&excluded.path).strip_prefix(folder) else { continue };
        let name = path.file_name().unwrap_or_default();
        let is_for_readers =
            ["README", "LICEN", "CHANGE", "HISTORY", "AUTHORS", "NEWS"].iter().any(|start| name.starts_with(start));
        let is_list = name.contains("require") && !excluded.is_folder;
        let is_mentioned = project.build_mentions_at(path.as_str()) || is_list && project.build_mentions(path.as_str());
        if is_ignored && is_mentioned && !is_for_readers {
            let (path, reason) = (excluded.path.clone(), excluded.reason.clone());
            return Err(BundleError::NeededFileKeptOut { path, needed_by: "the setup script".into(), reason });
        }
    }
    Ok(())
}

/// Returns an error if a requirements list includes a file that is excluded from the context.
pub(super) fn check_included(
    workspace: &Workspace,
    dependencies: &Dependencies,
    listing: &Listing,
) -> Result<(), BundleError> {
    let Dependencies::Requirements(list) = dependencies else { return Ok(()) };
    for file in list.included() {
        let path = workspace.project_path().join(file.file()).into_string();
        if let Some(excluded) = excluded_at(listing, &path) {
            let needed_by = "requirements.txt".into();
            return Err(BundleError::NeededFileKeptOut { path, needed_by, reason: excluded.reason.clone() });
        }
    }
    Ok(())
}

/// Returns what excludes a path: the path itself, or a folder around it.
pub(super) fn excluded_at<'a>(listing: &'a Listing, path: &str) -> Option<&'a Excluded> {
    listing.excluded().iter().find(|excluded| path == excluded.path || is_below(path, &excluded.path))
}

/// A file that the build reads.
struct Needed {
    path: Utf8PathBuf,
    /// The part of the project that requires it.
    by: String,
    /// Whether the build goes on if the project does not have it.
    is_optional: bool,
}

impl Needed {
    fn new(path: Utf8PathBuf, by: impl Into<String>) -> Self {
        Self { path, by: by.into(), is_optional: false }
    }
}

/// Returns the files that the build reads.
fn needed(workspace: &Workspace, closure: &Closure<'_>) -> Vec<Needed> {
    let is_built = workspace.project().kind() == ProjectKind::Package;
    let mut needed = of_project(workspace.project_path(), workspace.project(), is_built, "the build");
    for member in closure.members_of(workspace) {
        if member.is_package {
            needed.extend(of_project(&member.place, &member.project, true, "a dependency"));
        }
    }
    needed.extend(closure.archives_of(workspace).map(|archive| Needed::new(archive.place.clone(), "a dependency")));
    needed
}

/// Returns the manifest of one project and, if it is built, what its build reads: the paths of its backend and the files that
/// it names.
fn of_project(folder: &Utf8Path, project: &Project, is_built: bool, by: &str) -> Vec<Needed> {
    let backend = project.build_system().backend_path.iter().filter(|_| is_built);
    let backend = backend.map(|path| Needed::new(folder.join(path.normal()), "build-system.backend-path"));
    let manifest = Some(Needed::new(folder.join("pyproject.toml"), by)).filter(|_| !project.manifest().is_empty());
    let named = project.named_files().files.iter().filter(|_| is_built);
    let named = named.map(|file| {
        let path = folder.join(file.path.normal());
        Needed { is_optional: file.is_optional, ..Needed::new(path, file.key.clone()) }
    });
    manifest.into_iter().chain(backend).chain(named).collect()
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::files::{Excluded, ExclusionReason, Listing};
    use crate::project::{Config, Workspace};

    /// uv installs the dependencies of such a project, and reads no other file that `[project]` names.
    #[test]
    fn a_project_that_is_not_built_needs_none_of_its_named_files() {
        let bundle = |tables: &str, excluded: Vec<Excluded>| {
            let project = "[project]\nname = 'app'\nversion = '1'\nreadme = 'README.md'\nlicense-files = ['LICENSE']";
            let manifest = format!("{project}\n{tables}");
            let listing = Listing::from_files([("pyproject.toml", &*manifest), ("app.py", "")]).unwrap();
            let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
            let listing = Listing::new("".into(), listing.entries().to_vec(), excluded);
            Bundle::new(workspace, listing, Config::default()).map(|_| ()).map_err(|error| error.to_string())
        };
        let build_system = "[build-system]\nrequires = ['uv_build']\nbuild-backend = 'uv_build'";
        let readme = || {
            let reason = ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: "*".parse().unwrap() };
            vec![Excluded { path: "README.md".into(), is_folder: false, reason }]
        };
        assert_eq!(bundle("[tool.uv]", vec![]), Ok(()));
        assert_eq!(bundle("[tool.uv]", readme()), Ok(()));
        let missing = "`LICENSE` is required by project.license-files, but is not in the project";
        assert_eq!(bundle(build_system, vec![]), Err(missing.to_owned()));
        let not_built = format!("{build_system}\n[tool.uv]\npackage = false");
        assert_eq!(bundle(&not_built, readme()), Ok(()));
    }

    /// A script that skips a missing file would make a package without its requirements.
    #[test]
    fn a_file_that_a_setup_script_mentions_cannot_be_ignored() {
        let bundle = |script: &str, path: &str, is_folder: bool| {
            let files = [("app/setup.py", script), ("app/app.py", "")];
            let kept = Listing::from_files(files).unwrap().entries().to_vec();
            let reason = ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: "*.txt".parse().unwrap() };
            let listing =
                Listing::new("".into(), kept, vec![Excluded { path: format!("app/{path}"), is_folder, reason }]);
            let flags: Config = toml::from_str("tag = 'app:1'").unwrap();
            let workspace = Workspace::in_listing(&listing, "app", &flags).unwrap();
            Bundle::new(workspace, listing, flags)
        };
        for (script, path, is_folder) in [
            ("open('requirements.txt')", "requirements.txt", false),
            ("open(here / 'etc' / 'requirements.txt')", "etc/requirements.txt", false),
            ("open('./deps.lst')", "deps.lst", false),
            ("open('etc/deps.json')", "etc", true),
        ] {
            let error = bundle(script, path, is_folder).unwrap_err().to_string();
            let expected = format!("`app/{path}` is required by the setup script, but excluded (.dockerignore: *.txt)");
            assert!(error.starts_with(&expected), "{script}: {error}");
        }
        for (script, path) in [
            ("open(join(here, 'requirements', 'base.txt'))", "requirements/base.txt"),
            (
                "DEPS = Path('etc') / 'deps'\ndef load(name): return open(DEPS / name)\nload('run.lst')",
                "etc/deps/run.lst",
            ),
        ] {
            let all = Listing::from_files([("app/setup.py", script), ("app/app.py", ""), (&format!("app/{path}"), "")]);
            let folder = format!("app/{}", path.split('/').next().unwrap());
            let kept = all.as_ref().unwrap().entries().iter().filter(|entry| !entry.path().starts_with(&folder));
            let reason = ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: "x".parse().unwrap() };
            let excluded = vec![Excluded { path: folder.clone(), is_folder: true, reason }];
            let listing = Listing::new("".into(), kept.cloned().collect(), excluded);
            let flags: Config = toml::from_str("tag = 'app:1'").unwrap();
            let workspace = Workspace::in_listing(all.as_ref().unwrap(), "app", &flags).unwrap();
            let error = Bundle::new(workspace, listing, flags).unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{folder}` is required by the setup script")), "{script}: {error}");
        }
        // The script means the file beside it.
        let files = ["app/app.py", "app/run.lst", "app/etc/run.lst"].map(|path| (path, ""));
        let all =
            Listing::from_files(files.into_iter().chain([("app/setup.py", "open(Path('etc').parent / 'run.lst')")]));
        let all = all.unwrap();
        let kept = all.entries().iter().filter(|entry| !entry.path().starts_with("app/etc")).cloned().collect();
        let reason = ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: "x".parse().unwrap() };
        let excluded = vec![Excluded { path: "app/etc".to_owned(), is_folder: true, reason }];
        let flags: Config = toml::from_str("tag = 'app:1'").unwrap();
        let workspace = Workspace::in_listing(&all, "app", &flags).unwrap();
        Bundle::new(workspace, Listing::new("".into(), kept, excluded), flags).unwrap();
        for (script, path) in
            [("open('README.txt')", "README.txt"), ("open('data.json')", "tests/data.json"), ("", "a.txt")]
        {
            assert!(bundle(script, path, false).is_ok(), "{script}");
        }
    }

    /// A backend that goes on without its settings would make another package: one without dependencies, or without modules.
    #[test]
    fn settings_of_the_build_cannot_be_ignored() {
        let setuptools = "build-system.build-backend = 'setuptools.build_meta'\n";
        let hatchling = "build-system.build-backend = 'hatchling.build'\n";
        let outcome = |backend: &str, file: &str, text: &str| {
            let manifest = format!("{backend}[project]\nname = 'app'\nversion = '1'");
            let all = Listing::from_files([("pyproject.toml", &*manifest), ("app.py", ""), (file, text)]).unwrap();
            let kept = all.entries().iter().filter(|entry| entry.path() != file).cloned().collect();
            let reason = ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: "x".parse().unwrap() };
            let excluded = Excluded { path: file.to_owned(), is_folder: false, reason };
            let workspace = Workspace::in_listing(&all, "", &Config::default()).unwrap();
            let listing = Listing::new("".into(), kept, vec![excluded]);
            Bundle::new(workspace, listing, Config::default()).map(|_| ()).map_err(|error| error.to_string())
        };
        for (backend, file, text) in [
            (setuptools, "setup.py", "setup()"),
            (setuptools, "setup.cfg", "[options]\ninstall_requires = six"),
            (hatchling, "hatch.toml", "build.targets.wheel.packages = ['app']"),
        ] {
            let error = outcome(backend, file, text).unwrap_err();
            let expected = format!("`{file}` is required by the build, but excluded (.dockerignore: x)");
            assert!(error.starts_with(&expected), "{text}: {error}");
        }
        for (backend, file, text) in [
            (setuptools, "setup.cfg", "[flake8]\nmax-line-length = 100"),
            (setuptools, "hatch.toml", ""),
            (hatchling, "setup.py", "setup()"),
        ] {
            assert_eq!(outcome(backend, file, text), Ok(()), "{file}");
        }
    }

    /// An installer would stop at a list that is not there.
    #[test]
    fn a_file_that_the_list_includes_cannot_be_ignored() {
        let files = [
            ("app/requirements.txt", "-r req/base.txt\n-c limits.txt"),
            ("app/req/base.txt", "six"),
            ("app/limits.txt", ""),
        ];
        let all = Listing::from_files(files).unwrap();
        let flags: Config = toml::from_str("tag = 'app:1'").unwrap();
        let workspace = Workspace::in_listing(&all, "app", &flags).unwrap();
        for path in ["app/req/base.txt", "app/req", "app/limits.txt"] {
            let kept = all.entries().iter().filter(|entry| !entry.path().starts_with(path)).cloned().collect();
            let reason = ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: "x".parse().unwrap() };
            let excluded = Excluded { path: path.to_owned(), is_folder: path == "app/req", reason };
            let listing = Listing::new("".into(), kept, vec![excluded]);
            let error = Bundle::new(workspace.clone(), listing, flags.clone()).unwrap_err().to_string();
            let included = if path == "app/req" { "app/req/base.txt" } else { path };
            assert!(
                error.starts_with(&format!("`{included}` is required by requirements.txt, but excluded")),
                "{error}"
            );
        }
    }
}
