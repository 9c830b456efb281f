//! How many bytes something has, as people write and read it.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::checked_text::ValueError;

/// A number of bytes.
///
/// ```text
/// size = 1*digit [ unit ]
/// unit = "B" | "K" | "M" | "G" | "KiB" | "MiB" | "GiB" | "kB" | "MB" | "GB"
/// ```
///
/// `K` and `KiB` are 1024 bytes, as for the engines' own options, `kB` is 1000; and so on.
///
/// ```
/// # use agentix_gen::value::ByteSize;
/// let size: ByteSize = "100M".parse()?;
/// assert_eq!(size.bytes(), 100 * 1024 * 1024);
/// assert_eq!(size.to_string(), "100 MiB");
/// assert_eq!("100MB".parse::<ByteSize>()?.to_string(), "95.4 MiB");
/// # Ok::<(), agentix_gen::value::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ByteSize(u64);

impl ByteSize {
    /// So many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// How many bytes it is.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for ByteSize {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let bytes = match &text[number.len()..] {
            "" | "B" => Some(1),
            "K" | "KiB" => Some(1 << 10),
            "M" | "MiB" => Some(1 << 20),
            "G" | "GiB" => Some(1 << 30),
            "kB" => Some(1_000),
            "MB" => Some(1_000_000),
            "GB" => Some(1_000_000_000),
            _ => None,
        };
        let digits = Some(number).filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse::<u64>().ok());
        number.zip(bytes).and_then(|(number, bytes)| number.checked_mul(bytes)).map(Self).ok_or_else(|| {
            ValueError::new(
                text,
                "a size: a number of bytes, or one with K, M, G, KiB, MiB, GiB, kB, MB or GB after it",
            )
        })
    }
}

impl fmt::Display for ByteSize {
    #[expect(clippy::cast_precision_loss, reason = "one digit after the point is shown")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, name) = match self.0 {
            bytes if bytes >= 1 << 30 => (1 << 30, "GiB"),
            bytes if bytes >= 1 << 20 => (1 << 20, "MiB"),
            bytes if bytes >= 1 << 10 => (1 << 10, "KiB"),
            _ => (1, "B"),
        };
        if self.0.is_multiple_of(unit) {
            write!(f, "{} {name}", self.0 / unit)
        } else {
            write!(f, "{:.1} {name}", self.0 as f64 / unit as f64)
        }
    }
}

/// From its text, or from a number of bytes.
impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrNumber;

        impl Visitor<'_> for TextOrNumber {
            type Value = ByteSize;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a size, such as \"100M\", or a number of bytes")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ByteSize, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, bytes: u64) -> Result<ByteSize, E> {
                Ok(ByteSize(bytes))
            }

            fn visit_i64<E: de::Error>(self, bytes: i64) -> Result<ByteSize, E> {
                u64::try_from(bytes).map(ByteSize).map_err(|_| E::invalid_value(de::Unexpected::Signed(bytes), &self))
            }
        }

        deserializer.deserialize_any(TextOrNumber)
    }
}

#[cfg(test)]
mod tests {
    use super::ByteSize;

    #[test]
    fn a_size_has_its_grammar() {
        let bytes = |text: &str| text.parse::<ByteSize>().ok().map(ByteSize::bytes);
        for (text, expected) in [
            ("0", 0),
            ("12", 12),
            ("12B", 12),
            ("1K", 1024),
            ("1KiB", 1024),
            ("1kB", 1000),
            ("2M", 2 << 20),
            ("2MiB", 2 << 20),
            ("2MB", 2_000_000),
            ("3G", 3 << 30),
            ("3GiB", 3 << 30),
            ("3GB", 3_000_000_000),
        ] {
            assert_eq!(bytes(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "M",
            "-1",
            "+1",
            "1.5G",
            "1 M",
            "1m",
            "1T",
            "1KB",
            "18446744073709551616",
            "18446744073709551615K",
            "é",
        ] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    #[test]
    fn a_size_is_shown_in_the_largest_unit_that_it_has() {
        let shown = |bytes| ByteSize::new(bytes).to_string();
        assert_eq!([shown(0), shown(1023), shown(1024), shown(1536)], ["0 B", "1023 B", "1 KiB", "1.5 KiB"]);
        assert_eq!([shown(100 << 20), shown((100 << 20) + 1), shown(5 << 30)], ["100 MiB", "100.0 MiB", "5 GiB"]);
        for (unit, below, name) in [(1_u64 << 20, "1024.0 KiB", "MiB"), (1 << 30, "1024.0 MiB", "GiB")] {
            assert_eq!([shown(unit - 1), shown(unit)], [below.to_owned(), format!("1 {name}")]);
        }
    }

    #[test]
    fn a_size_is_read_from_text_and_number() {
        #[derive(serde::Deserialize)]
        struct Table {
            size: ByteSize,
        }
        let read = |text: &str| toml::from_str::<Table>(text).map(|table| table.size.bytes());
        assert_eq!(read("size = '1K'").unwrap(), 1024);
        assert_eq!(read("size = 7").unwrap(), 7);
        assert!(read("size = -7").is_err() && read("size = 'x'").is_err() && read("size = true").is_err());
        assert!(read("size = true").unwrap_err().to_string().contains("expected a size, such as \"100M\""));
    }
}
