//! Poetry's version constraints, as PEP 440 specifiers and as markers.
//!
//! ```text
//! constraint   = alternative *( "||" alternative )
//! alternative  = part *( ( "," | space ) part )
//! part         = "*" | [ operator ] version | version ".*"
//! operator     = "^" | "~" | "~=" | "==" | "=" | "!=" | "<>" | ">=" | "<=" | ">" | "<"
//! ```
//!
//! The form follows [Poetry's documentation] and `poetry-core`.
//!
//! [Poetry's documentation]: https://python-poetry.org/docs/dependency-specification/#version-constraints

use std::collections::Bound;

use pep440_rs::{Version, VersionSpecifiers, release_specifiers_to_ranges};
use version_ranges::Ranges;

use crate::project::requirement::allows;

/// A gap between two alternatives is written as excluded series, `!=3.9.*`, up to this many.
const LONGEST_GAP: u64 = 50;

/// A version constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Constraint {
    /// The specifiers of each alternative; no specifier allows any version.
    alternatives: Vec<VersionSpecifiers>,
}

impl Constraint {
    /// Parses a constraint. The error says what is expected.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let alternatives = text.split('|').filter(|part| !part.is_empty()).map(alternative);
        let alternatives: Vec<VersionSpecifiers> = alternatives.collect::<Result<_, _>>()?;
        if alternatives.is_empty() { Err(EXPECTED) } else { Ok(Self { alternatives }) }
    }

    /// Returns an equivalent list of specifiers, or `None` if there is none.
    pub(crate) fn specifiers(&self) -> Option<VersionSpecifiers> {
        match &self.alternatives[..] {
            [one] => Some(one.clone()),
            several if several.iter().any(VersionSpecifiers::is_empty) => Some(VersionSpecifiers::empty()),
            several if several.iter().flat_map(|one| one.iter()).all(|one| is_release(one.version())) => {
                one_list(&self.ranges())
            }
            _ => None,
        }
    }

    /// Returns whether a version satisfies one of the alternatives.
    pub(crate) fn allows(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|one| allows(one, version))
    }

    /// Returns the specifiers of each alternative.
    pub(crate) fn alternatives(&self) -> &[VersionSpecifiers] {
        &self.alternatives
    }

    /// Returns an equivalent list of specifiers for versions of Python, or `None` if there is no such list. No version of
    /// Python is between 2.8 and 3.0, so the list may include that gap.
    pub(crate) fn python_specifiers(&self) -> Option<VersionSpecifiers> {
        let gap = ">=2.8,<3".parse().ok().map(release_specifiers_to_ranges)?;
        let last_python_2 = Version::new([2, 7]);
        self.specifiers().or_else(|| {
            let ranges = self.ranges();
            let touches = ranges.contains(&last_python_2);
            one_list(&if touches { ranges.union(&gap) } else { ranges })
        })
    }

    /// The same as a marker on the Python version; empty if any version is allowed.
    pub(crate) fn python_marker(&self) -> String {
        let ranges = self.ranges();
        if ranges == Ranges::full() {
            return String::new();
        }
        let segments: Vec<String> = ranges.iter().map(|(low, high)| marker_of(low, high)).collect();
        match &segments[..] {
            [one] => one.clone(),
            several => several.iter().map(|segment| format!("({segment})")).collect::<Vec<_>>().join(" or "),
        }
    }

    fn ranges(&self) -> Ranges<Version> {
        let ranges = self.alternatives.iter().map(|one| release_specifiers_to_ranges(one.clone()));
        ranges.fold(Ranges::empty(), |all, one| all.union(&one))
    }
}

const EXPECTED: &str = "a version constraint such as `^1.2`, `~1.2`, `1.*` or `>=1,<2`";

/// Ranges of releases know no other versions.
fn is_release(version: &Version) -> bool {
    version.epoch() == 0 && !version.any_prerelease() && !version.is_post() && !version.is_local()
}

/// One alternative: parts that all apply.
fn alternative(text: &str) -> Result<VersionSpecifiers, &'static str> {
    let mut specifiers = Vec::new();
    for part in parts(text) {
        specifiers.extend(specifiers_of(&part)?);
    }
    specifiers.join(",").parse().map_err(|_| EXPECTED)
}

/// Splits at commas and spaces; an operator belongs to the version after it.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut operator = String::new();
    for word in text.split([',', ' ', '\t', '\n']).filter(|word| !word.is_empty()) {
        operator.push_str(word);
        if word.bytes().any(|byte| byte.is_ascii_alphanumeric() || byte == b'*') {
            parts.push(std::mem::take(&mut operator));
        }
    }
    if !operator.is_empty() {
        parts.push(operator);
    }
    parts
}

