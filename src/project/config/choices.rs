//! Options that are one of a few words.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What installs packages in the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum InstallerChoice {
    /// uv if the project uses it: a `uv.lock`, a `pylock.toml` or `[tool.uv]`. Otherwise pip.
    Auto,
    /// uv.
    Uv,
    /// pip.
    Pip,
}

/// What happens to a project's symbolic links in the context.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Symlinks {
    /// They stay links. A link that leaves the project, or leads to something that is excluded, is refused.
    #[default]
    Keep,
    /// Each is replaced by the file or folder that it leads to, wherever that is.
    Follow,
}

/// A word that an option does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is one of {}", .0.join(", "))]
pub struct ChoiceError(&'static [&'static str]);

impl InstallerChoice {
    /// The words, as they are written in `[tool.agentix]`.
    pub const CHOICES: &'static [&'static str] = &["auto", "uv", "pip"];
}

impl Symlinks {
    /// The words, as they are written in `[tool.agentix]`.
    pub const CHOICES: &'static [&'static str] = &["keep", "follow"];
}

impl FromStr for InstallerChoice {
    type Err = ChoiceError;

    fn from_str(text: &str) -> Result<Self, ChoiceError> {
        choice(text, Self::CHOICES)
    }
}

impl FromStr for Symlinks {
    type Err = ChoiceError;

    fn from_str(text: &str) -> Result<Self, ChoiceError> {
        choice(text, Self::CHOICES)
    }
}

fn choice<T: for<'de> Deserialize<'de>>(text: &str, choices: &'static [&'static str]) -> Result<T, ChoiceError> {
    let word = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(text);
    T::deserialize(word).map_err(|_| ChoiceError(choices))
}
