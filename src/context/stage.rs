//! Creates the sorted entries of a context from a bundle. Reads no files.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use crate::bundle::Bundle;
use crate::dockerfile::{self, RenderError};
use crate::files::{Entry, EntryKind, FileStamps, Listing, Stamp};
use crate::value::Dialect;

/// The folder of the project in a context, with its `/`.
pub(super) const PROJECT: &str = "project/";

/// The build context of a bundle. It borrows the bundle's listing and reads no files.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    dockerfile: String,
    generated: BTreeMap<String, Generated<'a>>,
    listing: &'a Listing,
    stamps: Option<FileStamps>,
}

/// An entry in `nix/`, `requirements/` or `trust/`.
#[derive(Debug, Clone)]
enum Generated<'a> {
    Folder,
    File(String),
    /// A file of the listing.
    Listed(&'a Entry),
}

/// One entry of a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextEntry<'a> {
    /// The path within the context, with `/` as separator.
    pub path: String,
    /// The source of its content.
    pub source: Source<'a>,
}

/// The source of an entry's content.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source<'a> {
    /// A file whose content is in memory.
    Bytes(&'a [u8]),
    /// A file whose content is read from this path when the context is written.
    File(Utf8PathBuf),
    /// A folder.
    Folder,
    /// A symbolic link to this target.
    Link(&'a str),
}

/// Creates the context of a bundle, with its Dockerfile in the given dialect.
///
/// # Errors
///
/// Fails if [`dockerfile::render`] fails.
pub fn stage(bundle: &Bundle, dialect: Dialect) -> Result<Context<'_>, RenderError> {
    let mut generated = BTreeMap::new();
    let requirements = bundle.requirement_files().into_iter();
    let requirements = requirements.map(|file| (format!("requirements/{}", file.path), file.text));
    let nix = dockerfile::nix_files(bundle).into_iter().map(|(path, text)| (path.to_owned(), text.to_owned()));
    for (path, text) in requirements.chain(trust(bundle)).chain(nix) {
        generated.extend(path.match_indices('/').map(|(slash, _)| (path[..slash].to_owned(), Generated::Folder)));
        generated.insert(path, Generated::File(text));
    }
    for (path, entry) in bundle.linked_archives() {
        let path = format!("requirements/{path}");
        generated.extend(path.match_indices('/').map(|(slash, _)| (path[..slash].to_owned(), Generated::Folder)));
        generated.insert(path, Generated::Listed(entry));
    }
    let dockerfile = dockerfile::render(bundle, dialect)?;
    Ok(Context { dockerfile, generated, listing: bundle.listing(), stamps: None })
}

/// Returns the files in `trust/`: the CA certificates that build steps trust in addition to those of their image, and
/// the script that configures this.
fn trust(bundle: &Bundle) -> impl Iterator<Item = (String, String)> {
    bundle.ca_certificate().into_iter().flat_map(|certificate| {
        let files = [("trust/ca-certificate.pem", certificate.as_str()), ("trust/trust.sh", dockerfile::TRUST)];
        files.map(|(path, text)| (path.to_owned(), text.to_owned()))
    })
}

impl Context<'_> {
    /// Returns the text of the Dockerfile.
    pub fn dockerfile(&self) -> &str {
        &self.dockerfile
    }

    /// Returns all entries in sorted order. Each folder precedes its contents.
    pub fn entries(&self) -> impl Iterator<Item = ContextEntry<'_>> {
        let dockerfile =
            ContextEntry { path: "Dockerfile".to_owned(), source: Source::Bytes(self.dockerfile.as_bytes()) };
        [dockerfile, folder("project")].into_iter().chain(self.project()).chain(self.generated())
    }

    fn generated(&self) -> impl Iterator<Item = ContextEntry<'_>> {
        self.generated.iter().filter_map(|(path, file)| {
            let source = match file {
                Generated::Folder => Source::Folder,
                Generated::File(text) => Source::Bytes(text.as_bytes()),
                Generated::Listed(entry) => self.source(entry)?,
            };
            Some(ContextEntry { path: path.clone(), source })
        })
    }

    /// Returns the context with another Dockerfile.
    pub(crate) fn with_dockerfile(self, dockerfile: String) -> Self {
        Self { dockerfile, ..self }
    }

    /// Returns a copy of the context that expects the given stamps. Writing it fails if a file has changed since the
    /// stamps were taken.
    #[must_use]
    pub fn with_stamps(&self, stamps: &FileStamps) -> Self {
        Self { stamps: Some(stamps.clone()), ..self.clone() }
    }

    /// Returns all entries. Each file has its stamp from the time of the digest, if stamps are set.
    pub(crate) fn entries_with_stamps(&self) -> impl Iterator<Item = (ContextEntry<'_>, Option<Stamp>)> {
        let mut stamps = self.stamps.iter().flat_map(FileStamps::stamps);
        self.entries().map(move |entry| {
            let stamp = if matches!(entry.source, Source::File(_)) { stamps.next() } else { None };
            (entry, stamp)
        })
    }

    fn project(&self) -> impl Iterator<Item = ContextEntry<'_>> {
        self.listing.entries().iter().filter_map(|entry| {
            Some(ContextEntry { path: format!("{PROJECT}{}", entry.path()), source: self.source(entry)? })
        })
    }

    fn source<'e>(&self, entry: &'e Entry) -> Option<Source<'e>> {
        match entry.kind() {
            EntryKind::File => Some(Source::File(self.listing.root().join(entry.path()))),
            EntryKind::FileAt(path) => Some(Source::File(Utf8PathBuf::from(&**path))),
            EntryKind::Memory(bytes) => Some(Source::Bytes(bytes)),
            EntryKind::Folder => Some(Source::Folder),
            EntryKind::Link(target) => Some(Source::Link(target)),
            // A bundle contains no special files.
            EntryKind::Special(_) => None,
        }
    }
}

fn folder<'a>(path: &str) -> ContextEntry<'a> {
    ContextEntry { path: path.to_owned(), source: Source::Folder }
}
