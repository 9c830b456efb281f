//! Reads text in UTF-16 as UTF-8.

use std::borrow::Cow;

/// The encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8, ASCII, or unknown.
    Plain,
    /// UTF-16, least significant byte first.
    Utf16Le,
    /// UTF-16, most significant byte first.
    Utf16Be,
}

impl Encoding {
    /// Returns the encoding by the byte order mark, or by the zero bytes that UTF-16 has in a text of ASCII characters.
    pub(super) fn of(start: &[u8]) -> Self {
        const SAMPLE: usize = 64;
        match start {
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            _ => {}
        }
        let pairs = || start.chunks_exact(2).take(SAMPLE / 2);
        match () {
            () if start.len() < 8 => Self::Plain,
            () if pairs().all(|pair| pair[0] != 0 && pair[1] == 0) => Self::Utf16Le,
            () if pairs().all(|pair| pair[0] == 0 && pair[1] != 0) => Self::Utf16Be,
            () => Self::Plain,
        }
    }

    /// Returns the text as UTF-8. Invalid characters are replaced.
    pub(super) fn decode(self, text: &[u8]) -> Cow<'_, [u8]> {
        let from_pair = match self {
            Self::Plain => return Cow::Borrowed(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)),
            Self::Utf16Le => u16::from_le_bytes,
            Self::Utf16Be => u16::from_be_bytes,
        };
        let units = text.chunks_exact(2).map(|pair| from_pair([pair[0], pair[1]]));
        let decoded: String =
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        decoded.trim_start_matches('\u{feff}').to_owned().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding;

    #[test]
    fn utf_16_is_recognised_with_and_without_a_byte_order_mark() {
        for text in ["password = 1", "\u{feff}password = 1"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(&*Encoding::of(&little).decode(&little), b"password = 1");
            assert_eq!(&*Encoding::of(&big).decode(&big), b"password = 1");
            assert_eq!(&*Encoding::of(text.as_bytes()).decode(text.as_bytes()), b"password = 1");
        }
        assert_eq!(Encoding::of(b"\0\0\0\0\0\0\0\0"), Encoding::Plain);
    }
}
