//! What an engine is sent: the Dockerfile, the requirements it installs, and the project, as one sorted list.
//!
//! ```text
//! Dockerfile
//! requirements/build.txt     what builds the project, where that is known
//! requirements/run.txt       what the project needs at run time
//! project/                   the project
//! ```

use camino::Utf8PathBuf;

use crate::bundle::{Bundle, WheelBuild};
use crate::dockerfile::{self, Dialect, RenderError};
use crate::listing::{EntryKind, Listing};

/// The context of a bundle's image. It borrows the bundle's listing and reads nothing.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    generated: Vec<(&'static str, String)>,
    listing: &'a Listing,
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
    let mut generated = vec![("Dockerfile", dockerfile::render(bundle, dialect)?)];
    if let WheelBuild::Prepared { requires, .. } = bundle.wheel_build() {
        generated.push(("requirements/build.txt", lines(requires)));
    }
    if !bundle.run_requirements().is_empty() {
        generated.push(("requirements/run.txt", lines(bundle.run_requirements())));
    }
    Ok(Context { generated, listing: bundle.listing() })
}

/// One requirement a line, as pip reads them.
fn lines(requirements: &[impl ToString]) -> String {
    requirements.iter().map(|requirement| requirement.to_string() + "\n").collect()
}

impl Context<'_> {
    /// The text of the Dockerfile.
    pub fn dockerfile(&self) -> &str {
        &self.generated[0].1
    }

    /// All entries, sorted, each folder before what it holds.
    pub fn entries(&self) -> impl Iterator<Item = ContextEntry<'_>> {
        let (dockerfile, requirements) = self.generated.split_at(1);
        dockerfile
            .iter()
            .map(generated)
            .chain([folder("project")])
            .chain(self.project())
            .chain(requirements.first().map(|_| folder("requirements")))
            .chain(requirements.iter().map(generated))
    }

    fn project(&self) -> impl Iterator<Item = ContextEntry<'_>> {
        self.listing.entries().iter().filter_map(|entry| {
            let source = match entry.kind() {
                EntryKind::File => Source::File(self.listing.root().join(entry.path())),
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

fn generated<'a>((path, text): &'a (&'static str, String)) -> ContextEntry<'a> {
    ContextEntry { path: (*path).to_owned(), source: Source::Bytes(text.as_bytes()) }
}

fn folder<'a>(path: &str) -> ContextEntry<'a> {
    ContextEntry { path: path.to_owned(), source: Source::Folder }
}
