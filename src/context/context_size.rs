//! The size of a context, and its largest paths.

use std::collections::BTreeMap;
use std::fmt;

use super::stage::{Context, PROJECT, Source};
use crate::files::{SourceError, is_below, stable_file};
use crate::value::{ByteSize, OneLine};

/// The maximum number of files in [`LargestPaths`].
const MAX_FILES: usize = 10;

/// The sizes of a context's files at the time of measuring.
#[derive(Debug, Clone)]
pub struct ContextSize {
    /// In the order of the context's files, in bytes.
    sizes: Vec<u64>,
    total: u64,
}

/// The largest paths of a context, displayed one per line without a trailing newline.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LargestPaths {
    /// The largest files, at most ten, in descending order of size.
    pub files: Vec<(String, ByteSize)>,
    /// The innermost folder that contains more than half of all bytes. `None` if there is no such folder, or if a
    /// single file is larger than that.
    pub folder: Option<(String, ByteSize)>,
}

/// The error for a context over the size limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the context holds {total}, but `max-context` allows only {limit}")]
#[non_exhaustive]
pub struct ContextTooLarge {
    /// The size of the context.
    pub total: ByteSize,
    /// The size limit.
    pub limit: ByteSize,
    /// The largest paths of the context.
    pub largest: LargestPaths,
}

impl ContextSize {
    /// The size above which a context deserves a warning: 100 MiB.
    pub const LARGE: ByteSize = ByteSize::new(100 * 1024 * 1024);

    /// Measures a context without reading its files.
    ///
    /// Uses the sizes from the stamps if the context [has stamps](Context::with_stamps), and the file system otherwise.
    ///
    /// # Errors
    ///
    /// Fails if the metadata of a file cannot be read.
    pub fn measure(context: &Context<'_>) -> Result<Self, SourceError> {
        let sizes = context.entries_with_stamps().filter_map(|(entry, stamp)| match entry.source {
            Source::Bytes(bytes) => Some(Ok(bytes.len() as u64)),
            Source::File(path) => Some(stamp.map_or_else(|| stable_file::length(&path), |stamp| Ok(stamp.length))),
            Source::Folder | Source::Link(_) => None,
        });
        let sizes = sizes.collect::<Result<Vec<u64>, _>>()?;
        Ok(Self { total: sizes.iter().sum(), sizes })
    }

    /// Returns the total size of the files. An archive is larger, because it has a header for each entry.
    pub fn total(&self) -> ByteSize {
        ByteSize::new(self.total)
    }

    /// Returns the memory that the files take in a memory file system, in bytes. Each file takes whole pages, plus one
    /// page for the kernel's metadata.
    pub(crate) fn in_memory_pages(&self) -> u64 {
        const PAGE: u64 = 4096;
        self.sizes.iter().map(|size| (size.div_ceil(PAGE) + 1) * PAGE).sum()
    }

    /// Returns the largest paths. Pass the context that was measured.
    pub fn largest(&self, context: &Context<'_>) -> LargestPaths {
        let paths = context.entries().filter(|entry| is_file(&entry.source)).map(|entry| in_project(&entry.path));
        LargestPaths::from_files(paths.zip(self.sizes.iter().copied()).collect())
    }

    /// Returns the size of a file, or of all files in a folder. `path` is relative to the context, as the source of a
    /// `COPY` is. Returns `None` if the context has no such path. Pass the context that was measured.
    pub fn of(&self, path: &str, context: &Context<'_>) -> Option<ByteSize> {
        let wanted = path.trim_matches('/').trim_start_matches("./");
        let is_below = |path: &str| wanted.is_empty() || wanted == "." || path == wanted || is_below(path, wanted);
        let mut sizes = self.sizes.iter();
        let mut found = None;
        for entry in context.entries() {
            let size = if is_file(&entry.source) { sizes.next().copied().unwrap_or(0) } else { 0 };
            if is_below(&entry.path) {
                *found.get_or_insert(0) += size;
            }
        }
        found.map(ByteSize::new)
    }

    /// Checks that the context is not larger than `limit`.
    ///
    /// # Errors
    ///
    /// Returns [`ContextTooLarge`] if it is larger.
    pub fn check_limit(&self, limit: ByteSize, context: &Context<'_>) -> Result<(), ContextTooLarge> {
        if self.total() <= limit {
            return Ok(());
        }
        Err(ContextTooLarge { total: self.total(), limit, largest: self.largest(context) })
    }
}

fn is_file(source: &Source<'_>) -> bool {
    matches!(source, Source::Bytes(_) | Source::File(_))
}

/// Returns the path relative to the project, as the user knows it.
fn in_project(path: &str) -> String {
    path.strip_prefix(PROJECT).unwrap_or(path).to_owned()
}

