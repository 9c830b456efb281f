//! What of a project and its siblings is built and installed.

use camino::Utf8Path;
use pep440_rs::Version;

use super::error::BundleError;
use super::wheel::{Package, VersionVariable, WheelBuild};
use crate::files::Listing;
use crate::project::{Closure, ProjectKind, Workspace};

/// The siblings that are packages, and then the project itself.
pub(super) fn collect(
    workspace: &Workspace,
    closure: &Closure<'_>,
    listing: &Listing,
    version: Option<&Version>,
) -> Result<Vec<Package>, BundleError> {
    let mut packages = Vec::new();
    let members = closure.members_of(workspace);
    for member in members.filter(|member| member.is_package) {
        packages.push(Package {
            folder: member.place.clone(),
            build: WheelBuild::of(&member.project, &member.place, listing),
            version_variable: VersionVariable::of_member(&member.project)?,
        });
    }
    let project = workspace.project();
    if project.kind() == ProjectKind::Package {
        packages.push(Package {
            folder: workspace.project_path().to_owned(),
            build: WheelBuild::of(project, workspace.project_path(), listing),
            version_variable: VersionVariable::of(project, version)?,
        });
    }
    Ok(packages)
}

/// The folders that stand in the commands of a Dockerfile hold nothing that means something to a shell.
pub(super) fn check_folders(workspace: &Workspace, closure: &Closure<'_>) -> Result<(), BundleError> {
    let is_plain = |path: &Utf8Path| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-+@/".contains(c);
        path.as_str().chars().all(is_plain) && !path.as_str().starts_with('-')
    };
    let members = closure.members_of(workspace);
    let archives = closure.archives_of(workspace);
    let mut places = members
        .map(|member| member.place.as_path())
        .chain(archives.map(|archive| archive.place.as_path()))
        .chain([workspace.project_path()]);
    match places.find(|place| !is_plain(place)) {
        Some(place) => Err(BundleError::FolderName { path: place.to_string() }),
        None => Ok(()),
    }
}
