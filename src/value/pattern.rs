//! Path patterns, as docker reads them in a `.dockerignore` file.

mod form;
mod tokens;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::display::Escaped;
use form::Form;

/// A pattern over the paths of a project: one line of a `.dockerignore`, an `include` or an `exclude`.
///
/// ```text
/// *      any run of characters but "/"
/// ?      one character but "/"
/// **     any number of folders, also none
/// [a-z]  one of these characters; [^a-z] one that is none of these
/// \x     the character x itself
/// ```
///
/// A pattern starts at the project's root (`*.log` is no `sub/x.log`; `**/*.log` is), and what matches a folder
/// matches everything below it. The rules are those of docker's [pattern matcher], which makes a regular expression of
/// a pattern. What it understands only by that accident is refused: in one with wildcards, a `\` before a letter or a digit,
/// `|`, `{` before a digit, and `*`, `?` or `[:` between brackets.
///
/// ```
/// let pattern: agentix_gen::value::Pattern = "docs/**/*.pdf".parse()?;
/// assert!(pattern.matches("docs/a/b.pdf"));
/// assert!(pattern.matches("docs/b.pdf"));
/// assert!(!pattern.matches("other/docs/b.pdf"));
/// # Ok::<(), agentix_gen::value::PatternError>(())
/// ```
///
/// [pattern matcher]: https://docs.docker.com/build/concepts/context/#syntax
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    text: String,
    form: Form,
}

/// A text that is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a path pattern: {reason}", Escaped(.text))]
pub struct PatternError {
    text: String,
    reason: &'static str,
}

impl PatternError {
    pub(crate) fn new(text: &str, reason: &'static str) -> Self {
        Self { text: text.to_owned(), reason }
    }

    pub(crate) fn reason(&self) -> &'static str {
        self.reason
    }
}

impl Pattern {
    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether `path`, or a folder that it is in, matches. Paths are relative to the project's root, with `/`.
    pub fn matches(&self, path: &str) -> bool {
        let folders = path.match_indices('/').map(|(slash, _)| &path[..slash]);
        folders.chain([path]).any(|prefix| self.form.matches(prefix))
    }

    /// Whether `path` itself matches, whatever it is in.
    pub(crate) fn matches_itself(&self, path: &str) -> bool {
        self.form.matches(path)
    }

    /// Whether something below the folder `path` can match though the folder itself does not.
    pub(crate) fn may_match_below(&self, path: &str) -> bool {
        self.form.may_match_below(path)
    }

    /// A pattern that is shown as `text`. `cleaned` is what it says, as [`clean_path`] gives it.
    pub(crate) fn from_cleaned(text: &str, cleaned: &str) -> Result<Self, PatternError> {
        let form = Form::parse(cleaned).map_err(|reason| PatternError { text: text.to_owned(), reason })?;
        Ok(Self { text: text.to_owned(), form })
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let refuse = |reason| PatternError { text: text.to_owned(), reason };
        if text.chars().any(char::is_control) {
            return Err(refuse("control characters cannot occur in it"));
        }
        // Patterns are anchored at the root with a leading `/` and without.
        let cleaned = clean_path(text.trim());
        match cleaned.strip_prefix('/').unwrap_or(&cleaned) {
            "" | "." => Err(refuse("it names nothing below the project's root")),
            below => Self::from_cleaned(text, below),
        }
    }
}

/// What Go's `filepath.Clean` makes of a path: without doubled slashes, `.`, and `..` after a name.
pub(crate) fn clean_path(text: &str) -> String {
    let rooted = text.starts_with('/');
    let mut components: Vec<&str> = Vec::new();
    for component in text.split('/') {
        match (component, components.last()) {
            ("" | ".", _) => {}
            ("..", None) if rooted => {}
            ("..", Some(last)) if *last != ".." => _ = components.pop(),
            _ => components.push(component),
        }
    }
    match (rooted, components.is_empty()) {
        (true, _) => format!("/{}", components.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => components.join("/"),
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.text
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
