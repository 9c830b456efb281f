//! Secrets of a build: where they are, never what they are. The engine reads them itself.

use std::fmt;
use std::str::FromStr;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use super::checked_text::ValueError;
use super::display::Escaped;
use super::secret::{SecretFile, SecretId};
use super::variable::VariableName;

/// A secret that build steps can read as the file `/run/secrets/ID`: its name, and where it comes from.
///
/// ```text
/// secret = "id=" id "," ( "src=" file | "env=" variable )      in any order; "source" stands for "src"
/// ```
///
/// ```
/// let secret: agentix_gen::value::BuildSecret = "id=token,env=PYPI_TOKEN".parse()?;
/// assert_eq!((secret.id.as_str(), secret.to_string().as_str()), ("token", "id=token,env=PYPI_TOKEN"));
/// # Ok::<(), agentix_gen::value::SecretError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BuildSecret {
    /// What build steps call it.
    pub id: SecretId,
    /// Where it comes from.
    #[serde(flatten)]
    pub source: SecretSource,
}

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
#[non_exhaustive]
pub enum SecretSource {
    /// A file of the machine that builds.
    #[serde(rename = "src")]
    File(SecretFile),
    /// An environment variable of the engine's process.
    #[serde(rename = "env")]
    Variable(VariableName),
}

/// A source as `[tool.agentix.secret]` has it.
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
            _ => Err("a secret comes from one place: `{ src = \"FILE\" }` or `{ env = \"VARIABLE\" }`"),
        }
    }
}

/// A text that names no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// A part is missing, there twice or unknown.
    #[error("{} does not name a secret; write `id=ID,src=FILE` or `id=ID,env=VARIABLE`", Escaped(.0))]
    Form(String),
    /// A part does not have the form that its place asks for.
    #[error(transparent)]
    Value(#[from] ValueError),
}

impl FromStr for BuildSecret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        let form = || SecretError::Form(text.to_owned());
        let (mut id, mut source) = (None, None);
        for part in text.split(',') {
            let (key, value) = part.split_once('=').ok_or_else(form)?;
            let twice = match key {
                "id" => id.replace(value.parse()?).is_some(),
                "src" | "source" => source.replace(SecretSource::File(value.parse()?)).is_some(),
                "env" => source.replace(SecretSource::Variable(value.parse()?)).is_some(),
                _ => true,
            };
            if twice {
                return Err(form());
            }
        }
        Ok(Self { id: id.ok_or_else(form)?, source: source.ok_or_else(form)? })
    }
}

/// As docker, podman and buildah take it after `--secret`.
impl fmt::Display for BuildSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            SecretSource::File(file) => write!(f, "id={},src={file}", self.id),
            SecretSource::Variable(variable) => write!(f, "id={},env={variable}", self.id),
        }
    }
}

impl SecretSource {
    /// The same source; a relative path is one below `folder`.
    pub(crate) fn resolve(self, folder: &Utf8Path) -> Result<Self, ValueError> {
        match self {
            Self::File(file) => Ok(Self::File(file.resolve(folder)?)),
            variable @ Self::Variable(_) => Ok(variable),
        }
    }
}

/// As a person reads it: `$TOKEN`, or the file's path.
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
    fn what_names_no_secret_is_refused() {
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
    fn an_id_has_64_characters_at_most() {
        let named = |length| format!("id={},env=X", "a".repeat(length)).parse::<BuildSecret>();
        assert!(named(64).is_ok() && named(65).is_err());
    }

    #[test]
    fn a_relative_path_is_below_its_folder() {
        let below =
            |file: &str| SecretSource::File(file.parse().unwrap()).resolve("/project".into()).unwrap().to_string();
        assert_eq!(below("secrets/token"), "`/project/secrets/token`");
        assert_eq!(below("/etc/token"), "`/etc/token`");
        assert_eq!(below("~/.netrc"), "`~/.netrc`");
        assert!(SecretSource::File("token".parse().unwrap()).resolve("/a,b".into()).is_err());
    }

    proptest! {
        #[test]
        fn a_secret_is_displayed_as_it_is_parsed(id in "[a-zA-Z0-9][a-zA-Z0-9._-]{0,20}", file in "[^,\"\\pC]{1,20}", variable in "[A-Za-z_][A-Za-z0-9_]{0,9}") {
            for text in [format!("id={id},src={file}"), format!("id={id},env={variable}")] {
                prop_assert_eq!(text.parse::<BuildSecret>().unwrap().to_string(), text);
            }
        }
    }
}
