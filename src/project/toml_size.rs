//! A limit on the number of tokens in a TOML text.
//!
//! The parser needs fifty bytes of memory for a token before it looks at one. A text of brackets alone has as many tokens
//! as bytes, so its size says little.

use memchr::{memchr, memchr3};

/// The maximum number of tokens. A lock of ten megabytes has half as many.
const MOST_TOKENS: usize = 2_000_000;

/// Returns the offset of the first token that is one too many.
pub(crate) fn end_of_tokens(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // Each token has at least one byte.
    if bytes.len() <= MOST_TOKENS {
        return None;
    }
    let mut at = 0;
    for _ in 0..MOST_TOKENS {
        if at >= bytes.len() {
            return None;
        }
        at += token_length(&bytes[at..]);
    }
    (at < bytes.len()).then_some(at)
}

/// The message for a text with too many tokens.
pub(crate) const TOO_MANY: &str = "more than 2000000 values and signs; split the file, or remove what is generated";

fn token_length(bytes: &[u8]) -> usize {
    let is_blank = |byte: u8| matches!(byte, b' ' | b'\t');
    let is_sign =
        |byte: u8| matches!(byte, b'[' | b']' | b'{' | b'}' | b',' | b'=' | b'.' | b'\n' | b'#' | b'"' | b'\'');
    match bytes[0] {
        b'#' => memchr(b'\n', bytes).unwrap_or(bytes.len()),
        quote @ (b'"' | b'\'') => string_length(bytes, quote),
        byte if is_blank(byte) => until(bytes, |byte| !is_blank(byte)),
        byte if is_sign(byte) => 1,
        _ => until(bytes, |byte| is_blank(byte) || is_sign(byte)),
    }
}

fn until(bytes: &[u8], is_end: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| is_end(*byte)).unwrap_or(bytes.len())
}

fn string_length(bytes: &[u8], quote: u8) -> usize {
    let is_multiline = bytes.starts_with(&[quote; 3]);
    let start = if is_multiline { 3 } else { 1 };
    let mut at = start;
    while let Some(length) = memchr3(quote, b'\\', b'\n', bytes.get(at..).unwrap_or_default()) {
        at += length;
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !is_multiline => return at,
            byte if byte == quote && (!is_multiline || bytes[at..].starts_with(&[quote; 3])) => {
                return (at + start).min(bytes.len());
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{MOST_TOKENS, end_of_tokens, token_length};

    #[test]
    fn tokens_have_the_lengths_of_toml() {
        for (text, length) in [
            ("abc=1", 3),
            ("= 1", 1),
            ("  a", 2),
            ("# [,]\n[", 5),
            ("'a\"[,]' ,", 7),
            ("'a\\' ,", 4),
            ("\"a\\\"[\",", 6),
            ("'''a'\n''' ", 9),
            ("\"\"\"a\\\"\"\"\"\",", 9),
            ("\"a\n,", 2),
            ("\"a\\", 3),
        ] {
            assert_eq!(token_length(text.as_bytes()), length, "{text}");
        }
    }

    #[test]
    fn dense_texts_are_found() {
        let most = "[".repeat(MOST_TOKENS - 1);
        assert_eq!(
            (end_of_tokens(&format!("{most}ab")), end_of_tokens(&format!("{most}ab="))),
            (None, Some(MOST_TOKENS + 1))
        );
        for text in ["[", "1,", "a=1\n", "\n", "a.", "{}", "a "] {
            assert!(end_of_tokens(&text.repeat(MOST_TOKENS + 1)).is_some(), "{text}");
        }
        for text in [format!("# {}", "[".repeat(3 * MOST_TOKENS)), format!("a = '{}'", "[".repeat(3 * MOST_TOKENS))] {
            assert_eq!(end_of_tokens(&text), None);
        }
    }
}
