//! Finds tokens in the source code of a program.
//!
//! A file of the program is never excluded: the image would be broken. A token in it is reported instead.

use std::convert::Infallible;
use std::io::Read;

use camino::Utf8Path;

use super::listing::{Entry, EntryKind, Listing};
use super::rules::SensitiveFile;
use super::{nofollow, parallel};

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

/// Returns the first token or private key of each file of source code in a listing.
///
/// Files over 256 KiB are not searched. Neither is a file that cannot be read: that is an error when the context is
/// written.
pub fn source_tokens(listing: &Listing) -> Vec<SourceToken> {
    let sources = listing.entries().iter().filter(|entry| SensitiveFile::is_source(entry.path()));
    let search =
        |batch: Vec<&Entry>| batch.into_iter().filter_map(|entry| search(listing.root(), entry)).collect::<Vec<_>>();
    let mut found = Vec::new();
    let done: Result<(), Infallible> = parallel::in_order(parallel::FILES, sources, search, |batch| {
        found.extend(batch);
        Ok(())
    });
    match done {
        Ok(()) => found,
    }
}

fn search(root: &Utf8Path, entry: &Entry) -> Option<SourceToken> {
    let read = |path: &Utf8Path| {
        let mut file = nofollow::file(path.as_std_path()).ok()?;
        file.metadata().is_ok_and(|found| found.is_file() && found.len() <= SensitiveFile::SMALL).then_some(())?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).ok().map(|_| text)
    };
    let found = match entry.kind() {
        EntryKind::File => SensitiveFile::in_source(&read(&root.join(entry.path()))?),
        EntryKind::FileAt(path) => SensitiveFile::in_source(&read(Utf8Path::new(&**path))?),
        EntryKind::Memory(bytes) => SensitiveFile::in_source(bytes),
        _ => None,
    };
    found.map(|(line, secret)| SourceToken { path: entry.path().to_owned(), line, secret })
}
