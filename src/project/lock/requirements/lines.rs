//! The logical lines of a requirements file: lines that end with `\` are joined, and comments are removed.

/// A logical line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LogicalLine {
    /// The number of its first line in the file, from 1.
    pub(super) number: usize,
    /// The text, trimmed and without comments; not empty.
    pub(super) text: String,
}

/// A word of a line, with the offset of its end.
#[derive(Debug)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    end: usize,
}

impl LogicalLine {
    pub(super) fn words(&self) -> impl Iterator<Item = Word<'_>> {
        let start = self.text.as_ptr().addr();
        self.text.split_whitespace().map(move |text| Word { text, end: text.as_ptr().addr() - start + text.len() })
    }

    /// Returns the text after a word, trimmed.
    pub(super) fn after(&self, word: &Word<'_>) -> &str {
        self.text[word.end..].trim()
    }
}

/// Returns the logical lines that are not empty.
pub(super) fn logical(text: &str) -> impl Iterator<Item = LogicalLine> {
    let mut lines = (1..).zip(text.lines());
    std::iter::from_fn(move || {
        let (number, first) = lines.next()?;
        let mut joined = String::new();
        let mut line = first;
        // A comment line ends a joined line, as in pip.
        while let Some(start) = line.strip_suffix('\\').filter(|_| !is_comment(line)) {
            joined.push_str(start);
            line = lines.next().map_or("", |(_, next)| next);
        }
        if !is_comment(line) {
            joined.push_str(line);
        }
        Some(LogicalLine { number, text: without_comment(&joined).trim().to_owned() })
    })
    .filter(|line| !line.text.is_empty())
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// Removes the comment of a line. A `#` starts a comment only at the start of the line or after white space.
fn without_comment(line: &str) -> &str {
    let starts = |at: usize| at == 0 || line[..at].ends_with(char::is_whitespace);
    let comment = line.match_indices('#').find(|(at, _)| starts(*at));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// Returns the names of the variables in a line.
pub(super) fn variables(line: &str) -> impl Iterator<Item = &str> {
    let is_name = |name: &&str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    line.split("${").skip(1).filter_map(|after| Some(after.split_once('}')?.0)).filter(is_name)
}
