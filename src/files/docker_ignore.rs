//! Reads and applies a `.dockerignore` file like `BuildKit`.

use std::str::FromStr;

use crate::value::{Pattern, PatternError, clean_path};

/// The lines of a `.dockerignore` file.
///
/// The lines are applied in order, and a later line overrides an earlier one. A line that matches a folder applies to
/// everything in the folder. An exception (`!…`) is only tried on a path that an earlier line ignores, as in
/// `BuildKit`: after `!docs` and `docs/*.md`, `docs/a.md` is ignored, because no line ignores `docs` itself.
#[derive(Debug, Clone)]
pub struct DockerIgnore {
    lines: Vec<Line>,
    file: &'static str,
}

/// Returns a `.dockerignore` that ignores nothing.
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

/// The lines that match a folder, and therefore everything in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct MatchedLines(Vec<bool>);

impl DockerIgnore {
    /// Sets the name of the file that the lines are from. A file for one Dockerfile is named after that Dockerfile.
    #[must_use]
    pub fn named(self, file: &'static str) -> Self {
        Self { file, ..self }
    }

    /// Returns the name of the file that the lines are from.
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// Returns the line that ignores `path`, if there is one.
    pub fn ignores(&self, path: &str) -> Option<&Pattern> {
        let mut matched = MatchedLines::default();
        for (slash, _) in path.match_indices('/') {
            self.descend(&path[..slash], &mut matched);
        }
        self.descend(path, &mut matched)
    }

    /// Returns the line that ignores `path`, if there is one.
    ///
    /// On entry, `matched` contains the lines that match the path's folder. On return, it contains those for the path.
    pub(crate) fn descend(&self, path: &str, matched: &mut MatchedLines) -> Option<&Pattern> {
        matched.0.resize(self.lines.len(), false);
        let mut ignored = None;
        for (line, matched) in self.lines.iter().zip(&mut matched.0) {
            // As in BuildKit, a line that cannot change the result is not tried, so the contents do not inherit it.
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

    /// Returns `true` if an exception (`!…`) can include a path below the ignored folder `path`.
    pub(crate) fn may_except_below(&self, path: &str) -> bool {
        self.lines.iter().any(|line| line.effect == Effect::Except && line.pattern.may_match_below(path))
    }
}

impl FromStr for DockerIgnore {
    type Err = PatternError;

    /// Parses the text of a `.dockerignore`: one pattern per line, `#` for comments, `!` for exceptions. Blank lines
    /// are skipped.
    fn from_str(text: &str) -> Result<Self, PatternError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text.lines().filter(|line| !line.starts_with('#')).map(str::trim).filter(|line| !line.is_empty());
        Ok(Self { lines: lines.map(read_line).collect::<Result<_, _>>()?, ..Self::default() })
    }
}

/// Parses one line. As in `BuildKit`, the `!` is looked for before and after cleaning: `/!a` is an exception as well.
fn read_line(line: &str) -> Result<Line, PatternError> {
    let cleaned = match line.strip_prefix('!').map(str::trim) {
        Some("") => "!".to_owned(),
        Some(exception) => format!("!{}", from_root(exception)),
        None => from_root(line),
    };
    let cleaned = clean_path(cleaned.trim());
    let (cleaned, effect) = match cleaned.strip_prefix('!') {
        Some("") => {
            return Err(PatternError::new(line, "an exception needs a path after `!`"));
        }
        Some(exception) => (exception, Effect::Except),
        None => (cleaned.as_str(), Effect::Ignore),
    };
    let shown = line.strip_prefix('!').map_or(line, str::trim);
    Ok(Line { pattern: Pattern::from_cleaned(shown, cleaned)?, effect })
}

/// Returns the cleaned pattern without a leading `/`.
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
    fn the_last_matching_line_wins() {
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

    /// An exception that is not tried on a folder does not apply to the folder's contents.
    #[test]
    fn an_exception_needs_an_earlier_match() {
        let ignores = |lines: &str, path: &str| lines.parse::<DockerIgnore>().unwrap().ignores(path).is_some();
        assert!(ignores("*.md\n!docs\ndocs/*.md", "docs/a.md"));
        assert!(ignores("docs/*.md\n!docs", "docs/a.md"));
        assert!(!ignores("docs\ndocs/*.md\n!docs", "docs/a.md"));
        assert!(!ignores("*\n/!docs", "docs/a.md"));
    }
}
