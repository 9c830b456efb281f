//! Reads the private keys of Bitcoin in the wallet import format: base58 with a checksum.

use sha2::{Digest, Sha256};

/// Returns `true` for a private key of the main network, whose checksum is right.
pub(super) fn is_bitcoin_key(word: &[u8]) -> bool {
    /// The version, the key, and one byte more if the public key is compressed.
    const LENGTHS: [usize; 2] = [33, 34];
    const VERSION: u8 = 0x80;
    const CHECKSUM: usize = 4;
    // The version decides the first character: `5`, or `K` or `L` if the public key is compressed.
    if !matches!((word.len(), word.first()), (51, Some(b'5')) | (52, Some(b'K' | b'L'))) {
        return false;
    }
    let Some(bytes) = decoded(word) else { return false };
    let Some((key, checksum)) = bytes.split_last_chunk::<CHECKSUM>() else { return false };
    let hash = Sha256::digest(Sha256::digest(key));
    LENGTHS.contains(&key.len()) && key[0] == VERSION && hash.starts_with(checksum)
}

fn decoded(word: &[u8]) -> Option<Vec<u8>> {
    const ALPHABET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut bytes: Vec<u8> = Vec::new();
    for letter in word {
        let mut carry = ALPHABET.iter().position(|known| known == letter)?;
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * ALPHABET.len();
            *byte = u8::try_from(carry % 256).ok()?;
            carry /= 256;
        }
        if carry > 0 {
            bytes.insert(0, u8::try_from(carry).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::is_bitcoin_key;

    /// The examples of the Bitcoin wiki.
    #[test]
    fn the_checksum_proves_a_key() {
        const PLAIN: &[u8] = b"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ";
        const COMPRESSED: &[u8] = b"KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617";
        assert!(is_bitcoin_key(PLAIN) && is_bitcoin_key(COMPRESSED));
        for (at, key) in [(20, PLAIN), (51, COMPRESSED)] {
            let mut wrong = key.to_vec();
            wrong[at] = if wrong[at] == b'z' { b'y' } else { b'z' };
            assert!(!is_bitcoin_key(&wrong));
        }
    }
}
