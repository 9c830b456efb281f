//! A `.gitignore` file, read and applied by the crate `ignore`.

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The lines of one `.gitignore` file, for the paths of the folder that it lies in: the last line that matches a path
/// decides.
///
/// They follow git's [gitignore] as the crate `ignore` reads it, which differs from git in a
/// few lines: `{a,b}` stands for either, `[[:alpha:]]` is no class of letters, `?` is a character and no byte, and stars
/// beside others are read in another way in `***/a` and `a**/b`. A line that is no pattern matches nothing.
///
/// [gitignore]: https://git-scm.com/docs/gitignore
#[derive(Debug, Clone)]
pub(crate) struct GitIgnore(Gitignore);

/// What a file says of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GitVerdict<'a> {
    /// This line ignores it.
    Ignored(&'a str),
    /// A line says that it is not ignored.
    Excepted,
}

/// A line without the spaces at its end; one that a backslash stands before belongs to the pattern.
fn without_trailing_spaces(line: &str) -> &str {
    let mut end = 0;
    let mut is_escaped = false;
    for (at, character) in line.char_indices() {
        if is_escaped || !matches!(character, ' ' | '\\') {
            end = at + character.len_utf8();
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    // A backslash at the end stands before nothing.
    if is_escaped { line } else { &line[..end] }
}

/// Git takes off the `!` and one slash at the end. No path is empty, and none ends in a slash.
fn matches_nothing(line: &str) -> bool {
    let pattern = line.strip_prefix('!').unwrap_or(line);
    matches!(pattern, "" | "/") || pattern.ends_with("//")
}

impl GitIgnore {
    /// Reads the text of a `.gitignore`. Characters that are no UTF-8 are replaced.
    ///
    /// # Errors
    ///
    /// Lines that are too much for one matcher.
    pub(crate) fn from_bytes(text: &[u8]) -> Result<Self, ignore::Error> {
        let text = String::from_utf8_lossy(text);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        // Paths are relative to the file's folder, which needs no name then.
        let mut builder = GitignoreBuilder::new("");
        for line in text.lines() {
            let line = without_trailing_spaces(line.strip_suffix('\r').unwrap_or(line));
            if !matches_nothing(line) {
                // Git passes over what is no pattern, and so does this: nothing is added.
                _ = builder.add_line(None, line);
            }
        }
        builder.build().map(Self)
    }

    /// What is said of a path, which is relative to the file's folder. None where no line matches.
    pub(crate) fn judge(&self, path: &str, is_folder: bool) -> Option<GitVerdict<'_>> {
        match self.0.matched(path, is_folder) {
            Match::None => None,
            Match::Ignore(line) => Some(GitVerdict::Ignored(line.original())),
            Match::Whitelist(_) => Some(GitVerdict::Excepted),
        }
    }
}
