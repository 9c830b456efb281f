//! Checks that the context contains all files that the build reads, and no special files.

use camino::{Utf8Path, Utf8PathBuf};

use super::dependencies::Dependencies;
use super::error::BundleError;
use crate::files::{EntryKind, Excluded, Listing, is_below};
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
    match listing.entries().iter().find_map(|entry| match entry.kind() {
        EntryKind::Special(kind) => Some((entry.path().to_owned(), *kind)),
        _ => None,
    }) {
        Some((path, kind)) => Err(BundleError::Special { path, kind }),
        None => Ok(()),
    }
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
    let mut needed = of_project(workspace.project_path(), workspace.project(), "the build");
    for member in closure.members_of(workspace) {
        if member.is_package {
            needed.extend(of_project(&member.place, &member.project, "a dependency"));
        }
    }
    needed.extend(closure.archives_of(workspace).map(|archive| Needed::new(archive.place.clone(), "a dependency")));
    needed
}

/// Returns the files that the build of one project reads: its manifest, its readme and the paths of its backend.
fn of_project(folder: &Utf8Path, project: &Project, by: &str) -> Vec<Needed> {
    let readme = project.readme().map(|path| Needed::new(folder.join(path.normal()), "project.readme"));
    let backend = project.build_system().backend_path.iter();
    let backend = backend.map(|path| Needed::new(folder.join(path.normal()), "build-system.backend-path"));
    let manifest = Some(Needed::new(folder.join("pyproject.toml"), by)).filter(|_| !project.manifest().is_empty());
    let named = project.named_files().files.iter().filter(|_| project.kind() == ProjectKind::Package);
    let named = named.map(|file| {
        let path = folder.join(file.path.normal());
        Needed { is_optional: file.is_optional, ..Needed::new(path, file.key.clone()) }
    });
    manifest.into_iter().chain(readme).chain(backend).chain(named).collect()
}
