//! Recognises binary keys: DER (X.690) and `OpenPGP` (RFC 9580).

/// Returns `true` if the bytes start like a private key in DER: PKCS#8 (RFC 5958), encrypted or not, PKCS#1 (RFC 8017),
/// SEC 1 (RFC 5915), or a key store, PKCS#12 (RFC 7292).
///
/// Except for encrypted PKCS#8, each is a sequence that begins with its version, an integer of one byte. A certificate,
/// a certificate request and a public key begin with another sequence, or with an integer as long as a key.
pub(super) fn is_der_key(bytes: &[u8]) -> bool {
    const INTEGER: u8 = 2;
    const IDENTIFIER: u8 = 6;
    /// The prefixes of the object identifiers of all password-based encryption schemes: 1.2.840.113549.1.5 and .1.12.1.
    const BY_PASSWORD: [&[u8]; 2] = [b"\x2a\x86\x48\x86\xf7\x0d\x01\x05", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01"];
    let Some(key) = sequence(bytes) else { return false };
    if let [INTEGER, 1, 0..=3, ..] = key {
        return true;
    }
    let identifier = sequence(key).and_then(|algorithm| algorithm.strip_prefix(&[IDENTIFIER]));
    let identifier = identifier.and_then(|identifier| identifier.get(1..));
    identifier.is_some_and(|identifier| BY_PASSWORD.iter().any(|start| identifier.starts_with(start)))
}

/// Returns the content of the sequence at the start of the bytes.
fn sequence(bytes: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    let (&length, rest) = bytes.strip_prefix(&[SEQUENCE])?.split_first()?;
    match length {
        0..=0x7f => Some(rest),
        // The lower bits are the number of length bytes.
        0x81..=0x84 => rest.get(usize::from(length & 0x7f)..),
        _ => None,
    }
}

/// Returns `true` if the bytes start with a secret-key packet (RFC 9580, 5.5.1.3), in the old or the new format.
pub(super) fn is_openpgp_key(bytes: &[u8]) -> bool {
    matches!(bytes, [0x94..=0x97 | 0xc5, ..])
}

/// Returns `true` if the whole file is a key or a store of keys in a binary format, whatever its name: DER, the key
/// stores of Java (`JKS`, `JCEKS`), `KeePass` (versions 1 and 2), a Kerberos keytab (version 2), and
/// a cache of Kerberos tickets.
pub(super) fn is_key_store(bytes: &[u8]) -> bool {
    match bytes {
        // The version, the number of entries, and the kind of the first: a private or secret key, not a certificate.
        [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => {
            matches!(bytes.get(12..16), Some([0, 0, 0, 1 | 3]))
        }
        // Of a keytab: the version, the length of the first entry, and its number of components.
        [0x03, 0xd9, 0xa2, 0x9a, 0x65 | 0x67, 0xfb, 0x4b, 0xb5, ..] | [0x05, 0x02, 0, 0, _, _, 0, 1..=4, ..]
        // Of a cache of tickets (version 4): the length of its header, with the difference to the server's clock.
        | [0x05, 0x04, 0, 0x0c, 0, 1, 0, 8, ..] => true,
        _ => is_der_key(bytes) && sequence(bytes).is_some_and(|key| sequence_length(bytes) == Some(key.len())),
    }
}

/// Returns `true` if the bytes start an `SQLite` database with the cookies, logins or sessions of a browser or another
/// client. The text of each `CREATE TABLE` is in the first pages.
pub(super) fn is_session_database(bytes: &[u8]) -> bool {
    const TABLES: &[&[u8]] = &[
        b"CREATE TABLE moz_cookies",
        b"CREATE TABLE cookies(",
        b"CREATE TABLE cookies (",
        b"CREATE TABLE logins",
        b"CREATE TABLE nssPrivate",
        b"CREATE TABLE metaData",
        b"CREATE TABLE sessions (dc_id",
        b"CREATE TABLE access_tokens",
    ];
    let has = |table: &[u8]| bytes.windows(table.len()).any(|part| part == table);
    bytes.starts_with(b"SQLite format 3\0") && TABLES.iter().any(|table| has(table))
}

/// Returns the length of the sequence at the start of the bytes.
fn sequence_length(bytes: &[u8]) -> Option<usize> {
    let (&length, rest) = bytes.get(1..)?.split_first()?;
    match length {
        0..=0x7f => Some(usize::from(length)),
        0x81..=0x84 => {
            let bytes = rest.get(..usize::from(length & 0x7f))?;
            Some(bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
        }
        _ => None,
    }
}
