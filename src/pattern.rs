//! Path patterns, as docker reads them in a `.dockerignore` file.

mod tokens;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::shown::Shown;
use tokens::Tokens;

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
/// matches everything below it. The rules are those of docker's [pattern matcher].
///
/// ```
/// let pattern: agentix_gen::Pattern = "docs/**/*.pdf".parse()?;
/// assert!(pattern.matches("docs/a/b.pdf"));
/// assert!(pattern.matches("docs/b.pdf"));
/// assert!(!pattern.matches("other/docs/b.pdf"));
/// # Ok::<(), agentix_gen::PatternError>(())
/// ```
///
/// [pattern matcher]: https://docs.docker.com/build/concepts/context/#syntax
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    text: String,
    tokens: Tokens,
}

/// A text that is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a path pattern: {reason}", Shown(.text))]
pub struct PatternError {
    text: String,
    reason: &'static str,
}

impl PatternError {
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
        folders.chain([path]).any(|prefix| self.tokens.match_whole(prefix))
    }

    /// Whether `path` itself matches.
    pub(crate) fn matches_whole(&self, path: &str) -> bool {
        self.tokens.match_whole(path)
    }

    /// Whether something below the folder `path` can match though the folder itself does not.
    pub(crate) fn may_match_below(&self, path: &str) -> bool {
        self.tokens.match_start(&format!("{path}/"))
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let refuse = |reason| PatternError { text: text.to_owned(), reason };
        if text.chars().any(char::is_control) {
            return Err(refuse("control characters cannot occur in it"));
        }
        let cleaned = clean(text.trim());
        if cleaned.is_empty() {
            return Err(refuse("it names nothing below the project's root"));
        }
        let tokens = Tokens::parse(&cleaned).map_err(refuse)?;
        Ok(Self { text: text.to_owned(), tokens })
    }
}

/// What Go's `filepath.Clean` does, with a leading `/` taken off: patterns are anchored at the root either way.
fn clean(text: &str) -> String {
    let mut components: Vec<&str> = Vec::new();
    for component in text.split('/') {
        match (component, components.last()) {
            ("" | ".", _) => {}
            ("..", None) if text.starts_with('/') => {}
            ("..", Some(last)) if *last != ".." => _ = components.pop(),
            _ => components.push(component),
        }
    }
    components.join("/")
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

/// The lines of a `.dockerignore` file, in order: the last one that matches a path decides.
#[derive(Debug, Clone, Default)]
pub struct DockerIgnore {
    lines: Vec<(Pattern, Effect)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Ignore,
    Except,
}

impl DockerIgnore {
    /// The line that keeps `path` out, if one does.
    pub fn ignores(&self, path: &str) -> Option<&Pattern> {
        let last = self.lines.iter().rev().find(|(pattern, _)| pattern.matches(path))?;
        (last.1 == Effect::Ignore).then_some(&last.0)
    }

    /// Whether an exception (`!…`) can bring back something below the ignored folder `path`.
    pub(crate) fn may_except_below(&self, path: &str) -> bool {
        self.lines.iter().any(|(pattern, effect)| *effect == Effect::Except && pattern.may_match_below(path))
    }
}

impl FromStr for DockerIgnore {
    type Err = PatternError;

    /// Reads the text of a `.dockerignore`: a line a pattern, `#` comments, `!` exceptions, blank lines skipped.
    fn from_str(text: &str) -> Result<Self, PatternError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')).map(str::trim).filter(|line| !line.is_empty()) {
            let (pattern, effect) = match line.strip_prefix('!') {
                Some(exception) => (exception.trim(), Effect::Except),
                None => (line, Effect::Ignore),
            };
            // `.` and `/` name the root itself, which docker always sends.
            if !pattern.is_empty() && clean(pattern).is_empty() {
                continue;
            }
            lines.push((pattern.parse()?, effect));
        }
        Ok(Self { lines })
    }
}

#[cfg(test)]
mod tests;
