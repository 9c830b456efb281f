//! Parses a Dockerfile by the rules of the [Dockerfile reference], independently of the code that wrote it.
//!
//! [Dockerfile reference]: https://docs.docker.com/reference/dockerfile/

/// A line that is not blank. Lines that are joined by `\` are one line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Line {
    /// A comment, or an instruction without quoted words.
    Plain(String),
    /// `ENV` or `LABEL`, and the names and values that it sets.
    Pairs(String, Vec<(String, String)>),
    /// An instruction with its flags, and its command in exec form.
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
    assert!(open.is_empty(), "the last line ends with a `\\`: {text}");
    lines.retain(|line| !line.trim().is_empty());
    lines
}

fn read_line(line: &str) -> Line {
    let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
    match name {
        // The only variable that is expanded on purpose.
        "ENV" if rest == r#"PATH="/nix/runtime/bin:$PATH""# => Line::Plain(line.to_owned()),
        "ENV" | "LABEL" => Line::Pairs(name.to_owned(), pairs(rest)),
        "ENTRYPOINT" | "CMD" => Line::Command(name.to_owned(), words(rest)),
        "RUN" if rest.starts_with('[') => Line::Command(name.to_owned(), words(rest)),
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

/// Parses any number of pairs `key="value"`, or `key=value` if the value needs no quotes.
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
        assert!(rest.is_empty() || rest.starts_with(' '), "no space after the closing quote: {text}");
        pairs.push((key.to_owned(), value));
        text = rest;
    }
    pairs
}

/// Returns the text before the closing double quote, and the rest after it. The opening quote is already removed.
/// Panics if the text contains a variable.
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
