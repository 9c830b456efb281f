//! A context as a tar archive.
//!
//! The bytes are a function of the context alone: entries in order, one time, user and group 0, modes 0644 and 0755,
//! and PAX records (POSIX.1-2001) for names over 100 bytes.

use std::io::{self, Write};
use std::sync::LazyLock;

use tar::{EntryType, Header};

use crate::cancel::Cancel;
use crate::context::{Context, ContextEntry, Source};
use crate::exact::{ExactFile, SourceError, Stamp};

/// The time of every entry, in seconds since 1970: the start of 2 January 1980 UTC. The ZIP format, and so a wheel,
/// holds no time before 1980 in the local zone, whichever that is.
pub const ENTRY_TIME: u64 = 315_619_200;

/// How many bytes are gathered before they are written: few calls for many small files, little memory.
const GATHERED: usize = 256 * 1024;

/// Everything in a tar archive stands in blocks of this size.
const BLOCK: usize = 512;

/// The longest name that fits an entry's header.
const LONGEST_NAME: usize = 100;

/// A context that could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// A file of the project could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The archive could not be written.
    #[error("the context cannot be written")]
    Output(#[source] io::Error),
    /// The work was asked to stop.
    #[error("stopped")]
    Cancelled,
}

/// Writes a context as a tar archive, and gives its length in bytes.
///
/// # Errors
///
/// A file that changes while it is read is an error; the archive then ends so that no reader takes it for a whole one.
pub fn write_tar(context: &Context<'_>, out: impl Write, cancel: &Cancel) -> Result<u64, ArchiveError> {
    let mut archive = Archive { out, gathered: Vec::with_capacity(GATHERED), written: 0, entry_end: 0, cancel };
    match context.entries_as_seen().try_for_each(|(entry, seen)| archive.add(&entry, seen)) {
        Ok(()) => archive.finish(),
        // Where nothing can be written, nothing can be spoilt.
        Err(error @ ArchiveError::Output(_)) => Err(error),
        Err(error) => {
            archive.spoil();
            Err(error)
        }
    }
}

struct Archive<'a, W> {
    out: W,
    gathered: Vec<u8>,
    /// The bytes of the archive so far, with those that are gathered.
    written: u64,
    /// Where the last entry ends.
    entry_end: u64,
    cancel: &'a Cancel,
}

impl<W: Write> Archive<'_, W> {
    fn add(&mut self, entry: &ContextEntry<'_>, seen: Option<Stamp>) -> Result<(), ArchiveError> {
        let path = entry.path.as_str();
        match &entry.source {
            Source::Folder => self.header(&format!("{path}/"), EntryType::Directory, 0o755, 0, "")?,
            Source::Link(target) => self.header(path, EntryType::Symlink, 0o777, 0, target)?,
            Source::Bytes(bytes) => {
                self.header(path, EntryType::Regular, 0o644, bytes.len() as u64, "")?;
                self.bytes(bytes)?;
                self.pad()?;
            }
            Source::File(file) => {
                let mut file = ExactFile::open(file)?.unless_changed(seen)?;
                let mode = if file.executable { 0o755 } else { 0o644 };
                self.header(path, EntryType::Regular, mode, file.length, "")?;
                self.file(&mut file)?;
                self.pad()?;
            }
        }
        Ok(())
    }

    fn header(&mut self, path: &str, kind: EntryType, mode: u32, size: u64, link: &str) -> Result<(), ArchiveError> {
        let long = [("path", path), ("linkpath", link)].into_iter().filter(|(_, name)| name.len() > LONGEST_NAME);
        let records: String = long.map(|(key, name)| pax_record(key, name)).collect();
        if !records.is_empty() {
            let mut header = plain_header("././@PaxHeader", EntryType::XHeader, 0o644, records.len() as u64, "");
            header.set_cksum();
            self.bytes(header.as_bytes())?;
            self.bytes(records.as_bytes())?;
            self.pad()?;
        }
        let mut header = plain_header(path, kind, mode, size, link);
        header.set_cksum();
        self.bytes(header.as_bytes())?;
        self.entry_end = self.written + size.next_multiple_of(BLOCK as u64);
        Ok(())
    }

    fn file(&mut self, file: &mut ExactFile<'_>) -> Result<(), ArchiveError> {
        let mut done = 0;
        loop {
            // One byte more than is left shows whether the file goes on.
            let left = usize::try_from(file.length - done).unwrap_or(usize::MAX);
            let room = left.saturating_add(1).min(GATHERED);
            if self.gathered.len() + room > GATHERED {
                self.flush()?;
            }
            let room = self.gathered.capacity() - self.gathered.len();
            let count = file.read_after(&mut self.gathered, done)?;
            self.written += count as u64;
            done += count as u64;
            // A read that had room left has met the end.
            if done == file.length && count < room {
                return file.end().map_err(ArchiveError::Source);
            }
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        for part in bytes.chunks(GATHERED) {
            if self.gathered.len() + part.len() > GATHERED {
                self.flush()?;
            }
            self.gathered.extend_from_slice(part);
            self.written += part.len() as u64;
        }
        Ok(())
    }

    fn pad(&mut self) -> Result<(), ArchiveError> {
        self.bytes(self.padding())
    }

    /// What is missing to a whole block.
    fn padding(&self) -> &'static [u8] {
        let over = usize::try_from(self.written % BLOCK as u64).unwrap_or(0);
        if over == 0 { &[] } else { &[0; BLOCK][over..] }
    }

    fn flush(&mut self) -> Result<(), ArchiveError> {
        if self.cancel.is_cancelled() {
            return Err(ArchiveError::Cancelled);
        }
        self.out.write_all(&self.gathered).map_err(ArchiveError::Output)?;
        self.gathered.clear();
        Ok(())
    }

    /// Ends the archive so that no reader takes it for a whole one. They do where it ends between two entries, and GNU
    /// tar also where it ends in the last block of one. There, an entry is begun of which nothing follows. The error that
    /// led here is the one to report, not that of a pipe that is closed as well.
    fn spoil(&mut self) {
        self.gathered.extend_from_slice(self.padding());
        if self.written.next_multiple_of(BLOCK as u64) >= self.entry_end {
            let mut header = plain_header("././@PaxHeader", EntryType::XHeader, 0o644, BLOCK as u64, "");
            header.set_cksum();
            self.gathered.extend_from_slice(header.as_bytes());
        }
        let _ = self.out.write_all(&self.gathered).and_then(|()| self.out.flush());
    }

    /// Two empty blocks end an archive.
    fn finish(mut self) -> Result<u64, ArchiveError> {
        self.bytes(&[0; 2 * BLOCK])?;
        self.flush()?;
        self.out.flush().map_err(ArchiveError::Output)?;
        Ok(self.written)
    }
}

