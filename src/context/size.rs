//! How much a context holds, and what makes it large.

use std::collections::BTreeMap;
use std::fmt;

use super::stage::{Context, Source};
use crate::files::{SourceError, stable_file};
use crate::value::{ByteSize, OneLine};

/// How many paths are told of a context that is too large.
const TOLD: usize = 10;

/// The sizes of a context's files, as they are when it is weighed.
#[derive(Debug, Clone)]
pub struct ContextSize {
    /// By the files' order.
    sizes: Vec<u64>,
    total: u64,
}

/// What makes a context large. Displayed, it is a line for each of the paths, and no line end after the last.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LargestPaths {
    /// The largest files, at most ten, the largest first.
    pub files: Vec<(String, ByteSize)>,
    /// The innermost folder that holds more than half of all, where it is not a single file that does.
    pub folder: Option<(String, ByteSize)>,
}

/// A context that holds more than it may.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the context holds {total}, and `max-context` allows {limit}")]
#[non_exhaustive]
pub struct ContextTooLarge {
    /// How much it holds.
    pub total: ByteSize,
    /// How much it may hold.
    pub limit: ByteSize,
    /// What makes it large.
    pub largest: LargestPaths,
}

impl ContextSize {
    /// A context over this size deserves a warning: 100 MiB.
    pub const LARGE: ByteSize = ByteSize::new(100 * 1024 * 1024);

    /// Weighs a context: its files are looked at, and not read. Of a context [as it was seen](Context::with_stamps) that is known.
    pub fn measure(context: &Context<'_>) -> Result<Self, SourceError> {
        let sizes = context.entries_with_stamps().filter_map(|(entry, seen)| match entry.source {
            Source::Bytes(bytes) => Some(Ok(bytes.len() as u64)),
            Source::File(path) => Some(seen.map_or_else(|| stable_file::length(&path), |seen| Ok(seen.length))),
            Source::Folder | Source::Link(_) => None,
        });
        let sizes = sizes.collect::<Result<Vec<u64>, _>>()?;
        Ok(Self { total: sizes.iter().sum(), sizes })
    }

    /// How much the files hold together; an archive of them is larger by what it tells of each.
    pub fn total(&self) -> ByteSize {
        ByteSize::new(self.total)
    }

    /// How much the files take, in bytes, where they lie in memory: of each file whole pages, and one more for what the
    /// kernel knows of it.
    pub(crate) fn in_memory_pages(&self) -> u64 {
        const PAGE: u64 = 4096;
        self.sizes.iter().map(|size| (size.div_ceil(PAGE) + 1) * PAGE).sum()
    }

    /// What makes the context large that was weighed.
    pub fn largest(&self, context: &Context<'_>) -> LargestPaths {
        let is_file = |source: &Source<'_>| matches!(source, Source::Bytes(_) | Source::File(_));
        let paths = context.entries().filter(|entry| is_file(&entry.source)).map(|entry| in_project(&entry.path));
        LargestPaths::from_files(paths.zip(self.sizes.iter().copied()).collect())
    }

    /// Refuses a context that holds more than `limit`.
    pub fn check_limit(&self, limit: ByteSize, context: &Context<'_>) -> Result<(), ContextTooLarge> {
        if self.total() <= limit {
            return Ok(());
        }
        Err(ContextTooLarge { total: self.total(), limit, largest: self.largest(context) })
    }
}

/// A path as the project's owner knows it.
fn in_project(path: &str) -> String {
    path.strip_prefix("project/").unwrap_or(path).to_owned()
}

impl LargestPaths {
    fn from_files(mut files: Vec<(String, u64)>) -> Self {
        let folder = heaviest_folder(&files);
        files.sort_by(|(a_path, a), (b_path, b)| b.cmp(a).then_with(|| a_path.cmp(b_path)));
        files.truncate(TOLD);
        Self { files: files.into_iter().map(|(path, size)| (path, ByteSize::new(size))).collect(), folder }
    }
}

