//! Checks that the context contains all files that the build reads, and no special files.

use camino::{Utf8Path, Utf8PathBuf};

use super::error::BundleError;
use crate::files::{EntryKind, Listing, is_below};
use crate::project::{Closure, Project, ProjectKind, Workspace};

/// Returns an error if a file that the build reads is missing or excluded, or if the listing contains a special file.
pub(super) fn check(workspace: &Workspace, closure: &Closure<'_>, listing: &Listing) -> Result<(), BundleError> {
    for (path, needed_by) in needed(workspace, closure) {
        let (path, needed_by) = (path.into_string(), needed_by.into_boxed_str());
        if listing.get(&path).is_some() {
            continue;
        }
        let excluded =
            listing.excluded().iter().find(|excluded| path == excluded.path || is_below(&path, &excluded.path));
        return Err(match excluded {
            Some(excluded) => BundleError::NeededFileKeptOut { path, needed_by, reason: excluded.reason.clone() },
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

/// Returns the files that the build reads, each with the part of the project that requires it.
fn needed(workspace: &Workspace, closure: &Closure<'_>) -> Vec<(Utf8PathBuf, String)> {
    let mut needed = of_project(workspace.project_path(), workspace.project(), "the build");
    for member in closure.members_of(workspace) {
        if member.is_package {
            needed.extend(of_project(&member.place, &member.project, "a dependency"));
        }
    }
    let archives = closure.archives_of(workspace);
    needed.extend(archives.map(|archive| (archive.place.clone(), "a dependency".to_owned())));
    needed
}

/// Returns the files that the build of one project reads: its manifest, its readme and the paths of its backend.
fn of_project(folder: &Utf8Path, project: &Project, by: &str) -> Vec<(Utf8PathBuf, String)> {
    let readme = project.readme().map(|path| (folder.join(path.normal()), "project.readme".to_owned()));
    let backend = project.build_system().backend_path.iter();
    let backend = backend.map(|path| (folder.join(path.normal()), "build-system.backend-path".to_owned()));
    let manifest = Some((folder.join("pyproject.toml"), by.to_owned())).filter(|_| !project.manifest().is_empty());
    let named = project.named_files().iter().filter(|_| project.kind() == ProjectKind::Package);
    let named = named.map(|file| (folder.join(file.path.normal()), file.key.clone()));
    manifest.into_iter().chain(readme).chain(backend).chain(named).collect()
}
