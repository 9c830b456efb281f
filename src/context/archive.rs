//! Writes a context as a tar archive.
//!
//! The bytes depend only on the context. Entries are in order and have the same timestamp, user and group 0, and mode
//! 0644 or 0755; symbolic links have mode 0777, as on Linux. Names over 100 bytes are stored in PAX records (POSIX.1-2001).

mod header;

use std::io::{self, Write};
use std::mem;

use camino::Utf8PathBuf;
use tar::EntryType;

use super::stage::{Context, ContextEntry, PROJECT, Source};
use crate::files::nofollow::FileOpener;
use crate::files::{SourceError, SourceToken, StableFile, Stamp, parallel};
use crate::value::Cancel;
pub use header::ENTRY_TIME;
use header::{LONGEST_NAME, header, pax_record};

/// The maximum size of a small file, in bytes. Small files are read ahead in parallel. A larger file is read when the
/// archive reaches it.
const SMALL: u64 = 32 * 1024;

/// The size of one read of a large file, in bytes.
const PIECE: usize = 128 * 1024;

/// The block size of a tar archive, in bytes.
const BLOCK: usize = 512;

/// An error from writing a context as an archive.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// A file of the project could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The archive could not be written.
    #[error("the context cannot be written")]
    Output(#[source] io::Error),
    /// The caller cancelled the operation.
    #[error("stopped")]
    Cancelled,
}

/// Writes a context as a tar archive and returns its length in bytes.
///
/// Several threads read small files ahead of the writer.
///
/// # Errors
///
/// Fails if a file cannot be read or changes while it is read, if `out` cannot be written, or if `cancel` is set.
/// Unless
/// `out` itself failed, the archive then ends in a way that every reader recognises as incomplete.
pub fn write_tar(context: &Context<'_>, out: impl Write, cancel: &Cancel) -> Result<u64, ArchiveError> {
    write(context, out, cancel, |_| {}, false)
}

/// Writes a context like [`write_tar`], and passes each token in its source code to `found`, in the order of the entries.
///
/// The result is that of [`source_tokens`](crate::files::source_tokens()), but each file is opened once.
///
/// # Errors
///
/// See [`write_tar`].
pub fn write_tar_and_search(
    context: &Context<'_>,
    out: impl Write,
    cancel: &Cancel,
    found: impl FnMut(SourceToken),
) -> Result<u64, ArchiveError> {
    write(context, out, cancel, found, true)
}

fn write(
    context: &Context<'_>,
    out: impl Write,
    cancel: &Cancel,
    mut found: impl FnMut(SourceToken),
    searches: bool,
) -> Result<u64, ArchiveError> {
    let mut archive = Archive { out, written: 0, entry_end: 0, opener: FileOpener::default(), cancel };
    let entries = context.entries_with_stamps();
    let read = |entries| Segment::read(entries, searches);
    match parallel::in_order(parallel::FILES, entries, read, |segment: Segment<'_>| {
        segment.tokens.into_iter().for_each(&mut found);
        archive.add(segment.before, &segment.bytes, segment.error)
    }) {
        Ok(()) => archive.finish(),
        // The output does not work, so the archive cannot be marked as incomplete.
        Err(error @ ArchiveError::Output(_)) => Err(error),
        Err(error) => {
            archive.end_as_incomplete();
            Err(error)
        }
    }
}

/// Consecutive entries of an archive, up to the first entry that could not be read.
#[derive(Default)]
struct Segment<'a> {
    /// The large entries. The bytes before each one end with its own header and fill whole blocks.
    before: Vec<(Vec<u8>, Large<'a>)>,
    /// The bytes after the last large entry, also in whole blocks.
    bytes: Vec<u8>,
    /// The tokens in its source code.
    tokens: Vec<SourceToken>,
    error: Option<SourceError>,
}

/// The content of a large entry, which is not buffered. A file is not kept open either, because there may be more files
/// than a process may open.
enum Large<'a> {
    Bytes(&'a [u8]),
    File(Utf8PathBuf, Stamp),
}

