//! The sums of a context's files.

use std::num::NonZero;
use std::thread;

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};

use super::DigestError;
use crate::cancel::Cancel;
use crate::context::{Context, ContextEntry, Source};
use crate::exact::{ExactFile, Stamp};

/// How much of a file is read at once.
const PIECE: usize = 256 * 1024;

/// More threads than this wait for each other within the kernel.
const MOST_THREADS: usize = 8;

/// As many files are worth a thread of their own.
const FILES_OF_A_THREAD: usize = 64;

/// What a file holds.
#[derive(Debug)]
pub(super) struct FileSum {
    pub(super) sum: [u8; 32],
    pub(super) executable: bool,
    pub(super) stamp: Stamp,
}

/// The sums of the files of a context, in their order, read by as many threads as there are processors.
pub(super) fn sums(context: &Context<'_>, cancel: &Cancel) -> Result<Vec<FileSum>, DigestError> {
    let files: Vec<Utf8PathBuf> = context.entries().filter_map(file).collect();
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = processors.min(MOST_THREADS).min(files.len() / FILES_OF_A_THREAD).max(1);
    let mut sums = Vec::with_capacity(files.len());
    thread::scope(|scope| {
        let parts = files.chunks(files.len().div_ceil(threads).max(1));
        let reading: Vec<_> = parts.map(|part| scope.spawn(|| sums_of(part, cancel))).collect();
        reading.into_iter().try_for_each(|part| {
            sums.extend(part.join().unwrap_or(Err(DigestError::Cancelled))?);
            Ok::<(), DigestError>(())
        })
    })?;
    Ok(sums)
}

fn file(entry: ContextEntry<'_>) -> Option<Utf8PathBuf> {
    match entry.source {
        Source::File(path) => Some(path),
        _ => None,
    }
}

fn sums_of(files: &[Utf8PathBuf], cancel: &Cancel) -> Result<Vec<FileSum>, DigestError> {
    let mut room = vec![0; PIECE];
    files.iter().map(|path| sum_of(path, &mut room, cancel)).collect()
}

fn sum_of(path: &Utf8Path, room: &mut [u8], cancel: &Cancel) -> Result<FileSum, DigestError> {
    let mut file = ExactFile::open(path)?;
    let mut sum = Sha256::new();
    let mut done = 0;
    loop {
        if cancel.is_cancelled() {
            return Err(DigestError::Cancelled);
        }
        let count = file.read(room, done)?;
        sum.update(&room[..count]);
        done += count as u64;
        // A read that had room left has met the end.
        if done == file.length && count < room.len() {
            return Ok(FileSum { sum: sum.finalize().into(), executable: file.executable, stamp: file.stamp() });
        }
    }
}
