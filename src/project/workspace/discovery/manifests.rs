//! Reading the manifests of a project, its siblings and its workspace.

use camino::Utf8Path;

use super::tree::{PathState, Tree};
use crate::project::manifest::{AdjacentMetadata, PossibleRoot, Project};
use crate::project::metadata::METADATA;
use crate::project::workspace::WorkspaceError;
use crate::value::ProjectName;

/// The project that the image is of. It may be described by other files than a `pyproject.toml`.
pub(super) fn read_target<T: Tree>(tree: &T, folder: &Utf8Path) -> Result<Project, T::Error> {
    let is_there = |name: &str| Ok::<_, T::Error>(tree.standing(&folder.join(name))? != PathState::Nothing);
    let text = match tree.text(&folder.join("pyproject.toml"))? {
        Some(text) => text,
        None if is_there("setup.py")? || is_there("setup.cfg")? || is_there("requirements.txt")? => String::new(),
        None => return Err(WorkspaceError::NoManifest(folder.to_owned()).into()),
    };
    read_within(tree, folder, &text)
}

/// The project of a sibling, if there is one.
pub(super) fn read_project<T: Tree>(tree: &T, folder: &Utf8Path) -> Result<Option<Project>, T::Error> {
    let text = tree.text(&folder.join("pyproject.toml"))?;
    text.map(|text| read_within(tree, folder, &text)).transpose()
}

fn read_within<T: Tree>(tree: &T, folder: &Utf8Path, text: &str) -> Result<Project, T::Error> {
    let is_there = |name: &str| Ok::<_, T::Error>(tree.standing(&folder.join(name))? != PathState::Nothing);
    let metadata = tree.text(&folder.join(METADATA))?.map(|text| text.parse()).transpose();
    let (metadata, fault) = match metadata {
        Ok(metadata) => (metadata, None),
        Err(error) => (None, Some(error)),
    };
    let may_ask_for_more = |name: &&str| may_ask_for_more(tree, &folder.join(name));
    let surroundings = AdjacentMetadata {
        folder: folder.file_name().and_then(name_of_folder),
        metadata,
        has_setup_script: is_there("setup.py")? || is_there("setup.cfg")?,
        mentions_setup_requires: Some(["setup.py", "setup.cfg"].iter().any(may_ask_for_more)),
    };
    let project = Project::within(text, &surroundings);
    let project = project.map_err(|error| WorkspaceError::Manifest { folder: folder.to_owned(), error })?;
    match fault {
        // What the manifest says itself is not asked of it.
        Some(error) if project.version().is_none() => {
            Err(WorkspaceError::Metadata { folder: folder.to_owned(), error }.into())
        }
        _ => Ok(project),
    }
}

/// The name of a project that has no other than its folder's, which may hold what a name does not: `.my agent` gives
/// `my-agent`.
fn name_of_folder(folder: &str) -> Option<ProjectName> {
    let plain: String = folder.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    plain.trim_matches('-').parse().ok()
}

/// Whether a setup script may list `setup_requires`, whose key a `setup.cfg` may write with `-`. What is no text that
/// can be read, such as a script in Latin-1, may say anything.
fn may_ask_for_more<T: Tree>(tree: &T, script: &Utf8Path) -> bool {
    match tree.text(script) {
        Ok(Some(text)) => text.contains("setup_requires") || text.contains("setup-requires"),
        Ok(None) => false,
        Err(_) => true,
    }
}

pub(super) fn read_root<T: Tree>(tree: &T, folder: &Utf8Path) -> Result<Option<(String, PossibleRoot)>, T::Error> {
    let Some(text) = tree.text(&folder.join("pyproject.toml"))? else { return Ok(None) };
    let read = PossibleRoot::read(&text);
    let read = read.map_err(|error| WorkspaceError::Manifest { folder: folder.to_owned(), error })?;
    Ok(Some((text, read)))
}
