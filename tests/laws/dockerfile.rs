//! A Dockerfile read back, by the rules of the [Dockerfile reference] and without a look at how it was written.
//!
//! [Dockerfile reference]: https://docs.docker.com/reference/dockerfile/

/// A line that is not blank, those that `\` joins being one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Line {
    /// A comment, or an instruction whose words nobody quotes.
    Plain(String),
    /// `ENV` or `LABEL`, and what it sets.
    Pairs(String, Vec<(String, String)>),
    /// An instruction with its flags, and the command that it has in the exec form.
    Command(String, Vec<String>),
}

pub(crate) fn read(text: &str) -> Vec<Line> {
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    logical_lines(text).into_iter().map(|line| read_line(&line)).collect()
}

fn logical_lines(text: &str) -> Vec<String> {
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

fn read_line(line: &str) -> Line {
    let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
    match name {
        // The one variable that is expanded on purpose.
        "ENV" if rest == r#"PATH="/nix/runtime/bin:$PATH""# => Line::Plain(line.to_owned()),
        "ENV" | "LABEL" => Line::Pairs(name.to_owned(), pairs(rest)),
        "ENTRYPOINT" | "CMD" => Line::Command(name.to_owned(), words(rest)),
        "HEALTHCHECK" => {
            let (flags, command) = rest.split_once("CMD ").unwrap_or_else(|| panic!("no command: {line}"));
            Line::Command(format!("{name} {flags}").trim_end().to_owned(), words(command))
        }
        _ => Line::Plain(line.split_whitespace().collect::<Vec<_>>().join(" ")),
    }
}

fn words(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

/// `key="value"`, or `key=value` with a value that needs no quotes, any number of them.
fn pairs(mut text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    while !text.trim_start_matches(' ').is_empty() {
        let (key, rest) = text.split_once('=').unwrap_or_else(|| panic!("no pair: {text}"));
        let key = key.trim_start_matches(' ');
        assert!(!key.contains(|c: char| c.is_whitespace() || "\"'\\$".contains(c)), "{text}");
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => {
                let (value, rest) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
                assert!(!value.contains(|c: char| c.is_whitespace() || "\"'\\$".contains(c)), "{text}");
                (value.to_owned(), rest)
            }
        };
        assert!(rest.is_empty() || rest.starts_with(' '), "something follows the quotes: {text}");
        pairs.push((key.to_owned(), value));
        text = rest;
    }
    pairs
}

/// What stands between double quotes, the first of them taken off already, and what comes after: the second one ends the
/// text, and nothing in it is a variable.
fn unquoted(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next() {
            Some('\\') => value.extend(characters.next().filter(|c| matches!(c, '"' | '\\' | '$'))),
            Some('"') => return (value, characters.as_str()),
            Some('$') | None => panic!("not quoted: {quoted}"),
            Some(c) => value.push(c),
        }
    }
}
