//! Reads a file to find out whether it is a secret.

use std::io::{self, Read};
use std::path::PathBuf;

use super::{WalkError, unreadable};
use crate::files::nofollow::FileOpener;
use crate::files::regular_file::RegularFile;
use crate::files::rules::{ContentRule, Reading, SensitiveFile};

/// The number of bytes that are read at once after the start of a file.
const PART: usize = 64 * 1024;

/// Reads files one after the other to find the secrets among them.
#[derive(Debug, Default)]
pub(super) struct SecretSearch {
    opener: FileOpener,
    /// The start of the current file.
    start: Vec<u8>,
}

impl SecretSearch {
    /// Returns why a file is a secret, if it is. `path` is its path in the project, `place` its path on disk, and
    /// `in_package` says whether it is in an importable package.
    ///
    /// The file is read in parts: memory is bounded, whatever its length.
    pub(super) fn secret_in(
        &mut self,
        path: &str,
        in_package: bool,
        place: impl FnOnce() -> PathBuf,
    ) -> Result<Option<SensitiveFile>, WalkError> {
        let Some(rule) = ContentRule::of(path) else { return Ok(None) };
        let place = place();
        let opened = RegularFile::open(&place, &mut self.opener);
        let found = opened.and_then(|file| judge(rule, in_package, file, &mut self.start));
        found.map_err(|source| unreadable(&place, source))
    }
}

fn judge(
    rule: ContentRule<'_>,
    in_package: bool,
    file: RegularFile,
    start: &mut Vec<u8>,
) -> io::Result<Option<SensitiveFile>> {
    if matches!(rule.reading(), Reading::UpTo(most) if file.length > most) {
        return Ok(None);
    }
    let start = file.read_start(SensitiveFile::START, start)?;
    let found = rule.judge(in_package, start);
    if found.is_some() || start.len() < SensitiveFile::START {
        return Ok(found);
    }
    let mut rest = file.file.take(SensitiveFile::MOST - SensitiveFile::START as u64);
    let mut part = start[SensitiveFile::START - SensitiveFile::OVERLAP..].to_vec();
    loop {
        let before = part.len();
        rest.by_ref().take(PART as u64).read_to_end(&mut part)?;
        if part.len() == before {
            return Ok(None);
        }
        if let Some(found) = rule.judge_part(start, &part) {
            return Ok(Some(found));
        }
        part.drain(..part.len().saturating_sub(SensitiveFile::OVERLAP));
    }
}
