//! The lines of a requirement file: joined where one ends with `\`, comments taken away.

/// A line as an installer sees it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LogicalLine {
    /// Where it starts in the file, from 1.
    pub(super) number: usize,
    /// Its text, without comment and white space around it; not empty.
    pub(super) text: String,
}

/// A word of a line, and where it ends.
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

    /// What follows a word.
    pub(super) fn after(&self, word: &Word<'_>) -> &str {
        self.text[word.end..].trim()
    }
}

/// The logical lines that are not empty.
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

/// A `#` starts a comment at the start of a line or after white space.
fn without_comment(line: &str) -> &str {
    let starts = |at: usize| at == 0 || line[..at].ends_with(char::is_whitespace);
    let comment = line.match_indices('#').find(|(at, _)| starts(*at));
    comment.map_or(line, |(at, _)| &line[..at])
}
