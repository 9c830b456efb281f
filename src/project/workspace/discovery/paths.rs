//! Paths of a workspace: relative to its root, and without dots.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::project::workspace::Workspace;

/// Determines the root and makes all absolute paths of a workspace relative to it. `fixed` overrides the root.
pub(super) fn relative_to_root(workspace: &mut Workspace, fixed: Option<&Utf8Path>) {
    let start = workspace.uv_root.as_ref().map_or(&workspace.place, |root| &root.place);
    let archives = workspace.archives.iter().filter_map(|archive| archive.place.parent());
    let places = workspace.members.iter().map(|member| member.place.as_path()).chain(archives);
    let common = places.fold(start.clone(), |root, place| common_ancestor(&root, place));
    let root = fixed.map_or(common, Utf8Path::to_owned);
    let paths = workspace
        .locks
        .files_mut()
        .chain(&mut workspace.python_version)
        .chain(&mut workspace.uv_toml)
        .map(|file| &mut file.path);
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

/// Returns the deepest folder that contains two absolute paths.
pub(super) fn common_ancestor(one: &Utf8Path, other: &Utf8Path) -> Utf8PathBuf {
    one.components().zip(other.components()).take_while(|(one, other)| one == other).map(|(one, _)| one).collect()
}

/// Removes `.` and `..` from an absolute path. The parent of the root is the root.
pub(super) fn without_dots(path: &Utf8Path) -> Utf8PathBuf {
    let mut clean = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => _ = clean.pop(),
            component => clean.push(component),
        }
    }
    clean
}
