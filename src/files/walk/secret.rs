//! Reads a file to find out whether it is a secret.

#![expect(clippy::disallowed_types, reason = "this module reads files")]

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use super::{WalkError, unreadable};
use crate::files::nofollow;
use crate::files::rules::{Reading, SensitiveFile};

/// The number of bytes that are read at once after the start of a file.
const PART: usize = 64 * 1024;

/// Returns why a file is a secret, if it is. `path` is its path in the project, `place` its path on disk, and `in_package`
/// says whether it is in an importable package.
///
/// The file is read in parts: memory is bounded, whatever its length.
pub(super) fn secret_in(
    path: &str,
    in_package: bool,
    place: impl FnOnce() -> PathBuf,
) -> Result<Option<SensitiveFile>, WalkError> {
    let reading = SensitiveFile::reading(path);
    if reading == Reading::Nothing {
        return Ok(None);
    }
    let place = place();
    let found = nofollow::file(&place).and_then(|file| judge(path, in_package, reading, file));
    found.map_err(|source| unreadable(&place, source))
}

fn judge(path: &str, in_package: bool, reading: Reading, mut file: File) -> io::Result<Option<SensitiveFile>> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let length = metadata.len();
    if matches!(reading, Reading::UpTo(most) if length > most) {
        return Ok(None);
    }
    let mut start = Vec::with_capacity(usize::try_from(length).unwrap_or(usize::MAX).min(SensitiveFile::START) + 1);
    file.by_ref().take(SensitiveFile::START as u64).read_to_end(&mut start)?;
    let found = SensitiveFile::in_content(path, in_package, &start);
    if found.is_some() || start.len() < SensitiveFile::START {
        return Ok(found);
    }
    let mut rest = file.take(SensitiveFile::MOST - SensitiveFile::START as u64);
    let mut part = start.split_off(SensitiveFile::START - SensitiveFile::OVERLAP);
    loop {
        let before = part.len();
        rest.by_ref().take(PART as u64).read_to_end(&mut part)?;
        if part.len() == before {
            return Ok(None);
        }
        if let Some(found) = SensitiveFile::in_part(path, &start, &part) {
            return Ok(Some(found));
        }
        part.drain(..part.len().saturating_sub(SensitiveFile::OVERLAP));
    }
}
