//! A list of patterns that is matched as a whole.

use std::sync::Arc;

use super::Pattern;
use super::index::Index;

/// A list of patterns. The time to match a path grows with the number of patterns that match it, hardly with the length
/// of the list.
///
/// ```
/// use agentix_gen::value::{Pattern, PatternSet};
/// let patterns: PatternSet = ["docs", "**/*.md"].iter().filter_map(|text| text.parse::<Pattern>().ok()).collect();
/// assert_eq!(patterns.first_match("docs/a.md").map(Pattern::as_str), Some("docs"));
/// assert_eq!(patterns.first_match("src/a.md").map(Pattern::as_str), Some("**/*.md"));
/// ```
///
/// A clone shares the patterns.
#[derive(Debug, Clone, Default)]
pub struct PatternSet {
    patterns: Arc<[Pattern]>,
    /// `None` for a short list, whose patterns are all tried.
    index: Option<Arc<Index>>,
}

/// The length of a list that needs no index.
const FEW: usize = 64;

impl PatternSet {
    /// Returns the patterns.
    pub fn iter(&self) -> impl Iterator<Item = &Pattern> {
        self.patterns.iter()
    }

    /// Returns the first pattern that matches `path` or one of its parent folders.
    pub fn first_match(&self, path: &str) -> Option<&Pattern> {
        if self.patterns.is_empty() {
            return None;
        }
        let folders = path.match_indices('/').map(|(slash, _)| &path[..slash]);
        let first = |path: &str| {
            let mut candidates = self.candidates(path).into_iter();
            candidates.find(|number| self.pattern(*number).matches_itself(path))
        };
        folders.chain([path]).filter_map(first).min().map(|number| self.pattern(number))
    }

    /// Returns whether a pattern can match a path below the folder `path`, even if it does not match the folder.
    pub(crate) fn may_match_below(&self, path: &str) -> bool {
        match self.index.as_ref().map(|index| index.candidates_below(path)) {
            None => self.patterns.iter().any(|pattern| pattern.may_match_below(path)),
            Some(None) => true,
            Some(Some(candidates)) => candidates.into_iter().any(|number| self.pattern(number).may_match_below(path)),
        }
    }

    /// Returns the sorted numbers of the patterns that can match `path` itself, among them all that do.
    pub(crate) fn candidates(&self, path: &str) -> Vec<u32> {
        match &self.index {
            Some(index) => index.candidates(path),
            None => self.patterns.iter().zip(0..).map(|(_, number)| number).collect(),
        }
    }

    /// Returns the pattern with a number from [`candidates`](Self::candidates).
    pub(crate) fn pattern(&self, number: u32) -> &Pattern {
        &self.patterns[number as usize]
    }
}

impl FromIterator<Pattern> for PatternSet {
    fn from_iter<I: IntoIterator<Item = Pattern>>(patterns: I) -> Self {
        let patterns: Arc<[Pattern]> = patterns.into_iter().collect();
        let needs_index = patterns.len() > FEW;
        let index = needs_index.then(|| Arc::new(Index::new(patterns.iter().map(|pattern| &pattern.form))));
        Self { patterns, index }
    }
}

#[cfg(test)]
mod tests {
    use super::{FEW, PatternSet};

    #[test]
    fn a_long_list_knows_where_it_may_match() {
        let folders = (0..=FEW).map(|number| format!("folder{number}/a*.log"));
        let set: PatternSet = folders.chain(["x/y/z".to_owned()]).map(|text| text.parse().unwrap()).collect();
        assert!(set.index.is_some());
        for (folder, may_match) in [
            ("folder0", true),
            ("folder7", true),
            ("x", true),
            ("x/y", true),
            ("other", false),
            ("folder7/b", false),
            ("x/z", false),
        ] {
            assert_eq!(set.may_match_below(folder), may_match, "{folder}");
        }
        assert_eq!(set.iter().count(), FEW + 2);
        assert_eq!(set.iter().last().map(super::Pattern::as_str), Some("x/y/z"));
        let any: PatternSet = set.iter().cloned().chain(["**/*.md".parse().unwrap()]).collect();
        assert!(any.may_match_below("other"));
    }
}
