//! Links, replaced by what they lead to.
//!
//! What is found behind a link lies, for all rules, at the link's own path; and the rules for secrets look at the place
//! where it really lies as well.

#![expect(clippy::disallowed_methods, reason = "this is where what lies behind a link is read")]

use std::fs::{self, FileType};
use std::io;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};

use super::contents::{open, special};
use super::small_files::secret_in;
use super::{WalkError, unreadable};
use crate::files::listing::{Entry, EntryKind, Excluded};
use crate::files::rules::{ExclusionReason, PathFacts, Rules, SensitiveFile};

/// Replaces each link of a folder by what it leads to.
pub(super) fn links(
    root: &Utf8Path,
    rules: &Rules,
    entries: Vec<Entry>,
    dropped: Vec<Excluded>,
) -> Result<(Vec<Entry>, Vec<Excluded>), WalkError> {
    let mut walk = Follow { root, rules, entries: Vec::new(), dropped, chain: Vec::new() };
    for entry in entries {
        match entry.kind() {
            EntryKind::Link(_) => walk.link(entry.path(), &root.join(entry.path()), None)?,
            _ => walk.entries.push(entry),
        }
    }
    Ok((walk.entries, walk.dropped))
}

struct Follow<'a> {
    root: &'a Utf8Path,
    rules: &'a Rules,
    entries: Vec<Entry>,
    dropped: Vec<Excluded>,
    /// The folders that the links lie in through which the current path was reached.
    chain: Vec<Utf8PathBuf>,
}

impl Follow<'_> {
    /// A link that the rules keep: `path` in the project, `place` on disk. `around` is why a folder that it is in was
    /// kept out, if one was.
    fn link(&mut self, path: &str, place: &Utf8Path, around: Option<&ExclusionReason>) -> Result<(), WalkError> {
        let target = || fs::read_link(place).map_or_else(|_| String::new(), |to| to.to_string_lossy().into_owned());
        let real = match fs::canonicalize(place) {
            Ok(real) => real,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(WalkError::LinkToNothing { path: path.to_owned(), target: target() });
            }
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return Err(WalkError::LinkLoop { path: path.to_owned(), target: target() });
            }
            Err(error) => return Err(unreadable(place.as_std_path(), error)),
        };
        let real = Utf8PathBuf::from_path_buf(real)
            .map_err(|_| WalkError::TargetNotUtf8 { path: path.to_owned(), target: target() })?;
        let kind = fs::symlink_metadata(&real).map_err(|error| unreadable(real.as_std_path(), error))?.file_type();
        let secret = self.secret_place(&real, kind).map(ExclusionReason::Secret);
        let around = around.or(secret.as_ref());
        if !kind.is_dir() {
            return self.file(path, &real, kind, around);
        }
        let place = place.parent().unwrap_or(self.root).to_owned();
        if self.chain.iter().chain([&place]).any(|folder| folder.starts_with(&real)) {
            return Err(WalkError::LinkLoop { path: path.to_owned(), target: target() });
        }
        self.chain.push(place);
        self.folder(path, &real, around)?;
        self.chain.pop();
        Ok(())
    }

    /// Why the real place of something makes it a secret: by its own name, or by a folder that it lies in.
    fn secret_place(&self, real: &Utf8Path, kind: FileType) -> Option<SensitiveFile> {
        let path = real.strip_prefix(self.root).unwrap_or(real).as_str();
        let folders = path.match_indices('/').map(|(slash, _)| &path[..slash]);
        let own = if kind.is_dir() { SensitiveFile::of_folder(path) } else { SensitiveFile::of_file(path) };
        own.or_else(|| folders.filter(|folder| !folder.is_empty()).find_map(SensitiveFile::of_folder))
    }

    fn file(
        &mut self,
        path: &str,
        real: &Utf8Path,
        kind: FileType,
        around: Option<&ExclusionReason>,
    ) -> Result<(), WalkError> {
        let (mut sight, entry) = match special(kind) {
            Some(special) => (PathFacts::Other, EntryKind::Special(special)),
            None => (PathFacts::File { secret: None }, EntryKind::FileAt(real.as_str().into())),
        };
        let mut reason = self.rules.judge(path, sight, around);
        if reason.is_none() && sight != PathFacts::Other {
            // Either name may tell as what to read it.
            for path in [path, real.as_str()] {
                if sight == (PathFacts::File { secret: None }) && SensitiveFile::may_be_in(path) {
                    sight = PathFacts::File { secret: secret_in(path, real.as_std_path())? };
                }
            }
            reason = self.rules.judge(path, sight, around);
        }
        match reason {
            Some(reason) => self.drop(path, false, reason),
            None => self.entries.push(Entry::new(path, entry)),
        }
        Ok(())
    }

    fn folder(&mut self, path: &str, real: &Utf8Path, around: Option<&ExclusionReason>) -> Result<(), WalkError> {
        let judge = |sight| self.rules.judge(path, sight, around);
        let (reason, contents) = open(self.rules, path, real.as_std_path(), judge)?;
        let before = self.entries.len();
        for (name, kind) in contents {
            self.found(path, &real.as_std_path().join(name), kind, reason.as_ref().or(around))?;
        }
        match reason {
            Some(reason) if self.entries.len() == before => self.drop(path, true, reason),
            _ => self.entries.push(Entry::new(path, EntryKind::Folder)),
        }
        Ok(())
    }

    /// Something in the folder `path`.
    fn found(
        &mut self,
        path: &str,
        place: &Path,
        kind: FileType,
        around: Option<&ExclusionReason>,
    ) -> Result<(), WalkError> {
        let name = place.file_name().unwrap_or_default();
        let path = format!("{path}/{}", name.to_string_lossy());
        let Some(place) = Utf8Path::from_path(place) else {
            return match self.rules.judge(&path, PathFacts::Other, around) {
                Some(reason) => {
                    self.drop(&path, kind.is_dir(), reason);
                    Ok(())
                }
                None => Err(WalkError::NotUtf8(path)),
            };
        };
        match () {
            () if kind.is_dir() => self.folder(&path, place, around),
            () if !kind.is_symlink() => self.file(&path, place, kind, around),
            () => match self.rules.judge(&path, PathFacts::Other, around) {
                Some(reason) => {
                    self.drop(&path, false, reason);
                    Ok(())
                }
                None => self.link(&path, place, around),
            },
        }
    }

    fn drop(&mut self, path: &str, is_folder: bool, reason: ExclusionReason) {
        self.dropped.push(Excluded { path: path.to_owned(), is_folder, reason });
    }
}
