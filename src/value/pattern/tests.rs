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

// The cases are those of moby's `patternmatcher_test.go` that say something about a path in a context.
#[test]
fn patterns_match_as_docker_has_it() {
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
fn what_is_no_pattern_is_refused() {
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
fn a_pattern_knows_where_it_may_match() {
    let below = |pattern: &str, folder: &str| pattern.parse::<Pattern>().unwrap().may_match_below(folder);
    assert!(below("build/generated.txt", "build"));
    assert!(!below("src/generated.txt", "build"));
    assert!(below("**/x", "build"));
    assert!(below("b*/x/y", "build/x"));
    assert!(!below("*.txt", "build"));
    assert!(!below("building", "build"));
    assert!(below("build/gen**", "build") && below("build/gen**", "build/generated"));
    assert!(below("build/**", "build") && !below("build/**", "src") && !below("build/gen**", "build/src"));
}

proptest! {
    /// A path with every special character escaped matches itself, and nothing that differs.
    #[test]
    fn an_escaped_path_matches_itself_alone(path in "[a-z*?\\[\\]\\\\!]{1,6}(/[a-z*?\\[\\]\\\\]{1,6}){0,3}") {
        let escaped: String = path.chars().flat_map(|c| if "*?[]\\".contains(c) { vec!['\\', c] } else { vec![c] }).collect();
        let pattern: Pattern = escaped.parse().unwrap();
        prop_assert!(pattern.matches(&path));
        let other = format!("{path}x");
        prop_assert!(!pattern.matches(&other));
    }

    /// Without `**`, a match has as many components as the pattern, and each matches its own.
    #[test]
    fn components_match_one_by_one(pattern in "[ab*?]{1,3}(/[ab*?]{1,3}){0,2}", path in "[ab]{1,3}(/[ab]{1,3}){0,2}") {
        prop_assume!(!pattern.contains("**"));
        let whole = pattern.parse::<Pattern>().unwrap().matches(&path);
        let (of_pattern, of_path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
        let each = of_pattern.len() <= of_path.len()
            && of_pattern.iter().zip(&of_path).all(|(p, c)| p.parse::<Pattern>().unwrap().matches(c));
        prop_assert_eq!(whole, each);
    }
}