/// A header with the same owner and time for all. A name that does not fit is cut here, and whole in a PAX record.
fn plain_header(path: &str, kind: EntryType, mode: u32, size: u64, link: &str) -> Header {
    let mut header = SAME.clone();
    let bytes = header.as_old_mut();
    let fitting = |name: &str| name.len().min(LONGEST_NAME);
    bytes.name[..fitting(path)].copy_from_slice(&path.as_bytes()[..fitting(path)]);
    bytes.linkname[..fitting(link)].copy_from_slice(&link.as_bytes()[..fitting(link)]);
    write_octal(&mut bytes.mode, mode.into());
    if size < LARGE {
        write_octal(&mut bytes.size, size);
    } else {
        header.set_size(size);
    }
    header.set_entry_type(kind);
    header
}

/// What all headers have in common.
static SAME: LazyLock<Header> = LazyLock::new(|| {
    let mut header = Header::new_ustar();
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(ENTRY_TIME);
    header
});

/// From this size on, the eleven octal digits of a header's field are too few.
const LARGE: u64 = 8 << 30;

/// Digits that fill the field, and a zero byte.
fn write_octal(field: &mut [u8], value: u64) {
    let mut left = value;
    for digit in field.iter_mut().rev().skip(1) {
        *digit = b'0' + (left % 8) as u8;
        left /= 8;
    }
}

/// `"length key=value\n"`, where the length counts itself.
fn pax_record(key: &str, value: &str) -> String {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    format!("{length} {key}={value}\n")
}

#[cfg(test)]
mod tests {
    use tar::{EntryType, Header};

    use super::{LARGE, pax_record, plain_header};

    #[test]
    fn the_numbers_of_a_header_can_be_read() {
        for size in [0, 1, 7, 8, 511, 0o7654_3210, LARGE - 1, LARGE, u64::from(u32::MAX) << 10] {
            for mode in [0o644, 0o755, 0o777] {
                let header = plain_header("a", EntryType::Regular, mode, size, "");
                assert_eq!((header.size().unwrap(), header.mode().unwrap()), (size, mode));
                let mut other = Header::new_ustar();
                other.set_size(size);
                other.set_mode(mode);
                assert_eq!(header.as_old().size, other.as_old().size);
                assert_eq!(header.as_old().mode, other.as_old().mode);
            }
        }
    }

    #[test]
    fn a_pax_record_counts_itself() {
        for (value, expected) in [("x", "6 a=x\n".to_owned()), ("12345", "11 a=12345\n".to_owned())] {
            let record = pax_record("a", value);
            assert_eq!(record, expected);
            assert_eq!(record.len().to_string(), record.split(' ').next().unwrap());
        }
    }
}
