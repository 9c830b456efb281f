//! Lists a workspace: several folders, each with its own rules, in one listing.

use camino::{Utf8Path, Utf8PathBuf};

use super::{WalkError, lfs, read_docker_ignore, submodules, walk_until};
use crate::files::listing::{Entry, EntryKind, Listing, is_below};
use crate::files::rules::Rules;
use crate::project::{Config, Workspace};
use crate::value::Cancel;

/// Lists the folder of a project and the folders of the siblings that it needs, relative to the workspace root.
///
/// Each folder has its own rules: its `.dockerignore`, and `include` and `exclude` of its own `[tool.agentix]`. For the
/// project itself, `flags` override these keys. The project's rules also apply to siblings inside the project's folder.
/// If the workspace root is none of these folders, its `pyproject.toml`, its `uv.lock` and the folders of archives that its
/// settings of uv name are listed. For a sibling that is
/// not a package, only its `pyproject.toml` is listed.
///
/// # Errors
///
/// Fails for the same reasons as [`walk`](super::walk).
pub fn walk_workspace(workspace: &Workspace, flags: &Config) -> Result<Listing, WalkError> {
    walk_workspace_until(workspace, flags, &Cancel::default())
}

/// Does the same as [`walk_workspace`], until it is cancelled.
///
/// # Errors
///
/// [`WalkError::Cancelled`] if it is cancelled. Otherwise see [`walk_workspace`].
pub fn walk_workspace_until(workspace: &Workspace, flags: &Config, cancel: &Cancel) -> Result<Listing, WalkError> {
    let root = workspace.root();
    let of_folder = |path: &Utf8Path, config: &Config| {
        let folder = root.join(path);
        let rules = Rules::new(config, read_docker_ignore(&folder)?);
        let listing = walk_until(&folder, &rules, cancel).map_err(|error| error.of_folder_at(path))?;
        Ok::<_, WalkError>((path.to_owned(), listing))
    };
    let config = flags.clone().overlay(workspace.project().config().clone());
    let mut parts = vec![of_folder(workspace.project_path(), &config)?];
    let outside = workspace.members().iter().filter(|member| !is_within(&member.place, workspace.project_path()));
    for member in outside.clone().filter(|member| member.is_package) {
        parts.push(of_folder(&member.place, member.project.config())?);
    }
    for folder in workspace.link_folders_of_root() {
        let is_listed = parts.iter().any(|(listed, _)| is_within(&folder, listed));
        if !is_listed && root.join(&folder).is_dir() {
            parts.push(of_folder(&folder, &Config::default())?);
        }
    }
    let manifests = outside.filter(|member| !member.is_package).map(|member| member.place.join("pyproject.toml"));
    let of_root = workspace.uv_root().map(|root| root.place.join("pyproject.toml"));
    let lock = workspace.locks().uv.iter().map(|lock| lock.path.clone());
    let archives = workspace.archives().iter().map(|archive| archive.place.clone());
    let files: Vec<Utf8PathBuf> = manifests.chain(of_root).chain(lock).chain(archives).collect();
    let single = files.into_iter().filter(|file| !parts.iter().any(|(folder, _)| is_within(file, folder)));
    let single: Vec<Entry> = single.map(|file| Entry::new(file.into_string(), EntryKind::File)).collect();
    let listing = Listing::joined(root.to_owned(), parts, single);
    Ok(submodules::with_empty_ones(lfs::with_pointers(listing)))
}

fn is_within(path: &Utf8Path, folder: &Utf8Path) -> bool {
    folder.as_str().is_empty() || path == folder || is_below(path.as_str(), folder.as_str())
}
