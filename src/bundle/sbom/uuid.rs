//! An identifier of a document that depends on its content alone.

use sha2::{Digest, Sha256};

/// Returns a UUID of [version 8] that is derived from a text.
///
/// [version 8]: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8
pub(super) fn of(text: &str) -> String {
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&Sha256::digest(text.as_bytes())[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
