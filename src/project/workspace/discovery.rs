//! Discovery of the workspace of a folder. This module decides which files are read, a [`Tree`] how they are read.

mod listed;
mod locked;
mod locks;
mod manifests;
mod paths;
mod root;
mod setup_files;
mod siblings;
mod tree;

use camino::Utf8Path;

use super::{Owner, UvRoot, Workspace};
use crate::project::config::Config;
use listed::listed;
use locked::locked;
use locks::{locks, python_version, text_file};
use manifests::read_target;
use paths::relative_to_root;
use root::Roots;
use siblings::Siblings;

pub(crate) use siblings::is_archive;
pub(crate) use tree::{PathState, Tree};

/// Returns the workspace of the project in a folder. The path of the folder must not contain symbolic links.
pub(crate) fn discover<T: Tree>(tree: &T, folder: &Utf8Path, flags: &Config) -> Result<Workspace, T::Error> {
    let project = read_target(tree, folder)?;
    let config = flags.clone().overlay(project.config().clone());
    let mut roots = Roots::new(tree);
    let root = roots.above(folder, project.uv())?;
    let mut locks = locks(tree, folder, root.as_ref().map_or(folder, |root| &root.folder))?;
    if !project.is_read_by_uv() {
        locks.uv = None;
    }
    let mut workspace = Workspace {
        uv_toml: text_file(tree, root.as_ref().map_or(folder, |root| &root.folder).join("uv.toml"))?,
        place: folder.to_owned(),
        uv_root: root.as_ref().map(|root| UvRoot { place: root.folder.clone(), manifest: root.manifest.clone() }),
        locks,
        python_version: python_version(tree, folder, root.as_ref().map_or(folder, |root| &root.folder))?,
        ..Workspace::from(project)
    };
    workspace.listed = listed(tree, &workspace, &config)?;
    let mut siblings = Siblings::new(tree, roots, root);
    siblings.check_build_requirements(&workspace, Owner::Target)?;
    siblings.decide_all(&mut workspace, &config)?;
    workspace.locked = locked(&workspace, &config);
    siblings.decide_all(&mut workspace, &config)?;
    relative_to_root(&mut workspace, tree.root());
    Ok(workspace)
}

#[cfg(test)]
mod tests;
