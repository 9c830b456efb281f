//! The `.gitignore` files of a project, met from folder to folder.

use super::Reason;
use crate::listing::is_below;
use crate::pattern::{GitIgnore, GitVerdict};

/// The folders around a path, from the outermost to the nearest, with what their `.gitignore` files say.
#[derive(Debug, Default)]
pub(crate) struct GitIgnores(Vec<Folder>);

#[derive(Debug)]
struct Folder {
    /// Empty for the root.
    path: String,
    lines: Option<GitIgnore>,
    /// The line that keeps out the folder itself, or one that it is in: nothing in it returns then.
    reason: Option<Reason>,
}

impl GitIgnores {
    /// Enters a folder, which holds a `.gitignore` of these lines if of any.
    pub(crate) fn enter(&mut self, path: &str, lines: Option<GitIgnore>) {
        let reason = self.reason(path, true);
        self.0.push(Folder { path: path.to_owned(), lines, reason });
    }

    /// Why the path is kept out, if it is. Folders that it is not in are left for good.
    pub(crate) fn reason(&mut self, path: &str, is_folder: bool) -> Option<Reason> {
        while self.0.pop_if(|folder| !folder.path.is_empty() && !is_below(path, &folder.path)).is_some() {}
        if let Some(reason) = self.0.last().and_then(|folder| folder.reason.as_ref()) {
            return Some(reason.clone());
        }
        // The nearest file that speaks of the path decides.
        self.0.iter().rev().find_map(|folder| folder.judge(path, is_folder))?
    }
}

impl Folder {
    fn judge(&self, path: &str, is_folder: bool) -> Option<Option<Reason>> {
        let (slash, below) = match self.path.as_str() {
            "" => ("", path),
            folder => ("/", path.get(folder.len() + 1..)?),
        };
        Some(match self.lines.as_ref()?.judge(below, is_folder)? {
            GitVerdict::Excepted => None,
            GitVerdict::Ignored(pattern) => {
                Some(Reason::GitIgnore { file: format!("{}{slash}.gitignore", self.path), pattern: pattern.to_owned() })
            }
        })
    }
}
