//! A Dockerfile read back, by the rules of the [Dockerfile reference] and without a look at how it was written.
//!
//! [Dockerfile reference]: https://docs.docker.com/reference/dockerfile/

/// The logical lines of a Dockerfile that are not blank: comments as they stand, instructions with `\` at the end of a
/// line joined.
pub(crate) fn logical_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open = String::new();
    for line in text.split('\n') {
        if open.is_empty() && (line.trim().is_empty() || line.trim_start().starts_with('#')) {
            lines.push(line.to_owned());
        } else if let Some(start) = line.trim_end().strip_suffix('\\') {
            open += start;
        } else {
            lines.push(std::mem::take(&mut open) + line);
        }
    }
    assert!(open.is_empty(), "the last line goes on: {text}");
    lines.retain(|line| !line.trim().is_empty());
    lines
}

/// A line as its instruction and what follows it; none for a comment.
pub(crate) fn instruction(line: &str) -> Option<(&str, &str)> {
    (!line.starts_with('#')).then(|| line.split_once(' ').unwrap_or((line, "")))
}

/// `key="value"`, or `key=value` with a value that needs no quotes.
pub(crate) fn pair(text: &str) -> (String, String) {
    let (key, value) = text.split_once('=').unwrap_or_else(|| panic!("no pair: {text}"));
    assert!(!key.contains(char::is_whitespace), "{text}");
    let value = match value.strip_prefix('"') {
        Some(quoted) => unquoted(quoted),
        None => {
            assert!(!value.contains(|c: char| c.is_whitespace() || "\"'\\$".contains(c)), "{text}");
            value.to_owned()
        }
    };
    (key.to_owned(), value)
}

/// What stands between double quotes, the first of them taken off already: the second one ends the text, and nothing in
/// it is a variable.
fn unquoted(quoted: &str) -> String {
    let mut value = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next() {
            Some('\\') => value.extend(characters.next().filter(|c| matches!(c, '"' | '\\' | '$'))),
            Some('"') => break,
            Some('$') | None => panic!("not quoted: {quoted}"),
            Some(c) => value.push(c),
        }
    }
    assert_eq!(characters.as_str(), "", "something follows the quotes: {quoted}");
    value
}
