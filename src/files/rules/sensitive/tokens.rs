//! Finds tokens in a text by their prefix and shape.
//!
//! The text is searched for long words, which most texts have few of. Only there the prefixes are compared.

use super::SensitiveFile;
use super::SensitiveKind::{CloudCredentials, Credentials, PrivateKey, Wallet};
use super::alphabet::Alphabet;
use super::base58::is_bitcoin_key;
use super::binary::is_der_key;
use super::buckets::{Buckets, bucket};
use super::catalogue::tokens::TOKENS;
use super::literal::is_random;

/// A token in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// The position of its first byte.
    pub(super) at: usize,
    pub(super) secret: SensitiveFile,
}

/// The length of the shortest token with its prefix.
const SHORTEST: usize = 20;

/// Returns the first token in a text.
pub(super) fn find(text: &[u8]) -> Option<Found> {
    LongWords { text, from: 0 }.find_map(|(start, end)| {
        // In JSON and in source code, `\n` before a word is two characters, the second a letter.
        let after_escape = text[..start].ends_with(b"\\").then_some(start + 1);
        let separators =
            text[start..end - 1].iter().zip(start + 1..).filter(|(byte, _)| SEPARATES[usize::from(**byte)]);
        let inner = separators.map(|(_, after)| after);
        [Some(start), after_escape].into_iter().flatten().chain(inner).find_map(|at| token_at(text, at))
    })
}

/// The characters of a long word that a token may follow.
static SEPARATES: [bool; 256] = table(b"./=+~");

fn token_at(text: &[u8], at: usize) -> Option<Found> {
    let rest = &text[at..];
    let start = rest.first_chunk::<2>()?;
    let of_table = may_start(*start).then(|| BY_START.of(bucket(start))).into_iter().flatten().find_map(|index| {
        let Shape { secret, prefix, alphabet, shortest, longest } = &SHAPES[index];
        // Two starts may have the same bucket.
        if prefix.as_bytes().first_chunk() != Some(start) {
            return None;
        }
        let body = rest.strip_prefix(prefix.as_bytes())?;
        let length = body.iter().take(longest + 1).take_while(|byte| alphabet.has(**byte)).count();
        // `translations/sk-c5d4b209102546d381f91212fe8fdf45.json` is a file with the hash of its content in the name.
        let is_file = text[..at].ends_with(b"/") && body.get(length) == Some(&b'.');
        let is_token = (*shortest..=*longest).contains(&length) && !is_file && is_random(&body[..length]);
        is_token.then_some(*secret)
    });
    Some(Found { at, secret: of_table.or_else(|| without_prefix(text, at))? })
}

/// Recognises tokens whose shape is more than a prefix.
fn without_prefix(text: &[u8], at: usize) -> Option<SensitiveFile> {
    let (before, rest) = text.split_at(at);
    // Each shape below has one of these first letters, follows `Q~`, or ends in `_mmk`. Most words of a lock do not.
    let may_start = matches!(rest.first(), Some(b'e' | b'M' | b'N' | b'O' | b'A' | b'L' | b'K' | b'5'));
    if !may_start && !before.ends_with(b"Q~") && rest.get(36..40) != Some(b"_mmk") {
        return None;
    }
    let word = |from: usize| {
        let rest = rest.get(from..).unwrap_or_default();
        &rest[..rest.iter().take_while(|byte| Alphabet::Word.has(**byte)).count()]
    };
    let first = word(0);
    let second = || if rest.get(first.len()) == Some(&b'.') { word(first.len() + 1) } else { &[] };
    let third = || {
        let dot = first.len() + 1 + second().len();
        if rest.get(dot) == Some(&b'.') { word(dot + 1) } else { &[] }
    };
    // A JSON Web Token (RFC 7519): `eyJ` is `{"` in base64.
    if first.starts_with(b"eyJ") && second().starts_with(b"eyJ") && third().len() >= 20 && is_random(third()) {
        // The payloads of the examples that introductions to the format and to its libraries use.
        const EXAMPLES: [&[u8]; 2] = [b"eyJzdWIiOiIxMjM0NTY3ODkwIi", b"eyJzb21lIjoicGF5bG9hZCJ9"];
        let is_documented = EXAMPLES.iter().any(|example| second().starts_with(example));
        return (!is_documented).then_some(SensitiveFile { kind: Credentials, sign: "JSON Web Token" });
    }
    // Discord: the base64 of a number, of a time, and a signature.
    if matches!(first.first(), Some(b'M' | b'N' | b'O'))
        && (23..=28).contains(&first.len())
        && (6..=7).contains(&second().len())
        && (27..=40).contains(&third().len())
        && is_random(first)
        && is_random(third())
    {
        return Some(SensitiveFile { kind: Credentials, sign: "Discord token" });
    }
    // MaxMind: six characters, `_`, 29 characters, and `_mmk`.
    if first.len() == 40 && first.ends_with(b"_mmk") && first[6] == b'_' && is_random(&first[..36]) {
        return Some(SensitiveFile { kind: Credentials, sign: "MaxMind key" });
    }
    if is_bitcoin_key(first) {
        return Some(SensitiveFile { kind: Wallet, sign: "Bitcoin private key" });
    }
    // Telegram: a number, `:`, and 35 characters that start with `AA`.
    let digits = || {
        before
            .strip_suffix(b":")
            .map_or(0, |before| before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count())
    };
    if first.len() == 35 && first.starts_with(b"AA") && (8..=10).contains(&digits()) && is_random(first) {
        return Some(SensitiveFile { kind: Credentials, sign: "Telegram token" });
    }
    // Entra ID (Azure): three characters, a digit, `Q~`, and the rest.
    let is_azure = || before.ends_with(b"Q~") && before.len() >= 6 && before[before.len() - 3].is_ascii_digit();
    if (31..=40).contains(&first.len()) && is_azure() && is_random(first) {
        return Some(SensitiveFile { kind: CloudCredentials, sign: "Azure client secret" });
    }
    // The base64 of `-----BEGIN `, and then of a label that names a private key.
    if first.starts_with(b"LS0tLS1CRUdJTi") && names_private_key(&decoded(rest)) {
        return Some(SensitiveFile { kind: PrivateKey, sign: "PEM format in base64" });
    }
    // The base64 of a key in DER, which starts with a sequence. In PEM, it follows a line that names it.
    let base64 = || rest.iter().take(KEY_START).take_while(|byte| Alphabet::Base64.has(**byte)).count();
    if rest[0] == b'M' && !before.ends_with(b"\n") && base64() == KEY_START && is_der_key(&decoded(rest)) {
        return Some(SensitiveFile { kind: PrivateKey, sign: "DER format in base64" });
    }
    None
}

