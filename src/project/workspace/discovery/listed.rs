//! The folders and archives that `requirements.txt` names.

use camino::{Utf8Path, Utf8PathBuf};

use super::manifests::{folder_to_name, read_project};
use super::paths::without_dots;
use super::siblings::{ArchiveName, Key};
use super::tree::{PathState, Tree};
use crate::project::config::{Config, InstallerChoice};
use crate::project::lock::FileRequirement;
use crate::project::requirement::{Requirement, file_url_of_path};
use crate::project::workspace::{LIST, SiblingFault, Workspace};
use crate::value::ProjectName;

/// Returns the local requirements of the list, each with a name. There are none if the list is not used, or is invalid:
/// the latter is reported when it is used.
pub(super) fn listed<T: Tree>(tree: &T, workspace: &Workspace, config: &Config) -> Result<Vec<Requirement>, T::Error> {
    let is_for_uv = workspace.locks().uv.is_some() && config.installer != Some(InstallerChoice::Pip);
    let Some(list) = workspace.list().ok().flatten().filter(|_| !is_for_uv) else { return Ok(Vec::new()) };
    let mut listed = Vec::new();
    for requirement in list.file.all_requirements() {
        match requirement {
            FileRequirement::Specifier { requirement, .. } if requirement.file().is_some() => {
                listed.push(requirement.clone());
            }
            FileRequirement::LocalPath { path, extras, marker, .. } => {
                let place = without_dots(&workspace.project_path().join(path));
                let name = name_at(tree, workspace, &place)?;
                listed.push(named(workspace, &name, path, extras, marker)?);
            }
            _ => {}
        }
    }
    Ok(listed)
}

/// Returns the name of the project or the archive at a path. What is wrong with the path is reported later.
fn name_at<T: Tree>(tree: &T, workspace: &Workspace, place: &Utf8PathBuf) -> Result<ProjectName, T::Error> {
    if place == workspace.project_path() {
        return Ok(workspace.project().name().clone());
    }
    let file = place.file_name().unwrap_or_default();
    let of_path = || folder_to_name(file).unwrap_or_else(|| workspace.project().name().clone());
    Ok(match tree.standing(place)? {
        PathState::Folder => match read_project(tree, place, None)? {
            Some(project) => project.name().clone(),
            None => of_path(),
        },
        PathState::File => match ArchiveName::of(file) {
            Some(ArchiveName::Stated(name)) => name,
            Some(ArchiveName::InMetadata) | None => of_path(),
        },
        PathState::Nothing | PathState::Link(_) => of_path(),
    })
}

fn named<E: From<crate::project::WorkspaceError>>(
    workspace: &Workspace,
    name: &ProjectName,
    path: &Utf8Path,
    extras: &str,
    marker: &str,
) -> Result<Requirement, E> {
    let extras = if extras.is_empty() { String::new() } else { format!("[{extras}]") };
    let marker = if marker.is_empty() { String::new() } else { format!(" ; {marker}") };
    let text = format!("{name}{extras} @ {}{marker}", file_url_of_path(path.as_str()));
    text.parse().map_err(|error| {
        let key = Key { folder: workspace.project_path(), manifest: LIST, name: path.to_string() };
        key.refuse(SiblingFault::Requirement(error)).into()
    })
}
