//! Path patterns in the syntax of docker's `.dockerignore` file.

mod form;
mod index;
mod set;
mod sorted_texts;
mod tokens;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::display::{Escaped, Redacted};
use form::Form;

pub use set::PatternSet;

/// A pattern that selects paths of a project: a line of `.dockerignore`, or an item of `include` or `exclude`.
///
/// ```text
/// *      zero or more characters except "/"
/// ?      one character except "/"
/// **     zero or more folders
/// [a-z]  one character in this range; [^a-z] one character outside it
/// \x     the character x itself
/// ```
///
/// A pattern is anchored at the project's root: `*.log` does not match `sub/x.log`, `**/*.log` does. A pattern that
/// matches a folder also matches everything below it.
///
/// The rules are those of docker's [pattern matcher], which translates a pattern into a regular expression. Syntax that
/// has a meaning only because of this translation is an error. In a pattern with wildcards, this applies to a `\`
/// before a letter or a digit, a `|`, a `{` before a digit, and `*`, `?` or `[:` between brackets.
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

/// The error for a text that is not a path pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a path pattern: {reason}", Escaped(.text))]
pub struct PatternError {
    text: String,
    reason: &'static str,
}

impl PatternError {
    pub(crate) fn new(text: &str, reason: &'static str) -> Self {
        Self { text: Redacted(text).to_string(), reason }
    }

    pub(crate) fn reason(&self) -> &'static str {
        self.reason
    }
}

/// The maximum length of a pattern, in bytes.
const LONGEST: usize = 4096;

impl Pattern {
    /// Returns the pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether the pattern matches `path` or one of its parent folders.
    ///
    /// Paths are relative to the project's root, with `/` between the components.
    pub fn matches(&self, path: &str) -> bool {
        let folders = path.match_indices('/').map(|(slash, _)| &path[..slash]);
        folders.chain([path]).any(|prefix| self.form.matches(prefix))
    }

    /// Returns whether the pattern matches `path` itself. Parent folders are ignored.
    pub(crate) fn matches_itself(&self, path: &str) -> bool {
        self.form.matches(path)
    }

    /// Returns whether the pattern can match a path below the folder `path`, even if it does not match the folder.
    pub(crate) fn may_match_below(&self, path: &str) -> bool {
        self.form.may_match_below(path)
    }

    /// Creates a pattern that is displayed as `text` and matches like `cleaned`, the result of [`clean_path`].
    pub(crate) fn from_cleaned(text: &str, cleaned: &str) -> Result<Self, PatternError> {
        let error = |reason| PatternError::new(text, reason);
        if cleaned.len() > LONGEST {
            return Err(error("it is longer than 4096 bytes, and so than any path"));
        }
        let form = Form::parse(cleaned).map_err(error)?;
        Ok(Self { text: text.to_owned(), form })
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let error = |reason| PatternError::new(text, reason);
        if text.chars().any(char::is_control) {
            return Err(error("it contains a control character"));
        }
        // A leading `/` changes nothing: every pattern is anchored at the root.
        let cleaned = clean_path(text.trim());
        match cleaned.strip_prefix('/').unwrap_or(&cleaned) {
            "" | "." => Err(error("it names no path below the project's root")),
            below => Self::from_cleaned(text, below),
        }
    }
}

/// Cleans a path like Go's `filepath.Clean`: removes repeated slashes, `.`, and each `..` together with the name before
/// it.
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
