//! Reads and applies a `.dockerignore` file like `BuildKit`.

use std::str::FromStr;
use std::sync::Arc;

use crate::value::{CredentialUrl, Pattern, PatternError, PatternSet, clean_path};

/// The lines of a `.dockerignore` file.
///
/// The lines are applied in order, and a later line overrides an earlier one. A line that matches a folder applies to
/// everything in the folder. An exception (`!…`) is only tried on a path that an earlier line ignores, as in
/// `BuildKit`: after `!docs` and `docs/*.md`, `docs/a.md` is ignored, because no line ignores `docs` itself.
#[derive(Debug, Clone)]
pub struct DockerIgnore {
    text: Arc<str>,
    patterns: PatternSet,
    /// What each pattern does.
    effects: Vec<Effect>,
    /// The patterns of the exceptions.
    exceptions: PatternSet,
    file: &'static str,
}

/// Returns a `.dockerignore` that ignores nothing.
impl Default for DockerIgnore {
    fn default() -> Self {
        let (patterns, exceptions) = (PatternSet::default(), PatternSet::default());
        Self { text: "".into(), patterns, effects: Vec::new(), exceptions, file: ".dockerignore" }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Ignore,
    Except,
}

/// The maximum number of patterns in a file.
const MOST_LINES: u32 = 200_000;

/// The sorted numbers of the lines that match a folder, and therefore everything in it.
#[derive(Debug, Default)]
struct MatchedLines(Vec<u32>);

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

    /// Returns the lines as they are written, or as lines for the contents of `folder` if it is not empty.
    pub(crate) fn lines_for(&self, folder: &str) -> Vec<String> {
        let lines = self.text.lines();
        if folder.is_empty() {
            return lines.map(str::to_owned).collect();
        }
        let patterns = lines.filter(|line| !line.starts_with('#')).map(str::trim).filter(|line| !line.is_empty());
        let below =
            |(cleaned, effect)| format!("{}{folder}/{cleaned}", if effect == Effect::Except { "!" } else { "" });
        // A line that cannot be read was refused before.
        patterns.filter_map(|line| read_line(line).ok()).map(below).collect()
    }

    /// Returns the line that ignores `path`, if there is one.
    pub fn ignores(&self, path: &str) -> Option<&Pattern> {
        if self.effects.is_empty() {
            return None;
        }
        let mut matched = MatchedLines::default();
        self.descend_all(path, &mut matched)
    }

    /// Does the same as [`descend`](Self::descend), from the root on.
    fn descend_all(&self, path: &str, matched: &mut MatchedLines) -> Option<&Pattern> {
        for (slash, _) in path.match_indices('/') {
            self.descend(&path[..slash], matched);
        }
        self.descend(path, matched)
    }

    /// Returns the line that ignores `path`, if there is one.
    ///
    /// On entry, `matched` contains the lines that match the path's folder. On return, it contains those for the path.
    fn descend(&self, path: &str, matched: &mut MatchedLines) -> Option<&Pattern> {
        let mut inherited = std::mem::take(&mut matched.0).into_iter().peekable();
        let mut candidates = self.patterns.candidates(path).into_iter().peekable();
        let mut ignored = None;
        // No other line can change the result.
        while let Some(number) = [inherited.peek(), candidates.peek()].into_iter().flatten().min().copied() {
            let is_inherited = inherited.next_if_eq(&number).is_some();
            _ = candidates.next_if_eq(&number);
            let (pattern, effect) = (self.patterns.pattern(number), self.effects[number as usize]);
            // As in BuildKit, a line that cannot change the result is not tried, so the contents do not inherit it.
            let can_change = (effect == Effect::Except) == ignored.is_some();
            if is_inherited || can_change && pattern.matches_itself(path) {
                matched.0.push(number);
                ignored = (effect == Effect::Ignore).then_some(pattern);
            }
        }
        ignored
    }

    /// Returns whether the lines ignore everything below the ignored folder `path`, if that is certain. The line `all`
    /// ignores everything below it.
    pub(crate) fn ignores_all_below(&self, path: &str, all: &str) -> bool {
        if !self.may_except_below(path) {
            return true;
        }
        let mut matched = MatchedLines::default();
        self.descend_all(path, &mut matched);
        let lines = || self.patterns.iter().zip(&self.effects).enumerate();
        let inherited = matched.0.iter().map(|number| *number as usize);
        let inherited = inherited.filter(|number| self.effects[*number] == Effect::Ignore).max();
        let is_all = |pattern: &Pattern, effect: Effect| effect == Effect::Ignore && pattern.as_str() == all;
        let of_all =
            lines().filter(|(_, (pattern, effect))| is_all(pattern, **effect)).map(|(number, _)| number).last();
        let last = inherited.max(of_all);
        let mut later = lines().filter(|(number, _)| Some(*number) > last);
        !later.any(|(_, (pattern, effect))| *effect == Effect::Except && pattern.may_match_below(path))
    }

    /// Returns `true` if an exception (`!…`) can include a path below the ignored folder `path`.
    pub(crate) fn may_except_below(&self, path: &str) -> bool {
        self.exceptions.may_match_below(path)
    }
}

impl FromStr for DockerIgnore {
    type Err = PatternError;

