//! Decides by the key of a setting whether its value is a secret.

use memchr::memmem;

use super::buckets::{Buckets, bucket};
use super::catalogue::keys::{ENDS, PARTS, PUBLIC};
use super::words::Words;

/// Returns `true` if a key names a secret value: `password`, `API_KEY`, `client-secret`, `refreshToken`.
pub(super) fn names_secret(key: &str) -> bool {
    let end = PlainEnd::of(key);
    let Some(last) = end.text().last_chunk::<2>() else { return false };
    let has_end = BY_END.of(bucket(last)).any(|entry| end.text().ends_with(ENDS[entry].as_bytes()));
    has_end && !is_public(key)
}

/// Returns `true` for a key that is named `key`, which seldom is a secret one.
pub(super) fn is_lone_key(key: &str) -> bool {
    key.eq_ignore_ascii_case("key")
}

/// Returns `true` if a key ends in one of these, in lower case and without separators.
pub(super) fn ends_in(key: &str, ends: &[&str]) -> bool {
    let end = PlainEnd::of(key);
    ends.iter().any(|known| end.text().ends_with(known.as_bytes()))
}

/// Returns `true` if a key names the words that a wallet is restored from.
pub(super) fn names_phrase(key: &str) -> bool {
    ends_in(key, &["mnemonic", "seedphrase", "recoveryphrase", "seedwords"])
}

/// Returns `true` if the value of a key is public, by one of the parts of the key.
fn is_public(key: &str) -> bool {
    let mut key: Vec<u8> = plain(key).collect();
    key.reverse();
    PUBLIC.iter().any(|part| memmem::find(&key, part.as_bytes()).is_some())
}

/// Returns the characters of a key from its end on: without separators and final digits, in lower case.
fn plain(key: &str) -> impl Iterator<Item = u8> {
    let letters = key.bytes().rev().skip_while(|byte| !byte.is_ascii_alphabetic());
    letters.filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
}

/// The end of a key without separators and final digits, in lower case. Most keys are only compared by it.
struct PlainEnd {
    bytes: [u8; Self::LONGEST],
    start: usize,
}

impl PlainEnd {
    /// No end that a key is compared with is longer.
    const LONGEST: usize = 16;

    fn of(key: &str) -> Self {
        let mut end = Self { bytes: [0; Self::LONGEST], start: Self::LONGEST };
        for byte in plain(key).take(Self::LONGEST) {
            end.start -= 1;
            end.bytes[end.start] = byte;
        }
        end
    }

    fn text(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

/// The positions in [`ENDS`], by the last two letters.
static BY_END: Buckets<{ ENDS.len() }> = Buckets::new(&{
    let mut buckets = [None; ENDS.len()];
    let mut entry = 0;
    while entry < ENDS.len() {
        let end = ENDS[entry].as_bytes();
        assert!(end.len() >= 2 && end.len() <= PlainEnd::LONGEST);
        buckets[entry] = Some(bucket(&[end[end.len() - 2], end[end.len() - 1]]));
        entry += 1;
    }
    buckets
});

/// Finds a part of a key that [names a secret](names_secret), of a URL, or of the hash of a password. Most texts contain none
/// of them, and need not be read line by line.
pub(super) static MAY_SET_SECRET: Words<224> = Words::new(PARTS);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ENDS, MAY_SET_SECRET, PUBLIC, ends_in, names_secret};
    use crate::files::rules::sensitive::catalogue::keys::{FLAGS, HASHES, PASSWORDS};

    #[test]
    fn a_key_that_ends_in_the_name_of_a_secret_names_one() {
        for key in ["password", "API_KEY", "client-secret", "refreshToken", "db.pwd", "SECRET_KEY_2", "X-Api-Key"] {
            assert!(names_secret(key), "{key}");
        }
        for key in ["key", "monkey", "public_key_token", "nextToken", "keys", "token_type", "secretary", "tokens"] {
            assert!(!names_secret(key), "{key}");
        }
    }

    #[test]
    fn the_first_search_finds_each_key() {
        let flags = FLAGS.iter().filter(|(_, flag)| flag.starts_with('-')).map(|(_, flag)| format!(" {flag} "));
        for part in ENDS.iter().chain(HASHES).map(|part| (*part).to_owned()).chain(flags) {
            assert!(MAY_SET_SECRET.are_in(part.as_bytes()), "{part}");
        }
    }

    /// A key with words of the lists, separators and digits.
    fn key() -> impl Strategy<Value = String> {
        let words = prop::sample::select([ENDS, PUBLIC, &["_", "-", " ", "7", "\u{e9}", "x"]].concat());
        let word = (words, any::<bool>()).prop_map(|(word, is_upper)| {
            let word = word.to_owned();
            if is_upper { word.to_uppercase() } else { word }
        });
        prop::collection::vec(word, 0..6).prop_map(|words| words.concat())
    }

    proptest! {
        /// The definition: without separators and final digits, in lower case.
        #[test]
        fn a_key_is_compared_as_a_plain_text(key in key()) {
            let trimmed = key.trim_end_matches(|letter: char| !letter.is_ascii_alphabetic());
            let plain: String = trimmed.chars().filter(char::is_ascii_alphanumeric).collect();
            let plain = plain.to_ascii_lowercase();
            let ends_in_one = |ends: &[&str]| ends.iter().any(|end| plain.ends_with(end));
            let is_public = PUBLIC.iter().any(|part| plain.contains(part));
            prop_assert_eq!(names_secret(&key), ends_in_one(ENDS) && !is_public);
            prop_assert_eq!(ends_in(&key, PASSWORDS), ends_in_one(PASSWORDS));
        }
    }
}
