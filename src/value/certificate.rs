//! CA certificates.

use std::fmt;

/// The certificates of one or more certificate authorities, as PEM text ([RFC 7468]). The text is public.
///
/// Text around the certificates is dropped. Any other PEM block, such as a private key, is an error.
///
/// [RFC 7468]: https://www.rfc-editor.org/rfc/rfc7468
#[derive(Clone, PartialEq, Eq)]
pub struct CaCertificate(String);

/// The error for a text that is not a list of certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The text is larger than 10 MB.
    #[error("larger than 10 MB; a list of certificates is usually a few kilobytes")]
    TooLarge,
    /// The text contains no certificate.
    #[error("it contains no certificate in PEM format (`-----BEGIN CERTIFICATE-----`)")]
    None,
    /// The text contains a PEM block that is not a certificate.
    #[error("it contains a PEM block that is not a certificate; keep only the certificates, without any key")]
    Other,
    /// A certificate is incomplete or malformed.
    #[error("it contains a certificate that is incomplete or not Base64")]
    Damaged,
}

impl CaCertificate {
    /// The maximum size of the text: 10 MB.
    pub const LARGEST: u64 = 10_000_000;

    /// Reads certificates from PEM text.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CertificateError> {
        if bytes.len() as u64 > Self::LARGEST {
            return Err(CertificateError::TooLarge);
        }
        // The text between certificates may have any encoding. The certificates are ASCII.
        let text = String::from_utf8_lossy(bytes);
        let mut kept = String::new();
        let mut inside = false;
        let mut content = String::new();
        for line in text.lines().map(str::trim) {
            match line {
                BEGIN if !inside => inside = true,
                END if inside && is_base64(&content) => {
                    inside = false;
                    content.clear();
                }
                _ if line.contains("-----BEGIN ") && line != BEGIN => return Err(CertificateError::Other),
                _ if !inside => continue,
                _ if line.is_empty() || line.starts_with('-') => return Err(CertificateError::Damaged),
                _ => content += line,
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

    /// Returns the certificates as PEM text. Each line ends with a line feed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Returns whether a text is Base64 ([RFC 4648]) of at least one byte: groups of four characters, the last one padded.
///
/// [RFC 4648]: https://www.rfc-editor.org/rfc/rfc4648#section-4
fn is_base64(text: &str) -> bool {
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    !digits.is_empty()
        && text.len().is_multiple_of(4)
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

impl fmt::Debug for CaCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaCertificate({} in PEM format)", self.0.matches(BEGIN).count())
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
    fn only_certificates_are_kept() {
        assert_eq!(read(ONE).unwrap(), ONE);
        assert_eq!(read(&ONE.replace('\n', "\r\n")).unwrap(), ONE);
        let padded = ONE.replace("QUJD", "a+/0QQ==");
        assert_eq!(read(&padded).unwrap(), padded);
        assert_eq!(read(&format!("Corp Root\n{ONE}# another\n{}", ONE.trim_end())).unwrap(), format!("{ONE}{ONE}"));
        assert_eq!(format!("{:?}", CaCertificate::from_bytes(ONE.as_bytes())), "Ok(CaCertificate(1 in PEM format))");
    }

    #[test]
    fn texts_that_are_not_certificates_are_rejected() {
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
            &ONE.replace("QUJD", "QUJDQ"),
            &ONE.replace("QUJD", "QUJDQQ"),
            &ONE.replace("QUJD", "Q==="),
            &ONE.replace("QUJD", "===="),
            &ONE.replace("QUJD", "QQ==QUJD"),
            &ONE.replace("QUJD", "QQ==\nQUJD"),
            &ONE.replace("QUJD", "Q=JD"),
            &ONE[..40],
            &ONE.replace("QUJD", "QU JD"),
            &ONE.replace("QUJD", "QUJD\n"),
            &ONE.replace("QUJD", "-"),
            &ONE.replace("QUJD", "$(id)"),
            &format!("{}{ONE}", &ONE[..33]),
        ] {
            assert_eq!(read(text), Err(CertificateError::Damaged), "{text:?}");
        }
        for (length, error) in [(10_000_001, CertificateError::TooLarge), (10_000_000, CertificateError::None)] {
            assert_eq!(read(&"x".repeat(length)), Err(error), "{length} bytes");
        }
    }
}
