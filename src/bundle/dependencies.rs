//! What is installed before the project: what a lock holds, or what the manifests ask for.
//!
//! From strongest to weakest: `uv.lock`, which uv alone reads; `pylock.toml`; a `requirements.txt` in which every version
//! is fixed; the requirements of the manifests, resolved while the image is built. A `requirements.txt` that fixes less is
//! no lock: it is installed where the project names no dependencies of its own, and otherwise left alone.

use camino::{Utf8Path, Utf8PathBuf};
use pep440_rs::VersionSpecifiers;

use super::error::BundleError;
use super::installer::Installer;
use crate::project::{
    Closure, FileRequirement, Project, ProjectError, ProjectKind, Pylock, Requirement, RequirementsFile, TextFile,
    UvLock, Workspace, projected_manifest,
};

/// What is installed before the project.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Dependencies {
    /// Nothing.
    None,
    /// These requirements, resolved while the image is built.
    Listed(Vec<Requirement>),
    /// What a `uv.lock` holds for the project.
    UvLock {
        /// The lock.
        lock: UvLock,
        /// The folder of the lock, relative to the root of the workspace.
        folder: Utf8PathBuf,
        /// The manifests that uv reads with it, each with its folder, as far as resolution reads them.
        manifests: Vec<(Utf8PathBuf, String)>,
    },
    /// What a `pylock.toml` holds.
    Pylock(Pylock),
    /// What a `requirements.txt` lists.
    Requirements(RequirementsFile),
}

impl Dependencies {
    pub(super) fn choose(
        workspace: &Workspace,
        closure: &Closure<'_>,
        installer: &Installer,
    ) -> Result<Self, BundleError> {
        let project = workspace.project();
        let locks = workspace.locks();
        if let (Some(file), Installer::Uv { .. }) = (&locks.uv, installer) {
            return uv_lock(workspace, closure, file);
        }
        if let Some(file) = &locks.pylock {
            let lock = Pylock::from_bytes(file.text.as_bytes())?;
            lock.check(project)?;
            return Ok(Self::Pylock(lock));
        }
        if let Some(file) = &locks.requirements {
            let requirements = RequirementsFile::from_bytes(file.text.as_bytes())?;
            if is_lock(&requirements) || names_no_dependencies(project) {
                check_included(&requirements, closure)?;
                return Ok(Self::Requirements(requirements));
            }
        }
        match &locks.uv {
            Some(_) => Err(BundleError::UvLockNeedsUv),
            None if closure.requirements.is_empty() => Ok(Self::None),
            None => Ok(Self::Listed(closure.requirements.iter().map(|&requirement| requirement.clone()).collect())),
        }
    }

    /// The Python versions that a lock is for.
    pub fn requires_python(&self) -> Option<&VersionSpecifiers> {
        match self {
            Self::UvLock { lock, .. } => lock.requires_python(),
            Self::Pylock(lock) => lock.requires_python(),
            Self::None | Self::Listed(_) | Self::Requirements(_) => None,
        }
    }

    /// Whether they are all that the project needs, so that its own wheel brings no more.
    pub(super) fn are_complete(&self, workspace: &Workspace, closure: &Closure<'_>) -> bool {
        let members = closure.members_of(workspace);
        let mut projects = members.map(|member| &member.project).chain([workspace.project()]);
        match self {
            Self::None | Self::Listed(_) => {
                closure.archives.is_empty() && !projects.any(|project| project.is_dynamic("dependencies"))
            }
            Self::UvLock { .. } | Self::Pylock(_) | Self::Requirements(_) => true,
        }
    }
}

fn uv_lock(workspace: &Workspace, closure: &Closure<'_>, file: &TextFile) -> Result<Dependencies, BundleError> {
    let lock = UvLock::from_bytes(file.text.as_bytes())?;
    lock.check(workspace.project())?;
    for member in closure.members_of(workspace) {
        lock.check(&member.project)?;
    }
    let folder = workspace.uv_root().map_or(workspace.project_path(), |root| &root.place).to_owned();
    let manifests = manifests(workspace, closure)
        .into_iter()
        .map(|(place, manifest)| Ok((place.to_owned(), projected_manifest(manifest)?)))
        .collect::<Result<_, ProjectError>>()?;
    Ok(Dependencies::UvLock { lock, folder, manifests })
}

/// The manifests that uv reads with its lock, with their folders.
fn manifests<'a>(workspace: &'a Workspace, closure: &Closure<'_>) -> Vec<(&'a Utf8Path, &'a str)> {
    let members = closure.members_of(workspace);
    let mut manifests = vec![(workspace.project_path(), workspace.project().manifest())];
    manifests.extend(members.map(|member| (member.place.as_path(), member.project.manifest())));
    if let Some(root) = workspace.uv_root().filter(|root| manifests.iter().all(|(place, _)| *place != root.place)) {
        manifests.push((&root.place, &root.manifest));
    }
    manifests
}

/// Whether every version is fixed. An option or another file may change what is meant, and so is none of a lock.
fn is_lock(file: &RequirementsFile) -> bool {
    let is_fixed = |requirement: &FileRequirement| match requirement {
        FileRequirement::Specifier { requirement, hashes } => !hashes.is_empty() || requirement.is_exact(),
        FileRequirement::Url { .. } => true,
        FileRequirement::LocalPath { .. } => false,
    };
    !file.requirements().is_empty() && file.includes().is_empty() && file.requirements().iter().all(is_fixed)
}

/// Whether the manifest leaves it to a file: of scripts, or of a package that is described elsewhere.
fn names_no_dependencies(project: &Project) -> bool {
    project.kind() == ProjectKind::Scripts && project.dependencies().is_empty()
}

/// A requirement of the manifests that the file lacks would be missing in the image.
fn check_included(file: &RequirementsFile, closure: &Closure<'_>) -> Result<(), BundleError> {
    let is_listed = |wanted: &Requirement| {
        file.requirements().iter().any(|listed| match listed {
            FileRequirement::Specifier { requirement, .. } => requirement.name() == wanted.name(),
            FileRequirement::LocalPath { .. } | FileRequirement::Url { .. } => true,
        })
    };
    let is_whole = file.includes().is_empty();
    match closure.requirements.iter().find(|wanted| is_whole && wanted.is_for_linux() && !is_listed(wanted)) {
        Some(missing) => Err(BundleError::RequirementsStale { missing: missing.to_string() }),
        None => Ok(()),
    }
}
