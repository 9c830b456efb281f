//! Visits one folder of a project and applies the rules to its entries.

use std::mem;
use std::path::PathBuf;

use camino::Utf8Path;
use rustix::fs::FileType;

use super::WalkError;
use super::contents::{Contents, entry_kind, open};
use super::secret::SecretSearch;
use super::small_files::read_git_ignore;
use crate::files::listing::{Entry, EntryKind, Excluded};
use crate::files::rules::{ExclusionReason, GitIgnores, PathFacts, Rules};

/// A folder to visit.
pub(super) struct Ahead {
    /// The path in the project, empty for the project's own folder. Bytes that are not UTF-8 are replaced.
    path: String,
    /// The path on disk.
    place: PathBuf,
    around: Around,
}

/// What a path inherits from the folders around it.
#[derive(Debug, Clone, Default)]
struct Around {
    /// Why the nearest excluded folder is excluded.
    reason: Option<ExclusionReason>,
    git_ignores: GitIgnores,
    /// Whether the folder or a folder around it is an importable package: it has an `__init__.py`.
    in_package: bool,
}

impl Around {
    fn judge(&self, rules: &Rules, path: &str, facts: PathFacts) -> Option<ExclusionReason> {
        rules.judge_with_git(path, facts, self.reason.as_ref(), &self.git_ignores)
    }
}

impl Ahead {
    pub(super) fn root(folder: &Utf8Path) -> Self {
        Self { path: String::new(), place: folder.into(), around: Around::default() }
    }
}

/// A visited folder.
pub(super) struct Visited {
    pub(super) path: String,
    /// Why the folder itself is excluded, if it is. Entries below it may still be included.
    pub(super) reason: Option<ExclusionReason>,
    /// The entries in the context, sorted by name.
    pub(super) found: Vec<Found>,
    /// The excluded entries that are not folders.
    pub(super) dropped: Vec<Excluded>,
    /// The folders in the folder, sorted by name.
    pub(super) ahead: Vec<Ahead>,
}

/// What a visited folder contains. It is small, because it is in memory until the last folder is visited.
pub(super) enum Found {
    /// The names of files that follow each other, the most common entries. Each name ends with a `/`.
    Files(Box<str>),
    /// The next of the folders ahead. The rules are applied to it when it is visited.
    Folder,
    /// A link, or a special file that is refused later.
    Other(Box<Entry>),
}

/// Visits a folder, without its subfolders.
pub(super) fn visit(rules: &Rules, folder: Ahead) -> Result<Visited, WalkError> {
    let Ahead { path, place, mut around } = folder;
    let (reason, contents) = match path.as_str() {
        "" => (None, Contents::read(&place)?),
        path => open(rules, path, &place, |facts| around.judge(rules, path, facts))?,
    };
    let is_utf8 = place.to_str().is_some();
    if reason.is_none() && !is_utf8 {
        return Err(WalkError::NotUtf8(path));
    }
    if rules.reads_git_ignore() {
        let lines = contents.holds(".gitignore").then(|| read_git_ignore(&place)).transpose()?;
        around.git_ignores = around.git_ignores.within(&path, lines);
    }
    around.reason = reason.clone().or(around.reason);
    around.in_package |= !path.is_empty() && contents.holds("__init__.py");
    let (mut found, mut dropped, mut ahead) = (Vec::new(), Vec::new(), Vec::new());
    let mut files = String::new();
    let mut search = SecretSearch::default();
    for (name, kind) in contents {
        let path = below(&path, &name.to_string_lossy());
        let place = || place.join(&name);
        if kind.is_dir() {
            found.extend(take_files(&mut files));
            found.push(Found::Folder);
            ahead.push(Ahead { path, place: place(), around: around.clone() });
            continue;
        }
        match judge(rules, &around, &path, kind, place, &mut search)? {
            Some(reason) => dropped.push(Excluded { path, is_folder: false, reason }),
            None => {
                let Some(name) = name.to_str().filter(|_| is_utf8) else { return Err(WalkError::NotUtf8(path)) };
                match entry_kind(&path, kind, place)? {
                    EntryKind::File => files.extend([name, "/"]),
                    kind => {
                        found.extend(take_files(&mut files));
                        found.push(Found::Other(Box::new(Entry::new(path, kind))));
                    }
                }
            }
        }
    }
    found.extend(take_files(&mut files));
    Ok(Visited { path, reason, found, dropped, ahead })
}

/// Returns why a path that is not a folder is excluded. A file is read only if its name does not exclude it.
fn judge(
    rules: &Rules,
    around: &Around,
    path: &str,
    kind: FileType,
    place: impl Fn() -> PathBuf,
    search: &mut SecretSearch,
) -> Result<Option<ExclusionReason>, WalkError> {
    if !kind.is_file() {
        return Ok(around.judge(rules, path, PathFacts::Other));
    }
    let by_name = around.judge(rules, path, PathFacts::File { secret: None });
    if by_name.is_some() {
        return Ok(by_name);
    }
    match search.secret_in(path, around.in_package, place)? {
        None => Ok(None),
        secret => Ok(around.judge(rules, path, PathFacts::File { secret })),
    }
}

/// Returns the names that were collected, if there are any, and clears them.
fn take_files(names: &mut String) -> Option<Found> {
    (!names.is_empty()).then(|| Found::Files(mem::take(names).into()))
}

/// Returns the path of a name in a folder, which is empty for the root.
pub(super) fn below(folder: &str, name: &str) -> String {
    let mut path = String::with_capacity(folder.len() + 1 + name.len());
    if !folder.is_empty() {
        path.push_str(folder);
        path.push('/');
    }
    path.push_str(name);
    path
}
