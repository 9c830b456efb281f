//! Is a wheel or a source archive beside the project what its name says? An installer finds out only in the build.
//!
//! Only the two ends of the file are read. Damage in the middle is left to the installer.

#![expect(clippy::disallowed_types, reason = "this module reads the project's archives")]

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use camino::Utf8Path;

use super::listing::is_lfs_pointer;
use super::nofollow;

/// What is wrong with a wheel or a source archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveFault {
    /// It has no entries.
    #[error("holds no files; build or download it again")]
    Empty,
    /// It does not have the format of its ending, or its end is missing.
    #[error("is no complete {0} archive; build or download it again")]
    Format(&'static str),
    /// Git LFS did not fetch it.
    #[error("is a pointer of Git LFS; fetch its content: git lfs pull")]
    Pointer,
}

/// The end of a zip archive without a comment, and with the longest one.
const END_OF_ZIP: usize = 22;
const LARGEST_END_OF_ZIP: u64 = 22 + 65_535;

/// The header of a tar archive's first entry.
const TAR_HEADER: usize = 512;

/// Returns the fault of an archive that the installer gets.
pub(super) fn check(path: &Utf8Path) -> io::Result<Option<ArchiveFault>> {
    let (head, tail) = ends(path)?;
    Ok(fault(path.as_str(), &head, &tail))
}

/// Reads the first bytes of a file and the last ones.
fn ends(path: &Utf8Path) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let mut file: File = nofollow::file(path.as_std_path())?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    file.by_ref().take(TAR_HEADER as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(found.len().saturating_sub(LARGEST_END_OF_ZIP)))?;
    file.take(LARGEST_END_OF_ZIP).read_to_end(&mut tail)?;
    Ok((head, tail))
}

/// Returns the fault of an archive, from its name and its two ends.
fn fault(path: &str, head: &[u8], tail: &[u8]) -> Option<ArchiveFault> {
    if is_lfs_pointer(head) {
        return Some(ArchiveFault::Pointer);
    }
    let files = entries_of_zip(tail);
    // For pip, content decides: it reads a zip archive under any name.
    if files == Some(0) || head.is_empty() {
        return Some(ArchiveFault::Empty);
    }
    let ends_with = |endings: [&str; 2]| endings.iter().any(|ending| path.ends_with(ending));
    let (format, is_it) = if ends_with([".whl", ".zip"]) {
        ("zip", false)
    } else if ends_with([".gz", ".tgz"]) {
        ("gzip", head.starts_with(b"\x1f\x8b"))
    } else if ends_with([".bz2", ".tbz"]) {
        ("bzip2", head.starts_with(b"BZh"))
    } else if ends_with([".xz", ".txz"]) {
        ("xz", head.starts_with(b"\xfd7zXZ\0"))
    } else {
        ("tar", is_tar_header(head))
    };
    (!is_it && files.is_none()).then_some(ArchiveFault::Format(format))
}

/// Returns the number of entries that the [end of a zip archive] states. It may be the largest number for more.
///
/// [end of a zip archive]: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
fn entries_of_zip(tail: &[u8]) -> Option<u16> {
    let starts = (0..=tail.len().checked_sub(END_OF_ZIP)?).rev();
    let record = starts.map(|start| &tail[start..]).find(|record| record.starts_with(b"PK\x05\x06"))?;
    Some(u16::from_le_bytes([record[10], record[11]]))
}

/// Returns whether the checksum of a [header] is right. The bytes of the checksum count as spaces.
///
/// [header]: https://www.gnu.org/software/tar/manual/html_node/Standard.html
fn is_tar_header(head: &[u8]) -> bool {
    let Some(header) = head.first_chunk::<TAR_HEADER>() else { return false };
    let stated = str::from_utf8(&header[148..156]).unwrap_or_default();
    let stated = u32::from_str_radix(stated.trim_matches(['\0', ' ']), 8).ok();
    let bytes = header.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { b' ' } else { *byte });
    stated == Some(bytes.map(u32::from).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip_of(entries: u16) -> Vec<u8> {
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        end.extend([entries.to_le_bytes(), entries.to_le_bytes()].concat());
        end.extend([0; 10]);
        if entries == 0 { end } else { [b"PK\x03\x04 entries".to_vec(), end].concat() }
    }

    fn fault_of(path: &str, bytes: &[u8]) -> Option<ArchiveFault> {
        fault(path, &bytes[..bytes.len().min(TAR_HEADER)], bytes)
    }

    #[test]
    fn an_archive_has_the_format_of_its_ending() {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(0);
        tar.append_data(&mut header, "lib-1.0/setup.py", &b""[..]).unwrap();
        let tar = tar.into_inner().unwrap();
        let (zip, commented) = (zip_of(3), [zip_of(3), b"a comment".to_vec()].concat());
        for (path, bytes) in [
            ("lib-1.0-py3-none-any.whl", &zip[..]),
            ("lib.zip", &commented),
            // A program before the archive: `zipapp`.
            ("lib.zip", &[b"#!/bin/sh\n".to_vec(), zip.clone()].concat()),
            // As pip takes it.
            ("lib-1.0.tar.gz", &zip),
            ("lib-1.0.tar.gz", b"\x1f\x8b\x08 compressed"),
            ("lib.tgz", b"\x1f\x8b\x08 compressed"),
            ("lib.tar.bz2", b"BZh9 compressed"),
            ("lib.txz", b"\xfd7zXZ\0 compressed"),
            ("lib.tar", &tar),
        ] {
            assert_eq!(fault_of(path, bytes), None, "{path}");
            // The ends of the next ones are missing, or they are something else.
            let format = if path.contains("zip") || path.contains("whl") { "zip" } else { continue };
            assert_eq!(fault_of(path, &bytes[..10]), Some(ArchiveFault::Format(format)), "{path}");
        }
        for (path, bytes, format) in [
            ("lib-1.0-py3-none-any.whl", &b"<!DOCTYPE html>"[..], "zip"),
            ("lib.zip", b"PK\x03\x04 entries", "zip"),
            ("lib.tar.gz", b"<!DOCTYPE html>", "gzip"),
            ("lib.tar.gz", &tar, "gzip"),
            ("lib.tar.bz2", &tar, "bzip2"),
            ("lib.tar.xz", &tar, "xz"),
            ("lib.tar", &[b'a'; 512], "tar"),
            ("lib.tar", &tar[1..], "tar"),
            ("lib.tar", b"short", "tar"),
        ] {
            assert_eq!(fault_of(path, bytes), Some(ArchiveFault::Format(format)), "{path}");
        }
        for path in ["lib.zip", "lib.whl", "lib.tar.gz", "lib.tar"] {
            assert_eq!(fault_of(path, b""), Some(ArchiveFault::Empty), "{path}");
            assert_eq!(fault_of(path, &zip_of(0)), Some(ArchiveFault::Empty), "{path}");
            let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n";
            assert_eq!(fault_of(path, pointer), Some(ArchiveFault::Pointer), "{path}");
        }
    }
}
