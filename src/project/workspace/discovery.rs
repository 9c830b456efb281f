//! From a folder to its workspace: what is read, in which order, is decided here; how, by a [`Tree`].

mod root;
mod siblings;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Locks, Owner, TextFile, UvRoot, Workspace, WorkspaceError};
use crate::project::config::Config;
use crate::project::lock::RequirementsFile;
use crate::project::manifest::{AdjacentMetadata, PossibleRoot, Project};
use crate::project::metadata::METADATA;
use crate::value::ProjectName;
use root::Roots;
use siblings::Siblings;

/// What can be read: folders and files by absolute paths, on disk or in memory.
pub(crate) trait Tree {
    type Error: From<WorkspaceError>;

    /// The text of a file; none where there is nothing. That of a `PKG-INFO` need not be UTF-8.
    fn text(&self, path: &Utf8Path) -> Result<Option<String>, Self::Error>;

    /// What stands at a path.
    fn standing(&self, path: &Utf8Path) -> Result<PathState, Self::Error>;

    /// The names of the folders in a folder, sorted; those of links to folders too.
    fn folders(&self, folder: &Utf8Path) -> Result<Vec<String>, Self::Error>;

    /// The folder that a workspace in this tree always has for its root, if there is one.
    fn root(&self) -> Option<&Utf8Path>;
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PathState {
    Nothing,
    /// This folder of the path, or what it names, is a link.
    Link(Utf8PathBuf),
    Folder,
    File,
}

/// The workspace of the project in a folder, whose path has no links in it.
pub(crate) fn discover<T: Tree>(tree: &T, folder: &Utf8Path, flags: &Config) -> Result<Workspace, T::Error> {
    let project = read_target(tree, folder)?;
    let config = flags.clone().overlay(project.config().clone());
    let mut roots = Roots::new(tree);
    let root = roots.above(folder, project.uv())?;
    let mut workspace = Workspace {
        place: folder.to_owned(),
        uv_root: root.as_ref().map(|root| UvRoot { place: root.folder.clone(), manifest: root.manifest.clone() }),
        locks: locks(tree, folder, root.as_ref().map_or(folder, |root| &root.folder))?,
        python_version: python_version(tree, folder, root.as_ref().map_or(folder, |root| &root.folder))?,
        ..Workspace::from(project)
    };
    let mut siblings = Siblings::new(tree, roots, root);
    siblings.check_build_requirements(&workspace, Owner::Target)?;
    while siblings.decide_what_is_open(&mut workspace, &config)? {}
    relative_to_root(&mut workspace, tree.root());
    Ok(workspace)
}

/// The project that the image is of. It may be described by other files than a `pyproject.toml`.
fn read_target<T: Tree>(tree: &T, folder: &Utf8Path) -> Result<Project, T::Error> {
    let is_there = |name: &str| Ok::<_, T::Error>(tree.standing(&folder.join(name))? != PathState::Nothing);
    let text = match tree.text(&folder.join("pyproject.toml"))? {
        Some(text) => text,
        None if is_there("setup.py")? || is_there("setup.cfg")? || is_there("requirements.txt")? => String::new(),
        None => return Err(WorkspaceError::NoManifest(folder.to_owned()).into()),
    };
    read_within(tree, folder, &text)
}

/// The project of a sibling, if there is one.
fn read_project<T: Tree>(tree: &T, folder: &Utf8Path) -> Result<Option<Project>, T::Error> {
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

fn read_root<T: Tree>(tree: &T, folder: &Utf8Path) -> Result<Option<(String, PossibleRoot)>, T::Error> {
    let Some(text) = tree.text(&folder.join("pyproject.toml"))? else { return Ok(None) };
    let read = PossibleRoot::read(&text);
    let read = read.map_err(|error| WorkspaceError::Manifest { folder: folder.to_owned(), error })?;
    Ok(Some((text, read)))
}

fn locks<T: Tree>(tree: &T, folder: &Utf8Path, root: &Utf8Path) -> Result<Locks, T::Error> {
    let requirements = text_file(tree, folder.join("requirements.txt"))?;
    Ok(Locks {
        uv: text_file(tree, root.join("uv.lock"))?,
        pylock: text_file(tree, folder.join("pylock.toml"))?,
        included: requirements.as_ref().map_or(Ok(Vec::new()), |file| included(tree, folder, file))?,
        requirements,
    })
}

/// The files that a requirement file includes, and those that they do. One that cannot be used is the installer's to tell.
fn included<T: Tree>(tree: &T, folder: &Utf8Path, file: &TextFile) -> Result<Vec<TextFile>, T::Error> {
    let mut found: Vec<TextFile> = Vec::new();
    let mut open = includes(folder, file);
    while let Some(path) = open.pop() {
        if found.iter().any(|file| file.path == path) {
            continue;
        }
        if let Some(file) = text_file(tree, path)? {
            open.extend(includes(folder, &file));
            found.push(file);
        }
    }
    Ok(found)
}

fn includes(folder: &Utf8Path, file: &TextFile) -> Vec<Utf8PathBuf> {
    let place = file.path.strip_prefix(folder).unwrap_or(&file.path);
    match RequirementsFile::parse(place.as_str(), &file.text) {
        Ok(read) => read.includes().iter().chain(read.constraints()).map(|path| folder.join(path.normal())).collect(),
        Err(_) => Vec::new(),
    }
}

fn python_version<T: Tree>(tree: &T, folder: &Utf8Path, root: &Utf8Path) -> Result<Option<TextFile>, T::Error> {
    for folder in folder.ancestors().take_while(|folder| folder.starts_with(root)) {
        if let Some(found) = text_file(tree, folder.join(".python-version"))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn text_file<T: Tree>(tree: &T, path: Utf8PathBuf) -> Result<Option<TextFile>, T::Error> {
    Ok(tree.text(&path)?.map(|text| TextFile { path, text }))
}

/// Turns absolute paths into those from the root, once it is known.
fn relative_to_root(workspace: &mut Workspace, fixed: Option<&Utf8Path>) {
    let root = match (fixed, &workspace.uv_root) {
        (Some(fixed), _) => fixed.to_owned(),
        (None, Some(root)) => root.place.clone(),
        (None, None) => {
            let archives = workspace.archives.iter().filter_map(|archive| archive.place.parent());
            let places = workspace.members.iter().map(|member| member.place.as_path()).chain(archives);
            places.fold(workspace.place.clone(), |root, place| common_ancestor(&root, place))
        }
    };
    let locks = &mut workspace.locks;
    let files = [&mut locks.uv, &mut locks.pylock, &mut locks.requirements, &mut workspace.python_version];
    let paths = files.into_iter().flatten().chain(&mut locks.included).map(|file| &mut file.path);
    let places = workspace.members.iter_mut().map(|member| &mut member.place);
    let archives = workspace.archives.iter_mut().map(|archive| &mut archive.place);
    let of_root = workspace.uv_root.iter_mut().map(|root| &mut root.place);
    for path in paths.chain(places).chain(archives).chain(of_root).chain([&mut workspace.place]) {
        if let Ok(below) = path.strip_prefix(&root) {
            *path = below.to_owned();
        }
    }
    workspace.root = root;
}

/// The folder that two absolute paths have in common.
fn common_ancestor(one: &Utf8Path, other: &Utf8Path) -> Utf8PathBuf {
    one.components().zip(other.components()).take_while(|(one, other)| one == other).map(|(one, _)| one).collect()
}
