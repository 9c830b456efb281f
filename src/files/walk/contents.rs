//! Reads the contents of a folder on disk: names and kinds.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, RawDir, statat};
use rustix::io::Errno;

use super::{WalkError, unreadable};
use crate::files::listing::{EntryKind, SpecialKind};
use crate::files::nofollow;
use crate::files::rules::{ExclusionReason, PathFacts, Rules, STAGE_MARKER};

/// The entries of a folder, sorted by the bytes of their names.
#[derive(Debug, Default)]
pub(super) struct Contents(Vec<(OsString, FileType)>);

impl Contents {
    pub(super) fn read(folder: &Path) -> Result<Self, WalkError> {
        let mut found = nofollow::folder(folder)
            .and_then(|folder| entries(&folder))
            .map_err(|error| unreadable(folder, replaced(error)))?;
        found.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        Ok(Self(found))
    }

    /// Returns `true` if the folder contains a regular file with this name.
    pub(super) fn holds(&self, name: &str) -> bool {
        let found = self.0.binary_search_by(|(found, _)| found.as_os_str().cmp(OsStr::new(name)));
        found.is_ok_and(|index| self.0[index].1.is_file())
    }

    fn facts(&self) -> PathFacts {
        PathFacts::Folder { virtual_environment: self.holds("pyvenv.cfg"), staged: self.holds(STAGE_MARKER) }
    }
}

impl IntoIterator for Contents {
    type Item = (OsString, FileType);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

fn entries(folder: &OwnedFd) -> io::Result<Vec<(OsString, FileType)>> {
    // The buffer has the size that the C library uses. It is not cleared.
    let mut space = Vec::with_capacity(32 * 1024);
    let mut listing = RawDir::new(folder, space.spare_capacity_mut());
    let mut found = Vec::new();
    while let Some(entry) = listing.next() {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let kind = match entry.file_type() {
            // Some file systems do not say it.
            FileType::Unknown => {
                let found = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
                FileType::from_raw_mode(found.st_mode)
            }
            kind => kind,
        };
        found.push((OsString::from_vec(name.to_bytes().to_vec()), kind));
    }
    Ok(found)
}

/// Says that a link is there instead of a folder: it was swapped, because no link is listed as a folder.
fn replaced(error: io::Error) -> io::Error {
    if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) {
        return io::Error::other("a folder on its path was replaced by a link meanwhile");
    }
    error
}

/// Opens the folder `path`, which is at `disk_path` on disk.
///
/// Returns the reason why the folder itself is excluded, and the contents that may still be in the context. The
/// contents are empty if nothing below the folder can be included. If the name alone decides that, the folder is not
/// read.
pub(super) fn open(
    rules: &Rules,
    path: &str,
    disk_path: &Path,
    judge: impl Fn(PathFacts) -> Option<ExclusionReason>,
) -> Result<(Option<ExclusionReason>, Contents), WalkError> {
    let excludes_all = |reason: &ExclusionReason| !rules.may_return_below(path, reason);
    let by_name = judge(PathFacts::Folder { virtual_environment: false, staged: false });
    if by_name.as_ref().is_some_and(excludes_all) {
        return Ok((by_name, Contents::default()));
    }
    let contents = Contents::read(disk_path)?;
    let reason = judge(contents.facts());
    let is_excluded = reason.as_ref().is_some_and(excludes_all);
    Ok((reason, if is_excluded { Contents::default() } else { contents }))
}

/// Returns the entry kind of a path that is not a folder. For a symbolic link, the target is read.
pub(super) fn entry_kind(path: &str, kind: FileType, disk_path: impl Fn() -> PathBuf) -> Result<EntryKind, WalkError> {
    match special(kind) {
        Some(special) => Ok(EntryKind::Special(special)),
        None if kind.is_symlink() => target(path, &disk_path()).map(EntryKind::Link),
        None => Ok(EntryKind::File),
    }
}

fn target(path: &str, disk_path: &Path) -> Result<Box<str>, WalkError> {
    let target = nofollow::target(disk_path).map_err(|source| unreadable(disk_path, replaced(source)))?;
    let not_utf8 = |target: OsString| WalkError::TargetNotUtf8 {
        path: path.to_owned(),
        target: target.to_string_lossy().into_owned(),
    };
    target.into_os_string().into_string().map(String::into_boxed_str).map_err(not_utf8)
}

pub(super) fn special(kind: FileType) -> Option<SpecialKind> {
    match () {
        () if kind.is_fifo() => Some(SpecialKind::Fifo),
        () if kind.is_socket() => Some(SpecialKind::Socket),
        () if kind.is_block_device() || kind.is_char_device() => Some(SpecialKind::Device),
        () => None,
    }
}
