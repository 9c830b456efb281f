//! Certificates of authorities.

use std::fmt;

/// The certificates of one or more authorities, as PEM text ([RFC 7468]): what is in it is public.
///
/// Text around the certificates is dropped; any other block, a private key above all, is refused.
///
/// [RFC 7468]: https://www.rfc-editor.org/rfc/rfc7468
#[derive(Clone, PartialEq, Eq)]
pub struct CaCertificate(String);

/// A text that is no list of certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// It is larger than 10 MB.
    #[error("larger than 10 MB; a list of certificates is a few kilobytes")]
    TooLarge,
    /// It has no certificate.
    #[error("no certificate in PEM form (-----BEGIN CERTIFICATE-----) is in it")]
    None,
    /// It has a block that is something else.
    #[error("something other than certificates is in it; give the certificates alone, without any key")]
    Other,
    /// A certificate is damaged.
    #[error("a certificate in it is not whole, or not base64")]
    Damaged,
}

impl CaCertificate {
    /// The largest file that is read: 10 MB.
    pub const LARGEST: u64 = 10_000_000;

    /// Reads PEM text.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CertificateError> {
        if bytes.len() as u64 > Self::LARGEST {
            return Err(CertificateError::TooLarge);
        }
        // What stands between certificates may be in any encoding; what counts is ASCII.
        let text = String::from_utf8_lossy(bytes);
        let mut kept = String::new();
        let mut inside = false;
        for line in text.lines().map(str::trim) {
            match line {
                BEGIN if !inside => inside = true,
                END if inside => inside = false,
                _ if line.contains("-----BEGIN ") && line != BEGIN => return Err(CertificateError::Other),
                _ if !inside => continue,
                _ if line.is_empty() || !line.bytes().all(is_base64) => return Err(CertificateError::Damaged),
                _ => {}
            }
            kept += line;
            kept.push('\n');
        }
        match (inside, kept.is_empty()) {
            (true, _) => Err(CertificateError::Damaged),
            (false, true) => Err(CertificateError::None),
            (false, false) => Ok(Self(kept)),
        }
    }

    /// The certificates, each line ended by a line feed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

impl fmt::Debug for CaCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaCertificate({} in PEM form)", self.0.matches(BEGIN).count())
    }
}

#[cfg(test)]
mod tests {
    use super::{CaCertificate, CertificateError};

    fn read(text: &str) -> Result<String, CertificateError> {
        CaCertificate::from_bytes(text.as_bytes()).map(|read| read.as_str().to_owned())
    }

    const ONE: &str = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n";

    #[test]
    fn certificates_are_kept_and_nothing_else() {
        assert_eq!(read(ONE).unwrap(), ONE);
        assert_eq!(read(&ONE.replace('\n', "\r\n")).unwrap(), ONE);
        let padded = ONE.replace("QUJD", "a+/0QQ==");
        assert_eq!(read(&padded).unwrap(), padded);
        assert_eq!(read(&format!("Corp Root\n{ONE}# another\n{}", ONE.trim_end())).unwrap(), format!("{ONE}{ONE}"));
        assert_eq!(format!("{:?}", CaCertificate::from_bytes(ONE.as_bytes())), "Ok(CaCertificate(1 in PEM form))");
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        for kind in ["PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PARAMETERS"] {
            let key = format!("-----BEGIN {kind}-----\nQUJD\n-----END {kind}-----\n");
            assert_eq!(read(&format!("{ONE}{key}")), Err(CertificateError::Other), "{kind}");
            let hidden = ONE.replace("QUJD\n", &format!("QUJD\n{key}"));
            assert_eq!(read(&hidden), Err(CertificateError::Other), "{kind}");
        }
        for text in ["", "QUJD", "\u{0}\u{1}", "-----END CERTIFICATE-----"] {
            assert_eq!(read(text), Err(CertificateError::None), "{text:?}");
        }
        for text in [
            &ONE.replace("QUJD", ""),
            &ONE.replace("QUJD", "QU-D"),
            &ONE[..40],
            &ONE.replace("QUJD", "QU JD"),
            &ONE.replace("QUJD", "$(id)"),
            &format!("{}{ONE}", &ONE[..33]),
        ] {
            assert_eq!(read(text), Err(CertificateError::Damaged), "{text:?}");
        }
        assert_eq!(read(&"x".repeat(10_000_001)), Err(CertificateError::TooLarge));
        assert_eq!(read(&"x".repeat(10_000_000)), Err(CertificateError::None));
    }
}