fn specifiers_of(part: &str) -> Result<Vec<String>, &'static str> {
    let digits = part.find(|c: char| c.is_ascii_alphanumeric() || c == '*').ok_or(EXPECTED)?;
    let (operator, version) = part.split_at(digits);
    if version == "*" || version == "x" {
        return if matches!(operator, "" | "==" | "=" | ">=") { Ok(Vec::new()) } else { Err(EXPECTED) };
    }
    let operator = match operator {
        "" | "=" => "==",
        "<>" => "!=",
        "^" | "~" if version.contains('*') => return Err(EXPECTED),
        "^" => return series(version, caret),
        "~" => return series(version, tilde),
        "==" | "!=" | ">=" | "<=" | ">" | "<" | "~=" | "===" => operator,
        _ => return Err(EXPECTED),
    };
    Ok(vec![format!("{operator}{version}")])
}

/// From a version up to, but not including, the one that `end` returns for its release.
fn series(text: &str, end: impl Fn(&[u64]) -> Vec<u64>) -> Result<Vec<String>, &'static str> {
    let version: Version = text.parse().map_err(|_| EXPECTED)?;
    let end = Version::new(end(version.release())).with_epoch(version.epoch());
    Ok(vec![format!(">={text}"), format!("<{end}")])
}

/// `^1.2.3` allows changes that keep the first component that is not zero.
fn caret(release: &[u64]) -> Vec<u64> {
    let kept = release.iter().position(|part| *part != 0).unwrap_or(release.len() - 1);
    next(&release[..=kept])
}

/// `~1.2.3` allows changes of the third component, `~1` of the second.
fn tilde(release: &[u64]) -> Vec<u64> {
    next(&release[..release.len().min(2)])
}

fn next(release: &[u64]) -> Vec<u64> {
    let mut next = release.to_vec();
    if let Some(last) = next.last_mut() {
        *last = last.saturating_add(1);
    }
    next
}

/// Ranges as one list: the outer bounds, and each gap as versions or series that are excluded.
fn one_list(ranges: &Ranges<Version>) -> Option<VersionSpecifiers> {
    let segments: Vec<(&Bound<Version>, &Bound<Version>)> = ranges.iter().collect();
    let (first, last) = (segments.first()?, segments.last()?);
    let mut texts = Vec::new();
    match first.0 {
        Bound::Included(version) => texts.push(format!(">={version}")),
        Bound::Excluded(version) => texts.push(format!(">{version}")),
        Bound::Unbounded => {}
    }
    for pair in segments.windows(2) {
        texts.extend(gap(pair[0].1, pair[1].0)?);
    }
    match last.1 {
        Bound::Included(version) => texts.push(format!("<={version}")),
        Bound::Excluded(version) => texts.push(format!("<{version}")),
        Bound::Unbounded => {}
    }
    texts.join(",").parse().ok()
}

/// The exclusions of the versions between two segments. `None` if they are not whole series.
fn gap(end: &Bound<Version>, start: &Bound<Version>) -> Option<Vec<String>> {
    match (end, start) {
        (Bound::Excluded(end), Bound::Excluded(start)) if end == start => Some(vec![format!("!={end}")]),
        (Bound::Excluded(end), Bound::Included(start)) => {
            let (end, start) = (end.release(), start.release());
            let length = end.len().max(start.len());
            let padded = |release: &[u64]| -> Vec<u64> {
                release.iter().copied().chain(std::iter::repeat(0)).take(length).collect()
            };
            let (end, start) = (padded(end), padded(start));
            let at = (0..length).find(|at| end[*at] != start[*at])?;
            if end[at] > start[at] || end[at + 1..].iter().any(|part| *part > 0) {
                return None;
            }
            // `<8` and `>=8.1.3` exclude 8.0, and of 8.1 each release before the third.
            let firsts = (at..length).map(|depth| (depth, if depth == at { end[at] } else { 0 }));
            let mut excluded = Vec::new();
            for (depth, first) in firsts {
                if start[depth] - first > LONGEST_GAP {
                    return None;
                }
                let series = |last: u64| {
                    let release: Vec<String> = start[..depth].iter().chain([&last]).map(u64::to_string).collect();
                    format!("!={}.*", release.join("."))
                };
                excluded.extend((first..start[depth]).map(series));
            }
            Some(excluded)
        }
        _ => None,
    }
}

