//! Distinguishes a secret value from a reference, a placeholder and an ordinary word.

use super::catalogue::keys::HASHES;

/// Words in values that stand for a secret. A random value of 40 characters contains one of them by chance in fewer than
/// one case of a thousand.
const PLACEHOLDERS: &[&[u8]] = &[
    b"example",
    b"sample",
    b"your",
    b"placeholder",
    b"dummy",
    b"fake",
    b"redacted",
    b"changeme",
    b"change-me",
    b"change_me",
    b"replace",
    b"insert",
    b"foobar",
    b"mock",
    b"invalid",
    b"test",
    b"xxxx",
    b"0000",
    b"12345678",
    b"abcdefgh",
    b"....",
    b"****",
    b"todo",
    b"-here",
    b"_here",
    b"hunter2",
];

/// Words that people choose as the password of a local service.
const WEAK_PASSWORDS: &[&[u8]] = &[
    b"password",
    b"passwd",
    b"secret",
    b"postgres",
    b"mysql",
    b"admin",
    b"root",
    b"guest",
    b"default",
    b"local",
    b"letmein",
    b"qwerty",
    b"token",
    b"value",
    b"string",
    b"none",
    b"null",
    b"true",
    b"false",
];

/// Returns `true` if the value is a literal, not a reference or a placeholder: `abc`, but not `${TOKEN}`, `%TOKEN%` and
/// `<token>`.
pub(super) fn is_literal(value: &str) -> bool {
    let value = unquoted(value);
    !value.is_empty()
        && !value.starts_with(['$', '%', '<', '{'])
        // Encrypted by SOPS and by Jasypt.
        && !value.starts_with("ENC[")
        && !value.starts_with("ENC(")
        && !matches!(value, "true" | "false" | "null" | "none")
}

/// Returns `true` if the value looks like a password that somebody chose with care: at least eight characters with a
/// digit, or random letters, and no usual placeholder.
pub(super) fn is_password(value: &str) -> bool {
    const SHORTEST: usize = 8;
    let value = unquoted(value);
    let bytes = value.as_bytes();
    bytes.len() >= SHORTEST
        && is_literal(value)
        && !bytes.iter().any(u8::is_ascii_whitespace)
        && (bytes.iter().any(u8::is_ascii_digit) || has_random_case(bytes))
        && bytes.iter().any(u8::is_ascii_alphabetic)
        && !value.contains("://")
        && entropy(bytes) >= 2.5
        && !stands_for_secret(bytes)
        && !is_regular_expression(value)
}

/// Returns `true` if the value can only be machine-made: at least 15 characters of a token, random.
pub(super) fn is_machine_made(value: &str) -> bool {
    const SHORTEST: usize = 15;
    /// A shorter value may be an identifier that consists of several parts.
    const LONG: usize = 24;
    /// What a name or a digest starts with, and JSON in base64.
    const NAMES: [&str; 9] = ["arn:", "urn:", "sha256:", "sha512:", "md5:", "sha256-", "sha384-", "sha512-", "eyJ"];
    let value = unquoted(value);
    // Keys for the test mode of a service are secrets too.
    let bytes = value.strip_prefix("test_").unwrap_or(value).as_bytes();
    let is_plain = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'+' | b'/' | b'=' | b'_' | b'-' | b'.' | b'~' | b'!' | b'@' | b'#' | b'%' | b'^' | b'&' | b'*' | b':'
            )
    };
    // Words have no digits, or a number at their end: `my-service-account-2`, `package.module.Class1`, `warehouse123`.
    let digits = |part: &[u8]| {
        let end = part.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |last| last + 1);
        let digits = part[..end].iter().filter(|byte| byte.is_ascii_digit()).count();
        if digits == 0 { 0 } else { digits + part.len() - end }
    };
    let is_word = |part: &[u8]| digits(part) < 2 && !(part.len() >= SHORTEST && has_random_case(part));
    let parts = || bytes.split(|byte| b"-_./:".contains(byte));
    // Of a version or a size, the digits come last: `sha256`, `rsa2048`.
    let is_code = |part: &&[u8]| {
        part.len() >= 4 && part.windows(2).any(|pair| pair[0].is_ascii_digit() && pair[1].is_ascii_alphabetic())
    };
    bytes.len() >= SHORTEST
        && bytes.iter().all(is_plain)
        && !value.contains("://")
        && !NAMES.iter().any(|start| value.starts_with(start))
        && (parts().any(|part| part.len() >= 10 && !is_word(part))
            || bytes.len() >= LONG && parts().filter(is_code).count() >= 3)
        && is_random(bytes)
        && !stands_for_secret(bytes)
        && !is_uuid(bytes)
}