    /// Parses the text of a `.dockerignore`: one pattern per line, `#` for comments, `!` for exceptions. Blank lines
    /// are skipped. Credentials in a URL are an error, in a comment too.
    fn from_str(text: &str) -> Result<Self, PatternError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // The lines, with the comments, become part of a generated ignore file.
        if let Some(url) = CredentialUrl::find_of_any_service(text) {
            return Err(PatternError::new(&url.to_string(), "it contains credentials; remove them"));
        }
        let lines = text.lines().filter(|line| !line.starts_with('#')).map(str::trim).filter(|line| !line.is_empty());
        let lines = lines.zip(0..).map(|(line, count)| match count {
            MOST_LINES.. => Err(PatternError::new(line, "the file has more than 200000 patterns")),
            _ => {
                let (cleaned, effect) = read_line(line)?;
                let shown = line.strip_prefix('!').map_or(line, str::trim);
                Ok((Pattern::from_cleaned(shown, &cleaned)?, effect))
            }
        });
        let lines = lines.collect::<Result<Vec<_>, _>>()?;
        let is_exception = |(_, effect): &&(Pattern, Effect)| *effect == Effect::Except;
        let exceptions = lines.iter().filter(is_exception).map(|(pattern, _)| pattern.clone()).collect();
        let effects = lines.iter().map(|(_, effect)| *effect).collect();
        let patterns = lines.into_iter().map(|(pattern, _)| pattern).collect();
        Ok(Self { text: text.into(), patterns, effects, exceptions, ..Self::default() })
    }
}

/// Parses one line into its cleaned pattern and its effect. As in `BuildKit`, the `!` is looked for before and after
/// cleaning: `/!a` is an exception as well.
fn read_line(line: &str) -> Result<(String, Effect), PatternError> {
    let cleaned = match line.strip_prefix('!').map(str::trim) {
        Some("") => "!".to_owned(),
        Some(exception) => format!("!{}", from_root(exception)),
        None => from_root(line),
    };
    let cleaned = clean_path(cleaned.trim());
    match cleaned.strip_prefix('!') {
        Some("") => Err(PatternError::new(line, "an exception needs a path after `!`")),
        Some(exception) => Ok((exception.to_owned(), Effect::Except)),
        None => Ok((cleaned, Effect::Ignore)),
    }
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
    use proptest::prelude::*;

    use super::{DockerIgnore, Effect};
    use crate::value::Pattern;

    #[test]
    fn credentials_are_refused_in_each_line() {
        for line in ["https://me:hunter2@example.org/x", "# was: postgres://me:hunter2@db.example.org/x"] {
            let error = format!("docs\n{line}\n").parse::<DockerIgnore>().unwrap_err().to_string();
            assert!(error.contains("contains credentials") && !error.contains("hunter2"), "{error}");
        }
        assert!("a@b\n# https://example.org\nme:x@h.txt".parse::<DockerIgnore>().is_ok());
    }

    /// Tries all lines on all folders of a path, in order: the definition of `.dockerignore` files.
    fn line_by_line<'a>(file: &'a DockerIgnore, path: &str) -> Option<&'a Pattern> {
        let mut matched = vec![false; file.effects.len()];
        let mut ignored = None;
        for path in path.match_indices('/').map(|(slash, _)| &path[..slash]).chain([path]) {
            ignored = None;
            for (number, (effect, matched)) in (0..).zip(file.effects.iter().zip(&mut matched)) {
                let pattern = file.patterns.pattern(number);
                let can_change = (*effect == Effect::Except) == ignored.is_some();
                *matched |= can_change && pattern.matches_itself(path);
                if *matched {
                    ignored = (*effect == Effect::Ignore).then_some(pattern);
                }
            }
        }
        ignored
    }

    fn lines(count: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = String> {
        const PARTS: &[&str] = &["a", "b", "ab", "/", "/", "*", "**", "?", "[ab]", "\\*"];
        let text = prop::collection::vec(prop::sample::select(PARTS), 1..6).prop_map(|parts| parts.concat());
        let line =
            (prop::sample::select(&["", "", "!"][..]), text).prop_map(|(effect, text)| format!("{effect}{text}"));
        let line = line.prop_filter("not a pattern", |line| line.parse::<DockerIgnore>().is_ok());
        prop::collection::vec(line, count).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        #[test]
        fn lines_are_tried_in_order(
            file in prop_oneof![lines(1..6), lines(70..90)],
            paths in prop::collection::vec("[ab]{1,3}(/[ab]{1,3}){0,3}", 1..20),
        ) {
            let file: DockerIgnore = file.parse().unwrap();
            for path in paths {
                prop_assert_eq!(file.ignores(&path), line_by_line(&file, &path), "{}", path);
            }
        }
    }

    /// A long file takes about the time of the lines that match.
    #[test]
    fn many_lines_take_little_time() {
        let line = |n: usize| format!("a{n}\nb{n}/**\n**/c{n}\nd*/e{n}.?\n!d/x{n}*\n");
        let file: DockerIgnore = (0..40_000).map(line).collect::<String>().parse().unwrap();
        let started = std::time::Instant::now();
        for n in 0..2000 {
            assert!(file.ignores(&format!("x/y/c{n}")).is_some() && file.ignores(&format!("x/y/{n}")).is_none());
            assert!(file.ignores(&format!("dd/e{n}.c")).is_some() && file.may_except_below("d"));
        }
        assert!(started.elapsed() < std::time::Duration::from_secs(5), "{:?}", started.elapsed());
    }

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
