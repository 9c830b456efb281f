//! A `.dockerignore` file, read and applied as `BuildKit` does it.

use std::str::FromStr;

use crate::value::{Pattern, PatternError, clean_path};

/// The lines of a `.dockerignore` file.
///
/// They are applied in order, and a later one overrides an earlier one. A line that matches a folder holds for what is
/// in it. An exception (`!…`) is looked at only where a line before it matches, as `BuildKit` has it: after `!docs` and
/// `docs/*.md`, `docs/a.md` is ignored, since nothing ignored `docs` itself.
#[derive(Debug, Clone)]
pub struct DockerIgnore {
    lines: Vec<Line>,
    file: &'static str,
}

/// One that ignores nothing.
impl Default for DockerIgnore {
    fn default() -> Self {
        Self { lines: Vec::new(), file: ".dockerignore" }
    }
}

#[derive(Debug, Clone)]
struct Line {
    pattern: Pattern,
    effect: Effect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Ignore,
    Except,
}

/// Which lines match a folder, and with it all that is in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct MatchedLines(Vec<bool>);

impl DockerIgnore {
    /// The same lines, read from a file of this name: one that belongs to a Dockerfile is named after it.
    #[must_use]
    pub fn named(self, file: &'static str) -> Self {
        Self { file, ..self }
    }

    /// The name of the file that the lines are from.
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The line that keeps `path` out, if one does.
    pub fn ignores(&self, path: &str) -> Option<&Pattern> {
        let mut matched = MatchedLines::default();
        for (slash, _) in path.match_indices('/') {
            self.descend(&path[..slash], &mut matched);
        }
        self.descend(path, &mut matched)
    }

    /// The line that keeps `path` out, if one does. `matched` holds for the folder that it is in, and then for itself.
    pub(crate) fn descend(&self, path: &str, matched: &mut MatchedLines) -> Option<&Pattern> {
        matched.0.resize(self.lines.len(), false);
        let mut ignored = None;
        for (line, matched) in self.lines.iter().zip(&mut matched.0) {
            // A line that can change nothing is not asked, and so is not handed down either.
            let can_change = (line.effect == Effect::Except) == ignored.is_some();
            if !*matched && can_change {
                *matched = line.pattern.matches_itself(path);
            }
            if *matched {
                ignored = (line.effect == Effect::Ignore).then_some(&line.pattern);
            }
        }
        ignored
    }

    /// Whether an exception (`!…`) can bring back something below the ignored folder `path`.
    pub(crate) fn may_except_below(&self, path: &str) -> bool {
        self.lines.iter().any(|line| line.effect == Effect::Except && line.pattern.may_match_below(path))
    }
}

impl FromStr for DockerIgnore {
    type Err = PatternError;

    /// Reads the text of a `.dockerignore`: a line a pattern, `#` comments, `!` exceptions, blank lines skipped.
    fn from_str(text: &str) -> Result<Self, PatternError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text.lines().filter(|line| !line.starts_with('#')).map(str::trim).filter(|line| !line.is_empty());
        Ok(Self { lines: lines.map(read_line).collect::<Result<_, _>>()?, ..Self::default() })
    }
}

/// A line is cleaned twice, and whether it is an exception is asked both times: `/!a` is one as well.
fn read_line(line: &str) -> Result<Line, PatternError> {
    let cleaned = match line.strip_prefix('!').map(str::trim) {
        Some("") => "!".to_owned(),
        Some(exception) => format!("!{}", from_root(exception)),
        None => from_root(line),
    };
    let cleaned = clean_path(cleaned.trim());
    let (cleaned, effect) = match cleaned.strip_prefix('!') {
        Some("") => {
            return Err(PatternError::new(line, "it excepts nothing from what is ignored"));
        }
        Some(exception) => (exception, Effect::Except),
        None => (cleaned.as_str(), Effect::Ignore),
    };
    let shown = line.strip_prefix('!').map_or(line, str::trim);
    Ok(Line { pattern: Pattern::from_cleaned(shown, cleaned)?, effect })
}

/// Cleaned, and without the `/` that it may start with.
fn from_root(pattern: &str) -> String {
    let cleaned = clean_path(pattern);
    match cleaned.strip_prefix('/') {
        Some(below) if !below.is_empty() => below.to_owned(),
        _ => cleaned,
    }
}

#[cfg(test)]
mod tests {
    use super::DockerIgnore;
    use crate::value::Pattern;

    #[test]
    fn the_last_line_that_matches_decides() {
        let file: DockerIgnore =
            "\u{feff}# comment\n*.md\r\n\n  !README.md \n/docs/\n!docs/keep/**\n.\n/\n!.\n".parse().unwrap();
        let ignored = |path: &str| file.ignores(path).map(Pattern::as_str);
        assert_eq!(ignored("NOTES.md"), Some("*.md"));
        assert_eq!(ignored("README.md"), None);
        assert_eq!(ignored("docs/a"), Some("/docs/"));
        assert_eq!(ignored("docs/keep/a"), None);
        assert_eq!(ignored("src/a.py"), None);
        for nothing in ["!", "!/", "! /a/..", "a[", "!a["] {
            assert!(nothing.parse::<DockerIgnore>().is_err(), "{nothing}");
        }
        assert!(file.may_except_below("docs") && !file.may_except_below("src"));
        let file: DockerIgnore = "docs\n!src/a".parse().unwrap();
        assert!(file.may_except_below("src") && !file.may_except_below("docs"));
    }

    /// An exception that a folder was not asked about does not hold for what is in it.
    #[test]
    fn an_exception_needs_something_to_except() {
        let ignores = |lines: &str, path: &str| lines.parse::<DockerIgnore>().unwrap().ignores(path).is_some();
        assert!(ignores("*.md\n!docs\ndocs/*.md", "docs/a.md"));
        assert!(ignores("docs/*.md\n!docs", "docs/a.md"));
        assert!(!ignores("docs\ndocs/*.md\n!docs", "docs/a.md"));
        assert!(!ignores("*\n/!docs", "docs/a.md"));
    }
}
