//! Reading the manifests of a project, its siblings and its workspace.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::tree::{PathState, Tree};
use crate::project::manifest::{
    AdjacentMetadata, PossibleRoot, Project, SetupScript, describes_package, in_setup_cfg, metadata_in_setup_cfg,
};
use crate::project::metadata::METADATA;
use crate::project::pipfile::{FILE as PIPFILE, Pipfile};
use crate::project::workspace::WorkspaceError;
use crate::value::ProjectName;

/// Reads the project of the image. It may have no `pyproject.toml`, only a `setup.py`, `setup.cfg`, `requirements.txt` or
/// `Pipfile`.
pub(super) fn read_target<T: Tree>(tree: &T, folder: &Utf8Path) -> Result<Project, T::Error> {
    let exists = |name: &str| Ok::<_, T::Error>(tree.standing(&folder.join(name))? != PathState::Nothing);
    let text = match tree.text(&folder.join("pyproject.toml"))? {
        Some(text) => text,
        None if exists("setup.py")? || describes(tree, folder)? || exists("requirements.txt")? || exists(PIPFILE)? => {
            String::new()
        }
        None => return Err(WorkspaceError::NoManifest(folder.to_owned()).into()),
    };
    let pipfile = tree.text(&folder.join(PIPFILE))?.map(|text| text.parse()).transpose();
    let pipfile = pipfile.map_err(|error| WorkspaceError::Pipfile { folder: folder.to_owned(), error })?;
    read_within(tree, folder, &text, pipfile, None)
}

/// Reads the project of a sibling. A `Pipfile` in it has no effect on who depends on it. A project whose name only its build
/// knows has the required `name`, or that of the folder. Returns `None` if the folder has no `pyproject.toml` and no setup
/// script.
pub(super) fn read_project<T: Tree>(
    tree: &T,
    folder: &Utf8Path,
    name: Option<&ProjectName>,
) -> Result<Option<Project>, T::Error> {
    let exists = |file: &str| Ok::<_, T::Error>(tree.standing(&folder.join(file))? != PathState::Nothing);
    let text = match tree.text(&folder.join("pyproject.toml"))? {
        Some(text) => text,
        None if exists("setup.py")? || describes(tree, folder)? => String::new(),
        None => return Ok(None),
    };
    read_within(tree, folder, &text, None, name).map(Some)
}

fn read_within<T: Tree>(
    tree: &T,
    folder: &Utf8Path,
    text: &str,
    pipfile: Option<Pipfile>,
    name: Option<&ProjectName>,
) -> Result<Project, T::Error> {
    let exists = |name: &str| Ok::<_, T::Error>(tree.standing(&folder.join(name))? != PathState::Nothing);
    let metadata = tree.text(&folder.join(METADATA))?.map(|text| text.parse()).transpose();
    let (metadata, fault) = match metadata {
        Ok(metadata) => (metadata, None),
        Err(error) => (None, Some(error)),
    };
    let scripts = ["setup.py", "setup.cfg"].map(|name| folder.join(name));
    let mentions = |keys: [&str; 2]| scripts.iter().any(|script| mentions(tree, script, keys));
    let names_dependencies = mentions(["install_requires", "install-requires"]);
    let setup_script =
        if names_dependencies { SetupScript::WithDependencies } else { SetupScript::WithoutDependencies };
    // The build reports a file that is not readable.
    let setup_cfg = tree.text(&folder.join("setup.cfg")).ok().flatten();
    // What a setup script passes to setuptools comes before the same key of setup.cfg.
    let is_stated = !self::mentions(tree, &scripts[0], ["version", "**"]);
    let stated = setup_cfg.as_deref().filter(|_| is_stated).and_then(metadata_in_setup_cfg);
    let surroundings = AdjacentMetadata {
        folder: name.cloned().or_else(|| folder.file_name().and_then(folder_to_name)),
        metadata: metadata.or(stated),
        setup_script: (exists("setup.py")? || describes(tree, folder)?).then_some(setup_script),
        named_files: setup_cfg.as_deref().map(in_setup_cfg).unwrap_or_default(),
        setup_cfg_has_dependencies: setup_cfg
            .is_some_and(|text| text.lines().any(|line| line.starts_with("install_requires"))),
        has_file_of_uv: exists("uv.lock")? || exists("uv.toml")?,
        pipfile,
        mentioned_files: scripts.iter().flat_map(|script| mentioned_files(tree, script)).collect(),
        mentions_setup_requires: Some(mentions(["setup_requires", "setup-requires"])),
    };
    let project = Project::within(text, &surroundings);
    let project = project.map_err(|error| WorkspaceError::Manifest { folder: folder.to_owned(), error })?;
    match fault {
        // The metadata is only needed if the manifest has no version.
        Some(error) if project.version().is_none() => {
            Err(WorkspaceError::Metadata { folder: folder.to_owned(), error }.into())
        }
        _ => Ok(project),
    }
}

/// Returns whether a folder has a `setup.cfg` that describes a package. One that is not readable does: the build reports it.
fn describes<T: Tree>(tree: &T, folder: &Utf8Path) -> Result<bool, T::Error> {
    let path = folder.join("setup.cfg");
    let exists = tree.standing(&path)? != PathState::Nothing;
    Ok(exists && tree.text(&path).ok().flatten().is_none_or(|text| describes_package(&text)))
}

/// Returns a project name from the name of a folder. Other characters are replaced or trimmed: `.my agent` becomes
/// `my-agent`.
pub(super) fn folder_to_name(folder: &str) -> Option<ProjectName> {
    let plain: String = folder.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    plain.trim_matches('-').parse().ok()
}

/// Returns whether a setup script may set a key, in one of its spellings. Also returns `true` if the script is not readable,
/// for example because it is Latin-1.
fn mentions<T: Tree>(tree: &T, script: &Utf8Path, spellings: [&str; 2]) -> bool {
    match tree.text(script) {
        Ok(Some(text)) => spellings.iter().any(|key| text.contains(key)),
        Ok(None) => false,
        Err(_) => true,
    }
}

/// Returns the words of a setup script that may be the name of a file with data, such as a list of requirements. A script
/// that is not readable has none.
fn mentioned_files<T: Tree>(tree: &T, script: &Utf8Path) -> BTreeSet<String> {
    let Ok(Some(text)) = tree.text(script) else { return BTreeSet::new() };
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !"/._-".contains(c));
    let has_data = |word: &&str| Utf8Path::new(word).extension().is_some_and(|end| !["md", "rst", "py"].contains(&end));
    words.filter(has_data).map(|word| word.trim_start_matches("./").to_owned()).collect()
}

pub(super) fn read_root<T: Tree>(tree: &T, folder: &Utf8Path) -> Result<Option<(String, PossibleRoot)>, T::Error> {
    let Some(text) = tree.text(&folder.join("pyproject.toml"))? else { return Ok(None) };
    let read = PossibleRoot::read(&text);
    let read = read.map_err(|error| WorkspaceError::Manifest { folder: folder.to_owned(), error })?;
    Ok(Some((text, read)))
}
