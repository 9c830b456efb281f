//! Recognises secrets by name, and by text if the name is not enough.
//!
//! [`names`] contains the table of names. [`text`] distinguishes a private key from a certificate, and a token from a
//! setting. Names are compared in lower case and without the suffix that an editor or a person adds to a copy (`.env~`,
//! `id_rsa.bak`). Examples, templates, documentation and source code are not secrets, even if their names contain the
//! name of a secret: `.env.example`, `.netrc.md`, `credentials.py`.

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
    /// The kind of secret.
    pub kind: SensitiveKind,
    /// The evidence: the pattern that the path matches, or a description of the text.
    pub sign: &'static str,
}

/// The kind of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SensitiveKind {
    /// Settings of a machine, which may include passwords: `.env`.
    EnvironmentFile,
    /// A private key or a store of private keys.
    PrivateKey,
    /// Credentials for a cloud or a cluster, or an infrastructure file that contains them.
    CloudCredentials,
    /// Credentials for an image registry.
    RegistryCredentials,
    /// Credentials for a repository host.
    RepositoryCredentials,
    /// Credentials for a package index.
    PackageIndexCredentials,
    /// Credentials for a database.
    DatabaseCredentials,
    /// Other passwords, tokens and keys.
    Credentials,
    /// A password store.
    Keyring,
    /// A history of typed commands, which may include passwords.
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
            Self::History => "a command history",
        })
    }
}

impl fmt::Display for SensitiveFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.kind, self.sign)
    }
}

impl SensitiveFile {
    /// The number of bytes at the start of a file that are checked.
    pub const MOST_TEXT: u64 = 1024 * 1024;

    /// Returns why a file with this path is a secret, independent of its content.
    pub fn of_file(path: &str) -> Option<Self> {
        names::of_file(path)
    }

    /// Returns why a folder with this path is a secret, with everything in it.
    pub fn of_folder(path: &str) -> Option<Self> {
        names::of_folder(path)
    }

    /// Returns `true` if only the [text](Self::in_text) of a file with this path shows whether it is a secret.
    pub fn may_be_in(path: &str) -> bool {
        text::Look::at(path).is_some()
    }

    /// Returns why a file is a secret, judged by the first [`MOST_TEXT`](Self::MOST_TEXT) bytes of its text.
    ///
    /// Returns `None` for a path for which [`may_be_in`](Self::may_be_in) is `false`.
    pub fn in_text(path: &str, text: &[u8]) -> Option<Self> {
        text::Look::at(path)?.judge(text)
    }
}

/// Returns the last component of a path in lower case, without the suffixes of a copy.
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

/// Returns `true` if the name is that of an example, a template, documentation or source code.
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
