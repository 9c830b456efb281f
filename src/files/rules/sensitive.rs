//! What counts as a secret: by its name, and where a name says too little, by its text.
//!
//! The names stand in one table, [`names`]; what tells a private key from a certificate, or a token from a setting, in
//! [`text`]. A name is judged in lower case and without what an editor or a person adds to a copy (`.env~`,
//! `id_rsa.bak`). An example, a template, a text about it or source code is none, whatever it is called after:
//! `.env.example`, `.netrc.md`, `credentials.py`.

mod binary;
mod names;
mod text;

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// Why a file or folder counts as a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SensitiveFile {
    /// What it holds.
    pub kind: SensitiveKind,
    /// What tells: the pattern that its path matches, or what its text holds.
    pub sign: &'static str,
}

/// What a secret is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SensitiveKind {
    /// Settings of a machine, passwords among them: `.env`.
    EnvironmentFile,
    /// A private key, or a store of them.
    PrivateKey,
    /// The way into a cloud, a cluster or what describes them.
    CloudCredentials,
    /// The login of an image registry.
    RegistryCredentials,
    /// The login of a host of repositories.
    RepositoryCredentials,
    /// The login of a package index.
    PackageIndexCredentials,
    /// The login of a database.
    DatabaseCredentials,
    /// Passwords, tokens and keys of anything else.
    Credentials,
    /// A store of passwords.
    Keyring,
    /// What somebody typed, passwords among it.
    History,
}

impl fmt::Display for SensitiveKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EnvironmentFile => "an environment file",
            Self::PrivateKey => "a private key",
            Self::CloudCredentials => "cloud credentials",
            Self::RegistryCredentials => "registry credentials",
            Self::RepositoryCredentials => "repository credentials",
            Self::PackageIndexCredentials => "package index credentials",
            Self::DatabaseCredentials => "database credentials",
            Self::Credentials => "credentials",
            Self::Keyring => "a keyring",
            Self::History => "a history of what was typed",
        })
    }
}

impl fmt::Display for SensitiveFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.kind, self.sign)
    }
}

impl SensitiveFile {
    /// How many bytes at the start of a file decide what it holds.
    pub const MOST_TEXT: u64 = 1024 * 1024;

    /// Why a file of this path is a secret, whatever it holds.
    pub fn of_file(path: &str) -> Option<Self> {
        names::of_file(path)
    }

    /// Why a folder of this path is a secret, and all that it holds with it.
    pub fn of_folder(path: &str) -> Option<Self> {
        names::of_folder(path)
    }

    /// Whether a file of this path has to be looked into to know whether it is a secret.
    pub fn may_be_in(path: &str) -> bool {
        text::Look::at(path).is_some()
    }

    /// Why a file is a secret that [may be](Self::may_be_in) one: by its first [bytes](Self::MOST_TEXT).
    pub fn in_text(path: &str, text: &[u8]) -> Option<Self> {
        text::Look::at(path)?.judge(text)
    }
}

/// The last part of a path as it is judged: in lower case, without the ending of a copy.
fn plain_name(path: &str) -> Cow<'_, str> {
    const COPIES: &[&str] = &["~", ".bak", ".backup", ".orig", ".old", ".save", ".swp", ".swo", ".tmp"];
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_lower = !name.bytes().any(|byte| byte.is_ascii_uppercase());
    let mut name: Cow<'_, str> = if is_lower { name.into() } else { name.to_ascii_lowercase().into() };
    while let Some(ending) = COPIES.iter().find(|ending| name.len() > ending.len() && name.ends_with(**ending)) {
        let length = name.len() - ending.len();
        name = match name {
            Cow::Borrowed(name) => name[..length].into(),
            Cow::Owned(name) => name[..length].to_owned().into(),
        };
    }
    name
}

/// Whether a name says that it is none of the thing itself: an example of it, a template for it, a text or code about it.
fn is_about(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "example",
        "examples",
        "sample",
        "samples",
        "template",
        "templates",
        "tmpl",
        "tpl",
        "j2",
        "jinja",
        "jinja2",
        "dist",
        "default",
        "defaults",
        "schema",
        "md",
        "rst",
        "py",
        "pyi",
    ];
    name.split(['.', '-', '_']).any(|word| WORDS.contains(&word))
}

#[cfg(test)]
mod tests;
