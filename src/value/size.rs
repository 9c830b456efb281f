//! Sizes in bytes, in a human-readable form.

use std::fmt;
use std::ops::AddAssign;
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
/// `K` and `KiB` are 1024 bytes, as in the options of the engines; `kB` is 1000 bytes. The larger units follow the same
/// rule.
///
/// ```
/// # use agentix_gen::value::ByteSize;
/// let size: ByteSize = "100M".parse()?;
/// assert_eq!(size.bytes(), 100 * 1024 * 1024);
/// assert_eq!(size.to_string(), "100 MiB");
/// assert_eq!("100MB".parse::<ByteSize>()?.to_string(), "95.4 MiB");
/// # Ok::<(), agentix_gen::value::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ByteSize(u64);

impl ByteSize {
    /// Creates a size from a number of bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// Returns the number of bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl AddAssign for ByteSize {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
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
                "a size: a number of bytes, or a number followed by K, M, G, KiB, MiB, GiB, kB, MB or GB",
            )
        })
    }
}

impl fmt::Display for ByteSize {
    #[expect(clippy::cast_precision_loss, reason = "only one decimal place is shown")]
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

/// Accepts a text such as `"100M"`, or a number of bytes.
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
    fn sizes_are_parsed_and_other_texts_are_rejected() {
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
    fn a_size_is_displayed_in_the_largest_unit_that_fits() {
        for (bytes, expected) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            ((1 << 20) - 1, "1024.0 KiB"),
            (1 << 20, "1 MiB"),
            (100 << 20, "100 MiB"),
            ((100 << 20) + 1, "100.0 MiB"),
            ((1 << 30) - 1, "1024.0 MiB"),
            (1 << 30, "1 GiB"),
            (5 << 30, "5 GiB"),
        ] {
            assert_eq!(ByteSize::new(bytes).to_string(), expected, "{bytes}");
        }
    }

    #[test]
    fn a_size_is_deserialized_from_text_or_number() {
        #[derive(serde::Deserialize)]
        struct Table {
            size: ByteSize,
        }
        let read = |text: &str| toml::from_str::<Table>(text).map(|table| table.size.bytes());
        assert_eq!(read("size = '1K'").unwrap(), 1024);
        assert_eq!(read("size = 7").unwrap(), 7);
        assert_eq!(serde_json::from_str::<Table>(r#"{"size": 7}"#).unwrap().size.bytes(), 7);
        for text in ["size = -7", "size = 'x'", "size = true"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read("size = true").unwrap_err().to_string().contains("expected a size, such as \"100M\""));
    }
}
