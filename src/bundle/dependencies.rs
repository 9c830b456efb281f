//! Chooses the dependencies to install before the project: the packages of a lock, or the requirements of the
//! manifests.
//!
//! In order of precedence:
//!
//! 1. `uv.lock`, which only uv reads
//! 2. `pylock.toml`
//! 3. `poetry.lock`, `pdm.lock`, `Pipfile.lock`, each exported as a requirements list
//! 4. a fully pinned `requirements.txt`
//! 5. the requirements of the manifests, resolved during the build
//!
//! A `requirements.txt` that is not fully pinned is not a lock. It is installed if neither the manifest nor a setup script
//! lists dependencies, and ignored otherwise.

mod alternatives;
mod covered;
mod covered_groups;
pub(super) mod exported;
mod list;

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use pep440_rs::VersionSpecifiers;

use super::error::BundleError;
use super::installer::Installer;
use super::not_locked_error::NotLockedError;
use crate::project::{
    Closure, Config, LockRoot, ProjectError, Pylock, Requirement, RequirementsFile, TextFile, UvLock, Workspace,
    projected_manifest,
};
use crate::value::ProjectName;
use alternatives::can_be_resolved;
use covered::Check;

/// How to make a `pylock.toml` again.
const PYLOCK_REMEDY: &str = "run `uv export --format pylock.toml --output-file pylock.toml` or `pip lock`";

/// The dependencies to install before the project.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Dependencies {
    /// No dependencies.
    None,
    /// Requirements that are resolved during the build.
    Listed(Vec<Requirement>),
    /// The packages that a `uv.lock` lists for the project.
    UvLock {
        /// The lock.
        lock: UvLock,
        /// The folder of the lock, relative to the workspace root.
        folder: Utf8PathBuf,
        /// The manifests that uv reads together with the lock, each with its folder. Only the tables that affect
        /// resolution are included.
        manifests: Vec<(Utf8PathBuf, String)>,
        /// A package from an index that the manifest does not have, with the URL of the index.
        unnamed: Option<String>,
    },
    /// The packages of a `pylock.toml`.
    Pylock(Pylock),
    /// The packages of a lock that neither pip nor uv reads, as a requirements list.
    Exported {
        /// The lock: `poetry.lock`, `pdm.lock` or `Pipfile.lock`.
        lock: &'static str,
        /// The list, with hashes if each package has some. It names all packages.
        list: RequirementsFile,
        /// The Python versions that the lock supports, if it states them.
        requires_python: Option<VersionSpecifiers>,
        /// The first package without a hash. If there is one, the list contains no hashes.
        unhashed: Option<ProjectName>,
    },
    /// The requirements of a `requirements.txt`.
    Requirements(RequirementsFile),
}

impl Dependencies {
    /// Returns the dependencies from the first source that applies, after checking that a lock is up to date.
    pub(super) fn choose(
        workspace: &Workspace,
        closure: &Closure<'_>,
        installer: &Installer,
        config: &Config,
    ) -> Result<Self, BundleError> {
        let project = workspace.project();
        let locks = workspace.locks();
        if let (Some(file), Installer::Uv { .. }) = (&locks.uv, installer) {
            return uv_lock(workspace, closure, config, file);
        }
        if let Some(file) = &locks.pylock {
            let lock = Pylock::from_bytes(file.text.as_bytes())?;
            lock.check(project)?;
            let (extras, groups) = config.selection();
            let names: Vec<ProjectName> = extras.iter().chain(groups).cloned().collect();
            let check = Check::new("pylock.toml", PYLOCK_REMEDY, workspace, config)?;
            check.is_covered_by_pylock(&lock, &names, closure.asked())?;
            return Ok(Self::Pylock(lock));
        }
        if let Some(chosen) = exported::choose(workspace, closure, config)? {
            return Ok(chosen);
        }
        if let Some(list) = workspace.list()? {
            return list::dependencies(workspace, closure, config, list);
        }
        match &locks.uv {
            Some(_) => Err(NotLockedError::UvLockNeedsUv.into()),
            None if project.needs_pipfile_lock(&config.group) => Err(NotLockedError::PipfileNotLocked.into()),
            None if closure.requirements.is_empty() => Ok(Self::None),
            None => {
                closure.asked().try_for_each(|(project, requirement)| can_be_resolved(project, requirement))?;
                Ok(Self::Listed(closure.requirements.iter().map(|&requirement| requirement.clone()).collect()))
            }
        }
    }

