//! The listing of a project's folder: the sorted entries, and the excluded paths.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use super::rules::{ExclusionReason, Rules};
use crate::value::Escaped;

/// The entries of a project's folder, sorted, each folder before its contents.
///
/// [`walk`](crate::files::walk()) creates a listing from a folder on disk. [`Listing::from_files`] creates one from
/// memory, for a project that is not on disk.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    root: Utf8PathBuf,
    entries: Vec<Entry>,
    dropped: Vec<Excluded>,
    lfs_pointers: Vec<String>,
    empty_submodules: Vec<String>,
    /// The rules, each with the folder that they apply to.
    rules: Vec<(Utf8PathBuf, Rules)>,
}

/// One path of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    path: Box<str>,
    kind: EntryKind,
}

/// The kind of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EntryKind {
    /// A file below the listing's root. It is read when the context is written.
    File,
    /// A file at this path on disk, found by following a link. It is read when the context is written.
    FileAt(Box<str>),
    /// A file in memory, with its bytes.
    Memory(Arc<[u8]>),
    /// A folder.
    Folder,
    /// A symbolic link, with its target as written.
    Link(Box<str>),
    /// A path that is not a file, folder or link.
    Special(SpecialKind),
}

/// The kind of a special file, which cannot be part of a context.
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

/// An excluded path, and the reason. The contents of an excluded folder are not listed separately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Excluded {
    /// The path, relative to the project's root.
    pub path: String,
    /// Whether the path is a folder. A folder is excluded with its contents.
    pub is_folder: bool,
    /// The matching rule.
    pub reason: ExclusionReason,
}

/// An invalid path for a listing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a path inside a project; use a relative path without `.`, `..` and empty components", Escaped(.0))]
pub struct PathError(String);

impl Entry {
    pub(crate) fn new(path: impl Into<Box<str>>, kind: EntryKind) -> Self {
        Self { path: path.into(), kind }
    }

    /// Returns the path, relative to the project's root, with `/` as the separator.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the kind of the entry.
    pub fn kind(&self) -> &EntryKind {
        &self.kind
    }
}

