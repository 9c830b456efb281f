//! The forms of a pattern that docker distinguishes.
//!
//! Most forms need only a string comparison. The form also decides the meaning of characters such as `^` and `|`.

use super::tokens::Tokens;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// `docs/a.md`: matches this path only.
    Exact(String),
    /// `docs/**`: matches paths that start with this text.
    Start(String),
    /// `**/a.md` or `**.md`: matches paths that end with this text. `**/a.md` also matches the path `a.md`.
    End(String),
    /// All other patterns.
    Tokens(Tokens),
}

impl Form {
    /// Parses a cleaned pattern.
    pub(super) fn parse(pattern: &str) -> Result<Self, &'static str> {
        let is_plain = |text: &str| !text.contains(['*', '?', '[', ']', '\\']);
        if is_plain(pattern) {
            return Ok(Self::Exact(pattern.to_owned()));
        }
        if let Some(end) = pattern.strip_prefix("**").filter(|end| is_plain(end)) {
            return Ok(Self::End(end.to_owned()));
        }
        if let Some(start) = pattern.strip_suffix("**").filter(|start| is_plain(start)) {
            return Ok(Self::Start(start.to_owned()));
        }
        Tokens::parse(pattern).map(Self::Tokens)
    }

    /// Returns whether the pattern matches all of `path`.
    pub(super) fn matches(&self, path: &str) -> bool {
        match self {
            Self::Exact(exact) => path == exact,
            Self::Start(start) => path.starts_with(start),
            Self::End(end) => path.ends_with(end) || end.strip_prefix('/') == Some(path),
            Self::Tokens(tokens) => tokens.match_whole(path),
        }
    }

    /// Returns whether the pattern can match a path below `folder`.
    pub(super) fn may_match_below(&self, folder: &str) -> bool {
        let is_below = |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        match self {
            Self::Exact(exact) => is_below(exact),
            Self::Start(start) => is_below(start) || format!("{folder}/").starts_with(start),
            Self::End(_) => true,
            Self::Tokens(tokens) => tokens.match_start(&format!("{folder}/")),
        }
    }
}
