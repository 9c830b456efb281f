//! Decides by the key of a setting whether its value is a secret.

use super::catalogue::keys::{ENDS, PARTS, PUBLIC};
use super::words::Words;

/// Returns `true` if a key names a secret value: `password`, `API_KEY`, `client-secret`, `refreshToken`.
pub(super) fn names_secret(key: &str) -> bool {
    let key = plain_key(key);
    has_end(&key, ENDS) && !PUBLIC.iter().any(|part| key.contains(part))
}

/// Returns `true` for a key that is named `key`, which seldom is a secret one.
pub(super) fn is_lone_key(key: &str) -> bool {
    key.eq_ignore_ascii_case("key")
}

/// Returns `true` if a key ends in one of these, in lower case and without separators.
pub(super) fn ends_in(key: &str, ends: &[&str]) -> bool {
    has_end(&plain_key(key), ends)
}

/// Returns `true` if a text ends in one of these. Most of them differ in the last byte.
fn has_end(text: &str, ends: &[&str]) -> bool {
    let last = text.as_bytes().last();
    ends.iter().any(|end| end.as_bytes().last() == last && text.ends_with(end))
}

/// Returns `true` if a key names the words that a wallet is restored from.
pub(super) fn names_phrase(key: &str) -> bool {
    let key = plain_key(key);
    ["mnemonic", "seedphrase", "recoveryphrase", "seedwords"].iter().any(|end| key.ends_with(end))
}

/// Returns a key without separators and final digits, in lower case.
fn plain_key(key: &str) -> String {
    let key = key.trim_end_matches(|letter: char| !letter.is_ascii_alphabetic());
    key.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Finds a part of a key that [names a secret](names_secret), or of a URL: Most
/// texts contain neither, and need not be read line by line.
pub(super) static MAY_SET_SECRET: Words<192> = Words::new(PARTS);

#[cfg(test)]
mod tests {
    use super::{ENDS, MAY_SET_SECRET, names_secret};
    use crate::files::rules::sensitive::catalogue::keys::FLAGS;

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
        for part in ENDS.iter().map(|end| (*end).to_owned()).chain(flags) {
            assert!(MAY_SET_SECRET.are_in(part.as_bytes()), "{part}");
        }
    }
}
