//! From a bundle to the sorted entries of its context. Nothing is read here.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::dependencies;
use crate::bundle::Bundle;
use crate::dockerfile::{self, RenderError};
use crate::files::{Entry, EntryKind, FileStamps, Listing, Stamp};
use crate::value::Dialect;

/// The context of a bundle's image. It borrows the bundle's listing and reads nothing.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    dockerfile: String,
    generated: BTreeMap<String, Required<'a>>,
    listing: &'a Listing,
    seen: Option<FileStamps>,
}

/// What is below `requirements/`.
#[derive(Debug, Clone)]
enum Required<'a> {
    Folder,
    Made(String),
    /// A file of the project that stands there a second time.
    Copied(&'a Entry),
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
    let mut generated = BTreeMap::new();
    let files = dependencies::RequirementFiles::new(bundle);
    let made = files.made.into_iter().map(|(path, text)| (path, Required::Made(text)));
    let copied = files.copied.into_iter().map(|(path, entry)| (path, Required::Copied(entry)));
    let requirements = made.chain(copied).map(|(path, file)| (format!("requirements/{path}"), file));
    let trust = trust(bundle).map(|(path, text)| (path, Required::Made(text)));
    for (path, file) in requirements.chain(trust) {
        generated.extend(path.match_indices('/').map(|(slash, _)| (path[..slash].to_owned(), Required::Folder)));
        generated.insert(path, file);
    }
    let dockerfile = dockerfile::render(bundle, dialect)?;
    Ok(Context { dockerfile, generated, listing: bundle.listing(), seen: None })
}

/// Whom build steps trust beside their image's own authorities, and how they are told.
fn trust(bundle: &Bundle) -> impl Iterator<Item = (String, String)> {
    bundle.ca_certificate().into_iter().flat_map(|certificate| {
        let files = [("trust/ca-certificate.pem", certificate.as_str()), ("trust/trust.sh", dockerfile::TRUST)];
        files.map(|(path, text)| (path.to_owned(), text.to_owned()))
    })
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
        [dockerfile, folder("project")].into_iter().chain(self.project()).chain(self.generated())
    }

    fn generated(&self) -> impl Iterator<Item = ContextEntry<'_>> {
        self.generated.iter().filter_map(|(path, file)| {
            let source = match file {
                Required::Folder => Source::Folder,
                Required::Made(text) => Source::Bytes(text.as_bytes()),
                Required::Copied(entry) => self.source(entry)?,
            };
            Some(ContextEntry { path: path.clone(), source })
        })
    }

    /// The same, of which a file that is no longer as it was seen is an error when it is written.
    #[must_use]
    pub fn with_stamps(&self, seen: &FileStamps) -> Self {
        Self { seen: Some(seen.clone()), ..self.clone() }
    }

    /// All entries, each file with what it was like when a digest was taken.
    pub(crate) fn entries_with_stamps(&self) -> impl Iterator<Item = (ContextEntry<'_>, Option<Stamp>)> {
        let mut seen = self.seen.iter().flat_map(FileStamps::stamps);
        self.entries().map(move |entry| {
            let stamp = if matches!(entry.source, Source::File(_)) { seen.next() } else { None };
            (entry, stamp)
        })
    }

    fn project(&self) -> impl Iterator<Item = ContextEntry<'_>> {
        self.listing.entries().iter().filter_map(|entry| {
            Some(ContextEntry { path: format!("project/{}", entry.path()), source: self.source(entry)? })
        })
    }

    fn source<'e>(&self, entry: &'e Entry) -> Option<Source<'e>> {
        match entry.kind() {
            EntryKind::File => Some(Source::File(self.listing.root().join(entry.path()))),
            EntryKind::FileAt(place) => Some(Source::File(Utf8PathBuf::from(&**place))),
            EntryKind::Memory(bytes) => Some(Source::Bytes(bytes)),
            EntryKind::Folder => Some(Source::Folder),
            EntryKind::Link(target) => Some(Source::Link(target)),
            // No bundle has one.
            EntryKind::Special(_) => None,
        }
    }
}

fn folder<'a>(path: &str) -> ContextEntry<'a> {
    ContextEntry { path: path.to_owned(), source: Source::Folder }
}
