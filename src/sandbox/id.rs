//! The name of a sandbox.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::value::Escaped;

/// The name of a sandbox, which is the name of its container.
///
/// ```text
/// id = ( letter | digit ) *( letter | digit | "_" | "." | "-" )       ASCII
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SandboxId(String);

/// A text that is no [`SandboxId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not the ID of a sandbox; `agentix-gen ps` lists them", Escaped(.0))]
pub struct SandboxIdError(String);

impl SandboxId {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SandboxId {
    type Err = SandboxIdError;

    fn from_str(text: &str) -> Result<Self, SandboxIdError> {
        let is_first = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if is_first && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(SandboxIdError(text.to_owned()))
        }
    }
}

impl fmt::Display for SandboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for SandboxId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::SandboxId;

    /// An ID is an argument of the engine, and never one of its options.
    #[test]
    fn an_id_is_no_option() {
        for wrong in ["", "-f", "--all", "a b", "a\n", "a/b", ".a", "é"] {
            assert!(wrong.parse::<SandboxId>().is_err(), "{wrong:?}");
        }
        assert_eq!("agentix-a1_B.c".parse::<SandboxId>().unwrap().as_str(), "agentix-a1_B.c");
    }
}
