//! The digest of all inputs of an image. It identifies a build in which nothing changed.

mod error;
mod files;

use sha2::{Digest as _, Sha256};

use super::stage::{Context, ContextEntry, Source};
use crate::value::Cancel;
use files::FileSum;

pub use error::DigestError;

use super::image_digest::Digest;

/// The first hashed record. Any change to the hashed format must change this number.
const SCHEME: &str = "agentix-gen 1";

/// A build setting that affects the image: its name, and its value in parts.
pub(crate) type Setting = (&'static str, Vec<Vec<u8>>);

/// Computes the digest of a context and of the settings that affect its image.
///
/// # Errors
///
/// Fails if a file cannot be read or changes while it is read, or if `cancel` is set.
pub(crate) fn digest(
    context: &Context<'_>,
    settings: impl IntoIterator<Item = Setting>,
    cancel: &Cancel,
) -> Result<Digest, DigestError> {
    let files = files::sums(context, cancel)?;
    let mut records = Records::new();
    let mut sums = files.iter();
    for entry in context.entries() {
        records.add_entry(&entry, &mut sums);
    }
    records.add_settings(settings);
    Ok(Digest::new(records.0.finalize().into(), files.iter().map(|file| file.stamp).collect()))
}

/// The hashed records. A record has a name and parts, and each of them is preceded by its length. Two different lists
/// of records never give the same bytes.
struct Records(Sha256);

impl Records {
    fn new() -> Self {
        let mut records = Self(Sha256::new());
        records.add("scheme", &[SCHEME.as_bytes()]);
        records
    }

    fn add(&mut self, name: &str, parts: &[&[u8]]) {
        self.add_part(name.as_bytes());
        self.0.update((parts.len() as u64).to_le_bytes());
        for part in parts {
            self.add_part(part);
        }
    }

    fn add_settings(&mut self, settings: impl IntoIterator<Item = Setting>) {
        for (name, parts) in settings {
            self.add(name, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
        }
    }

    fn add_part(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// Adds an entry. An entry that is read from disk takes the next sum.
    fn add_entry<'a>(&mut self, entry: &ContextEntry<'_>, sums: &mut impl Iterator<Item = &'a FileSum>) {
        let path = entry.path.as_bytes();
        match &entry.source {
            Source::Folder => self.add("folder", &[path]),
            Source::Link(target) => self.add("link", &[path, target.as_bytes()]),
            Source::Bytes(bytes) => self.add("file", &[path, &Sha256::digest(bytes)]),
            Source::File(_) => {
                let file = sums.next();
                let name = if file.is_some_and(|file| file.executable) { "program" } else { "file" };
                self.add(name, &[path, file.map_or(&[], |file| &file.sum)]);
            }
        }
    }
}

#[cfg(test)]
mod tests;
