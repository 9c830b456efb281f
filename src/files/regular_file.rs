//! Reads a regular file or its start, usually with one call.

#![expect(clippy::disallowed_types, reason = "this module reads the project's files")]

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{FileType, fstat};
use rustix::io::{read, retry_on_intr};

use super::nofollow::FileOpener;

/// An open regular file.
#[derive(Debug)]
pub(crate) struct RegularFile {
    pub(crate) file: File,
    /// Its length when it was opened, in bytes.
    pub(crate) length: u64,
}

impl RegularFile {
    /// Opens a file. A link is not followed, and a pipe or a device not read.
    pub(crate) fn open(path: &Path, opener: &mut FileOpener) -> io::Result<Self> {
        let file = opener.open(path)?;
        let found = fstat(&file)?;
        if !FileType::from_raw_mode(found.st_mode).is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        Ok(Self { file, length: found.st_size.cast_unsigned() })
    }

    /// Reads the start of the file into `buffer` and returns it: at most `most` bytes. A file that has grown since it was
    /// opened is read further than its length.
    pub(crate) fn read_start<'b>(&self, most: usize, buffer: &'b mut Vec<u8>) -> io::Result<&'b [u8]> {
        /// The place after the expected end: a read that leaves a part of it free has reached the end of the file.
        const MORE: usize = 4096;
        let length = usize::try_from(self.length).unwrap_or(usize::MAX);
        let mut done = 0;
        loop {
            let wanted = length.max(done).saturating_add(MORE).min(most);
            if buffer.len() < wanted {
                // Memory that is new is zero already.
                let mut larger = vec![0; wanted.next_power_of_two().min(most)];
                larger[..done].copy_from_slice(&buffer[..done]);
                *buffer = larger;
            }
            let free = buffer.len().min(most) - done;
            let count = retry_on_intr(|| read(&self.file, &mut buffer[done..done + free]))?;
            done += count;
            if count == 0 || count < free && done >= length {
                return Ok(&buffer[..done]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "a test uses the disk")]

    use std::fs;
    use std::io::Read;

    use super::{FileOpener, Path, RegularFile};

    #[test]
    fn a_file_of_any_length_is_read_up_to_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("file");
        let mut buffer = Vec::new();
        for length in [0, 1, 4095, 4096, 4097, 10_000, 3] {
            let content: Vec<u8> = (0..251).cycle().take(length).collect();
            fs::write(&path, &content).unwrap();
            for most in [0, 1, 4096, 9_999, 10_000, 10_001, 100_000] {
                let file = RegularFile::open(&path, &mut FileOpener::default()).unwrap();
                let read = file.read_start(most, &mut buffer).unwrap();
                assert!(read == &content[..length.min(most)], "{length} {most}");
                let mut rest = Vec::new();
                (&file.file).read_to_end(&mut rest).unwrap();
                assert!(rest == content[length.min(most)..], "{length} {most}");
            }
        }
    }

    /// The files of `/proc` have length 0 when they are opened, as a file has that grows later.
    #[test]
    fn a_file_that_has_grown_is_read_to_its_end() {
        let path = format!("/proc/{}/status", std::process::id());
        let file = RegularFile::open(Path::new(&path), &mut FileOpener::default()).unwrap();
        let mut buffer = Vec::new();
        let read = file.read_start(100_000, &mut buffer).unwrap();
        assert!(file.length == 0 && read.len() > 10 && read.ends_with(b"\n"));
    }

    #[test]
    fn a_device_is_not_read() {
        assert!(RegularFile::open(Path::new("/dev/zero"), &mut FileOpener::default()).is_err());
    }
}
