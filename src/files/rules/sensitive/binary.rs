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
