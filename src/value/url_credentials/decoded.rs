//! Credentials behind encoded delimiters: `ssh://me%3APASSWORD@host`, a URL in a parameter of another, the escapes
//! of TOML and JSON (`https:\u002f/…`), and lines that end with `\`.

use super::{Found, lines_with_sign, token};

/// Adds the credentials in the decoded text, at their place in the text as written. `offset` is the place of the text
/// in the whole.
pub(super) fn scan(text: &str, offset: usize, found: &mut Vec<Found>) {
    let decoded = Decoded::new(text);
    let known = found.len();
    lines_with_sign(&decoded.text).for_each(|(start, line)| token::scan(line, start, found));
    for one in &mut found[known..] {
        for range in [&mut one.url, &mut one.secret] {
            *range = offset + decoded.place(range.start)..offset + decoded.place(range.end);
        }
    }
}

struct Decoded {
    text: String,
    /// How far a place in the decoded text is from its place in the text as written: from the first place on.
    shifts: Vec<(usize, usize)>,
}

impl Decoded {
    fn new(written: &str) -> Self {
        let mut this = Self { text: String::with_capacity(written.len()), shifts: Vec::new() };
        let mut rest = written;
        while let Some(at) = rest.find(['%', '\\']) {
            let (plain, code) = rest.split_at(at);
            this.text += plain;
            let (meaning, length) = meaning(code);
            this.text.extend(meaning);
            rest = &code[length..];
            this.shifts.push((this.text.len(), written.len() - rest.len() - this.text.len()));
        }
        this.text += rest;
        this
    }

    fn place(&self, decoded: usize) -> usize {
        let before = self.shifts.partition_point(|(from, _)| *from <= decoded);
        decoded + before.checked_sub(1).map_or(0, |last| self.shifts[last].1)
    }
}

/// Returns the character that a code stands for, and the length of the code. Only printable ASCII is decoded.
fn meaning(code: &str) -> (Option<char>, usize) {
    let digits = |start: usize, count: usize| {
        let value = u32::from_str_radix(code.get(start..start + count)?, 16).ok()?;
        let character = char::from_u32(value).filter(char::is_ascii_graphic)?;
        Some((Some(character), start + count))
    };
    let decoded = match code.as_bytes() {
        [b'%', ..] => digits(1, 2),
        [_, b'x', ..] => digits(2, 2),
        [_, b'u', ..] => digits(2, 4),
        [_, b'U', ..] => digits(2, 8),
        [_, b'\n' | b'\r', ..] => Some((None, code.len() - code[1..].trim_start().len())),
        _ => None,
    };
    decoded.unwrap_or_else(|| (code.chars().next(), 1))
}
