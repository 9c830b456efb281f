//! What the build reads has to be in the context, and nothing that cannot be.

use camino::{Utf8Path, Utf8PathBuf};

use super::error::BundleError;
use crate::files::{EntryKind, Listing, is_below};
use crate::project::{Closure, Project, Workspace};

pub(super) fn check(workspace: &Workspace, closure: &Closure<'_>, listing: &Listing) -> Result<(), BundleError> {
    for (path, needed_by) in needed(workspace, closure) {
        let path = path.into_string();
        if listing.get(&path).is_some() {
            continue;
        }
        let dropped = listing.excluded().iter().find(|dropped| path == dropped.path || is_below(&path, &dropped.path));
        return Err(match dropped {
            Some(dropped) => BundleError::NeededFileKeptOut { path, needed_by, reason: dropped.reason.clone() },
            None => BundleError::NeededFileMissing { path, needed_by },
        });
    }
    match listing.entries().iter().find_map(|entry| match entry.kind() {
        EntryKind::Special(kind) => Some((entry.path().to_owned(), *kind)),
        _ => None,
    }) {
        Some((path, kind)) => Err(BundleError::Special { path, kind }),
        None => Ok(()),
    }
}

/// The files that the build reads, and what reads each.
fn needed(workspace: &Workspace, closure: &Closure<'_>) -> Vec<(Utf8PathBuf, &'static str)> {
    let mut needed = of_project(workspace.project_path(), workspace.project(), "the build");
    for member in closure.members_of(workspace) {
        if member.is_package {
            needed.extend(of_project(&member.place, &member.project, "a dependency"));
        }
    }
    let archives = closure.archives_of(workspace);
    needed.extend(archives.map(|archive| (archive.place.clone(), "a dependency")));
    needed
}

fn of_project(place: &Utf8Path, project: &Project, by: &'static str) -> Vec<(Utf8PathBuf, &'static str)> {
    let readme = project.readme().map(|path| (place.join(path.normal()), "project.readme"));
    let backend = project.build_system().backend_path.iter();
    let backend = backend.map(|path| (place.join(path.normal()), "build-system.backend-path"));
    let manifest = Some((place.join("pyproject.toml"), by)).filter(|_| !project.manifest().is_empty());
    manifest.into_iter().chain(readme).chain(backend).collect()
}
