//! Recognises secrets by name and by content.
//!
//! | file | content |
//! |---|---|
//! | `catalogue` | the data: names, token shapes, keys and flags |
//! | `alphabet` | the alphabets of tokens |
//! | `endings` | the data of endings: programs, documentation, formats without text |
//! | `names` | compares names with the catalogue |
//! | `text` | chooses by the name how the content is judged |
//! | `tokens` | finds tokens by prefix and shape |
//! | `formats` | recognises keys, cookies and logins in the formats of single programs |
//! | `assignments` | reads the keys and values of settings |
//! | `key_names` | decides by the key of a setting |
//! | `literals`, `tables` | read the texts of programs, and the cells of tables |
//! | `settings`, `json` | find passwords and tokens in settings |
//! | `json_value` | reads JSON |
//! | `literal` | distinguishes a secret value from a placeholder |
//! | `binary` | recognises keys and key stores in binary formats |
//! | `encoding` | reads UTF-16 and UTF-32 |
//! | `base58` | reads the private keys of Bitcoin |
//!
//! Names are compared in lower case and without the suffix that an editor or a person adds to a copy (`.env~`,
//! `id_rsa.bak`). Examples, templates and tests of a secret are secrets only if their content is (`.env.example`,
//! `.env.test`). So is a file of an importable package whose name ordinary data has too (`secrets.yaml`).

mod alphabet;
mod assignments;
mod base58;
mod binary;
mod buckets;
mod catalogue;
mod endings;
mod formats;
mod json;
mod json_value;
mod key_names;
mod literal;
mod literals;
mod names;
mod settings;
mod tables;
mod text;
mod tokens;
mod words;

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::value::Encoding;

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
    /// Credentials of a coding agent, or for a service with models or data.
    AgentCredentials,
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
    /// Cookies, sessions and saved passwords of a browser or another client.
    SessionStore,
    /// The keys of a wallet.
    Wallet,
    /// A history of typed commands, which may include passwords.
    History,
}

impl fmt::Display for SensitiveKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EnvironmentFile => "an environment file",
            Self::PrivateKey => "a private key",
            Self::CloudCredentials => "cloud credentials",
            Self::AgentCredentials => "credentials of an agent or a model service",
            Self::RegistryCredentials => "registry credentials",
            Self::RepositoryCredentials => "repository credentials",
            Self::PackageIndexCredentials => "package index credentials",
            Self::DatabaseCredentials => "database credentials",
            Self::Credentials => "credentials",
            Self::Keyring => "a keyring",
            Self::SessionStore => "a session store",
            Self::Wallet => "a wallet",
            Self::History => "a command history",
        })
    }
}

impl fmt::Display for SensitiveFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.kind, self.sign)
    }
}

/// How much of a file must be read to judge it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The whole file, if it has at most this number of bytes.
    UpTo(u64),
    /// The whole file, in parts, up to [`SensitiveFile::MOST`] bytes.
    Whole,
}

impl SensitiveFile {
    /// The largest documentation that is read, in bytes.
    pub(crate) const SMALL: u64 = 256 * 1024;
    /// The largest text of an unknown format that is read, in bytes.
    pub(crate) const MEDIUM: u64 = 4 * 1024 * 1024;
    /// The number of bytes of a file that are judged together.
    pub(crate) const START: usize = 1024 * 1024;
    /// The number of bytes of a file that are judged at all.
    pub(crate) const MOST: u64 = 64 * 1024 * 1024;
    /// The number of bytes that the following part repeats, so that no key or token is divided between two parts.
    pub(crate) const OVERLAP: usize = 4096;

    /// Returns why a file with this path is a secret, whatever its content.
    pub fn of_file(path: &str) -> Option<Self> {
        match names::of_file(path)? {
            names::Named::Secret(secret) => Some(secret),
            names::Named::Likely(_) | names::Named::Example(_) => None,
        }
    }

    /// Returns why a folder with this path is a secret, with everything in it.
    pub fn of_folder(path: &str) -> Option<Self> {
        names::of_folder(path)
    }

    /// Returns the names of secrets as lines of a `.dockerignore`.
    pub(crate) fn ignore_lines() -> impl Iterator<Item = String> {
        names::ignore_lines()
    }

    /// Returns why a file is a secret, judged by its path and its content: the first mebibyte, if the file is longer.
    ///
    /// In an importable package, the content alone decides about a name that ordinary data has too.
    pub fn in_content(path: &str, in_package: bool, content: &[u8]) -> Option<Self> {
        ContentRule::of(path)?.judge(in_package, content)
    }

    /// Returns `true` for a file of the program, which is never excluded because of its content.
    pub(crate) fn is_source(path: &str) -> bool {
        text::is_source(path)
    }

    /// Finds a token or a whole private key in the source code of a program, and the number of its line, from 1.
    pub(crate) fn in_source(text: &[u8]) -> Option<(usize, Self)> {
        let key = || formats::whole_key(text);
        let (at, secret) = match tokens::find(text) {
            Some(found) => (found.at, found.secret),
            None => key()?,
        };
        Some((text[..at].split(|byte| *byte == b'\n').count(), secret))
    }
}

/// How the content of a file is judged. The path of the file decides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ContentRule<'a> {
    path: &'a str,
    look: text::Look,
}

impl<'a> ContentRule<'a> {
    /// Returns `None` for a program, and for a format without text: their content is not judged.
    pub(crate) fn of(path: &'a str) -> Option<Self> {
        Some(Self { path, look: text::Look::at(path)? })
    }

    /// Returns how much of the file must be read.
    pub(crate) fn reading(self) -> Reading {
        self.look.reading()
    }

    /// Does the same as [`SensitiveFile::in_content`].
    pub(crate) fn judge(self, in_package: bool, content: &[u8]) -> Option<SensitiveFile> {
        let text = Encoding::of(content).decode(content);
        let found = self.look.judge(in_package, &text);
        match names::of_file(self.path) {
            Some(names::Named::Likely(secret)) if !in_package => {
                found.or_else(|| (!text::is_schema(&text)).then_some(secret))
            }
            Some(names::Named::Likely(secret) | names::Named::Example(secret)) => {
                found.or_else(|| text::has_password(&text).then_some(secret))
            }
            Some(names::Named::Secret(_)) | None => found,
        }
    }

    /// Returns why the file is a secret, judged by a later part of its content. `start` is the start of the file.
    pub(crate) fn judge_part(self, start: &[u8], part: &[u8]) -> Option<SensitiveFile> {
        self.look.judge_part(&Encoding::of(start).decode(part))
    }
}

/// Returns the last component of a path in lower case, without the suffixes of a copy.
fn plain_name(path: &str) -> Cow<'_, str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_lower = !name.bytes().any(|byte| byte.is_ascii_uppercase());
    let mut name: Cow<'_, str> = if is_lower { name.into() } else { name.to_ascii_lowercase().into() };
    while let Some(length) = length_without_suffix(&name) {
        name = match name {
            Cow::Borrowed(name) => name[..length].into(),
            Cow::Owned(mut name) => {
                name.truncate(length);
                name.into()
            }
        };
    }
    name
}

/// Returns the length of the name that a copy was made of.
fn length_without_suffix(name: &str) -> Option<usize> {
    let of_ending = || {
        let (original, ending) = name.rsplit_once('.')?;
        let is_of_copy = matches!(ending, "bak" | "backup" | "orig" | "old" | "save" | "swp" | "swo" | "tmp");
        is_of_copy.then_some(original)
    };
    let original = name.strip_suffix('~').or_else(of_ending)?;
    (!original.is_empty()).then_some(original.len())
}

#[cfg(test)]
mod tests;
