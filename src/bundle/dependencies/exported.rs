//! Locks that neither pip nor uv reads: each becomes a requirements list with hashes.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use pep440_rs::VersionSpecifiers;

use super::Dependencies;
use super::covered::Check;
use super::covered_groups;
use crate::bundle::error::BundleError;
use crate::bundle::not_locked_error::NotLockedError;
use crate::project::{
    Closure, Config, ExportedList, LocalPackage, LockError, PdmLock, PipfileLock, PoetryLock, Project,
    RequirementsFile, Workspace,
};

/// Returns the packages of the first of these locks that the project has, after checking that it is up to date.
pub(super) fn choose(
    workspace: &Workspace,
    closure: &Closure<'_>,
    config: &Config,
) -> Result<Option<Dependencies>, BundleError> {
    let Some(ReadLock { lock, list: exported, requires_python }) = read(workspace, config)? else { return Ok(None) };
    check_local(workspace, closure, lock, &exported)?;
    // The lines are ours, not the file's.
    let list = RequirementsFile::parse(lock, &exported.text).map_err(LockError::without_line)?;
    check_requirements(workspace, closure, config, lock, &list)?;
    if exported.text.is_empty() {
        return Ok(Some(Dependencies::None));
    }
    Ok(Some(Dependencies::Exported { lock, list, requires_python, unhashed: exported.unhashed }))
}

/// A lock of another tool.
pub(in crate::bundle) struct ReadLock {
    /// Its file name.
    lock: &'static str,
    pub(in crate::bundle) list: ExportedList,
    /// The Python versions that it supports, if it states them.
    requires_python: Option<VersionSpecifiers>,
}

/// Reads the first of these locks that the project has, and checks that it is up to date.
pub(in crate::bundle) fn read(workspace: &Workspace, config: &Config) -> Result<Option<ReadLock>, BundleError> {
    let (project, locks) = (workspace.project(), workspace.locks());
    let (extras, groups) = config.selection();
    let (lock, list, requires_python) = if let Some(file) = &locks.poetry {
        let lock = PoetryLock::from_bytes(file.text.as_bytes())?;
        lock.check(project)?;
        let coverage =
            if lock.covers_standard_groups() { covered_groups::POETRY } else { covered_groups::POETRY_ALONE };
        coverage.check(project, groups)?;
        ("poetry.lock", lock.export(project, extras, groups)?, None)
    } else if let Some(file) = &locks.pdm {
        let lock = PdmLock::from_bytes(file.text.as_bytes())?;
        lock.check(project)?;
        covered_groups::PDM.check(project, groups)?;
        ("pdm.lock", lock.export(project, extras, groups)?, lock.requires_python().cloned())
    } else if let Some(file) = &locks.pipfile_lock {
        let lock = PipfileLock::from_bytes(file.text.as_bytes())?;
        lock.check(&locks.pipfile.as_ref().ok_or(NotLockedError::NoPipfile)?.text)?;
        covered_groups::PIPENV.check(project, groups)?;
        // If the Python is unclear, packages for all versions count.
        let python = workspace.python(config, None).ok().and_then(|python| format!("=={python}.*").parse().ok());
        ("Pipfile.lock", lock.export(groups, python.as_ref())?, None)
    } else {
        return Ok(None);
    };
    Ok(Some(ReadLock { lock, list, requires_python }))
}

/// Returns an error if a local package of the lock is not installed from the context: it is neither the project itself
/// nor one of its siblings.
fn check_local(
    workspace: &Workspace,
    closure: &Closure<'_>,
    lock: &'static str,
    exported: &ExportedList,
) -> Result<(), BundleError> {
    let members = closure.members_of(workspace).map(|member| &member.place);
    let known: Vec<&Utf8PathBuf> =
        members.chain(closure.archives_of(workspace).map(|archive| &archive.place)).collect();
    let is_unknown = |package: &&LocalPackage| {
        let path = resolved(workspace.root(), workspace.project_path(), &package.path);
        path.is_none_or(|path| path != workspace.project_path() && !known.contains(&&path))
    };
    match exported.local.iter().find(is_unknown) {
        Some(LocalPackage { name, path }) => {
            Err(BundleError::UnknownLocalPackage { lock, name: name.clone(), path: path.clone() })
        }
        None => Ok(()),
    }
}

