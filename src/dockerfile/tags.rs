//! Splits a template into its tags and their words, without the template engine's parser.
//!
//! The parser is recursive and has no limit for some constructs, so a template is checked before it is parsed. Where
//! this module and the parser disagree about the end of a tag, the tag is longer here, and its length is limited.

/// A tag: `{{ … }}` or `{% … %}`.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    /// The line number, starting at 1.
    pub(super) line: usize,
    /// The text between the delimiters.
    pub(super) text: &'a str,
    pub(super) is_block: bool,
}

/// A part of the text of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// A name or a keyword.
    Word(&'a str),
    /// A string or a number.
    Literal,
    /// Any other character.
    Symbol(char),
}

/// Returns the tags of a template.
pub(super) fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let (mut rest, mut line) = (text, 1);
    std::iter::from_fn(move || {
        loop {
            let start = rest.find(['{', '\n'])?;
            line += usize::from(rest.as_bytes()[start] == b'\n');
            let inside = rest.get(start + 2..).unwrap_or_default();
            match rest.as_bytes()[start..].get(..2)? {
                b"{#" => {
                    let end = inside.find("#}").map_or(inside.len(), |end| end + 2);
                    line += inside[..end].matches('\n').count();
                    rest = &inside[end..];
                }
                [b'{', kind @ (b'{' | b'%')] => {
                    let end = end_of(inside, if *kind == b'{' { "}}" } else { "%}" });
                    let tag = Tag { line, text: &inside[..end], is_block: *kind == b'%' };
                    line += tag.text.matches('\n').count();
                    rest = &inside[end..];
                    return Some(tag);
                }
                _ => rest = &rest[start + 1..],
            }
        }
    })
}

/// Returns the offset at which a tag ends. An end in a string or in braces is none.
fn end_of(inside: &str, close: &str) -> usize {
    let mut braces = 0_usize;
    let mut at = 0;
    while at < inside.len() {
        let rest = &inside[at..];
        if braces == 0 && rest.starts_with(close) {
            return at;
        }
        match rest.as_bytes()[0] {
            b'\'' | b'"' => at += string_length(rest) - 1,
            b'{' | b'(' | b'[' => braces += 1,
            b'}' | b')' | b']' => braces = braces.saturating_sub(1),
            _ => {}
        }
        at = inside.ceil_char_boundary(at + 1);
    }
    inside.len()
}

/// Returns the length of the string that starts a text, with its quotes.
fn string_length(text: &str) -> usize {
    let quote = text.as_bytes()[0];
    let mut is_escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == quote && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

impl<'a> Tag<'a> {
    /// Returns the parts of the text.
    pub(super) fn parts(&self) -> Vec<Part<'a>> {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let mut parts = Vec::new();
        let mut rest = self.text.trim_start_matches(['-', '+']).trim_start();
        while let Some(first) = rest.chars().next() {
            let (part, length) = match first {
                '\'' | '"' => (Part::Literal, string_length(rest)),
                c if is_word(c) => {
                    let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                    (if c.is_ascii_digit() { Part::Literal } else { Part::Word(&rest[..length]) }, length)
                }
                c => (Part::Symbol(c), c.len_utf8()),
            };
            parts.push(part);
            rest = rest[length..].trim_start();
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, tags};

    #[test]
    fn tags_end_where_the_parser_ends_them() {
        let text = "a {{ 1 }}\n{# {{ no }} #}{% set a = '%}' ~ \"\\\"%}\" %}\n{{ {1: {2: 3}} }}{{ '";
        let found: Vec<_> = tags(text).map(|tag| (tag.line, tag.text, tag.is_block)).collect();
        let expected = [
            (1, " 1 ", false),
            (2, " set a = '%}' ~ \"\\\"%}\" ", true),
            (3, " {1: {2: 3}} ", false),
            (3, " '", false),
        ];
        assert_eq!(found, expected);
        let lines: Vec<_> = tags("{#\n\n#}{{ 1 }}\n{{ '\n' }}{{ 2 }}").map(|tag| tag.line).collect();
        assert_eq!(lines, [3, 4, 5]);
        let texts: Vec<_> = tags("{{ 'x'}}}{{ ''}}a}}{{ é 'x' }}").map(|tag| tag.text).collect();
        assert_eq!(texts, [" 'x'", " ''", " é 'x' "]);
    }

    #[test]
    fn a_tag_has_words_literals_and_symbols() {
        let tag = tags("{%- set a_1 = [b, 'c', 4] %}").next().unwrap();
        let symbol = Part::Symbol;
        let words = [Part::Word("set"), Part::Word("a_1"), symbol('='), symbol('['), Part::Word("b"), symbol(',')];
        assert_eq!(tag.parts()[..6], words);
        assert_eq!(tag.parts()[6..], [Part::Literal, symbol(','), Part::Literal, symbol(']')]);
    }
}
