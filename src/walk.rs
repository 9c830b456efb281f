//! The edge where a project is read: its manifest, its `.dockerignore`, and what its folder holds.
//!
//! A folder is listed in two halves: what lies in it is [found](crawl), and what is found is judged. Where there is much of
//! it the halves run side by side.

#![expect(clippy::disallowed_methods, reason = "this is where the disk is read")]

mod crawl;
mod error;
mod follow;
mod siblings;
mod texts;

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::{self, FileType};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use camino::Utf8Path;

use crate::config::Symlinks;
use crate::listing::{Dropped, Entry, EntryKind, Listing, SpecialKind, is_below};
use crate::rules::{GitIgnores, Reason, Rules, STAGE_MARKER, Secret, Sight};
use crawl::{Crawl, Found};
use texts::secret_in;

pub use error::WalkError;
pub(crate) use error::unreadable;
pub use siblings::walk_workspace;
pub(crate) use texts::{Text, read_bounded, read_text};
pub use texts::{read_ca_certificate, read_docker_ignore, read_project, read_template};

/// Lists what a folder holds, as far as the rules keep it.
///
/// Links stay links, or are replaced by what they lead to, as [`Config::symlinks`](crate::Config::symlinks) says. The
/// project's own `.gitignore` files are read where [`Config::gitignore`](crate::Config::gitignore) asks for them; no
/// other ignore file is, neither a parent's nor the user's. A folder with a `PKG-INFO` is a [source
/// distribution](Rules::of_source_distribution).
///
/// # Errors
///
/// A folder that cannot be read is an error, never a shorter listing.
pub fn walk(folder: &Utf8Path, rules: &Rules) -> Result<Listing, WalkError> {
    let root = folder.canonicalize_utf8().map_err(|source| unreadable(folder.as_std_path(), source))?;
    let is_source_distribution = root.join("PKG-INFO").is_file();
    let rules = &if is_source_distribution { rules.clone().of_source_distribution() } else { rules.clone() };
    let mut crawl = Crawl::of(&root, rules);
    let mut walk =
        Walk { rules, git_ignores: GitIgnores::default(), entries: Vec::new(), open: Vec::new(), dropped: Vec::new() };
    for_each(&mut crawl, |found| walk.meet(&root, found))?;
    walk.leave_folders(|_| true);
    walk.dropped.extend(crawl.not_entered());
    let (entries, dropped) = match rules.symlinks() {
        Symlinks::Keep => (walk.entries, walk.dropped),
        Symlinks::Follow => follow::links(&root, rules, walk.entries, walk.dropped)?,
    };
    Ok(Listing::new(root, entries, dropped))
}

/// So many are handed on at once, so that the two halves seldom wait for each other.
const BATCH: usize = 256;

/// How many batches may wait to be judged.
const WAITING: usize = 8;

/// Judges all that is found, in order, up to the first error. A small folder is not worth a thread.
fn for_each(crawl: &mut Crawl, mut judge: impl FnMut(Found) -> Result<(), WalkError>) -> Result<(), WalkError> {
    let mut judge_all = |found: Vec<Result<Found, WalkError>>| found.into_iter().try_for_each(|found| judge(found?));
    let first = next_batch(crawl);
    let is_all = first.len() < BATCH;
    judge_all(first)?;
    if is_all {
        return Ok(());
    }
    thread::scope(|scope| {
        let (sender, batches) = mpsc::sync_channel(WAITING);
        scope.spawn(move || {
            loop {
                let batch = next_batch(crawl);
                let is_last = batch.len() < BATCH;
                // Nobody listens after an error.
                if sender.send(batch).is_err() || is_last {
                    break;
                }
            }
        });
        batches.into_iter().try_for_each(judge_all)
    })
}

fn next_batch(crawl: &mut Crawl) -> Vec<Result<Found, WalkError>> {
    let mut batch = Vec::with_capacity(BATCH);
    batch.extend(crawl.take(BATCH));
    batch
}

/// One pass over a folder, in order.
struct Walk<'a> {
    rules: &'a Rules,
    /// The `.gitignore` files around the current path.
    git_ignores: GitIgnores,
    entries: Vec<Entry>,
    /// The folders around the current path that are kept out, but may hold something that is not.
    open: Vec<OpenFolder>,
    dropped: Vec<Dropped>,
}