/// The number of base64 characters at the start of a key that are decoded.
const KEY_START: usize = 80;

fn names_private_key(start: &[u8]) -> bool {
    const LABEL: &[u8] = b"PRIVATE KEY";
    start.windows(LABEL.len()).any(|part| part == LABEL)
}

/// Decodes the start of a base64 text, in either alphabet (RFC 4648).
fn decoded(base64: &[u8]) -> Vec<u8> {
    let value = |byte: &u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    let digits: Vec<u8> = base64.iter().take(KEY_START).map_while(value).collect();
    let groups = digits.chunks_exact(4);
    let bits = |group: &[u8]| group.iter().fold(0_u32, |bits, six| bits << 6 | u32::from(*six));
    groups.flat_map(|group| bits(group).to_be_bytes().into_iter().skip(1)).collect()
}

/// A row of the table with one of its prefixes.
#[derive(Debug, Clone, Copy)]
struct Shape {
    secret: SensitiveFile,
    prefix: &'static str,
    alphabet: Alphabet,
    shortest: usize,
    longest: usize,
}

const COUNT: usize = {
    let (mut count, mut row) = (0, 0);
    while row < TOKENS.len() {
        count += TOKENS[row].2.len();
        row += 1;
    }
    count
};

static SHAPES: [Shape; COUNT] = SHAPES_OF_TABLE;

#[expect(clippy::large_const_arrays, reason = "the compiler groups them; at run time only `SHAPES` is used")]
const SHAPES_OF_TABLE: [Shape; COUNT] = {
    let secret = SensitiveFile { kind: Credentials, sign: "" };
    let mut shapes = [Shape { secret, prefix: "", alphabet: Alphabet::Hex, shortest: 0, longest: 0 }; COUNT];
    let (mut entry, mut row) = (0, 0);
    while row < TOKENS.len() {
        let (sign, kind, prefixes, alphabet, shortest, longest) = TOKENS[row];
        let mut column = 0;
        while column < prefixes.len() {
            let prefix = prefixes[column];
            shapes[entry] = Shape { secret: SensitiveFile { kind, sign }, prefix, alphabet, shortest, longest };
            entry += 1;
            column += 1;
        }
        row += 1;
    }
    shapes
};

/// The positions in [`SHAPES`], by the first two bytes of the prefix. No prefix is shorter.
static BY_START: Buckets<COUNT> = Buckets::new(&{
    let mut buckets = [None; COUNT];
    let mut entry = 0;
    while entry < COUNT {
        let prefix = SHAPES_OF_TABLE[entry].prefix.as_bytes();
        buckets[entry] = Some(bucket(&[prefix[0], prefix[1]]));
        entry += 1;
    }
    buckets
});

/// For each first byte of a prefix, a bit for each second byte.
static SECOND_BYTES: [u128; 128] = {
    let mut seconds = [0; 128];
    let mut entry = 0;
    while entry < COUNT {
        let prefix = SHAPES_OF_TABLE[entry].prefix.as_bytes();
        seconds[prefix[0] as usize] |= 1 << prefix[1];
        entry += 1;
    }
    seconds
};

/// Returns whether a prefix has these first two bytes. Most places in a text are refused here.
fn may_start([first, second]: [u8; 2]) -> bool {
    first.is_ascii() && second.is_ascii() && SECOND_BYTES[usize::from(first)] >> second & 1 == 1
}

/// The runs of at least [`SHORTEST`] characters that occur in tokens, as their start and end.
///
/// A text is not read byte by byte: if the last byte of a window is no such character, no run includes it.
struct LongWords<'a> {
    text: &'a [u8],
    /// The first byte that may be part of a run.
    from: usize,
}

impl Iterator for LongWords<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        loop {
            let window = self.text.get(self.from..self.from + SHORTEST)?;
            let mut gap = window.len();
            while gap > 0 && IN_WORD[usize::from(window[gap - 1])] {
                gap -= 1;
            }
            if gap > 0 {
                self.from += gap;
                continue;
            }
            let start = self.from;
            let rest = &self.text[start + SHORTEST..];
            let more = rest.iter().take_while(|byte| IN_WORD[usize::from(**byte)]).count();
            self.from = start + SHORTEST + more;
            return Some((start, self.from));
        }
    }
}

static IN_WORD: [bool; 256] = table(b"_-./=+~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

/// Returns a table that has `true` for these bytes.
const fn table(bytes: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests;