/// Returns `true` if no person chose these characters: letters of both cases and digits, in random order.
pub(super) fn is_generated_password(value: &str) -> bool {
    const SHORTEST: usize = 12;
    let bytes = unquoted(value).as_bytes();
    bytes.len() >= SHORTEST
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes.iter().any(u8::is_ascii_digit)
        && has_random_case(bytes)
        && is_random(bytes)
        && !stands_for_secret(bytes)
}

/// Returns `true` if the value can only be a generated password: at least 10 random characters with a digit.
pub(super) fn is_random_password(value: &str) -> bool {
    const SHORTEST: usize = 10;
    let bytes = unquoted(value).as_bytes();
    bytes.len() >= SHORTEST && has_random_case(bytes) && bytes.iter().any(u8::is_ascii_digit) && is_password(value)
}

/// Returns `true` if the value of a key for a password has capitals, small letters and digits, and is long.
pub(super) fn is_mixed_password(value: &str) -> bool {
    const SHORTEST: usize = 12;
    let bytes = unquoted(value).as_bytes();
    let classes: [fn(&u8) -> bool; 3] = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit];
    bytes.len() >= SHORTEST
        && bytes.iter().all(u8::is_ascii_graphic)
        && classes.iter().all(|class| bytes.iter().any(class))
        && entropy(bytes) >= 3.0
        && is_password(value)
}

/// Returns `true` if the value of a key that is named `key` can only be a secret: long, random, and neither the digest of
/// something nor a public key of SSH.
pub(super) fn is_secret_key(value: &str) -> bool {
    const SHORTEST: usize = 32;
    const DIGESTS: [usize; 6] = [32, 40, 56, 64, 96, 128];
    let bytes = unquoted(value).as_bytes();
    let is_digest = bytes.iter().all(u8::is_ascii_hexdigit) && DIGESTS.contains(&bytes.len());
    bytes.len() >= SHORTEST
        && !is_digest
        && !bytes.starts_with(b"AAAA")
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_".contains(byte))
        && bytes.iter().filter(|byte| byte.is_ascii_digit()).count() >= 3
        && is_machine_made(value)
}

/// Returns `true` for the hash of a password in a format that is used for nothing else.
pub(super) fn is_password_hash(value: &str) -> bool {
    const SHORTEST: usize = 34;
    value.len() >= SHORTEST
        && !value.contains(char::is_whitespace)
        && HASHES.iter().any(|start| value.starts_with(start))
}

/// Returns `true` for a UUID, which identifies something: a request, a page, a client.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    let lengths = value.split(|byte| *byte == b'-').map(<[u8]>::len);
    lengths.eq([8, 4, 4, 4, 12]) && value.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
}

/// Returns `true` if capitals, small letters and digits alternate as in a random text. In words they seldom do, even if
/// each begins with a capital: `SomeClassName`.
fn has_random_case(value: &[u8]) -> bool {
    const SHORTEST: usize = 10;
    let class = |byte: u8| (byte.is_ascii_uppercase(), byte.is_ascii_lowercase());
    let changes = value.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    value.len() >= SHORTEST && changes * 5 >= (value.len() - 1) * 2
}

/// Returns `true` if the characters of a token are random: mixed, without a sequence, and without a word that stands for
/// a token in documentation.
pub(super) fn is_random(body: &[u8]) -> bool {
    let is_mixed = body.iter().any(u8::is_ascii_digit) && body.iter().any(u8::is_ascii_alphabetic)
        || body.iter().any(u8::is_ascii_uppercase) && body.iter().any(u8::is_ascii_lowercase);
    // Sixteen random characters of an alphabet of 16 have about 3 bits each, seldom fewer than 2.6.
    let least = if body.len() < 20 || body.iter().all(u8::is_ascii_hexdigit) { 2.6 } else { 3.1 };
    is_mixed && entropy(body) >= least && !is_sequence(body, 1) && !is_sequence(body, 2) && !is_placeholder(body)
}

/// Returns `true` if the value is a placeholder or the usual password of a local service.
pub(super) fn stands_for_secret(value: &[u8]) -> bool {
    is_placeholder(value) || contains_any(value, WEAK_PASSWORDS)
}

pub(super) fn is_placeholder(value: &[u8]) -> bool {
    contains_any(value, PLACEHOLDERS)
}