impl LargestPaths {
    fn from_files(mut files: Vec<(String, u64)>) -> Self {
        let folder = largest_folder(&files);
        files.sort_by(|(a_path, a), (b_path, b)| b.cmp(a).then_with(|| a_path.cmp(b_path)));
        files.truncate(MAX_FILES);
        Self { files: files.into_iter().map(|(path, size)| (path, ByteSize::new(size))).collect(), folder }
    }
}

/// Returns the innermost folder that contains more than half of all bytes. If two folders do, one is inside the other.
fn largest_folder(files: &[(String, u64)]) -> Option<(String, ByteSize)> {
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
    let large = folders.into_iter().filter(|(_, size)| is_most(*size));
    large.max_by_key(|(path, _)| path.len()).map(|(path, size)| (path.to_owned(), ByteSize::new(size)))
}

impl fmt::Display for LargestPaths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.folder.iter().map(|(path, size)| (size, format!("{}/ (total)", OneLine(path))));
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
    fn the_ten_largest_files_are_listed_in_order_of_size() {
        let files: Vec<(String, u64)> = (0..20).map(|n| (format!("f{n}"), n)).collect();
        let found = LargestPaths::from_files(files);
        assert_eq!(found.files.len(), 10);
        assert_eq!(found.files[0], ("f19".to_owned(), ByteSize::new(19)));
        assert_eq!(found.files[9], ("f10".to_owned(), ByteSize::new(10)));
        assert_eq!(found.folder, None);
    }

    #[test]
    fn files_in_memory_take_whole_pages() {
        let in_memory_pages = |sizes: &[u64]| ContextSize { sizes: sizes.to_vec(), total: 0 }.in_memory_pages() / 4096;
        assert_eq!([0, 1, 4096, 4097].map(|size| in_memory_pages(&[size])), [1, 2, 2, 3]);
        assert_eq!(in_memory_pages(&[1, 4097]), 5);
    }

    #[test]
    fn a_context_may_be_exactly_as_large_as_the_limit() {
        let listing = Listing::from_files([("pyproject.toml", "[project]\nname = 'a'\nversion = '1'")]).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
        let bundle = Bundle::new(workspace, listing, Config::default()).unwrap();
        let context = crate::context::stage(&bundle, crate::value::Dialect::BuildKit).unwrap();
        let size = ContextSize::measure(&context).unwrap();
        assert!(size.check_limit(size.total(), &context).is_ok());
        let error = size.check_limit(ByteSize::new(size.total().bytes() - 1), &context).unwrap_err();
        assert_eq!((error.total, error.largest), (size.total(), size.largest(&context)));
    }

    #[test]
    fn the_size_of_a_part_is_that_of_its_files() {
        let files =
            [("pyproject.toml", "[project]\nname = 'a'\nversion = '1'"), ("a/x", "123"), ("a/y", "4"), ("ab", "5")];
        let listing = Listing::from_files(files).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
        let bundle = Bundle::new(workspace, listing, Config::default()).unwrap();
        let context = crate::context::stage(&bundle, crate::value::Dialect::BuildKit).unwrap();
        let size = ContextSize::measure(&context).unwrap();
        let of = |path| size.of(path, &context).map(ByteSize::bytes);
        assert_eq!(["project/a", "project/a/", "/project/a/", "./project/a"].map(of), [Some(4); 4]);
        assert_eq!([of("project/a/x"), of("project/ab"), of("project/b"), of("x")], [Some(3), Some(1), None, None]);
        assert_eq!(["", "/", ".", "./"].map(of), [Some(size.total().bytes()); 4]);
    }

    #[test]
    fn the_innermost_folder_with_most_bytes_is_listed() {
        let folder = |files: &[(&str, u64)]| largest(files).folder.map(|(path, size)| (path, size.bytes()));
        let spread = [("a/b/1", 3), ("a/b/2", 3), ("a/c", 2), ("d", 1)];
        assert_eq!(folder(&spread), Some(("a/b".to_owned(), 6)));
        assert_eq!(folder(&[("a/b/1", 3), ("a/c/2", 3), ("d", 1)]), Some(("a".to_owned(), 6)));
        // `ab` is not inside `a`.
        assert_eq!(folder(&[("a/1", 2), ("ab/1", 2), ("c/1", 2)]), None);
        // No folder is listed if a single file is larger than half.
        assert_eq!(folder(&[("a/b", 9), ("c", 1)]), None);
        assert_eq!(folder(&[("a", 0), ("b/c", 0)]), None);
    }

    #[test]
    fn the_largest_paths_are_displayed_one_per_line() {
        let shown = largest(&[("a/1", 2048), ("a/new\nline", 2048), ("d", 1)]).to_string();
        assert_eq!(shown, "     4 KiB  a/ (total)\n     2 KiB  a/1\n     2 KiB  a/new\\nline\n       1 B  d");
    }
}
