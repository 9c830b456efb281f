//! What a project's folder holds: a sorted list of entries, and what was kept out of it.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use super::rules::ExclusionReason;
use crate::value::Escaped;

/// The entries of a project's folder, sorted, each folder before what it holds.
///
/// [`walk`](crate::files::walk()) makes one from a folder on disk; [`Listing::from_files`] makes one from memory, for a
/// caller whose project lies nowhere.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    root: Utf8PathBuf,
    entries: Vec<Entry>,
    dropped: Vec<Excluded>,
}

/// One path of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    path: Box<str>,
    kind: EntryKind,
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EntryKind {
    /// A file below the listing's root, read when the context is written.
    File,
    /// A file that lies at this place, where a link led to it that was followed; read when the context is written.
    FileAt(Box<str>),
    /// A file whose bytes are at hand.
    Memory(Arc<[u8]>),
    /// A folder.
    Folder,
    /// A symbolic link, with its target as it is written.
    Link(Box<str>),
    /// Something that is no file, folder or link.
    Special(SpecialKind),
}

/// A file that cannot be part of an image's context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpecialKind {
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A block or character device.
    Device,
}

impl fmt::Display for SpecialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fifo => "a named pipe",
            Self::Socket => "a socket",
            Self::Device => "a device",
        })
    }
}

/// A path that was kept out, and why. What lies below a folder that was kept out is not listed on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Excluded {
    /// The path, relative to the project's root.
    pub path: String,
    /// Whether it is a folder, and all below it with it.
    pub is_folder: bool,
    /// The rule that decided.
    pub reason: ExclusionReason,
}

/// A path that cannot stand in a listing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is no path inside a project: it has to be relative, without `..`, empty and doubled parts", Escaped(.0))]
pub struct PathError(String);

impl Entry {
    pub(crate) fn new(path: impl Into<Box<str>>, kind: EntryKind) -> Self {
        Self { path: path.into(), kind }
    }

    /// The path, relative to the project's root, with `/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What stands there.
    pub fn kind(&self) -> &EntryKind {
        &self.kind
    }
}

impl Listing {
    /// A project in memory: files by their paths, relative to its root and with `/`.
    ///
    /// ```
    /// let listing = agentix_gen::Listing::from_files([
    ///     ("pyproject.toml", "[project]\nname = 'x'\nversion = '1'"),
    ///     ("src/x/__init__.py", ""),
    /// ])?;
    /// let paths: Vec<_> = listing.entries().iter().map(|entry| entry.path()).collect();
    /// assert_eq!(paths, ["pyproject.toml", "src", "src/x", "src/x/__init__.py"]);
    /// # Ok::<(), agentix_gen::files::PathError>(())
    /// ```
    pub fn from_files<P, B>(files: impl IntoIterator<Item = (P, B)>) -> Result<Self, PathError>
    where
        P: Into<String>,
        B: Into<Vec<u8>>,
    {
        let mut tree: BTreeMap<String, EntryKind> = BTreeMap::new();
        for (path, bytes) in files {
            let path = path.into();
            let parts_are_names = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
            if !parts_are_names || path.contains('\0') {
                return Err(PathError(path));
            }
            tree.extend(folders_around(&path).map(|folder| (folder.to_owned(), EntryKind::Folder)));
            tree.insert(path, EntryKind::Memory(bytes.into().into()));
        }
        let entries = tree.into_iter().map(|(path, kind)| Entry::new(path, kind)).collect();
        Ok(Self::new(Utf8PathBuf::new(), entries, Vec::new()))
    }

    pub(crate) fn new(root: Utf8PathBuf, mut entries: Vec<Entry>, mut dropped: Vec<Excluded>) -> Self {
        entries.sort_unstable_by(|a, b| order(&a.path, &b.path));
        dropped.sort_unstable_by(|a, b| order(&a.path, &b.path));
        // A folder that is out comes before what lies in it.
        dropped.dedup_by(|below, folder| folder.is_folder && is_below(&below.path, &folder.path));
        Self { root, entries, dropped }
    }

