//! Build secrets.
//!
//! These types contain the source of a secret, never its value. The engine reads the value itself.

use std::fmt;
use std::str::FromStr;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use super::checked_text::ValueError;
use super::display::{Escaped, Redacted};
use super::secret::{SecretFile, SecretId};
use super::variable::VariableName;

/// A build secret: its ID and its source. Build steps can read it from the file `/run/secrets/ID`.
///
/// ```text
/// secret = "id=" id "," ( "src=" file | "env=" variable )      in any order; "source" is an alias of "src"
/// ```
///
/// ```
/// let secret: agentix_gen::value::BuildSecret = "id=token,env=PYPI_TOKEN".parse()?;
/// assert_eq!((secret.id.as_str(), secret.to_string().as_str()), ("token", "id=token,env=PYPI_TOKEN"));
/// # Ok::<(), agentix_gen::value::SecretError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BuildSecret {
    /// The ID that build steps use.
    pub id: SecretId,
    /// The source of the value.
    #[serde(flatten)]
    pub source: SecretSource,
}

/// The source of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
#[non_exhaustive]
pub enum SecretSource {
    /// A file on the machine that builds the image.
    #[serde(rename = "src")]
    File(SecretFile),
    /// An environment variable of the engine's process.
    #[serde(rename = "env")]
    Variable(VariableName),
}

/// The form of a source in `[tool.agentix.secret]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "`{ src = \"FILE\" }` or `{ env = \"VARIABLE\" }`")]
struct Written {
    src: Option<SecretFile>,
    env: Option<VariableName>,
}

impl TryFrom<Written> for SecretSource {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match (written.src, written.env) {
            (Some(file), None) => Ok(Self::File(file)),
            (None, Some(variable)) => Ok(Self::Variable(variable)),
            _ => Err("a secret has exactly one source: `{ src = \"FILE\" }` or `{ env = \"VARIABLE\" }`"),
        }
    }
}

/// The error for a text that is not a build secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// A part is missing, duplicate or unknown.
    #[error("{} is not a build secret; write `id=ID,src=FILE` or `id=ID,env=VARIABLE`", Escaped(.0))]
    Form(String),
    /// The value of a part does not match its grammar.
    #[error(transparent)]
    Value(#[from] ValueError),
}

impl FromStr for BuildSecret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        let form = || SecretError::Form(Redacted(text).to_string());
        let (mut id, mut source) = (None, None);
        for part in text.split(',') {
            let (key, value) = part.split_once('=').ok_or_else(form)?;
            let is_invalid = match key {
                "id" => id.replace(value.parse()?).is_some(),
                "src" | "source" => source.replace(SecretSource::File(value.parse()?)).is_some(),
                "env" => source.replace(SecretSource::Variable(value.parse()?)).is_some(),
                _ => true,
            };
            if is_invalid {
                return Err(form());
            }
        }
        Ok(Self { id: id.ok_or_else(form)?, source: source.ok_or_else(form)? })
    }
}

/// Writes the value of the `--secret` option of docker, podman and buildah.
impl fmt::Display for BuildSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            SecretSource::File(file) => write!(f, "id={},src={file}", self.id),
            SecretSource::Variable(variable) => write!(f, "id={},env={variable}", self.id),
        }
    }
}

impl SecretSource {
    /// Returns the source with relative paths resolved against `folder`.
    pub(crate) fn resolve(self, folder: &Utf8Path) -> Result<Self, ValueError> {
        match self {
            Self::File(file) => Ok(Self::File(file.resolve(folder)?)),
            variable @ Self::Variable(_) => Ok(variable),
        }
    }
}

/// Writes a human-readable form: `$TOKEN`, or the path of the file.
impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(f, "{}", Escaped(file.as_str())),
            Self::Variable(variable) => write!(f, "${variable}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BuildSecret, SecretSource};

    #[test]
    fn invalid_secrets_are_rejected() {
        for text in [
            "",
            "token",
            "id=token",
            "src=/x",
            "id=token,src=/x,env=Y",
            "id=a,id=b,src=/x",
            "id=token,type=file,src=/x",
            "id=to ken,src=/x",
            "id=,src=/x",
            "id=-a,src=/x",
            "id=../x,src=/x",
            "id=token,src=",
            "id=token,src=/a\"b",
            "id=token,src=/a\nb",
            "id=token,env=1X",
            "id=token,env=$X",
            "id=token,src=/x ,target=/etc/shadow",
        ] {
            assert!(text.parse::<BuildSecret>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_id_has_at_most_64_characters() {
        for (length, is_valid) in [(64, true), (65, false)] {
            let secret = format!("id={},env=X", "a".repeat(length)).parse::<BuildSecret>();
            assert_eq!(secret.is_ok(), is_valid, "{length} characters");
        }
    }

    #[test]
    fn a_relative_path_is_resolved_against_its_folder() {
        for (file, expected) in
            [("secrets/token", "`/project/secrets/token`"), ("/etc/token", "`/etc/token`"), ("~/.netrc", "`~/.netrc`")]
        {
            let source = SecretSource::File(file.parse().unwrap()).resolve("/project".into()).unwrap();
            assert_eq!(source.to_string(), expected, "{file}");
        }
        assert!(SecretSource::File("token".parse().unwrap()).resolve("/a,b".into()).is_err());
    }

    proptest! {
        #[test]
        fn secrets_round_trip(
            id in "[a-zA-Z0-9][a-zA-Z0-9._-]{0,20}",
            file in "[^,\"\\pC]{1,20}",
            variable in "[A-Za-z_][A-Za-z0-9_]{0,9}",
        ) {
            for text in [format!("id={id},src={file}"), format!("id={id},env={variable}")] {
                prop_assert_eq!(text.parse::<BuildSecret>().unwrap().to_string(), text);
            }
        }
    }
}
