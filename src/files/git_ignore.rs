//! Reads and applies a `.gitignore` file with the crate `ignore`.

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The lines of one `.gitignore` file. They apply to the paths in the file's folder, and the last matching line wins.
///
/// The lines follow git's [gitignore] as implemented by the crate `ignore`, which differs from git in a few patterns:
/// `{a,b}` matches `a` or `b`, `[[:alpha:]]` is not a character class, `?` matches a character instead of a byte, and
/// adjacent stars have another meaning in `***/a` and `a**/b`. An invalid line matches nothing.
///
/// [gitignore]: https://git-scm.com/docs/gitignore
#[derive(Debug, Clone)]
pub(crate) struct GitIgnore(Gitignore);

/// The verdict of a file on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GitVerdict<'a> {
    /// This line ignores the path.
    Ignored(&'a str),
    /// An exception (`!…`) matches the path.
    Excepted,
}

/// Returns the line without trailing spaces. A space after a backslash is part of the pattern.
fn without_trailing_spaces(line: &str) -> &str {
    let mut end = 0;
    let mut is_escaped = false;
    for (at, character) in line.char_indices() {
        if is_escaped || !matches!(character, ' ' | '\\') {
            end = at + character.len_utf8();
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    // A backslash at the end of the line escapes nothing; such a line is passed on unchanged.
    if is_escaped { line } else { &line[..end] }
}

/// Returns `true` if no path matches the line. Git removes the `!` and one trailing slash. A path is never empty and
/// never ends in a slash.
fn matches_nothing(line: &str) -> bool {
    let pattern = line.strip_prefix('!').unwrap_or(line);
    matches!(pattern, "" | "/") || pattern.ends_with("//")
}

impl GitIgnore {
    /// Parses the text of a `.gitignore`. Bytes that are not UTF-8 are replaced.
    ///
    /// # Errors
    ///
    /// Fails if the lines are too large for one matcher.
    pub(crate) fn from_bytes(text: &[u8]) -> Result<Self, ignore::Error> {
        let text = String::from_utf8_lossy(text);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        // Paths are relative to the file's folder, so the folder needs no path here.
        let mut builder = GitignoreBuilder::new("");
        for line in text.lines() {
            let line = without_trailing_spaces(line.strip_suffix('\r').unwrap_or(line));
            if !matches_nothing(line) {
                // Git skips invalid patterns. On an error nothing is added.
                _ = builder.add_line(None, line);
            }
        }
        builder.build().map(Self)
    }

    /// Returns the verdict on a path relative to the file's folder, or `None` if no line matches.
    pub(crate) fn judge(&self, path: &str, is_folder: bool) -> Option<GitVerdict<'_>> {
        match self.0.matched(path, is_folder) {
            Match::None => None,
            Match::Ignore(line) => Some(GitVerdict::Ignored(line.original())),
            Match::Whitelist(_) => Some(GitVerdict::Excepted),
        }
    }
}
