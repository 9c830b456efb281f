//! How text from outside is shown to a person.
//!
//! A project's name, a file name or an engine's message may hold escape sequences, line breaks or ten megabytes.
//! Whatever goes into an error message goes through [`Escaped`], so that it stays one line that a terminal cannot obey.

use std::fmt;

/// How much of a text is shown: enough to recognise it, short enough for one line.
const LONGEST: usize = 120;

/// Displays a text in backticks, control characters escaped, cut after 120 characters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`")?;
        let mut characters = self.0.chars();
        for c in characters.by_ref().take(LONGEST) {
            write_visible(c, f)?;
        }
        f.write_str(if characters.next().is_some() { "…`" } else { "`" })
    }
}

/// Displays a text as it is, control characters escaped: for paths and messages that stand on a line of their own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| write_visible(c, f))
    }
}

/// Whether a character is a control character, or turns the direction of the text around it.
pub(crate) fn is_unseen(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let splits = matches!(c, '\u{2028}' | '\u{2029}');
    c.is_control() || turns || splits
}

/// Characters that are not seen are written as escapes.
fn write_visible(c: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if is_unseen(c) { write!(f, "{}", c.escape_default()) } else { write!(f, "{c}") }
}

#[cfg(test)]
mod tests {
    use super::{Escaped, OneLine};

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(Escaped("a\u{1b}[31mb\n").to_string(), "`a\\u{1b}[31mb\\n`");
        assert_eq!(OneLine("é\u{202e}x\r").to_string(), "é\\u{202e}x\\r");
    }

    #[test]
    fn long_text_is_cut() {
        let shown = Escaped(&"x".repeat(500)).to_string();
        assert_eq!(shown.chars().count(), 120 + "`…`".chars().count());
    }
}