    /// Returns the Python versions that the lock supports, if it states them.
    pub fn requires_python(&self) -> Option<&VersionSpecifiers> {
        match self {
            Self::UvLock { lock, .. } => lock.requires_python(),
            Self::Pylock(lock) => lock.requires_python(),
            Self::Exported { requires_python, .. } => requires_python.as_ref(),
            Self::None | Self::Listed(_) | Self::Requirements(_) => None,
        }
    }

    /// Returns whether these are all dependencies of the project, so that installing its wheel adds no more.
    pub(super) fn are_complete(&self, workspace: &Workspace, closure: &Closure<'_>) -> bool {
        let members = closure.members_of(workspace);
        let mut projects = members.map(|member| &member.project).chain([workspace.project()]);
        match self {
            // Nothing without a hash is added to a list with hashes.
            Self::Requirements(list) if list.has_hashes() => true,
            Self::None | Self::Listed(_) | Self::Requirements(_) => {
                closure.archives.is_empty() && !projects.any(|project| project.is_dynamic("dependencies"))
            }
            // Dependencies that only a build knows need not be in these locks.
            Self::Exported { .. } | Self::Pylock(_) => !projects.any(|project| project.is_dynamic("dependencies")),
            Self::UvLock { .. } => true,
        }
    }
}

/// Reads `uv.lock`, and checks that it is up to date for the project and its siblings.
fn uv_lock(
    workspace: &Workspace,
    closure: &Closure<'_>,
    config: &Config,
    file: &TextFile,
) -> Result<Dependencies, BundleError> {
    let (extras, groups) = config.selection();
    covered_groups::check_uv(workspace.project(), extras, groups)?;
    let lock = UvLock::from_bytes(file.text.as_bytes())?;
    let root = workspace.uv_root().map_or(workspace.project().manifest(), |root| &root.manifest);
    let root = LockRoot::read(root, workspace.uv_toml().is_some())?;
    for project in [workspace.project()].into_iter().chain(closure.members_of(workspace).map(|member| &member.project))
    {
        lock.check_project(project, Some(&root))?;
    }
    lock.check_settings(&root)?;
    check_local(workspace, closure, config, &lock)?;
    let folder = workspace.uv_root().map_or(workspace.project_path(), |root| &root.place).to_owned();
    let manifests = manifests(workspace, closure)
        .into_iter()
        .map(|(folder, manifest)| Ok((folder.to_owned(), projected_manifest(manifest)?)))
        .collect::<Result<_, ProjectError>>()?;
    let unnamed = lock.unnamed_setting(&root);
    Ok(Dependencies::UvLock { lock, folder, manifests, unnamed })
}

/// Returns an error if a local package that the lock selects is not installed from the context. The lock knows it from a
/// build, for example because the dependencies are dynamic, and the manifests do not name it.
fn check_local(
    workspace: &Workspace,
    closure: &Closure<'_>,
    config: &Config,
    lock: &UvLock,
) -> Result<(), BundleError> {
    let members = closure.members_of(workspace).map(|member| member.project.name());
    let archives = closure.archives_of(workspace).map(|archive| &archive.name);
    let known: BTreeSet<&ProjectName> = members.chain(archives).chain([workspace.project().name()]).collect();
    let (extras, groups) = config.selection();
    let mut selected = lock.selected(workspace.project().name(), extras, groups);
    match selected.find(|package| package.source.is_local() && !known.contains(&package.name)) {
        Some(package) => {
            let (name, path) = (package.name.clone(), package.source.place().unwrap_or_default().to_owned());
            Err(BundleError::UnknownLocalPackage { lock: "uv.lock", name, path })
        }
        None => Ok(()),
    }
}

