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
        let (folder, verdict) =
            self.0.iter().rev().find_map(|folder| Some((folder, folder.judge(path, is_folder)?)))?;
        match verdict {
            GitVerdict::Excepted => None,
            GitVerdict::Ignored(pattern) => {
                let slash = if folder.path.is_empty() { "" } else { "/" };
                let file = format!("{}{slash}.gitignore", folder.path);
                Some(Reason::GitIgnore { file, pattern: pattern.to_owned() })
            }
        }
    }
}

impl Folder {
    fn judge(&self, path: &str, is_folder: bool) -> Option<GitVerdict<'_>> {
        let below = if self.path.is_empty() { path } else { path.get(self.path.len() + 1..)? };
        self.lines.as_ref()?.judge(below, is_folder)
    }
}
