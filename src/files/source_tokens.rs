//! Finds tokens in the source code of a program.
//!
//! A file of the program is never excluded: the image would be broken. A token in it is reported instead.

use std::convert::Infallible;

use camino::Utf8Path;

use super::listing::{Entry, EntryKind, Listing};
use super::nofollow::FileOpener;
use super::parallel;
use super::regular_file::RegularFile;
use super::rules::SensitiveFile;

/// A token or a private key in a file of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceToken {
    /// The path of the file, relative to the listing's root.
    pub path: String,
    /// The number of the line, from 1.
    pub line: usize,
    /// The kind of secret.
    pub secret: SensitiveFile,
}

impl SourceToken {
    /// Returns whether a file with this path and length in bytes is searched.
    pub(crate) fn is_sought(path: &str, length: u64) -> bool {
        length <= SensitiveFile::SMALL && SensitiveFile::is_source(path)
    }

    /// Returns the first token or private key in a file of source code. `path` is relative to the listing's root.
    pub(crate) fn find(path: &str, text: &[u8]) -> Option<Self> {
        SensitiveFile::in_source(text).map(|(line, secret)| Self { path: path.to_owned(), line, secret })
    }
}

/// Returns the first token or private key of each file of source code in a listing.
///
/// Files over 256 KiB are not searched. Neither is a file that cannot be read: that is an error when the context is
/// written.
pub fn source_tokens(listing: &Listing) -> Vec<SourceToken> {
    let sources = listing.entries().iter().filter(|entry| SensitiveFile::is_source(entry.path()));
    let search = |batch: Vec<&Entry>| {
        let mut reader = Reader::default();
        batch.into_iter().filter_map(|entry| reader.search(listing.root(), entry)).collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    let done: Result<(), Infallible> = parallel::in_order(parallel::FILES, sources, search, |batch| {
        found.extend(batch);
        Ok(())
    });
    match done {
        Ok(()) => found,
    }
}

/// Reads files one after the other.
#[derive(Debug, Default)]
struct Reader {
    opener: FileOpener,
    text: Vec<u8>,
}

impl Reader {
    fn search(&mut self, root: &Utf8Path, entry: &Entry) -> Option<SourceToken> {
        let path = entry.path();
        match entry.kind() {
            EntryKind::File => SourceToken::find(path, self.read(&root.join(path))?),
            EntryKind::FileAt(place) => SourceToken::find(path, self.read(Utf8Path::new(&**place))?),
            EntryKind::Memory(bytes) if SourceToken::is_sought(path, bytes.len() as u64) => {
                SourceToken::find(path, bytes)
            }
            _ => None,
        }
    }

    fn read(&mut self, path: &Utf8Path) -> Option<&[u8]> {
        let file = RegularFile::open(path.as_std_path(), &mut self.opener).ok()?;
        let most = usize::try_from(SensitiveFile::SMALL).unwrap_or(usize::MAX);
        if file.length > SensitiveFile::SMALL { None } else { file.read_start(most, &mut self.text).ok() }
    }
}
