//! SHA-256 sums of a context's files.

use camino::Utf8PathBuf;
use sha2::{Digest, Sha256};

use super::error::DigestError;
use crate::context::stage::{Context, ContextEntry, Source};
use crate::files::nofollow::FileOpener;
use crate::files::{StableFile, Stamp, parallel};
use crate::value::Cancel;

/// The size of one read, in bytes.
const PIECE: usize = 256 * 1024;

/// The hash and the metadata of a file.
#[derive(Debug)]
pub(super) struct FileSum {
    pub(super) sum: [u8; 32],
    pub(super) executable: bool,
    pub(super) stamp: Stamp,
}

/// Returns the sums of a context's files, in context order.
pub(super) fn sums(context: &Context<'_>, cancel: &Cancel) -> Result<Vec<FileSum>, DigestError> {
    let mut sums = Vec::new();
    let files = context.entries().filter_map(file);
    parallel::in_order(
        parallel::FILES,
        files,
        |files| sums_of(files, cancel),
        |part| {
            sums.extend(part?);
            Ok::<(), DigestError>(())
        },
    )?;
    Ok(sums)
}

fn file(entry: ContextEntry<'_>) -> Option<Utf8PathBuf> {
    match entry.source {
        Source::File(path) => Some(path),
        _ => None,
    }
}

fn sums_of(files: Vec<Utf8PathBuf>, cancel: &Cancel) -> Result<Vec<FileSum>, DigestError> {
    let (mut buffer, mut opener) = (vec![0; PIECE], FileOpener::default());
    files.into_iter().map(|path| sum_of(path, &mut opener, &mut buffer, cancel)).collect()
}

fn sum_of(
    path: Utf8PathBuf,
    opener: &mut FileOpener,
    buffer: &mut [u8],
    cancel: &Cancel,
) -> Result<FileSum, DigestError> {
    let mut file = StableFile::open(path, opener)?;
    let mut sum = Sha256::new();
    let mut done = 0;
    loop {
        if cancel.is_cancelled() {
            return Err(DigestError::Cancelled);
        }
        let count = file.read(buffer, done)?;
        sum.update(&buffer[..count]);
        done += count as u64;
        // A short read marks the end of the file.
        if done == file.length && count < buffer.len() {
            return Ok(FileSum { sum: sum.finalize().into(), executable: file.executable, stamp: file.stamp() });
        }
    }
}
