//! What lies in a folder on disk, by name and kind.

#![expect(clippy::disallowed_methods, reason = "this is where a folder is read")]

use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use super::{WalkError, unreadable};
use crate::files::listing::{EntryKind, SpecialKind};
use crate::files::rules::{ExclusionReason, PathFacts, Rules, STAGE_MARKER};

/// The names in a folder, sorted by their bytes.
#[derive(Debug, Default)]
pub(super) struct Contents(Vec<(OsString, FileType)>);

impl Contents {
    pub(super) fn read(folder: &Path) -> Result<Self, WalkError> {
        let fail = |error| unreadable(folder, error);
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let kind = entry.file_type().map_err(|error| unreadable(&entry.path(), error))?;
            found.push((entry.file_name(), kind));
        }
        found.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        Ok(Self(found))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds a file of this name.
    pub(super) fn holds(&self, name: &str) -> bool {
        let found = self.0.binary_search_by(|(found, _)| found.as_os_str().cmp(OsStr::new(name)));
        found.is_ok_and(|index| self.0[index].1.is_file())
    }

    fn sight(&self) -> PathFacts {
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

/// Why the folder `path`, which lies at `place`, is kept out, if it is; and what in it may belong into the context. One that
/// its name alone keeps out for good is not read.
pub(super) fn open(
    rules: &Rules,
    path: &str,
    place: &Path,
    judge: impl Fn(PathFacts) -> Option<ExclusionReason>,
) -> Result<(Option<ExclusionReason>, Contents), WalkError> {
    let is_for_good = |reason: &ExclusionReason| !rules.may_return_below(path, reason);
    let by_name = judge(PathFacts::Folder { virtual_environment: false, staged: false });
    if by_name.as_ref().is_some_and(is_for_good) {
        return Ok((by_name, Contents::default()));
    }
    let contents = Contents::read(place)?;
    let reason = judge(contents.sight());
    let is_out = reason.as_ref().is_some_and(is_for_good);
    Ok((reason, if is_out { Contents::default() } else { contents }))
}

/// What a path that is no folder is in a listing; its target, where it is a link, is read.
pub(super) fn entry_kind(path: &str, kind: FileType, place: impl Fn() -> PathBuf) -> Result<EntryKind, WalkError> {
    match special(kind) {
        Some(special) => Ok(EntryKind::Special(special)),
        None if kind.is_symlink() => target(path, &place()).map(EntryKind::Link),
        None => Ok(EntryKind::File),
    }
}

fn target(path: &str, place: &Path) -> Result<Box<str>, WalkError> {
    let target = fs::read_link(place).map_err(|source| unreadable(place, source))?;
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