impl Large<'_> {
    fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(_, stamp) => stamp.length,
        }
    }
}

impl<'a> Segment<'a> {
    fn read(entries: Vec<(ContextEntry<'a>, Option<Stamp>)>, searches: bool) -> Self {
        let (mut segment, mut opener) = (Self::default(), FileOpener::default());
        let added = entries.into_iter().try_for_each(|(entry, stamp)| {
            let sought = if searches { entry.path.strip_prefix(PROJECT) } else { None };
            segment.add(&entry.path, entry.source, stamp, sought, &mut opener)
        });
        segment.error = added.err();
        segment
    }

    /// Adds an entry. `sought` is its path in the project if it is searched for tokens.
    fn add(
        &mut self,
        path: &str,
        source: Source<'a>,
        stamp: Option<Stamp>,
        sought: Option<&str>,
        opener: &mut FileOpener,
    ) -> Result<(), SourceError> {
        match source {
            Source::Folder => self.header(&format!("{path}/"), EntryType::Directory, 0o755, 0, ""),
            Source::Link(target) => self.header(path, EntryType::Symlink, 0o777, 0, target),
            Source::Bytes(bytes) => {
                let length = bytes.len() as u64;
                let sought = sought.filter(|path| SourceToken::is_sought(path, length));
                self.tokens.extend(sought.and_then(|path| SourceToken::find(path, bytes)));
                self.header(path, EntryType::Regular, 0o644, length, "");
                if length > SMALL {
                    self.large(Large::Bytes(bytes));
                } else {
                    self.bytes.extend_from_slice(bytes);
                    self.pad();
                }
            }
            Source::File(file) => {
                let mut file = StableFile::open(file, opener)?.unless_changed(stamp)?;
                let sought = sought.filter(|path| SourceToken::is_sought(path, file.length));
                let mode = if file.executable { 0o755 } else { 0o644 };
                let start = self.bytes.len();
                self.header(path, EntryType::Regular, mode, file.length, "");
                let content = self.bytes.len();
                if file.length <= SMALL || sought.is_some() {
                    if let Err(error) = file.read_whole(&mut self.bytes) {
                        self.bytes.truncate(start);
                        return Err(error);
                    }
                    self.tokens.extend(sought.and_then(|path| SourceToken::find(path, &self.bytes[content..])));
                }
                if file.length <= SMALL {
                    self.pad();
                } else {
                    // Read again when the archive reaches it: its stamp shows that it is the same content.
                    self.bytes.truncate(content);
                    self.large(Large::File(file.path().to_owned(), file.stamp()));
                }
            }
        }
        Ok(())
    }

    fn large(&mut self, large: Large<'a>) {
        self.before.push((mem::take(&mut self.bytes), large));
    }

    fn header(&mut self, path: &str, kind: EntryType, mode: u32, size: u64, link: &str) {
        let long = [("path", path), ("linkpath", link)].into_iter().filter(|(_, name)| name.len() > LONGEST_NAME);
        let records: String = long.map(|(key, name)| pax_record(key, name)).collect();
        if !records.is_empty() {
            let pax = header("././@PaxHeader", EntryType::XHeader, 0o644, records.len() as u64, "");
            self.bytes.extend_from_slice(pax.as_bytes());
            self.bytes.extend_from_slice(records.as_bytes());
            self.pad();
        }
        self.bytes.extend_from_slice(header(path, kind, mode, size, link).as_bytes());
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(BLOCK), 0);
    }
}

struct Archive<'a, W> {
    out: W,
    /// The number of bytes written so far.
    written: u64,
    /// The offset at which the last entry ends.
    entry_end: u64,
    opener: FileOpener,
    cancel: &'a Cancel,
}

