//! Reading the manifests of a project, its siblings and its workspace.

use camino::Utf8Path;

use super::setup_files::{SetupFiles, joined};
use super::tree::{PathState, Tree};
use crate::project::manifest::{AdjacentMetadata, ExtraFiles, ExtraList, PackageOfPoetry, PossibleRoot, Project};
use crate::project::metadata::METADATA;
use crate::project::pipfile::{FILE as PIPFILE, Pipfile};
use crate::project::workspace::WorkspaceError;
use crate::value::ProjectName;

/// Reads the project of the image. It may have no `pyproject.toml`, only a `setup.py`, `setup.cfg`, `requirements.txt` or
/// `Pipfile`.
pub(super) fn read_target<T: Tree>(tree: &T, folder: &Utf8Path) -> Result<Project, T::Error> {
    let exists = |name: &str| Ok::<_, T::Error>(tree.standing(&folder.join(name))? != PathState::Nothing);
    let setup = SetupFiles::read(tree, folder)?;
    let text = match tree.text(&folder.join("pyproject.toml"))? {
        Some(text) => text,
        None if setup.describe_package() || exists("requirements.txt")? || exists(PIPFILE)? => String::new(),
        None => return Err(WorkspaceError::NoManifest(folder.to_owned()).into()),
    };
    let pipfile = tree.text(&folder.join(PIPFILE))?.map(|text| text.parse()).transpose();
    let pipfile = pipfile.map_err(|error| WorkspaceError::Pipfile { folder: folder.to_owned(), error })?;
    read_within(tree, folder, &text, &setup, pipfile, &Role::Target)
}

/// Reads the project of a sibling. A `Pipfile` in it has no effect on who depends on it. A project whose name only its build
/// knows has the required `name`, or that of the folder. Returns `None` if the folder has no `pyproject.toml` and no setup
/// script.
pub(super) fn read_project<T: Tree>(
    tree: &T,
    folder: &Utf8Path,
    name: Option<&ProjectName>,
) -> Result<Option<Project>, T::Error> {
    let setup = SetupFiles::read(tree, folder)?;
    let text = match tree.text(&folder.join("pyproject.toml"))? {
        Some(text) => text,
        None if setup.describe_package() => String::new(),
        None => return Ok(None),
    };
    read_within(tree, folder, &text, &setup, None, &Role::Sibling(name)).map(Some)
}

/// What a project is read for.
enum Role<'a> {
    /// The project of the image.
    Target,
    /// A dependency, with the name that it is required by. Who depends on it takes it for a package.
    Sibling(Option<&'a ProjectName>),
}

fn read_within<T: Tree>(
    tree: &T,
    folder: &Utf8Path,
    text: &str,
    setup: &SetupFiles,
    pipfile: Option<Pipfile>,
    role: &Role<'_>,
) -> Result<Project, T::Error> {
    let exists = |name: &str| Ok::<_, T::Error>(tree.standing(&folder.join(name))? != PathState::Nothing);
    let (package_of_poetry, name) = match role {
        Role::Target => (PackageOfPoetry::Manifest, None),
        Role::Sibling(name) => (PackageOfPoetry::Required, *name),
    };
    let metadata = tree.text(&folder.join(METADATA))?.map(|text| text.parse()).transpose();
    let (metadata, fault) = match metadata {
        Ok(metadata) => (metadata, None),
        Err(error) => (None, Some(error)),
    };
    let stated = setup.metadata();
    let surroundings = AdjacentMetadata {
        package_of_poetry,
        folder: name.cloned().or_else(|| folder.file_name().and_then(folder_to_name)),
        metadata: metadata.or_else(|| stated.metadata.clone()),
        packages: packages(tree, folder),
        hatch: tree.text(&folder.join("hatch.toml"))?.and_then(|text| text.parse().ok()),
        has_file_of_uv: exists("uv.lock")? || exists("uv.toml")?,
        pipfile,
        ..stated
    };
    let within = |surroundings: &AdjacentMetadata| {
        let project = Project::within(text, surroundings);
        project.map_err(|error| WorkspaceError::Manifest { folder: folder.to_owned(), error })
    };
    let mut project = within(&surroundings)?;
    let mut listed = Vec::new();
    for ExtraFiles { key, name, paths } in project.extras_in_files() {
        listed.push(ExtraList { key, name, text: joined(tree, folder, &paths)? });
    }
    if !listed.is_empty() {
        project = within(&AdjacentMetadata { extras: listed, ..surroundings.clone() })?;
    }
    for module in project.possible_modules_of_poetry() {
        if package_of_poetry == PackageOfPoetry::Manifest && exists(&module)? {
            project = within(&AdjacentMetadata { package_of_poetry: PackageOfPoetry::Module, ..surroundings })?;
            break;
        }
    }
    match fault {
        // The metadata is only needed if the manifest has no version.
        Some(error) if project.version().is_none() => {
            Err(WorkspaceError::Metadata { folder: folder.to_owned(), error }.into())
        }
        _ => Ok(project),
    }
}

/// The most folders that are looked at for packages.
const MOST_FOLDERS: usize = 1000;

/// The files that can exclude a package.
const IGNORE_FILES: [&str; 3] = [".dockerignore", "Dockerfile.dockerignore", ".gitignore"];

/// Returns the folders with an `__init__.py` in the project's folder and in its `src`, if an ignore file may exclude them.
/// The walk reports a folder that cannot be read, unless it is excluded.
fn packages<T: Tree>(tree: &T, folder: &Utf8Path) -> Vec<String> {
    let is = |path: &Utf8Path, state: PathState| tree.standing(path).is_ok_and(|found| found == state);
    let mut found = Vec::new();
    if !IGNORE_FILES.iter().any(|name| is(&folder.join(name), PathState::File)) {
        return found;
    }
    for (root, place) in [("", folder.to_owned()), ("src", folder.join("src"))] {
        let folders = if is(&place, PathState::Folder) { tree.folders(&place).unwrap_or_default() } else { Vec::new() };
        let packages = folders.into_iter().take(MOST_FOLDERS);
        let packages = packages.filter(|name| is(&place.join(name).join("__init__.py"), PathState::File));
        found.extend(packages.map(|name| Utf8Path::new(root).join(name).into_string()));
    }
    found
}

/// Returns a project name from the name of a folder. Other characters are replaced or trimmed: `.my agent` becomes
/// `my-agent`.
pub(super) fn folder_to_name(folder: &str) -> Option<ProjectName> {
    let plain: String = folder.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    plain.trim_matches('-').parse().ok()
}

pub(super) fn read_root<T: Tree>(tree: &T, folder: &Utf8Path) -> Result<Option<(String, PossibleRoot)>, T::Error> {
    let Some(text) = tree.text(&folder.join("pyproject.toml"))? else { return Ok(None) };
    let read = PossibleRoot::read(&text);
    let read = read.map_err(|error| WorkspaceError::Manifest { folder: folder.to_owned(), error })?;
    Ok(Some((text, read)))
}
