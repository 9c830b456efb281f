//! Replaces symbolic links by their targets.
//!
//! All rules apply to the path of the link, not to the path of its target. The rules for secrets check the real path of
//! the target as well.

#![expect(clippy::disallowed_methods, reason = "this module reads the targets of links")]

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::FileType;

use super::contents::{open, special};
use super::link_limits::{LinkLimit, LinkLimits};
use super::secret::SecretSearch;
use super::{WalkError, unreadable};
use crate::files::listing::{Entry, EntryKind, Excluded};
use crate::files::rules::{ExclusionReason, PathFacts, Rules, SensitiveFile};
use crate::value::Cancel;

/// Replaces each symbolic link among the entries of a folder by its target. [`LinkLimits`] bounds the work.
pub(super) fn links(
    root: &Utf8Path,
    rules: &Rules,
    entries: Vec<Entry>,
    dropped: Vec<Excluded>,
    cancel: &Cancel,
) -> Result<(Vec<Entry>, Vec<Excluded>), WalkError> {
    let limits = LinkLimits::new(rules.max_context());
    let mut walk = Follow {
        root,
        rules,
        entries: Vec::new(),
        dropped,
        chain: Vec::new(),
        limits,
        search: SecretSearch::default(),
        cancel,
    };
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
    /// The links followed to reach the current path, outermost first.
    chain: Vec<Followed>,
    limits: LinkLimits,
    search: SecretSearch,
    cancel: &'a Cancel,
}

/// A link that is being followed.
struct Followed {
    /// Its path in the project.
    path: String,
    /// Its folder on disk.
    parent: Utf8PathBuf,
    /// Its target as written.
    target: String,
}

impl Follow<'_> {
    /// Follows a link that the rules keep.
    ///
    /// `path` is its path in the project, `disk_path` its path on disk. `around` is the reason why a folder around it
    /// is excluded, if one is.
    fn link(&mut self, path: &str, disk_path: &Utf8Path, around: Option<&ExclusionReason>) -> Result<(), WalkError> {
        let target = || fs::read_link(disk_path).map_or_else(|_| String::new(), |to| to.to_string_lossy().into_owned());
        let real = match fs::canonicalize(disk_path) {
            Ok(real) => real,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(WalkError::LinkToNothing { path: path.to_owned(), target: target() });
            }
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return Err(WalkError::LinkLoop { path: path.to_owned(), target: target() });
            }
            Err(error) => return Err(unreadable(disk_path.as_std_path(), error)),
        };
        let real = Utf8PathBuf::from_path_buf(real)
            .map_err(|_| WalkError::TargetNotUtf8 { path: path.to_owned(), target: target() })?;
        let found = fs::symlink_metadata(&real).map_err(|error| unreadable(real.as_std_path(), error))?;
        let kind = FileType::from_raw_mode(found.mode());
        let secret = self.secret_at(&real, kind).map(ExclusionReason::Secret);
        let around = around.or(secret.as_ref());
        let parent = disk_path.parent().unwrap_or(self.root).to_owned();
        let parents = self.chain.iter().map(|followed| &followed.parent);
        if kind.is_dir() && parents.chain([&parent]).any(|folder| folder.starts_with(&real)) {
            return Err(WalkError::LinkLoop { path: path.to_owned(), target: target() });
        }
        self.chain.push(Followed { path: path.to_owned(), parent, target: target() });
        if kind.is_dir() {
            self.folder(path, &real, around)?;
        } else {
            self.file(path, &real, kind, around)?;
        }
        self.chain.pop();
        Ok(())
    }

    /// Fails if the caller has cancelled the walk or a limit is reached. The error names the innermost link.
    fn within(&self, limits: Result<(), LinkLimit>) -> Result<(), WalkError> {
        if self.cancel.is_cancelled() {
            return Err(WalkError::Cancelled);
        }
        limits.map_err(|limit| {
            let (path, target) =
                self.chain.last().map_or_else(Default::default, |link| (link.path.clone(), link.target.clone()));
            WalkError::LinkLimit { path, target, limit }
        })
    }

    /// Returns why the real path is a secret: because of its own name, or because of the name of a folder around it.
    fn secret_at(&self, real: &Utf8Path, kind: FileType) -> Option<SensitiveFile> {
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
        let counted = self.limits.add_entry(path);
        self.within(counted)?;
        let (mut facts, entry) = match special(kind) {
            Some(special) => (PathFacts::Other, EntryKind::Special(special)),
            None => (PathFacts::File { secret: None }, EntryKind::FileAt(real.as_str().into())),
        };
        let mut reason = self.rules.judge(path, facts, around);
        if reason.is_none() && facts != PathFacts::Other {
            // The name of the link or the name of its target may select how the text is checked. A link is no part of a
            // package that needs its target under this name.
            for path in [path, real.as_str()] {
                if facts == (PathFacts::File { secret: None }) {
                    facts = PathFacts::File {
                        secret: self.search.secret_in(path, false, || real.as_std_path().to_owned())?,
                    };
                }
            }
            reason = self.rules.judge(path, facts, around);
        }
        match reason {
            Some(reason) => self.drop(path, false, reason),
            None => {
                if matches!(entry, EntryKind::FileAt(_)) {
                    let length =
                        fs::symlink_metadata(real).map_err(|error| unreadable(real.as_std_path(), error))?.len();
                    let counted = self.limits.add_bytes(length);
                    self.within(counted)?;
                }
                self.entries.push(Entry::new(path, entry));
            }
        }
        Ok(())
    }

    fn folder(&mut self, path: &str, real: &Utf8Path, around: Option<&ExclusionReason>) -> Result<(), WalkError> {
        let counted = self.limits.add_entry(path).and_then(|()| self.limits.add_copy(real));
        self.within(counted)?;
        let judge = |facts| self.rules.judge(path, facts, around);
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

    /// Handles an entry of the folder `path`. The entry itself is at `disk_path`.
    fn found(
        &mut self,
        path: &str,
        disk_path: &Path,
        kind: FileType,
        around: Option<&ExclusionReason>,
    ) -> Result<(), WalkError> {
        let name = disk_path.file_name().unwrap_or_default();
        let path = format!("{path}/{}", name.to_string_lossy());
        let Some(disk_path) = Utf8Path::from_path(disk_path) else {
            return match self.rules.judge(&path, PathFacts::Other, around) {
                Some(reason) => {
                    self.drop(&path, kind.is_dir(), reason);
                    Ok(())
                }
                None => Err(WalkError::NotUtf8(path)),
            };
        };
        match () {
            () if kind.is_dir() => self.folder(&path, disk_path, around),
            () if !kind.is_symlink() => self.file(&path, disk_path, kind, around),
            () => match self.rules.judge(&path, PathFacts::Other, around) {
                Some(reason) => {
                    self.drop(&path, false, reason);
                    Ok(())
                }
                None => self.link(&path, disk_path, around),
            },
        }
    }

    fn drop(&mut self, path: &str, is_folder: bool, reason: ExclusionReason) {
        self.dropped.push(Excluded { path: path.to_owned(), is_folder, reason });
    }
}