impl Listing {
    /// Creates the listing of a project in memory from paths and bytes. The paths are relative to the project's root,
    /// with `/` as the separator.
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
        let is_pointer = |kind: &EntryKind| matches!(kind, EntryKind::Memory(bytes) if is_lfs_pointer(bytes));
        let pointers = tree.iter().filter(|(_, kind)| is_pointer(kind)).map(|(path, _)| path.clone()).collect();
        let entries = tree.into_iter().map(|(path, kind)| Entry::new(path, kind)).collect();
        Ok(Self::new(Utf8PathBuf::new(), entries, Vec::new()).with_lfs_pointers(pointers))
    }

    pub(crate) fn new(root: Utf8PathBuf, mut entries: Vec<Entry>, mut dropped: Vec<Excluded>) -> Self {
        entries.sort_unstable_by(|a, b| order(&a.path, &b.path));
        dropped.sort_unstable_by(|a, b| order(&a.path, &b.path));
        // An excluded folder is sorted before its contents.
        dropped.dedup_by(|below, folder| folder.is_folder && is_below(&below.path, &folder.path));
        Self { root, entries, dropped, lfs_pointers: Vec::new(), empty_submodules: Vec::new(), rules: Vec::new() }
    }

    /// Joins several listings and single files into one listing with the common root `root`.
    ///
    /// Each listing comes with the path of its folder below `root`. If one folder is inside another, the listing of the
    /// inner folder replaces that part of the outer listing.
    pub(crate) fn joined(root: Utf8PathBuf, mut parts: Vec<(Utf8PathBuf, Self)>, single: Vec<Entry>) -> Self {
        if let ([(folder, _)], []) = (&parts[..], &single[..])
            && folder.as_str().is_empty()
        {
            return parts.swap_remove(0).1;
        }
        parts.sort_by(|a, b| order(a.0.as_str(), b.0.as_str()));
        let mut tree: BTreeMap<String, EntryKind> = BTreeMap::new();
        let mut dropped: Vec<Excluded> = Vec::new();
        let mut rules = Vec::new();
        for (folder, part) in parts {
            rules.extend(part.rules.into_iter().map(|(_, of_part)| (folder.clone(), of_part)));
            let folder = folder.as_str();
            tree.retain(|path, _| !is_below(path, folder));
            dropped.retain(|out| !is_below(&out.path, folder) && out.path != folder && !is_below(folder, &out.path));
            let at = |path: &str| if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
            tree.extend(part.entries.into_iter().map(|entry| (at(&entry.path), entry.kind)));
            dropped.extend(part.dropped.into_iter().map(|out| Excluded { path: at(&out.path), ..out }));
            if !folder.is_empty() {
                tree.insert(folder.to_owned(), EntryKind::Folder);
            }
        }
        tree.extend(single.into_iter().map(|entry| (entry.path.into_string(), entry.kind)));
        let around: Vec<String> = tree.keys().flat_map(|path| folders_around(path)).map(str::to_owned).collect();
        tree.extend(around.into_iter().map(|folder| (folder, EntryKind::Folder)));
        let entries = tree.into_iter().map(|(path, kind)| Entry::new(path, kind)).collect();
        Self { rules, ..Self::new(root, entries, dropped) }
    }

    /// Returns the listing of a folder to which these rules applied.
    #[must_use]
    pub(crate) fn with_rules(self, rules: &Rules) -> Self {
        Self { rules: vec![(Utf8PathBuf::new(), rules.clone())], ..self }
    }

    /// Returns the rules that applied, each with its folder. A listing in memory has none.
    pub(crate) fn rules(&self) -> &[(Utf8PathBuf, Rules)] {
        &self.rules
    }

    /// Returns the folder that contains the [`EntryKind::File`] entries.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// Returns the entries, sorted by the components of their paths.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the excluded paths, in the same order as the entries.
    pub fn excluded(&self) -> &[Excluded] {
        &self.dropped
    }

    /// Returns the files that are pointers of Git LFS instead of their content.
    pub fn lfs_pointers(&self) -> &[String] {
        &self.lfs_pointers
    }

    pub(crate) fn with_lfs_pointers(self, lfs_pointers: Vec<String>) -> Self {
        Self { lfs_pointers, ..self }
    }

    /// Returns the submodules of git that were not fetched, so that their folders are empty or missing.
    pub fn empty_submodules(&self) -> &[String] {
        &self.empty_submodules
    }

    pub(crate) fn with_empty_submodules(self, empty_submodules: Vec<String>) -> Self {
        Self { empty_submodules, ..self }
    }

    /// Returns the entry at a path.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        let found = self.entries.binary_search_by(|entry| order(&entry.path, path));
        found.ok().map(|index| &self.entries[index])
    }

    /// Returns why the path itself is excluded, if it is.
    pub(crate) fn reason_at(&self, path: &str) -> Option<&ExclusionReason> {
        let found = self.dropped.binary_search_by(|dropped| order(&dropped.path, path));
        found.ok().map(|index| &self.dropped[index].reason)
    }
}

/// Returns whether a file is a pointer of Git LFS, by the first line that its [specification] demands.
///
/// [specification]: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
pub(crate) fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.starts_with(b"version https://git-lfs.github.com/spec/v1\n")
}

/// Returns the folders around a path, outermost first.
fn folders_around(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(slash, _)| &path[..slash])
}

/// Returns `true` if a path is inside a folder, at any depth.
pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Compares paths by components, so that a folder is followed by its contents: `a`, `a/b`, `a-b`.
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
    fn a_folder_is_followed_by_its_contents() {
        let listing = Listing::from_files([("a-b", ""), ("a/b", ""), ("a.c", ""), ("a/\u{1}", "")]).unwrap();
        let paths: Vec<_> = listing.entries().iter().map(super::Entry::path).collect();
        assert_eq!(paths, ["a", "a/\u{1}", "a/b", "a-b", "a.c"]);
        assert!(listing.get("a/b").is_some() && listing.get("a/c").is_none());
    }

    #[test]
    fn a_path_outside_the_project_is_refused() {
        for path in ["", "/a", "a//b", "../a", "a/..", "./a", "a/", "a\0b"] {
            assert!(Listing::from_files([(path, "")]).is_err(), "{path:?}");
        }
    }
}
