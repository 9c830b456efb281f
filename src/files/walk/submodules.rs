//! Finds submodules of git that were not fetched: their folders are empty or missing.
//!
//! `.gitmodules` at the root of the repository lists the folders. See [gitmodules].
//!
//! [gitmodules]: https://git-scm.com/docs/gitmodules

#![expect(clippy::disallowed_methods, reason = "this module reads the disk")]

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use super::small_files::{Text, read_bounded};
use crate::files::listing::Listing;

/// The size limit for a `.gitmodules`, in bytes. A larger one is not read.
const LARGEST: u64 = 1_000_000;

/// Returns the listing with the submodules in its folder that are empty on disk. `.gitmodules` is in its folder or in the
/// nearest one above it.
pub(super) fn with_empty_ones(listing: Listing) -> Listing {
    let root = listing.root().to_owned();
    for folder in root.ancestors() {
        if let Ok(Text::Bytes(text)) = read_bounded(folder.join(".gitmodules"), LARGEST) {
            let paths = paths(&String::from_utf8_lossy(&text));
            let below = paths.iter().filter_map(|path| relative(folder, path, &root));
            let empty = below.filter(|path| is_empty(&root.join(path))).map(Utf8PathBuf::into_string);
            return listing.with_empty_submodules(empty.collect());
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    listing
}

/// Returns the values of the keys `path`.
fn paths(text: &str) -> Vec<String> {
    let values = text.lines().filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "path").then(|| value.trim().trim_matches('"').to_owned())
    });
    values.filter(|path| !path.is_empty()).collect()
}

/// Returns a path of the repository relative to the root of the listing, or `None` if it is not below the root.
fn relative(repository: &Utf8Path, path: &str, root: &Utf8Path) -> Option<Utf8PathBuf> {
    let is_plain = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    let path = is_plain.then(|| repository.join(path))?;
    path.strip_prefix(root).ok().filter(|path| !path.as_str().is_empty()).map(Utf8Path::to_owned)
}

/// Returns whether a folder has no content. What is not a folder, or is not readable, is reported elsewhere.
fn is_empty(folder: &Utf8Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::{paths, relative};

    #[test]
    fn submodules_are_read() {
        let text = "[submodule \"a\"]\n\tpath = vendor/a\n\turl = ../a\n[submodule \"b\"]\npath=\"b c\"\n# path\n";
        assert_eq!(paths(text), ["vendor/a", "b c"]);
        let below = |path| relative("/repo".into(), path, "/repo/app".into()).map(camino::Utf8PathBuf::into_string);
        assert_eq!(below("app/vendor/a").as_deref(), Some("vendor/a"));
        for path in ["vendor/a", "app", "app/../app/x", "/app/x"] {
            assert_eq!(below(path), None, "{path}");
        }
    }
}
