//! Options whose value is one of a few words.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The installer of the packages in the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum InstallerChoice {
    /// uv if the project uses it (`uv.lock`, `pylock.toml` or `[tool.uv]`), otherwise pip.
    Auto,
    /// uv.
    Uv,
    /// pip.
    Pip,
}

/// How to add a project's symbolic links to the context.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Symlinks {
    /// Keep links. A link that leads out of the project, or to an excluded path, is an error.
    #[default]
    Keep,
    /// Replace each link with its target file or folder, wherever the target is.
    Follow,
}

/// The error for a word that an option does not accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected one of {}", .0.join(", "))]
pub struct ChoiceError(&'static [&'static str]);

impl InstallerChoice {
    /// The accepted words, as written in `[tool.agentix]`.
    pub const CHOICES: &'static [&'static str] = &["auto", "uv", "pip"];
}

impl Symlinks {
    /// The accepted words, as written in `[tool.agentix]`.
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
