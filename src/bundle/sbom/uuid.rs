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

#[cfg(test)]
mod tests {
    /// The digits are those of `sha256sum`, with the version 8 and the variant `10` of RFC 9562.
    #[test]
    fn a_uuid_has_the_version_and_the_variant_of_its_kind() {
        assert_eq!(super::of("hello"), "2cf24dba-5fb0-830e-a6e8-3b2ac5b9e29e");
        assert_eq!(super::of(""), "e3b0c442-98fc-8c14-9afb-f4c8996fb924");
    }
}
