//! Names of projects, extras and dependency groups.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::display::{Escaped, Redacted};

/// The distribution name of a project, or the name of an extra or a dependency group, normalised as in [PEP 503].
///
/// ```text
/// name       = alnum [ *(alnum | "." | "_" | "-") alnum ]      (ASCII, any case)
/// normalised = lower case, with each run of ".", "_" and "-" replaced by one "-"
/// ```
///
/// ```
/// let name: agentix_gen::value::ProjectName = "Agentix__Code.Search".parse()?;
/// assert_eq!(name.as_str(), "agentix-code-search");
/// assert_eq!(name.short(), "code-search");
/// # Ok::<(), agentix_gen::value::NameError>(())
/// ```
///
/// [PEP 503]: https://peps.python.org/pep-0503/#normalized-names
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProjectName(String);

/// The error for a text that is not a distribution name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a project name: {reason}", Escaped(.text))]
pub struct NameError {
    text: String,
    reason: &'static str,
}

impl ProjectName {
    /// Returns the normalised name: lower-case letters and digits, joined by single hyphens.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name without its `agentix-` prefix, which is the name of the image.
    pub fn short(&self) -> &str {
        self.0.strip_prefix("agentix-").unwrap_or(&self.0)
    }
}

impl FromStr for ProjectName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let error = |reason| Err(NameError { text: Redacted(text).to_string(), reason });
        let (Some(first), Some(last)) = (text.bytes().next(), text.bytes().last()) else {
            return error("it is empty");
        };
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || is_separator(b)) {
            return error("it may contain only ASCII letters, digits, `.`, `_` and `-`");
        }
        if is_separator(first) || is_separator(last) {
            return error("it must start and end with a letter or a digit");
        }
        let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        Ok(Self(words.collect::<Vec<_>>().join("-").to_ascii_lowercase()))
    }
}

impl TryFrom<String> for ProjectName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<ProjectName> for String {
    fn from(name: ProjectName) -> Self {
        name.0
    }
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'.' | b'_' | b'-')
}

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ProjectName;

    #[test]
    fn names_are_normalised() {
        for (text, normalised, short) in [
            ("My_Pkg", "my-pkg", "my-pkg"),
            ("agentix-.-Hello", "agentix-hello", "hello"),
            ("agentix", "agentix", "agentix"),
            ("a", "a", "a"),
        ] {
            let name: ProjectName = text.parse().unwrap();
            assert_eq!((name.as_str(), name.short()), (normalised, short), "{text}");
            assert_eq!(String::from(name), normalised);
        }
    }

    #[test]
    fn invalid_names_are_rejected() {
        for text in ["", "-x", "..", "x-", "a b", "a\nb", "é", "a/b", "\u{1b}[31m"] {
            assert!(text.parse::<ProjectName>().is_err(), "{text:?}");
        }
        let error = "a\nRUN evil".parse::<ProjectName>().unwrap_err().to_string();
        assert!(error.starts_with("`a\\nRUN evil` is not a project name: "), "{error}");
    }
}
