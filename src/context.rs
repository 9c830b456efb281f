//! What an engine is sent: the Dockerfile, the requirements it installs, and the project, as one sorted list.
//!
//! ```text
//! Dockerfile
//! requirements/build.txt     what builds the project, where that is known
//! requirements/run/run.txt   what the project needs at run time
//! project/                   the project
//! ```

mod dependencies;

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use crate::bundle::Bundle;
use crate::digest::{Digest, Seen};
use crate::dockerfile::{self, Dialect, RenderError};
use crate::exact::Stamp;
use crate::listing::{EntryKind, Listing};

/// The context of a bundle's image. It borrows the bundle's listing and reads nothing.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    dockerfile: String,
    /// The files below `requirements/`, and without a text the folders.
    requirements: BTreeMap<String, Option<String>>,
    listing: &'a Listing,
    seen: Option<Seen>,
}

/// One entry of a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextEntry<'a> {
    /// The path within the context, with `/`.
    pub path: String,
    /// Where its bytes come from.
    pub source: Source<'a>,
}

/// Where the bytes of an entry come from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source<'a> {
    /// They are here.
    Bytes(&'a [u8]),
    /// They are read from this file when the context is written.
    File(Utf8PathBuf),
    /// It is a folder.
    Folder,
    /// It is a symbolic link to this target.
    Link(&'a str),
}

/// The context of a bundle, its Dockerfile in the given dialect.
///
/// # Errors
///
/// As [`dockerfile::render`].
pub fn stage(bundle: &Bundle, dialect: Dialect) -> Result<Context<'_>, RenderError> {
    let mut requirements = BTreeMap::new();
    for (path, text) in dependencies::files(bundle) {
        let path = format!("requirements/{path}");
        requirements.extend(path.match_indices('/').map(|(slash, _)| (path[..slash].to_owned(), None)));
        requirements.insert(path, Some(text));
    }
    let dockerfile = dockerfile::render(bundle, dialect)?;
    Ok(Context { dockerfile, requirements, listing: bundle.listing(), seen: None })
}

impl Context<'_> {
    /// The text of the Dockerfile.
    pub fn dockerfile(&self) -> &str {
        &self.dockerfile
    }

    /// All entries, sorted, each folder before what it holds.
    pub fn entries(&self) -> impl Iterator<Item = ContextEntry<'_>> {
        let dockerfile =
            ContextEntry { path: "Dockerfile".to_owned(), source: Source::Bytes(self.dockerfile.as_bytes()) };
        [dockerfile, folder("project")].into_iter().chain(self.project()).chain(self.requirements())
    }

    fn requirements(&self) -> impl Iterator<Item = ContextEntry<'_>> {
        self.requirements.iter().map(|(path, text)| {
            let source = text.as_ref().map_or(Source::Folder, |text| Source::Bytes(text.as_bytes()));
            ContextEntry { path: path.clone(), source }
        })
    }

    /// The same, of which a file that changed since a digest was taken is an error when it is written.
    #[must_use]
    pub fn as_seen_by(&self, digest: &Digest) -> Self {
        Self { seen: Some(digest.seen()), ..self.clone() }
    }

    /// All entries, each file with what it was like when a digest was taken.
    pub(crate) fn entries_as_seen(&self) -> impl Iterator<Item = (ContextEntry<'_>, Option<Stamp>)> {
        let mut seen = self.seen.iter().flat_map(|seen| seen.iter().copied());
        self.entries().map(move |entry| {
            let stamp = if matches!(entry.source, Source::File(_)) { seen.next() } else { None };
            (entry, stamp)
        })
    }

    fn project(&self) -> impl Iterator<Item = ContextEntry<'_>> {
        self.listing.entries().iter().filter_map(|entry| {
            let source = match entry.kind() {
                EntryKind::File => Source::File(self.listing.root().join(entry.path())),
                EntryKind::FileAt(place) => Source::File(Utf8PathBuf::from(&**place)),
                EntryKind::Memory(bytes) => Source::Bytes(bytes),
                EntryKind::Folder => Source::Folder,
                EntryKind::Link(target) => Source::Link(target),
                // No bundle has one.
                EntryKind::Special(_) => return None,
            };
            Some(ContextEntry { path: format!("project/{}", entry.path()), source })
        })
    }
}

fn folder<'a>(path: &str) -> ContextEntry<'a> {
    ContextEntry { path: path.to_owned(), source: Source::Folder }
}