    /// Several listings as one, each at its place below a root that is theirs as well, and single files. What a listing
    /// says of a place goes over what the one of a folder around it says.
    pub(crate) fn joined(root: Utf8PathBuf, mut parts: Vec<(Utf8PathBuf, Self)>, single: Vec<Entry>) -> Self {
        if let ([(place, _)], []) = (&parts[..], &single[..])
            && place.as_str().is_empty()
        {
            return parts.swap_remove(0).1;
        }
        parts.sort_by(|a, b| order(a.0.as_str(), b.0.as_str()));
        let mut tree: BTreeMap<String, EntryKind> = BTreeMap::new();
        let mut dropped: Vec<Excluded> = Vec::new();
        for (place, part) in parts {
            let place = place.as_str();
            tree.retain(|path, _| !is_below(path, place));
            dropped.retain(|out| !is_below(&out.path, place) && out.path != place && !is_below(place, &out.path));
            let at = |path: &str| if place.is_empty() { path.to_owned() } else { format!("{place}/{path}") };
            tree.extend(part.entries.into_iter().map(|entry| (at(&entry.path), entry.kind)));
            dropped.extend(part.dropped.into_iter().map(|out| Excluded { path: at(&out.path), ..out }));
            if !place.is_empty() {
                tree.insert(place.to_owned(), EntryKind::Folder);
            }
        }
        tree.extend(single.into_iter().map(|entry| (entry.path.into_string(), entry.kind)));
        let around: Vec<String> = tree.keys().flat_map(|path| folders_around(path)).map(str::to_owned).collect();
        tree.extend(around.into_iter().map(|folder| (folder, EntryKind::Folder)));
        let entries = tree.into_iter().map(|(path, kind)| Entry::new(path, kind)).collect();
        Self::new(root, entries, dropped)
    }

    /// The folder that [`EntryKind::File`] entries lie below.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The entries, sorted by their paths' components.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What was kept out, sorted as the entries are.
    pub fn excluded(&self) -> &[Excluded] {
        &self.dropped
    }

    /// The entry at a path.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        let found = self.entries.binary_search_by(|entry| order(&entry.path, path));
        found.ok().map(|index| &self.entries[index])
    }

    /// Why the path itself was kept out, if it was.
    pub(crate) fn reason_at(&self, path: &str) -> Option<&ExclusionReason> {
        let found = self.dropped.binary_search_by(|dropped| order(&dropped.path, path));
        found.ok().map(|index| &self.dropped[index].reason)
    }
}

/// The folders that a path lies in.
fn folders_around(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(slash, _)| &path[..slash])
}

/// Whether a path lies in a folder, at any depth.
pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// By components, so that a folder is followed by what it holds: `a`, `a/b`, `a-b`.
fn order(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    match (a.get(same), b.get(same)) {
        (Some(b'/'), Some(_)) => Ordering::Less,
        (Some(_), Some(b'/')) => Ordering::Greater,
        (a, b) => a.cmp(&b),
    }
}

#[cfg(test)]
mod tests {
    use super::Listing;

    #[test]
    fn a_folder_is_followed_by_what_it_holds() {
        let listing = Listing::from_files([("a-b", ""), ("a/b", ""), ("a.c", ""), ("a/\u{1}", "")]).unwrap();
        let paths: Vec<_> = listing.entries().iter().map(super::Entry::path).collect();
        assert_eq!(paths, ["a", "a/\u{1}", "a/b", "a-b", "a.c"]);
        assert!(listing.get("a/b").is_some() && listing.get("a/c").is_none());
    }

    #[test]
    fn a_path_stays_inside() {
        for path in ["", "/a", "a//b", "../a", "a/..", "./a", "a/", "a\0b"] {
            assert!(Listing::from_files([(path, "")]).is_err(), "{path:?}");
        }
    }
}
