//! The core metadata that a source distribution carries in `PKG-INFO`.

use std::str::FromStr;

use pep440_rs::Version;

use crate::value::{NameError, ProjectName};

/// The file of a source distribution that holds its metadata.
pub(crate) const METADATA: &str = "PKG-INFO";

/// Its text. Python reads it as a mail, in which what is no UTF-8 fails nobody who does not ask for it.
pub(crate) fn as_mail(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a `PKG-INFO` says of a distribution: the fields that a `pyproject.toml` may leave to the build, and that are
/// settled once a source distribution was made.
///
/// The format is that of [core metadata], headers as in a mail; what follows the first blank line is the description.
///
/// ```
/// let text = "Metadata-Version: 2.1\nName: Hello_Agent\nVersion: 1.0\n\nName: not this one\n";
/// let metadata: agentix_gen::project::Metadata = text.parse()?;
/// assert_eq!(metadata.name.as_str(), "hello-agent");
/// assert_eq!(metadata.version.to_string(), "1.0");
/// # Ok::<(), agentix_gen::project::MetadataError>(())
/// ```
///
/// [core metadata]: https://packaging.python.org/en/latest/specifications/core-metadata/
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metadata {
    /// `Name`, normalised.
    pub name: ProjectName,
    /// `Version`.
    pub version: Version,
}

/// A `PKG-INFO` that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// A field that each has is missing.
    #[error("PKG-INFO: there is no `{0}`; make the source distribution again, or remove the file")]
    Missing(&'static str),
    /// The name is none.
    #[error("PKG-INFO: {0}")]
    Name(#[from] NameError),
    /// The version is none.
    #[error("PKG-INFO: {0}")]
    Version(#[from] pep440_rs::VersionParseError),
}

impl FromStr for Metadata {
    type Err = MetadataError;

    fn from_str(text: &str) -> Result<Self, MetadataError> {
        let field = |name: &'static str| {
            let headers = text.lines().take_while(|line| !line.is_empty());
            let value = headers.filter_map(|line| line.split_once(':')).find(|(key, _)| key.eq_ignore_ascii_case(name));
            value.map(|(_, value)| value.trim()).ok_or(MetadataError::Missing(name))
        };
        Ok(Self { name: field("Name")?.parse()?, version: field("Version")?.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::{Metadata, MetadataError};

    #[test]
    fn what_is_missing_or_malformed_is_told() {
        let refused = |text: &str| text.parse::<Metadata>().unwrap_err();
        assert_eq!(refused("Metadata-Version: 2.1\nName: x\n\nVersion: 1\n"), MetadataError::Missing("Version"));
        assert!(matches!(refused("Name: x\nVersion: one\n"), MetadataError::Version(_)));
        assert!(matches!(refused("Name: x y\nVersion: 1\n"), MetadataError::Name(_)));
    }

    #[test]
    fn line_ends_of_windows_are_none_of_a_value() {
        let metadata: Metadata = "name: x\r\nVersion: 1.0\r\n\r\n".parse().unwrap();
        assert_eq!(metadata.version.to_string(), "1.0");
    }
}
