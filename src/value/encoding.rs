//! Reads text in UTF-16 and UTF-32 as UTF-8.

use std::borrow::Cow;

/// The encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, ASCII, or unknown.
    Plain,
    /// UTF-16, least significant byte first.
    Utf16Le,
    /// UTF-16, most significant byte first.
    Utf16Be,
    /// UTF-32, least significant byte first.
    Utf32Le,
    /// UTF-32, most significant byte first.
    Utf32Be,
}

impl Encoding {
    /// Returns the encoding by the byte order mark of UTF-16 or UTF-32.
    pub(crate) fn by_mark(start: &[u8]) -> Option<Self> {
        match start {
            [0xff, 0xfe, 0, 0, ..] => Some(Self::Utf32Le),
            [0, 0, 0xfe, 0xff, ..] => Some(Self::Utf32Be),
            [0xff, 0xfe, ..] => Some(Self::Utf16Le),
            [0xfe, 0xff, ..] => Some(Self::Utf16Be),
            _ => None,
        }
    }

    /// Returns the encoding by the byte order mark, or by the zero bytes in a text of ASCII characters.
    pub(crate) fn of(start: &[u8]) -> Self {
        const SAMPLE: usize = 64;
        if let Some(marked) = Self::by_mark(start) {
            return marked;
        }
        let fours = || start.chunks_exact(4).take(SAMPLE / 4);
        let pairs = || start.chunks_exact(2).take(SAMPLE / 2);
        match () {
            () if start.len() < 8 => Self::Plain,
            () if fours().all(|four| four[0] != 0 && four[1..] == [0; 3]) => Self::Utf32Le,
            () if fours().all(|four| four[..3] == [0; 3] && four[3] != 0) => Self::Utf32Be,
            () if pairs().all(|pair| pair[0] != 0 && pair[1] == 0) => Self::Utf16Le,
            () if pairs().all(|pair| pair[0] == 0 && pair[1] != 0) => Self::Utf16Be,
            () => Self::Plain,
        }
    }

    /// Returns the text as UTF-8. Invalid characters are replaced.
    pub(crate) fn decode(self, text: &[u8]) -> Cow<'_, [u8]> {
        const UNKNOWN: char = char::REPLACEMENT_CHARACTER;
        let utf16 = |from_pair: fn([u8; 2]) -> u16| {
            let units = text.chunks_exact(2).map(|pair| from_pair([pair[0], pair[1]]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(UNKNOWN)).collect()
        };
        let utf32 = |from_four: fn([u8; 4]) -> u32| {
            let units = text.chunks_exact(4).map(|four| from_four([four[0], four[1], four[2], four[3]]));
            units.map(|unit| char::from_u32(unit).unwrap_or(UNKNOWN)).collect()
        };
        let decoded: String = match self {
            Self::Plain => return Cow::Borrowed(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)),
            Self::Utf16Le => utf16(u16::from_le_bytes),
            Self::Utf16Be => utf16(u16::from_be_bytes),
            Self::Utf32Le => utf32(u32::from_le_bytes),
            Self::Utf32Be => utf32(u32::from_be_bytes),
        };
        decoded.trim_start_matches('\u{feff}').to_owned().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding;

    #[test]
    fn each_encoding_is_recognised_with_and_without_a_byte_order_mark() {
        for text in ["password = 1", "\u{feff}password = 1"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(&*Encoding::of(&little).decode(&little), b"password = 1");
            assert_eq!(&*Encoding::of(&big).decode(&big), b"password = 1");
            let little: Vec<u8> = text.chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect();
            let big: Vec<u8> = text.chars().flat_map(|letter| u32::from(letter).to_be_bytes()).collect();
            assert_eq!(&*Encoding::of(&little).decode(&little), b"password = 1");
            assert_eq!(&*Encoding::of(&big).decode(&big), b"password = 1");
            assert_eq!(&*Encoding::of(text.as_bytes()).decode(text.as_bytes()), b"password = 1");
        }
        assert_eq!(Encoding::of(b"\0\0\0\0\0\0\0\0"), Encoding::Plain);
    }

    /// The first 64 bytes are of ASCII characters, those after them are not.
    #[test]
    fn the_start_of_a_text_says_how_it_is_encoded() {
        let text = "the password of the service is in Polish: \u{142}\u{f3}d\u{17a}";
        let pairs: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(Encoding::of(&pairs).decode(&pairs), text.as_bytes());
        let fours: Vec<u8> = text.chars().flat_map(|letter| u32::from(letter).to_be_bytes()).collect();
        assert_eq!(Encoding::of(&fours).decode(&fours), text.as_bytes());
    }

    #[test]
    fn fewer_than_eight_bytes_say_nothing() {
        for text in [&b""[..], b"a\0", b"a\0b\0c\0", b"a\0b\0c\0d"] {
            assert_eq!(Encoding::of(text), Encoding::Plain);
        }
        assert_eq!(Encoding::of(b"a\0b\0c\0d\0"), Encoding::Utf16Le);
    }
}