impl<W: Write> Archive<'_, W> {
    fn add(
        &mut self,
        before: Vec<(Vec<u8>, Large<'_>)>,
        bytes: &[u8],
        error: Option<SourceError>,
    ) -> Result<(), ArchiveError> {
        for (before, large) in before {
            self.write(&before)?;
            self.entry_end = self.written + large.length().next_multiple_of(BLOCK as u64);
            match large {
                Large::Bytes(bytes) => bytes.chunks(PIECE).try_for_each(|piece| self.write(piece))?,
                Large::File(path, stamp) => {
                    let file = StableFile::open(path, &mut self.opener)?;
                    self.file(file.unless_changed(Some(stamp))?)?;
                }
            }
            self.write(self.padding())?;
        }
        self.write(bytes)?;
        self.entry_end = self.written;
        error.map_or(Ok(()), |error| Err(error.into()))
    }

    fn file(&mut self, mut file: StableFile) -> Result<(), ArchiveError> {
        let mut piece = Vec::with_capacity(PIECE);
        let mut done = 0;
        loop {
            piece.clear();
            let count = file.read_after(&mut piece, done)? as u64;
            self.write(&piece)?;
            done += count;
            if count == 0 {
                return Ok(file.end()?);
            }
        }
    }

    /// Returns the padding to the next whole block.
    fn padding(&self) -> &'static [u8] {
        let over = usize::try_from(self.written % BLOCK as u64).unwrap_or(0);
        if over == 0 { &[] } else { &[0; BLOCK][over..] }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        if self.cancel.is_cancelled() {
            return Err(ArchiveError::Cancelled);
        }
        self.out.write_all(bytes).map_err(ArchiveError::Output)?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Ends the archive so that every reader recognises it as incomplete.
    ///
    /// Readers accept an archive that ends between two entries. GNU tar also accepts an archive that ends in the last
    /// block of an entry. In both cases, this writes the header of another entry without its content. Write errors are
    /// ignored, because the caller reports the error that came first.
    fn end_as_incomplete(&mut self) {
        let mut end = self.padding().to_vec();
        if self.written.next_multiple_of(BLOCK as u64) >= self.entry_end {
            end.extend_from_slice(header("././@PaxHeader", EntryType::XHeader, 0o644, BLOCK as u64, "").as_bytes());
        }
        let _ = self.out.write_all(&end).and_then(|()| self.out.flush());
    }

    /// Writes the end of the archive, two empty blocks.
    fn finish(mut self) -> Result<u64, ArchiveError> {
        self.write(&[0; 2 * BLOCK])?;
        self.out.flush().map_err(ArchiveError::Output)?;
        Ok(self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::{PIECE, SMALL, write_tar};
    use crate::bundle::Bundle;
    use crate::context;
    use crate::files::Listing;
    use crate::project::{Config, Project};
    use crate::value::{Cancel, Dialect};

    #[test]
    fn files_in_memory_of_any_length_are_archived_completely() {
        let (small, piece) = (usize::try_from(SMALL).unwrap(), PIECE);
        let lengths = [0, 1, small - 1, small, small + 1, piece, piece + 1, 3 * piece + 511];
        let manifest = "[project]\nname = 'x'\nversion = '1'";
        let bytes = |length: usize| -> Vec<u8> { (0..251).cycle().take(length).collect() };
        let files = lengths.iter().map(|&length| (format!("{length:06}"), bytes(length)));
        let files = files.chain([("pyproject.toml".to_owned(), manifest.into())]);
        let listing = Listing::from_files(files).unwrap();
        let bundle = Bundle::new(manifest.parse::<Project>().unwrap(), listing, Config::default()).unwrap();
        let mut archive = Vec::new();
        write_tar(&context::stage(&bundle, Dialect::BuildKit).unwrap(), &mut archive, &Cancel::default()).unwrap();
        let mut found = Vec::new();
        for entry in tar::Archive::new(&archive[..]).entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut read = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut read).unwrap();
            if let Some(length) = entry.path().unwrap().file_name().and_then(|name| name.to_str()?.parse().ok()) {
                assert!(read == bytes(length), "{length}");
                found.push(length);
            }
        }
        assert_eq!(found, lengths);
    }
}
