//! Visits a folder tree level by level, the folders of a level in parallel, and sorts the result by path.

use std::vec;

use camino::Utf8Path;

use super::WalkError;
use super::visit::{Ahead, Found, Visited, below, visit};
use crate::files::listing::{Entry, EntryKind, Excluded};
use crate::files::parallel;
use crate::files::rules::{ExclusionReason, Rules};
use crate::value::Cancel;

/// The number of folders per batch. A visit takes one or two microseconds per entry of a folder.
const BATCH: usize = 16;

/// Returns the entries of the context, each folder followed by its contents, and the excluded paths.
pub(super) fn visit_all(
    root: &Utf8Path,
    rules: &Rules,
    cancel: &Cancel,
) -> Result<(Vec<Entry>, Vec<Excluded>), WalkError> {
    let mut levels = Vec::new();
    let mut ahead = vec![Ahead::root(root)];
    while !ahead.is_empty() {
        let (mut level, mut below) = (Vec::with_capacity(ahead.len()), Vec::new());
        let visit = |folders: Vec<Ahead>| folders.into_iter().map(|folder| visit(rules, folder)).collect::<Vec<_>>();
        parallel::in_order(BATCH, ahead.into_iter(), visit, |visited| {
            if cancel.is_cancelled() {
                return Err(WalkError::Cancelled);
            }
            for folder in visited {
                let mut folder = folder?;
                below.append(&mut folder.ahead);
                level.push(folder);
            }
            Ok(())
        })?;
        levels.push(level.into_iter());
        ahead = below;
    }
    Ok(Sorting { levels, open: Vec::new(), entries: Vec::new(), dropped: Vec::new() }.sorted())
}

struct Sorting {
    /// The folders of each level that are not opened yet, in the order of their paths.
    levels: Vec<vec::IntoIter<Visited>>,
    /// The folders around the current entry, outermost first.
    open: Vec<Open>,
    entries: Vec<Entry>,
    dropped: Vec<Excluded>,
}

struct Open {
    path: String,
    /// Why the folder is excluded, if it is.
    reason: Option<ExclusionReason>,
    /// Whether the folder is among the entries, for itself or for an included entry below it.
    is_listed: bool,
    found: vec::IntoIter<Found>,
}

impl Sorting {
    fn sorted(mut self) -> (Vec<Entry>, Vec<Excluded>) {
        self.open_next();
        while let Some(folder) = self.open.last_mut() {
            match folder.found.next() {
                Some(Found::Folder) => self.open_next(),
                Some(Found::Files(names)) => {
                    let folder = folder.path.clone();
                    for name in names.split_terminator('/') {
                        self.list(Entry::new(below(&folder, name), EntryKind::File));
                    }
                }
                Some(Found::Other(entry)) => self.list(*entry),
                None => self.close(),
            }
        }
        (self.entries, self.dropped)
    }

    /// Opens the next folder of the level below. Each level is in the order in which its folders are opened.
    fn open_next(&mut self) {
        let level = self.levels.get_mut(self.open.len());
        let Some(Visited { path, reason, found, dropped, .. }) = level.and_then(Iterator::next) else { return };
        let (is_root, is_kept) = (path.is_empty(), reason.is_none());
        self.open.push(Open { path, reason, is_listed: is_root, found: found.into_iter() });
        if is_kept {
            self.list_open();
        }
        self.dropped.extend(dropped);
    }

    fn list(&mut self, entry: Entry) {
        self.list_open();
        self.entries.push(entry);
    }

    /// Adds the open folders to the entries: a path in the context needs its parent folders.
    fn list_open(&mut self) {
        for folder in self.open.iter_mut().filter(|folder| !folder.is_listed) {
            self.entries.push(Entry::new(folder.path.clone(), EntryKind::Folder));
            folder.is_listed = true;
        }
    }

    /// Closes the innermost folder. An excluded folder without included entries is reported as a whole.
    fn close(&mut self) {
        if let Some(Open { path, reason: Some(reason), is_listed: false, .. }) = self.open.pop() {
            self.dropped.push(Excluded { path, is_folder: true, reason });
        }
    }
}
