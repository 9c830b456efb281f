//! The options of a requirements file.

/// The options of a requirements file: long name, short name, and whether the option takes a value.
const OPTIONS: [(&str, Option<&str>, bool); 13] = [
    ("--index-url", Some("-i"), true),
    ("--extra-index-url", None, true),
    ("--find-links", Some("-f"), true),
    ("--trusted-host", None, true),
    ("--no-binary", None, true),
    ("--only-binary", None, true),
    ("--use-feature", None, true),
    ("--all-releases", None, true),
    ("--only-final", None, true),
    ("--no-index", None, false),
    ("--pre", None, false),
    ("--prefer-binary", None, false),
    ("--require-hashes", None, false),
];

/// Returns the long name of an option, and whether it takes a value.
pub(super) fn option(name: &str) -> Option<(&'static str, bool)> {
    let known = OPTIONS.iter().find(|(long, short, _)| *long == name || *short == Some(name));
    known.map(|(long, _, takes_value)| (*long, *takes_value))
}

/// Splits `--name=value` or `-rvalue` into name and value.
pub(super) fn split_option(word: &str) -> (&str, Option<&str>) {
    let is_long = word.starts_with("--");
    match word.split_once('=') {
        Some((name, value)) if is_long => (name, Some(value)),
        _ if is_long => (word, None),
        _ => match word.split_at_checked(2) {
            Some((name, value)) if !value.is_empty() => (name, Some(value)),
            _ => (word, None),
        },
    }
}
