//! Safe display of untrusted text.
//!
//! A project name, a file name or a message of an engine may contain passwords, escape sequences or line breaks, or be
//! ten megabytes long. Error messages show such text through [`Escaped`]: it has no credentials, stays on one line and
//! cannot control the terminal.

use std::borrow::Cow;
use std::fmt;

use super::url_credentials::find_all;

/// The number of characters that are shown: enough to recognise the text, and short enough for one line.
const LONGEST: usize = 120;

/// Displays a text without the credentials of its URLs: `…` replaces user names, passwords and tokens.
///
/// Every error, warning, plan and command of this crate shows text this way. Use it for what other programs print.
///
/// ```
/// use agentix_gen::value::Redacted;
/// let line = "fetching https://me:hunter2@pypi.example.org/simple?token=abc";
/// assert_eq!(Redacted(line).to_string(), "fetching https://…@pypi.example.org/simple?token=…");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Redacted<'a>(pub &'a str);

impl<'a> Redacted<'a> {
    /// Returns the text that is displayed. Without credentials, that is the same text.
    pub fn text(self) -> Cow<'a, str> {
        let found = find_all(self.0);
        if found.is_empty() {
            return Cow::Borrowed(self.0);
        }
        let mut shown = String::with_capacity(self.0.len());
        let mut end = 0;
        for secret in found.into_iter().map(|found| found.secret) {
            shown += &self.0[end..secret.start];
            shown.push('…');
            end = secret.end;
        }
        Cow::Owned(shown + &self.0[end..])
    }
}

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// Displays a redacted text in backticks, with control characters escaped, truncated to 120 characters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`")?;
        let shown = Redacted(self.0).text();
        let mut characters = shown.chars();
        for c in characters.by_ref().take(LONGEST) {
            write_visible(c, f)?;
        }
        f.write_str(if characters.next().is_some() { "…`" } else { "`" })
    }
}

/// Displays a whole text, redacted and with control characters escaped. Use it for paths and messages that have their own line.
///
/// ```
/// use agentix_gen::value::OneLine;
/// assert_eq!(OneLine("a\u{1b}[31mb").to_string(), r"a\u{1b}[31mb");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct OneLine<'a>(pub &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted(self.0).text().chars().try_for_each(|c| write_visible(c, f))
    }
}

/// Returns whether a character is a control character, changes the direction of the text, or separates lines.
pub fn is_unseen(c: char) -> bool {
    let changes_direction =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
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