/// Returns a path in the lock relative to the root of the workspace, or `None` if it is outside.
fn resolved(root: &Utf8Path, project: &Utf8Path, path: &str) -> Option<Utf8PathBuf> {
    let path = path.strip_prefix("file://").unwrap_or(path);
    let path = if Utf8Path::new(path).is_absolute() {
        Utf8Path::new(path).strip_prefix(root).ok()?.to_owned()
    } else {
        project.join(path)
    };
    let mut resolved = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if resolved.pop() => {}
            Utf8Component::Normal(name) => resolved.push(name),
            _ => return None,
        }
    }
    Some(resolved)
}

/// Returns an error if the list is missing a requirement of a sibling, which no check of a lock covers. A `Pipfile` need not
/// know the requirements in `pyproject.toml` either.
fn check_requirements(
    workspace: &Workspace,
    closure: &Closure<'_>,
    config: &Config,
    lock: &'static str,
    list: &RequirementsFile,
) -> Result<(), BundleError> {
    let (remedy, covers_project) = match lock {
        "poetry.lock" => ("run `poetry lock`", true),
        "pdm.lock" => ("run `pdm lock`", true),
        _ => ("add it to the Pipfile, and run `pipenv lock`", workspace.project().is_described_by_pipfile()),
    };
    let is_covered = |project: &Project| covers_project && std::ptr::eq(project, workspace.project());
    let asked = closure.asked_by_projects().filter(|(project, _)| !is_covered(project));
    Check::new(lock, remedy, workspace, config)?.is_covered_by(list, asked)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use crate::bundle::{Bundle, Dependencies};
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    fn bundle_of(files: &[(&str, &str)], flags: &str) -> Result<Bundle, String> {
        bundle_at("notes", files, flags)
    }

    fn bundle_at(folder: &str, files: &[(&str, &str)], flags: &str) -> Result<Bundle, String> {
        let listing = Listing::from_files(files.iter().copied()).unwrap();
        let flags: Config = toml::from_str(&format!("tag = 'notes:1'\n{flags}")).unwrap();
        let workspace = Workspace::in_listing(&listing, folder, &flags).map_err(|error| error.to_string())?;
        Bundle::new(workspace, listing, flags).map_err(|error| error.to_string())
    }

    fn list(bundle: &Bundle) -> String {
        match bundle.dependencies() {
            Dependencies::Exported { lock, list, .. } => format!("{lock}: {}", list.text()),
            other => format!("{other:?}"),
        }
    }

    /// A `Pipfile` with these packages, each with a local path, and a lock with these entries.
    fn pipenv(packages: &[(&str, &str)], entries: &str) -> [String; 2] {
        let tables = packages.iter().map(|(name, path)| format!("{name} = {{ path = '{path}' }}\n"));
        let pipfile = format!("[[source]]\nname = 'i'\n[packages]\n{}", tables.collect::<String>());
        let members = packages.iter().map(|(name, path)| format!("\"{name}\":{{\"path\":\"{path}\"}}"));
        let default = members.collect::<Vec<_>>().join(",");
        let content = format!(
            "{{\"_meta\":{{\"requires\":{{}},\"sources\":[{{\"name\":\"i\"}}]}},\"default\":{{{default}}},\"develop\":{{}}}}"
        );
        let hash = hash(&content);
        let lock = format!(
            "{{\"_meta\":{{\"hash\":{{\"sha256\":\"{hash}\"}},\"pipfile-spec\":6}},\"default\":{{{entries}}},\"develop\":{{}}}}"
        );
        [pipfile, lock]
    }

    fn hash(content: &str) -> String {
        Sha256::digest(content.as_bytes()).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    const SIX: &str = "\"six\":{\"version\":\"==1.17.0\",\"hashes\":[\"sha256:00\"]}";

    const LIB: &str = "[project]\nname = 'lib'\nversion = '1'\ndependencies = ['six']\n";

    #[test]
    fn a_pipfile_alone_describes_a_folder_of_scripts() {
        let [pipfile, lock] = pipenv(&[], SIX);
        let files = [("notes/Pipfile", &*pipfile), ("notes/Pipfile.lock", &lock), ("notes/run.py", "")];
        let bundle = bundle_of(&files, "").unwrap();
        assert_eq!(list(&bundle), "Pipfile.lock: six==1.17.0 --hash=sha256:00\n");
        assert!(bundle.packages().is_empty() && bundle.warnings().is_empty(), "{:?}", bundle.warnings());
    }

    #[test]
    fn a_pipfile_needs_its_lock() {
        let refused = |files: &[(&str, &str)], flags: &str| bundle_of(files, flags).unwrap_err();
        let pipfile = "[packages]\nsix = '*'\n[dev-packages]\npytest = '*'\n";
        let expected = "Pipfile has no Pipfile.lock, so nothing says which packages to install; run `pipenv lock`";
        assert_eq!(refused(&[("notes/Pipfile", pipfile)], ""), expected);
        let manifest = "[project]\nname = 'notes'\nversion = '1'\ndependencies = []\n";
        assert_eq!(refused(&[("notes/Pipfile", pipfile), ("notes/pyproject.toml", manifest)], ""), expected);
        let with_own = manifest.replace("[]", "['idna']");
        let files = [("notes/Pipfile", pipfile), ("notes/pyproject.toml", &*with_own)];
        assert!(bundle_of(&files, "").is_ok());
        assert_eq!(refused(&files, "group = 'dev-packages'"), expected);
        let [_, lock] = pipenv(&[], SIX);
        assert_eq!(
            refused(&[("notes/Pipfile.lock", &lock), ("notes/pyproject.toml", manifest)], ""),
            "Pipfile.lock has no Pipfile beside it, so it cannot be checked; add the Pipfile, or delete Pipfile.lock"
        );
    }

    #[test]
    fn local_packages_of_a_lock_are_siblings() {
        let entry = "\"lib\":{\"path\":\"../lib\",\"editable\":true}";
        let [pipfile, lock] = pipenv(&[("lib", "../lib")], &format!("{SIX},{entry},\"x\":{{\"path\":\".\"}}"));
        let files = [("notes/Pipfile", &*pipfile), ("notes/Pipfile.lock", &lock), ("lib/pyproject.toml", LIB)];
        let bundle = bundle_of(&files, "").unwrap();
        assert_eq!(bundle.workspace().members()[0].place, "lib");
        assert_eq!(list(&bundle), "Pipfile.lock: six==1.17.0 --hash=sha256:00\n");
        let [pipfile, lock] = pipenv(&[("lib", "./lib")], &format!("{SIX},\"lib\":{{\"path\":\"./lib\"}}"));
        let named = ("pyproject.toml", "[project]\nname = 'notes'\nversion = '1'\n");
        let files = [named, ("Pipfile", &*pipfile), ("Pipfile.lock", &lock), ("lib/pyproject.toml", LIB)];
        bundle_at("", &files, "").unwrap();
        let [pipfile, lock] = pipenv(&[], entry);
        let files = [("notes/Pipfile", &*pipfile), ("notes/Pipfile.lock", &lock), ("lib/pyproject.toml", LIB)];
        let error = bundle_of(&files, "").unwrap_err();
        assert!(error.starts_with("Pipfile.lock: `lib` is locked at the path `../lib`, but no manifest"), "{error}");
    }

    #[test]
    fn a_missing_sibling_is_named_with_its_key() {
        let pipfile = "[packages]\nlib = { path = '../lib' }\n[docs_x]\ntool = { path = './tool' }\n";
        let error = bundle_of(&[("notes/Pipfile", pipfile)], "").unwrap_err();
        assert_eq!(error, "/notes/Pipfile: packages.lib: `/lib` does not exist");
        let files = [("notes/Pipfile", pipfile), ("lib/pyproject.toml", LIB)];
        let error = bundle_of(&files, "group = 'docs-x'").unwrap_err();
        assert_eq!(error, "/notes/Pipfile: docs-x.tool: `/notes/tool` does not exist");
    }

    /// What is not selected is no reason to say that the lock is missing.
    #[test]
    fn a_lock_may_list_nothing_for_the_image() {
        let [pipfile, lock] = pipenv(&[], "");
        let script = "setup(install_requires=['six'])";
        let files = [("notes/Pipfile", &*pipfile), ("notes/Pipfile.lock", &lock), ("notes/setup.py", script)];
        let bundle = bundle_of(&files, "").unwrap();
        assert!(matches!(bundle.dependencies(), Dependencies::None));
        assert_eq!(bundle.warnings().iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    }

    /// The hash of a lock does not cover the manifests of siblings.
    #[test]
    fn a_lock_without_a_requirement_of_a_sibling_is_refused() {
        let [pipfile, lock] = pipenv(&[("lib", "../lib")], "\"lib\":{\"path\":\"../lib\"}");
        let of_lib = |lib: &str| {
            let files = [("notes/Pipfile", &*pipfile), ("notes/Pipfile.lock", &lock), ("lib/pyproject.toml", lib)];
            bundle_of(&files, "")
        };
        assert_eq!(
            of_lib(LIB).unwrap_err(),
            "Pipfile.lock: out of date: `six` is missing, which `lib` requires; add it to the Pipfile, and run `pipenv lock`"
        );
        assert!(of_lib(&LIB.replace("'six'", "\"six; python_version < '3.9'\"")).is_ok());
    }

    #[test]
    fn a_pipfile_beside_a_project_has_its_requirements() {
        let [pipfile, lock] = pipenv(&[], SIX);
        let with = |requirement: &str| {
            let manifest = format!("[project]\nname = 'notes'\nversion = '1'\ndependencies = ['{requirement}']\n");
            let files =
                [("notes/Pipfile", &*pipfile), ("notes/Pipfile.lock", &lock), ("notes/pyproject.toml", &manifest)];
            bundle_of(&files, "")
        };
        assert!(list(&with("six").unwrap()).starts_with("Pipfile.lock: six"));
        assert!(
            with("idna")
                .unwrap_err()
                .starts_with("Pipfile.lock: out of date: `idna` is missing, which `notes` requires")
        );
    }

    /// What a setup script asks for is known after a build only, which installs what is missing.
    #[test]
    fn dynamic_dependencies_are_not_complete() {
        let [pipfile, lock] = pipenv(&[], SIX);
        let mut files = vec![("notes/Pipfile", &*pipfile), ("notes/Pipfile.lock", &lock)];
        assert!(bundle_of(&files, "").unwrap().dependencies_are_complete());
        files.push(("notes/setup.py", ""));
        let bundle = bundle_of(&files, "").unwrap();
        assert!(list(&bundle).starts_with("Pipfile.lock: six") && !bundle.dependencies_are_complete());
    }

    #[test]
    fn packages_without_hashes_are_named() {
        let [pipfile, lock] = pipenv(&[], &format!("{SIX},\"idna\":\"==3.10\""));
        let bundle = bundle_of(&[("notes/Pipfile", &*pipfile), ("notes/Pipfile.lock", &lock)], "").unwrap();
        let warnings: Vec<_> = bundle.warnings().iter().map(ToString::to_string).collect();
        let expected =
            "Pipfile.lock: no package is checked by its hash, because `idna` has none, and pip wants all or none";
        assert_eq!(warnings, [expected]);
    }

    #[test]
    fn each_lock_has_its_own_remedy() {
        let poetry =
            "[tool.poetry]\nname = 'notes'\nversion = '1'\n[tool.poetry.dependencies]\nlib = { path = '../lib' }\n";
        let content = r#"{"dependencies": {"lib": {"path": "../lib"}}, "dev-dependencies": null, "extras": null, "source": null}"#;
        let poetry_lock = format!(
            "[[package]]\nname = 'lib'\nversion = '1'\noptional = false\nfiles = []\n\
             [package.source]\ntype = 'directory'\nurl = '../lib'\n[metadata]\nlock-version = '2.0'\ncontent-hash = '{}'\n",
            hash(content)
        );
        let pdm = "[project]\nname = 'notes'\nversion = '1'\ndependencies = ['lib @ file:../lib']\n";
        let content = r#"{"dependencies": ["lib @ file:../lib"], "dev-dependencies": {}, "optional-dependencies": {}, "requires-python": "", "resolution": {}, "sources": []}"#;
        let pdm_lock = format!(
            "[metadata]\ngroups = ['default']\nstrategy = ['inherit_metadata']\nlock_version = '4.5.0'\n\
             content_hash = 'sha256:{}'\n[[package]]\nname = 'lib'\nversion = '1'\npath = '../lib'\ngroups = ['default']\n",
            hash(content)
        );
        for (manifest, name, lock, remedy) in
            [(poetry, "poetry.lock", &poetry_lock, "run `poetry lock`"), (pdm, "pdm.lock", &pdm_lock, "run `pdm lock`")]
        {
            let place = format!("notes/{name}");
            let files = [("notes/pyproject.toml", manifest), (&*place, lock), ("lib/pyproject.toml", LIB)];
            let expected = format!("{name}: out of date: `six` is missing, which `lib` requires; {remedy}");
            assert_eq!(bundle_of(&files, "").unwrap_err(), expected);
        }
    }
}