fn marker_of(low: &Bound<Version>, high: &Bound<Version>) -> String {
    let compare = |operator: &str, version: &Version| format!("python_full_version {operator} \"{version}\"");
    if let (Bound::Included(low), Bound::Included(high)) = (low, high)
        && low == high
    {
        return compare("==", low);
    }
    let low = match low {
        Bound::Included(version) => Some(compare(">=", version)),
        Bound::Excluded(version) => Some(compare(">", version)),
        Bound::Unbounded => None,
    };
    let high = match high {
        Bound::Included(version) => Some(compare("<=", version)),
        Bound::Excluded(version) => Some(compare("<", version)),
        Bound::Unbounded => None,
    };
    low.into_iter().chain(high).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use super::{Constraint, LONGEST_GAP};

    fn specifiers(text: &str) -> Option<String> {
        Constraint::parse(text).unwrap().specifiers().map(|specifiers| specifiers.to_string())
    }

    /// The examples of Poetry's documentation.
    #[test]
    fn each_operator_has_its_specifiers() {
        for (text, expected) in [
            ("^1.2.3", ">=1.2.3, <2"),
            ("^1.2", ">=1.2, <2"),
            ("^1", ">=1, <2"),
            ("^0.2.3", ">=0.2.3, <0.3"),
            ("^0.0.3", ">=0.0.3, <0.0.4"),
            ("^0.0", ">=0.0, <0.1"),
            ("^0", ">=0, <1"),
            ("^1!2.0", ">=1!2.0, <1!3"),
            ("~1.2.3", ">=1.2.3, <1.3"),
            ("~1.2", ">=1.2, <1.3"),
            ("~1", ">=1, <2"),
            ("~=1.2.3", "~=1.2.3"),
            ("*", ""),
            ("1.*", "==1.*"),
            ("1.2.*", "==1.2.*"),
            ("1.2.3", "==1.2.3"),
            ("=1.2.3", "==1.2.3"),
            ("<>1.2", "!=1.2"),
            (">= 1.2, < 1.5", ">=1.2, <1.5"),
            (">=1.2 <1.5", ">=1.2, <1.5"),
            ("^1.2,!=1.3", ">=1.2, !=1.3, <2"),
        ] {
            let found = specifiers(text).unwrap_or_else(|| panic!("{text}"));
            let sorted = |list: &str| {
                let mut parts: Vec<String> = list.split(',').map(|part| part.trim().to_owned()).collect();
                parts.sort();
                parts
            };
            assert_eq!(sorted(&found), sorted(expected), "{text}");
        }
    }

    #[test]
    fn alternatives_become_one_list_where_one_says_the_same() {
        assert_eq!(specifiers("^3.8 || ^3.10").as_deref(), Some(">=3.8, <4"));
        assert_eq!(specifiers(">=3.7,<3.9 || >=3.10,<4").as_deref(), Some(">=3.7, !=3.9.*, <4"));
        assert_eq!(specifiers("<2 || >2").as_deref(), Some("!=2"));
        assert_eq!(specifiers("* || 1.0").as_deref(), Some(""));
        assert_eq!(specifiers("1.0a1 || *").as_deref(), Some(""));
        let nested = specifiers("^7.4.7 || ^8.1.3");
        assert_eq!(nested.as_deref(), Some(">=7.4.7, !=8.0.*, !=8.1.0.*, !=8.1.1.*, !=8.1.2.*, <9"));
        assert_eq!(specifiers("^1 || ^3.1").as_deref(), Some(">=1, !=2.*, !=3.0.*, <4"));
        assert_eq!(specifiers("<1.5.2 || ^2"), None);
        assert_eq!(specifiers("^1 || ^2.60"), None);
        assert_eq!(specifiers("1.0 || 2.0"), None);
        assert_eq!(specifiers("<1.0.post1 || ^2"), None);
        assert_eq!(specifiers("^1 || ^1!2"), None);
        assert_eq!(specifiers("^5 || ^1!2"), None);
        assert_eq!(specifiers("<1 || >2"), None);
        let with_gap =
            |length: u64| specifiers(&format!("<2 || >={}", 2 + length)).map(|list| list.matches("!=").count());
        assert_eq!((with_gap(LONGEST_GAP), with_gap(LONGEST_GAP + 1)), (Some(50), None));
    }

    #[test]
    fn no_python_is_between_2_and_3() {
        let specifiers =
            |text: &str| Constraint::parse(text).unwrap().python_specifiers().map(|specifiers| specifiers.to_string());
        let expected = ">=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*, <4";
        assert_eq!(specifiers("~2.7 || ^3.4").as_deref(), Some(expected));
        assert_eq!(specifiers("2.7.* || >=3.4,<4").as_deref(), Some(expected));
        assert_eq!(specifiers("^3.8").as_deref(), Some(">=3.8, <4"));
        assert_eq!(specifiers("3.4.1 || 3.9.2"), None);
    }

    #[test]
    fn a_python_constraint_becomes_a_marker() {
        let marker = |text: &str| Constraint::parse(text).unwrap().python_marker();
        assert_eq!(marker("^3.8"), "python_full_version >= \"3.8\" and python_full_version < \"4\"");
        assert_eq!(marker("*"), "");
        assert_eq!(marker("3.9.2"), "python_full_version == \"3.9.2\"");
        assert_eq!(marker(">3.8,<=3.9"), "python_full_version > \"3.8\" and python_full_version <= \"3.9\"");
        assert_eq!(marker(">=3.8,<=3.9"), "python_full_version >= \"3.8\" and python_full_version <= \"3.9\"");
        assert_eq!(marker("<3.8 || >=3.10"), "(python_full_version < \"3.8\") or (python_full_version >= \"3.10\")");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "^", "^1.*", "~*", "!1", "1.2.3 abc!", "^x.y", "||"] {
            assert!(Constraint::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_version_satisfies_one_of_the_alternatives() {
        let constraint = Constraint::parse("<1 || >=2,<3").unwrap();
        for (version, expected) in [("0.9", true), ("1.5", false), ("2.0", true), ("3.0", false)] {
            assert_eq!(constraint.allows(&version.parse().unwrap()), expected, "{version}");
        }
        assert!(Constraint::parse("*").unwrap().allows(&"1".parse().unwrap()));
    }
}
