//! Reading the locks and the `.python-version` of a project.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::tree::Tree;
use crate::project::lock::{MOST_INCLUDED, RequirementsFile};
use crate::project::workspace::{Locks, TextFile};

pub(super) fn locks<T: Tree>(tree: &T, folder: &Utf8Path, root: &Utf8Path) -> Result<Locks, T::Error> {
    let requirements = list(tree, folder.join("requirements.txt"))?;
    Ok(Locks {
        uv: text_file(tree, root.join("uv.lock"))?,
        poetry: text_file(tree, folder.join("poetry.lock"))?,
        pdm: text_file(tree, folder.join("pdm.lock"))?,
        pipfile: text_file(tree, folder.join("Pipfile"))?,
        pipfile_lock: text_file(tree, folder.join("Pipfile.lock"))?,
        pylock: text_file(tree, folder.join("pylock.toml"))?,
        included: requirements.as_ref().map_or(Ok(Vec::new()), |file| included(tree, folder, file))?,
        requirements,
    })
}

/// Reads the files that a requirements file includes, directly or indirectly. Missing files, the includes of invalid files
/// and files beyond the limit are skipped: they are reported if the list is used.
fn included<T: Tree>(tree: &T, folder: &Utf8Path, file: &TextFile) -> Result<Vec<TextFile>, T::Error> {
    let mut found: Vec<TextFile> = Vec::new();
    let mut known = BTreeSet::new();
    let mut open = includes(folder, file);
    while let Some(path) = open.pop().filter(|_| found.len() <= MOST_INCLUDED) {
        if known.insert(path.clone())
            && let Some(file) = list(tree, path)?
        {
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

pub(super) fn python_version<T: Tree>(
    tree: &T,
    folder: &Utf8Path,
    root: &Utf8Path,
) -> Result<Option<TextFile>, T::Error> {
    for folder in folder.ancestors().take_while(|folder| folder.starts_with(root)) {
        if let Some(found) = text_file(tree, folder.join(".python-version"))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn list<T: Tree>(tree: &T, path: Utf8PathBuf) -> Result<Option<TextFile>, T::Error> {
    Ok(tree.list(&path)?.map(|text| TextFile { path, text }))
}

pub(super) fn text_file<T: Tree>(tree: &T, path: Utf8PathBuf) -> Result<Option<TextFile>, T::Error> {
    Ok(tree.text(&path)?.map(|text| TextFile { path, text }))
}