/// A folder that is kept out, and entered all the same.
struct OpenFolder {
    path: String,
    reason: Reason,
    /// Something in it was brought back, and the folder with it.
    listed: bool,
}

impl Walk<'_> {
    fn meet(&mut self, root: &Utf8Path, mut found: Found) -> Result<(), WalkError> {
        let git_ignore = found.git_ignore.take();
        let path = relative(root, found.place());
        if !path.is_empty() {
            self.judge(&path, &found)?;
        }
        if found.is_folder() && self.rules.reads_git_ignore() {
            self.git_ignores.enter(&path, git_ignore.map(|lines| *lines));
        }
        Ok(())
    }

    fn judge(&mut self, path: &str, found: &Found) -> Result<(), WalkError> {
        self.leave_folders(|folder| !is_below(path, &folder.path));
        let (place, kind) = (found.place(), found.kind()?);
        let around = self.open.last().map(|folder| &folder.reason);
        let mut judge = |sight| self.rules.judge_with_git(path, sight, around, &mut self.git_ignores);
        let mut reason = judge(found.sight);
        if reason.is_none() && place.to_str().is_none() {
            return Err(WalkError::NotUtf8(path.to_owned()));
        }
        // Only what is kept by its name is looked into.
        if reason.is_none() && kind.is_file() && Secret::may_be_in(path) {
            let secret = secret_in(path, place)?;
            reason = judge(Sight::File { secret });
        }
        match reason {
            Some(reason) if kind.is_dir() => {
                self.open.push(OpenFolder { path: path.to_owned(), reason, listed: false });
            }
            Some(reason) => self.dropped.push(Dropped { path: path.to_owned(), is_folder: false, reason }),
            None => {
                let entry = Entry::new(path.to_owned(), entry_kind(path, place, kind)?);
                self.bring_folders_in();
                self.entries.push(entry);
            }
        }
        Ok(())
    }

    /// A folder that nothing was brought back from is out as a whole.
    fn leave_folders(&mut self, is_left: impl Fn(&OpenFolder) -> bool) {
        while let Some(folder) = self.open.pop_if(|folder| is_left(folder)) {
            if !folder.listed {
                self.dropped.push(Dropped { path: folder.path, is_folder: true, reason: folder.reason });
            }
        }
    }

    /// What is brought back needs the folders that it is in.
    fn bring_folders_in(&mut self) {
        for folder in self.open.iter_mut().filter(|folder| !folder.listed) {
            self.entries.push(Entry::new(folder.path.clone(), EntryKind::Folder));
            folder.listed = true;
        }
    }
}

fn entry_kind(path: &str, place: &Path, kind: FileType) -> Result<EntryKind, WalkError> {
    Ok(match special(kind) {
        Some(special) => EntryKind::Special(special),
        None if kind.is_dir() => EntryKind::Folder,
        None if kind.is_symlink() => {
            let target = fs::read_link(place).map_err(|source| unreadable(place, source))?;
            let text = target.into_os_string().into_string();
            let not_utf8 = |target: OsString| WalkError::TargetNotUtf8 {
                path: path.to_owned(),
                target: target.to_string_lossy().into_owned(),
            };
            EntryKind::Link(text.map_err(not_utf8)?.into_boxed_str())
        }
        None => EntryKind::File,
    })
}

fn special(kind: FileType) -> Option<SpecialKind> {
    match () {
        () if kind.is_fifo() => Some(SpecialKind::Fifo),
        () if kind.is_socket() => Some(SpecialKind::Socket),
        () if kind.is_block_device() || kind.is_char_device() => Some(SpecialKind::Device),
        () => None,
    }
}

fn folder_sight(path: &Path) -> Sight {
    let holds = |name: &str| fs::symlink_metadata(path.join(name)).is_ok_and(|found| found.is_file());
    Sight::Folder { virtual_environment: holds("pyvenv.cfg"), staged: holds(STAGE_MARKER) }
}

/// The path below the root; characters that are no UTF-8 are replaced.
fn relative<'a>(root: &Utf8Path, path: &'a Path) -> Cow<'a, str> {
    let below = path.as_os_str().as_bytes().get(root.as_str().len()..).unwrap_or_default();
    String::from_utf8_lossy(below.strip_prefix(b"/").unwrap_or(below))
}
