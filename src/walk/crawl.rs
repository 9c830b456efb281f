//! The first half of a walk: what lies in a folder, in order, and not yet judged.

use std::fs::FileType;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use ignore::{DirEntry, WalkBuilder};

use super::error::walk_error;
use super::texts::read_git_ignore;
use super::{WalkError, folder_sight, relative, unreadable};
use crate::listing::Dropped;
use crate::pattern::GitIgnore;
use crate::rules::{GitIgnores, Rules, Sight};

/// What was found at a path.
pub(super) struct Found {
    entry: DirEntry,
    pub(super) sight: Sight,
    /// What the `.gitignore` in a folder says, where that is asked for.
    pub(super) git_ignore: Option<Box<GitIgnore>>,
}

impl Found {
    pub(super) fn place(&self) -> &Path {
        self.entry.path()
    }

    pub(super) fn kind(&self) -> Result<FileType, WalkError> {
        let unknown = || unreadable(self.place(), io::Error::other("the file system does not say what it is"));
        self.entry.file_type().ok_or_else(unknown)
    }

    pub(super) fn is_folder(&self) -> bool {
        is_folder(&self.entry)
    }
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

/// All that a folder holds, itself first and each folder before what it holds. A folder that the rules keep out for good
/// is not entered.
pub(super) struct Crawl {
    found: ignore::Walk,
    gate: Arc<Mutex<Gate>>,
    reads_git_ignore: bool,
}

/// What decides whether a folder is entered, and what came of it.
struct Gate {
    root: Utf8PathBuf,
    rules: Rules,
    /// The `.gitignore` files around the current path.
    git_ignores: GitIgnores,
    /// Of the folder that was let through last.
    sight: Sight,
    not_entered: Vec<Dropped>,
}

impl Gate {
    fn lets_through(&mut self, folder: &Path) -> bool {
        let path = relative(&self.root, folder);
        self.sight = folder_sight(folder);
        match self.rules.judge_with_git(&path, self.sight, None, &mut self.git_ignores) {
            Some(reason) if !self.rules.may_return_below(&path, &reason) => {
                self.not_entered.push(Dropped { path: path.into_owned(), is_folder: true, reason });
                false
            }
            _ => true,
        }
    }
}

fn lock(gate: &Mutex<Gate>) -> MutexGuard<'_, Gate> {
    gate.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Crawl {
    /// Every filter that the crate brings is off: its defaults read ignore files of parents, of git and of the user.
    pub(super) fn of(root: &Utf8Path, rules: &Rules) -> Self {
        let gate = Arc::new(Mutex::new(Gate {
            root: root.to_owned(),
            rules: rules.clone(),
            git_ignores: GitIgnores::default(),
            sight: Sight::Other,
            not_entered: Vec::new(),
        }));
        let at_gate = Arc::clone(&gate);
        let mut builder = WalkBuilder::new(root);
        builder
            .standard_filters(false)
            .follow_links(false)
            // What is compared lies in one folder, so this is by name.
            .sort_by_file_path(|a, b| a.as_os_str().cmp(b.as_os_str()))
            .filter_entry(move |entry| !is_folder(entry) || lock(&at_gate).lets_through(entry.path()));
        Self { found: builder.build(), gate, reads_git_ignore: rules.reads_git_ignore() }
    }

    /// The folders that were kept out for good.
    pub(super) fn not_entered(self) -> Vec<Dropped> {
        std::mem::take(&mut lock(&self.gate).not_entered)
    }

    fn look_at(&self, entry: DirEntry) -> Result<Found, WalkError> {
        if !is_folder(&entry) {
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
            let sight = if is_file { Sight::File { secret: None } } else { Sight::Other };
            return Ok(Found { entry, sight, git_ignore: None });
        }
        let mut gate = lock(&self.gate);
        let mut git_ignore = None;
        if self.reads_git_ignore {
            git_ignore = read_git_ignore(entry.path())?.map(Box::new);
            let path = relative(&gate.root, entry.path()).into_owned();
            gate.git_ignores.enter(&path, git_ignore.as_deref().cloned());
        }
        Ok(Found { sight: gate.sight, entry, git_ignore })
    }
}

impl Iterator for Crawl {
    type Item = Result<Found, WalkError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.found.next().map(|found| self.look_at(found.map_err(walk_error)?))
    }
}