/// Returns the manifests that uv reads together with its lock, each with its folder.
fn manifests<'a>(workspace: &'a Workspace, closure: &Closure<'_>) -> Vec<(&'a Utf8Path, &'a str)> {
    let members = closure.members_of(workspace);
    let mut manifests = vec![(workspace.project_path(), workspace.project().manifest())];
    manifests.extend(members.map(|member| (member.place.as_path(), member.project.manifest())));
    if let Some(root) = workspace.uv_root().filter(|root| manifests.iter().all(|(folder, _)| *folder != root.place)) {
        manifests.push((&root.place, &root.manifest));
    }
    manifests
}

#[cfg(test)]
mod tests {
    use super::Dependencies;
    use crate::bundle::Bundle;
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    const APP: &str = "[project]\nname = 'app'\nversion = '1'\n";

    fn bundle(files: &[(&str, &str)], folder: &str) -> Result<Bundle, String> {
        let listing = Listing::from_files(files.iter().copied()).unwrap();
        let workspace =
            Workspace::in_listing(&listing, folder, &Config::default()).map_err(|error| error.to_string())?;
        Bundle::new(workspace, listing, Config::default()).map_err(|error| error.to_string())
    }

    /// The manifests name all of their siblings, so nothing would build it.
    #[test]
    fn a_local_package_that_no_manifest_names_is_refused() {
        let manifest = format!("{APP}dependencies = ['six']\n");
        let lock = "version = 1\n[[package]]\nname = 'app'\nversion = '1'\nsource = { virtual = '.' }\n\
                    dependencies = [{ name = 'six' }]\n[package.metadata]\nrequires-dist = [{ name = 'six' }]\n\
                    [[package]]\nname = 'six'\nversion = '1'\nsource = { registry = 'https://i.example.org/simple' }\n\
                    dependencies = [{ name = 'other' }]\n\
                    [[package]]\nname = 'other'\nversion = '1'\nsource = { directory = 'other' }\n";
        let other = APP.replace("app", "other");
        let files = [("pyproject.toml", &*manifest), ("uv.lock", lock), ("other/pyproject.toml", &other)];
        let error = bundle(&files, "").unwrap_err();
        assert!(error.starts_with("uv.lock: `other` is locked at the path `other`, but no manifest"), "{error}");
        let unused = lock.replace("dependencies = [{ name = 'other' }]\n", "");
        assert!(bundle(&[files[0], ("uv.lock", &unused), files[2]], "").is_ok());
    }

    /// uv reads the settings of the lock there.
    #[test]
    fn the_manifest_of_the_workspace_is_beside_the_lock() {
        let lock = "version = 1\n[manifest]\nmembers = ['app']\n[[package]]\nname = 'app'\nversion = '1'\n\
                    source = { virtual = 'app' }\n";
        let root = ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['app']\n");
        let files = [root, ("uv.lock", lock), ("app/pyproject.toml", APP)];
        let bundle = bundle(&files, "app").unwrap();
        let Dependencies::UvLock { manifests, .. } = bundle.dependencies() else {
            panic!("{:?}", bundle.dependencies())
        };
        assert_eq!(manifests.iter().map(|(folder, _)| folder.as_str()).collect::<Vec<_>>(), ["app", ""]);
    }

    /// uv reads no `Pipfile`.
    #[test]
    fn a_pipfile_does_not_make_a_lock_of_uv_stale() {
        let lock = "version = 1\n[[package]]\nname = 'app'\nversion = '1'\nsource = { virtual = '.' }\n";
        let files = [("pyproject.toml", APP), ("uv.lock", lock), ("Pipfile", "[packages]\nsix = '*'\n")];
        assert!(matches!(bundle(&files, "").unwrap().dependencies(), Dependencies::UvLock { .. }));
    }
}
