//! The core metadata in the `PKG-INFO` of a source distribution.

use std::str::FromStr;

use pep440_rs::Version;

use crate::value::{NameError, OneLine, ProjectName};

/// The file name of the metadata in a source distribution.
pub(crate) const METADATA: &str = "PKG-INFO";

/// Decodes a `PKG-INFO` and replaces invalid UTF-8. Python parses the file as a mail message, in which invalid UTF-8 is
/// an error only for code that reads the affected field.
pub(crate) fn as_mail(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The fields of a `PKG-INFO` that a `pyproject.toml` may leave to the build. A source distribution has their final
/// values.
///
/// The format is [core metadata]: headers as in a mail message, then a blank line and the description.
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
    /// The field `Name`, normalised.
    pub name: ProjectName,
    /// The field `Version`.
    pub version: Version,
}

/// An error in a `PKG-INFO`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// A required field is missing.
    #[error("PKG-INFO: `{0}` is missing; build the source distribution again, or remove the file")]
    Missing(&'static str),
    /// The name is invalid.
    #[error("PKG-INFO: {0}")]
    Name(#[from] NameError),
    /// The version is invalid.
    #[error("PKG-INFO: {}", OneLine(&.0.to_string()))]
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
    fn missing_and_invalid_fields_are_rejected() {
        let rejected = |text: &str| text.parse::<Metadata>().unwrap_err();
        assert_eq!(rejected("Metadata-Version: 2.1\nName: x\n\nVersion: 1\n"), MetadataError::Missing("Version"));
        assert!(matches!(rejected("Name: x\nVersion: one\n"), MetadataError::Version(_)));
        assert!(matches!(rejected("Name: x y\nVersion: 1\n"), MetadataError::Name(_)));
    }

    #[test]
    fn windows_line_endings_are_not_part_of_a_value() {
        let metadata: Metadata = "name: x\r\nVersion: 1.0\r\n\r\n".parse().unwrap();
        assert_eq!(metadata.version.to_string(), "1.0");
    }
}