/// The innermost folder that holds more than half of all. Two folders can only both do so where one is in the other.
fn heaviest_folder(files: &[(String, u64)]) -> Option<(String, ByteSize)> {
    let total: u64 = files.iter().map(|(_, size)| size).sum();
    let is_most = |size: u64| size > total / 2;
    if files.iter().any(|(_, size)| is_most(*size)) {
        return None;
    }
    let mut folders: BTreeMap<&str, u64> = BTreeMap::new();
    for (path, size) in files {
        for (slash, _) in path.match_indices('/') {
            *folders.entry(&path[..slash]).or_default() += size;
        }
    }
    let heavy = folders.into_iter().filter(|(_, size)| is_most(*size));
    heavy.max_by_key(|(path, _)| path.len()).map(|(path, size)| (path.to_owned(), ByteSize::new(size)))
}

impl fmt::Display for LargestPaths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.folder.iter().map(|(path, size)| (size, format!("{}/ in all", OneLine(path))));
        let files = self.files.iter().map(|(path, size)| (size, OneLine(path).to_string()));
        for (number, (size, path)) in folder.chain(files).enumerate() {
            let line_end = if number == 0 { "" } else { "\n" };
            write!(f, "{line_end}{:>10}  {path}", size.to_string())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{ContextSize, LargestPaths};
    use crate::bundle::Bundle;
    use crate::files::Listing;
    use crate::project::{Config, Workspace};
    use crate::value::ByteSize;

    fn largest(files: &[(&str, u64)]) -> LargestPaths {
        LargestPaths::from_files(files.iter().map(|(path, size)| ((*path).to_owned(), *size)).collect())
    }

    #[test]
    fn ten_files_are_told_the_largest_first() {
        let files: Vec<(String, u64)> = (0..20).map(|n| (format!("f{n}"), n)).collect();
        let found = LargestPaths::from_files(files);
        assert_eq!(found.files.len(), 10);
        assert_eq!(found.files[0], ("f19".to_owned(), ByteSize::new(19)));
        assert_eq!(found.files[9], ("f10".to_owned(), ByteSize::new(10)));
        assert_eq!(found.folder, None);
    }

    #[test]
    fn in_memory_a_file_takes_whole_pages() {
        let in_memory_pages = |sizes: &[u64]| ContextSize { sizes: sizes.to_vec(), total: 0 }.in_memory_pages() / 4096;
        assert_eq!([0, 1, 4096, 4097].map(|size| in_memory_pages(&[size])), [1, 2, 2, 3]);
        assert_eq!(in_memory_pages(&[1, 4097]), 5);
    }

    #[test]
    fn a_context_may_hold_all_that_it_is_allowed() {
        let listing = Listing::from_files([("pyproject.toml", "[project]\nname = 'a'\nversion = '1'")]).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
        let bundle = Bundle::new(workspace, listing, Config::default()).unwrap();
        let context = crate::context::stage(&bundle, crate::value::Dialect::BuildKit).unwrap();
        let weight = ContextSize::measure(&context).unwrap();
        assert!(weight.check_limit(weight.total(), &context).is_ok());
        let error = weight.check_limit(ByteSize::new(weight.total().bytes() - 1), &context).unwrap_err();
        assert_eq!((error.total, error.largest), (weight.total(), weight.largest(&context)));
    }

    #[test]
    fn the_innermost_folder_that_holds_most_is_told() {
        let folder = |files: &[(&str, u64)]| largest(files).folder.map(|(path, size)| (path, size.bytes()));
        let spread = [("a/b/1", 3), ("a/b/2", 3), ("a/c", 2), ("d", 1)];
        assert_eq!(folder(&spread), Some(("a/b".to_owned(), 6)));
        assert_eq!(folder(&[("a/b/1", 3), ("a/c/2", 3), ("d", 1)]), Some(("a".to_owned(), 6)));
        // A folder that shares the start of its name holds nothing of it.
        assert_eq!(folder(&[("a/1", 2), ("ab/1", 2), ("c/1", 2)]), None);
        // The file says it all.
        assert_eq!(folder(&[("a/b", 9), ("c", 1)]), None);
        assert_eq!(folder(&[("a", 0), ("b/c", 0)]), None);
    }

    #[test]
    fn what_is_large_is_shown_line_by_line() {
        let shown = largest(&[("a/1", 2048), ("a/new\nline", 2048), ("d", 1)]).to_string();
        assert_eq!(shown, "     4 KiB  a/ in all\n     2 KiB  a/1\n     2 KiB  a/new\\nline\n       1 B  d");
    }
}