/// Returns `true` if the start of the value contains one of the words, in upper or lower case.
fn contains_any(value: &[u8], words: &[&[u8]]) -> bool {
    /// Longer values contain a short word by chance.
    const MOST: usize = 128;
    let start = value[..value.len().min(MOST)].to_ascii_lowercase();
    words.iter().any(|word| start.windows(word.len()).any(|part| part == *word))
}

/// Returns `true` if half of the characters follow the one that is `step` before them, as in `0123abcd` and `a1b2c3`.
fn is_sequence(value: &[u8], step: usize) -> bool {
    let pairs = value.iter().zip(value.iter().skip(step));
    let steps = pairs.filter(|(one, next)| next.wrapping_sub(**one) <= 1).count();
    steps * 2 >= value.len().saturating_sub(step)
}

/// Returns `true` for the words that a wallet is restored from (BIP 39), and nothing else.
pub(super) fn is_seed_phrase(text: &str) -> bool {
    const LENGTHS: [usize; 5] = [12, 15, 18, 21, 24];
    let is_word = |word: &&str| (3..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let all = || unquoted(text).split_ascii_whitespace().take(LENGTHS[4] + 1);
    // Most texts are no phrase from their first word on.
    let length = all().take_while(is_word).count();
    if !LENGTHS.contains(&length) || all().nth(length).is_some() {
        return false;
    }
    let mut words: Vec<&str> = all().collect();
    words.sort_unstable();
    words.dedup();
    // A phrase may have a word twice. Text from which all other words were removed has many.
    words.len() * 4 >= LENGTHS[0] * 3
}

fn is_regular_expression(value: &str) -> bool {
    ["(?", "[a-", "[A-", "[0-", "\\d", "\\w", "\\s", ".*", "\\b"].iter().any(|part| value.contains(part))
}

/// Returns the Shannon entropy of the bytes, in bits for each.
pub(super) fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let length = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    let bits = |count: &u32| {
        let share = f64::from(*count) / length;
        -share * share.log2()
    };
    counts.iter().filter(|count| **count > 0).map(bits).sum()
}

/// Returns the value without the quotes around it, and without what follows it in a list or a table.
pub(super) fn unquoted(value: &str) -> &str {
    let is_of_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    // Most values have nothing around them.
    if is_of_word(value.as_bytes().first()) && is_of_word(value.as_bytes().last()) {
        return value;
    }
    value.trim().trim_end_matches([',', ';', ' ', '}', ']', ')']).trim_matches(['"', '\'', '`'])
}

#[cfg(test)]
mod tests {
    use super::{is_literal, is_machine_made, is_password, is_random};

    #[test]
    fn references_are_not_literals() {
        for value in ["", "''", "$TOKEN", "${TOKEN}", "%TOKEN%", "<token>", "{{ token }}", "true", "null"] {
            assert!(!is_literal(value), "{value}");
        }
        assert!(is_literal("abc") && is_literal("'abc',"));
    }

    #[test]
    fn a_password_is_no_usual_word() {
        for value in ["qX7mTz41Lp", "'s3kr3t-Kz9w'", "gTQvLeMioDDpJTkV", "correct4horse"] {
            assert!(is_password(value), "{value}");
        }
        for value in [
            "short1",
            "postgres",
            "postgres123",
            "changeme1",
            "your-password-1",
            "Passwort",
            "(?i)pass[a-z]+9",
            "a b c d e 1",
        ] {
            assert!(!is_password(value), "{value}");
        }
    }

    #[test]
    fn identifiers_are_not_machine_made() {
        for value in ["9f86d081884c7d659a2feaa0c55ad015", "gTQvLeMioDDpJTkVxWq", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYKQ93kZ"]
        {
            assert!(is_machine_made(value), "{value}");
        }
        for value in [
            "123e4567-e89b-12d3-a456-426614174000",
            "my-service-account-2",
            "package.module.ClassName1",
            "CloudFrontOriginAccessIdentityList.NextMarker",
            "AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT",
            "https://example.org/a1b2c3d4e5f6",
            "0123456789abcdef0123456789abcdef",
            "internationalisation",
        ] {
            assert!(!is_machine_made(value), "{value}");
        }
    }

    #[test]
    fn sequences_and_repetitions_are_not_random() {
        assert!(is_random(b"Zx8vQp2mRt6wLk4s"));
        for body in
            ["abcdefghijkl0123456789", "a1b2c3d4e5f6g7h8", "aaaaaaaaaaaaaaa1", "deadbeefdeadbeef", "onlyletters"]
        {
            assert!(!is_random(body.as_bytes()), "{body}");
        }
    }
}
