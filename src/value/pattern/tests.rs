use proptest::prelude::*;

use super::Pattern;

#[track_caller]
fn check(pattern: &str, matching: &[&str], others: &[&str]) {
    let pattern: Pattern = pattern.parse().unwrap();
    for path in matching {
        assert!(pattern.matches(path), "{pattern} should match {path}");
    }
    for path in others {
        assert!(!pattern.matches(path), "{pattern} should not match {path}");
    }
}

// The cases of moby's `patternmatcher_test.go` that apply to paths in a context.
#[test]
fn patterns_match_as_in_docker() {
    check("a", &["a", "a/b"], &["b/a", "ab"]);
    check("/a/", &["a", "a/b"], &["b/a"]);
    check("./a/../b", &["b"], &["a"]);
    check("*", &["a", "a/b"], &[]);
    check("*.log", &["a.log"], &["x/a.log"]);
    check("a?c", &["abc"], &["a/c", "ac"]);
    check("**", &["file", "dir/file"], &[]);
    check("**/", &["file", "dir/file"], &[]);
    check("**/*.log", &["a.log", "x/a.log", "x/y/a.log"], &["a.txt"]);
    check("**/file", &["file", "dir/file", "dir/file/x"], &["dir/afile2", "x/afile"]);
    check("**.log", &["a.log", "x/a.log"], &["a.logs"]);
    check("dir/**", &["dir/file", "dir/dir2/file"], &["other"]);
    check("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["ab", "a/xb", "x/a/b"]);
    check("**/dir2/*", &["dir/dir2/file", "dir2/x"], &["dir/dir2"]);
    check("a[b-d]e", &["ace"], &["aae"]);
    check("a[^b-d]e", &["aae", "aze"], &["ace"]);
    check("a\\*b", &["a*b"], &["axb"]);
    check("a(b)c.d", &["a(b)c.d"], &["a(b)cxd"]);
    check("a/**", &["a/b", "a/b/c"], &["a", "ab"]);
    check("**/a**", &["a", "b/a", "b/ab/c"], &["b/ba"]);
    check("^a*", &["ab"], &["^ab"]);
    check("^a", &["^a"], &["a"]);
    check("a|b", &["a|b"], &["a", "b"]);
    check("a.{b,c}*", &["a.{b,c}d"], &["a.b"]);
    check("日本語", &["日本語"], &["日本"]);
    check("a[\\]\\-]b", &["a]b", "a-b"], &["a\\b"]);
    check("a[[]b", &["a[b"], &["ab"]);
    check("a^*", &[], &["a", "ab", "a^b"]);
    check("**/x*", &["a/x1"], &["a\nb/x1"]);
    check("a**z*", &["a/b/z"], &["a\nz"]);
    check("/../a/b/../../c", &["c"], &["b/c", "a/c"]);
    check("../../a", &[], &["a"]);
}

#[test]
fn invalid_patterns_are_rejected() {
    for text in [
        "",
        " ",
        "/",
        ".",
        "a[",
        "a[]b]",
        "a[-x]",
        "a[x-",
        "a[x-]]",
        "a[z-a]",
        "a[*]",
        "a[[:alpha:]]",
        "a|b*",
        "a{2}*",
        "a\\",
        "a\\d",
        "a\nb",
    ] {
        assert!(text.parse::<Pattern>().is_err(), "{text:?}");
    }
}

#[test]
fn a_pattern_may_match_below_some_folders_only() {
    for (pattern, folder, expected) in [
        ("build/generated.txt", "build", true),
        ("src/generated.txt", "build", false),
        ("**/x", "build", true),
        ("b*/x/y", "build/x", true),
        ("*.txt", "build", false),
        ("building", "build", false),
        ("build/gen**", "build", true),
        ("build/gen**", "build/generated", true),
        ("build/gen**", "build/src", false),
        ("build/**", "build", true),
        ("build/**", "src", false),
    ] {
        let may_match = pattern.parse::<Pattern>().unwrap().may_match_below(folder);
        assert_eq!(may_match, expected, "{pattern} below {folder}");
    }
}

proptest! {
    /// An escaped path matches itself, and does not match a longer path.
    #[test]
    fn an_escaped_path_matches_only_itself(path in "[a-z*?\\[\\]\\\\!]{1,6}(/[a-z*?\\[\\]\\\\]{1,6}){0,3}") {
        let escape = |c: char| if "*?[]\\".contains(c) { vec!['\\', c] } else { vec![c] };
        let escaped: String = path.chars().flat_map(escape).collect();
        let pattern: Pattern = escaped.parse().unwrap();
        prop_assert!(pattern.matches(&path));
        let other = format!("{path}x");
        prop_assert!(!pattern.matches(&other));
    }

    /// A pattern without `**` matches exactly if each of its components matches the path component in the same position.
    #[test]
    fn components_match_one_by_one(
        pattern in "[ab*?]{1,3}(/[ab*?]{1,3}){0,2}",
        path in "[ab]{1,3}(/[ab]{1,3}){0,2}",
    ) {
        prop_assume!(!pattern.contains("**"));
        let whole = pattern.parse::<Pattern>().unwrap().matches(&path);
        let (of_pattern, of_path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
        let each = of_pattern.len() <= of_path.len()
            && of_pattern.iter().zip(&of_path).all(|(p, c)| p.parse::<Pattern>().unwrap().matches(c));
        prop_assert_eq!(whole, each);
    }
}

/// A text that a pattern consists of.
const PARTS: &[&str] = &["a", "b", "é", "ab", "/", "/", "*", "**", "?", "[ab]", "[^a]", "\\*", "^", "."];

fn made_of_parts() -> impl Strategy<Value = Pattern> {
    let text = proptest::collection::vec(proptest::sample::select(PARTS), 1..7).prop_map(|parts| parts.concat());
    text.prop_filter_map("not a pattern", |text| text.parse().ok())
}

proptest! {
    /// A long list, which has an index, matches like its patterns one by one.
    #[test]
    fn a_list_matches_like_its_patterns(
        patterns in proptest::collection::vec(made_of_parts(), 65..120),
        paths in proptest::collection::vec("[abé.*]{1,3}(/[abé.*]{1,3}){0,3}", 1..20),
    ) {
        let list: super::PatternSet = patterns.iter().cloned().collect();
        for path in &paths {
            let first = patterns.iter().find(|pattern| pattern.matches(path));
            prop_assert_eq!(list.first_match(path), first, "{}", path);
            let may_match = patterns.iter().any(|pattern| pattern.may_match_below(path));
            prop_assert_eq!(list.may_match_below(path), may_match, "below {}", path);
            let few: super::PatternSet = patterns.iter().take(10).cloned().collect();
            prop_assert_eq!(few.first_match(path), patterns[..10].iter().find(|pattern| pattern.matches(path)));
        }
    }
}

#[test]
fn patterns_are_equal_if_their_texts_are() {
    let pattern = |text: &str| text.parse::<Pattern>().unwrap();
    assert!(pattern("a*") == pattern("a*") && pattern("a*") != pattern("b*"));
}
