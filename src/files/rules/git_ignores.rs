//! The `.gitignore` files of a project, collected from folder to folder.

use std::iter;
use std::sync::Arc;

use super::ExclusionReason;
use crate::files::git_ignore::{GitIgnore, GitVerdict};

/// The `.gitignore` files of the folders around a path.
#[derive(Debug, Clone, Default)]
pub(crate) struct GitIgnores {
    nearest: Option<Arc<Folder>>,
}

/// A folder with a `.gitignore`, or an ignored folder.
#[derive(Debug)]
struct Folder {
    /// Empty for the root.
    path: String,
    lines: Option<GitIgnore>,
    /// The line that ignores the folder itself or a folder around it. No `.gitignore` line below can override it.
    reason: Option<ExclusionReason>,
    around: GitIgnores,
}

impl GitIgnores {
    /// Returns the files that apply within the folder `path`. `lines` is the folder's own `.gitignore`, if it has one.
    #[must_use]
    pub(crate) fn within(&self, path: &str, lines: Option<GitIgnore>) -> Self {
        let reason = self.reason(path, true);
        if lines.is_none() && reason.is_none() {
            return self.clone();
        }
        Self { nearest: Some(Arc::new(Folder { path: path.to_owned(), lines, reason, around: self.clone() })) }
    }

    /// Returns why a path in these folders is excluded, if it is.
    pub(crate) fn reason(&self, path: &str, is_folder: bool) -> Option<ExclusionReason> {
        let nearest = self.nearest.as_deref()?;
        if nearest.reason.is_some() {
            return nearest.reason.clone();
        }
        // The nearest file with a matching line decides.
        let mut folders = iter::successors(Some(nearest), |folder| folder.around.nearest.as_deref());
        let (folder, verdict) = folders.find_map(|folder| Some((folder, folder.judge(path, is_folder)?)))?;
        match verdict {
            GitVerdict::Excepted => None,
            GitVerdict::Ignored(pattern) => {
                let slash = if folder.path.is_empty() { "" } else { "/" };
                let file = format!("{}{slash}.gitignore", folder.path);
                Some(ExclusionReason::GitIgnore { file, pattern: pattern.to_owned() })
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
