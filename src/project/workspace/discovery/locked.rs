//! The local packages that only a `uv.lock` names: uv knows them from a build, because the dependencies are dynamic.

use std::collections::BTreeSet;

use super::paths::without_dots;
use crate::project::config::{Config, InstallerChoice};
use crate::project::lock::{PackageSource, UvLock};
use crate::project::requirement::{Requirement, file_url_of_path};
use crate::project::workspace::{LockedSibling, Workspace};
use crate::value::ProjectName;

/// Returns the local packages of the lock that no manifest names. There are none if no build knows more than the manifests,
/// or if the lock is invalid or not used: the former is reported when it is used.
pub(super) fn locked(workspace: &Workspace, config: &Config) -> Vec<LockedSibling> {
    let members = || workspace.members.iter();
    let mut projects = members().map(|member| &member.project).chain([&workspace.project]);
    let is_open =
        projects.any(|project| ["dependencies", "optional-dependencies"].iter().any(|f| project.is_dynamic(f)));
    let is_used = is_open && config.installer != Some(InstallerChoice::Pip);
    let Some(file) = workspace.locks.uv.as_ref().filter(|_| is_used) else { return Vec::new() };
    let Ok(lock) = UvLock::from_bytes(file.text.as_bytes()) else { return Vec::new() };
    let archives = workspace.archives.iter().map(|archive| &archive.name);
    let known: BTreeSet<&ProjectName> =
        members().map(|member| member.project.name()).chain(archives).chain([workspace.project.name()]).collect();
    let folder = file.path.parent().unwrap_or(&file.path);
    let (extras, groups) = config.selection();
    let selected = lock.selected(workspace.project.name(), extras, groups);
    let local = selected.filter(|package| !known.contains(&package.name)).filter_map(|package| {
        let path = without_dots(&folder.join(package.source.place()?));
        // The name and the path are checked, so that the text is a requirement.
        let text = format!("{} @ {}", package.name, file_url_of_path(path.as_str()));
        let requirement: Requirement = text.parse().ok()?;
        Some(LockedSibling { requirement, is_package: !matches!(package.source, PackageSource::Virtual(_)) })
    });
    local.collect()
}
