//! Local paths in a requirements file: `./lib[x] ; MARKER`, `-e ../lib`, `file:lib`, `lib-1.0.tar.gz`.
//!
//! As pip and uv read them, they are relative to the folder of the project, whatever file names them: the installer runs
//! there.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::project::requirement::path_of_file_url;

/// A local path, split into its parts.
pub(super) struct LocalPath<'a> {
    pub(super) path: Utf8PathBuf,
    pub(super) extras: &'a str,
    pub(super) marker: &'a str,
}

impl<'a> LocalPath<'a> {
    /// Reads a requirement without its options. Returns `None` if it is not a path. An editable requirement is a path
    /// unless it is a URL or has one.
    ///
    /// # Errors
    ///
    /// Why a `file:` URL has no path.
    pub(super) fn read(text: &'a str, is_editable: bool) -> Result<Option<Self>, &'static str> {
        let (place, marker) = split_marker(text);
        let (place, extras) = split_extras(place);
        if !is_path(place) && (!is_editable || is_url(place) || place.contains('@')) {
            return Ok(None);
        }
        let path =
            if is_file_url(place) { path_of_file_url(&place.replacen(PROJECT_ROOT, "", 1))? } else { place.to_owned() };
        Ok(Some(Self { path: normal(&path), extras, marker }))
    }
}

/// How PDM writes the folder of the project.
pub(super) const PROJECT_ROOT: &str = "///${PROJECT_ROOT}/";

/// Returns whether a requirement is a path: it starts like a path, by the rules of pip, or is the name of a local
/// archive.
fn is_path(place: &str) -> bool {
    let is_relative = place == "." || place == ".." || place.starts_with("./") || place.starts_with("../");
    let is_archive = [".whl", ".tar.gz", ".zip"].iter().any(|end| place.ends_with(end));
    let is_path = place.starts_with('/') || (place.contains('/') || is_archive) && !place.contains('@');
    is_file_url(place) || !is_url(place) && (is_relative || is_path)
}

fn is_file_url(place: &str) -> bool {
    place.starts_with("file:")
}

pub(super) fn is_url(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+'))
}

/// Splits a path or URL from its marker. A URL may contain `;`, so its marker starts only at a `;` before a space.
pub(super) fn split_marker(text: &str) -> (&str, &str) {
    let separator = if is_url(text) { "; " } else { ";" };
    let (place, marker) = text.split_once(separator).unwrap_or((text, ""));
    (place.trim(), marker.trim())
}

fn split_extras(place: &str) -> (&str, &str) {
    match place.strip_suffix(']').and_then(|place| place.rsplit_once('[')) {
        Some((place, extras)) => (place.trim_end(), extras),
        None => (place, ""),
    }
}

/// Removes `.`, and each `..` after a folder. The folder of the project itself is `.`.
fn normal(path: &str) -> Utf8PathBuf {
    let mut normal = Utf8PathBuf::new();
    for component in Utf8Path::new(path).components() {
        match (component, normal.file_name()) {
            (Utf8Component::CurDir, _) => {}
            (Utf8Component::ParentDir, Some(_)) => _ = normal.pop(),
            (component, _) => normal.push(component),
        }
    }
    if normal.as_str().is_empty() { Utf8PathBuf::from(".") } else { normal }
}
