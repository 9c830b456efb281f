//! Safe display of untrusted text.
//!
//! A project name, a file name or a message of an engine may contain escape sequences or line breaks, or be ten
//! megabytes long. Error messages show such text through [`Escaped`]: it stays on one line and cannot control the
//! terminal.

use std::fmt;

/// The number of characters that are shown: enough to recognise the text, and short enough for one line.
const LONGEST: usize = 120;

/// Displays a text in backticks, with control characters escaped, truncated to 120 characters.
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

/// Displays a whole text with control characters escaped. Use it for paths and messages that have their own line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| write_visible(c, f))
    }
}

/// Returns whether a character is a control character, changes the direction of the text, or separates lines.
pub(crate) fn is_unseen(c: char) -> bool {
    let changes_direction = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let separates_lines = matches!(c, '\u{2028}' | '\u{2029}');
    c.is_control() || changes_direction || separates_lines
}

/// Writes a character, and escapes it if it is invisible.
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
    fn long_text_is_truncated() {
        let shown = Escaped(&"x".repeat(500)).to_string();
        assert_eq!(shown.chars().count(), 120 + "`…`".chars().count());
    }
}
