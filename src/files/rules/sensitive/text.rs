//! Recognises secrets by their content. The name of a file says which formats are looked for.

use std::borrow::Cow;
use std::cell::LazyCell;

use memchr::memchr;

use super::SensitiveKind::{
    Credentials, EnvironmentFile, PackageIndexCredentials, PrivateKey, RepositoryCredentials, SessionStore,
};
use super::binary::{is_der_key, is_key_store, is_openpgp_key, is_session_database};
use super::endings::{Ending, meaning};
use super::json_value::Value;
use super::key_names::MAY_SET_SECRET;
use super::literal::{entropy, is_literal, is_password_hash, is_seed_phrase};
use super::literals::any_literal;
use super::settings::{self, contains_login, is_chosen};
use super::{Reading, SensitiveFile, SensitiveKind, formats, json, plain_name, tables, tokens};

/// How the content of a file is checked. Keys and tokens are looked for in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// As a key or a certificate.
    Key,
    /// As `OpenPGP` packets (RFC 9580).
    Packets,
    /// As a single random word, such as a token, or as a key.
    Word,
    Json,
    /// As settings in any format.
    Settings,
    /// As settings that may contain the credentials for a service.
    Login(SensitiveKind),
    /// As a list of requirements or a lock, whose URLs may contain credentials.
    Requirements,
    /// As a text of an unknown format.
    Text,
    /// As a table with the names of its columns in the first line, or as a text of an unknown format.
    Table,
    /// As a program that is not Python.
    Program,
    /// As a program that a server sends to browsers, if it is in an importable package: it has no secrets from its users.
    Page,
    /// As documentation. It may show how a secret looks.
    Prose,
}

/// Returns `true` for a file of the program, which is part of the context whatever it contains.
pub(super) fn is_source(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| meaning(ending) == Some(Ending::Source))
}

/// The names of documentation without an ending.
const DOCUMENTS: &[&str] =
    &["readme", "license", "licence", "copying", "changelog", "changes", "news", "history", "authors", "notice"];

impl Look {
    pub(super) fn at(path: &str) -> Option<Self> {
        let name = plain_name(path);
        match &*name {
            ".npmrc" | ".yarnrc" | ".yarnrc.yml" | ".pnpmrc" | "pip.conf" | "pip.ini" | "uv.toml" | ".condarc"
            | "nuget.config" | "poetry.toml" | "pdm.toml" | ".pdm.toml" | "bunfig.toml" | ".bunfig.toml"
            | "gradle.properties" => return Some(Self::Login(PackageIndexCredentials)),
            "pipfile" => return Some(Self::Requirements),
            ".gitconfig" | ".gitmodules" | ".hgrc" => return Some(Self::Login(RepositoryCredentials)),
            // The metadata of a source distribution, which includes the README.
            "pkg-info" => return None,
            ".wgetrc" | ".curlrc" => return Some(Self::Login(Credentials)),
            _ => {}
        }
        // A template of settings may have a value: `secret.yml.j2`.
        let name = ["j2", "jinja", "jinja2", "tmpl", "tpl", "erb"]
            .iter()
            .find_map(|ending| name.strip_suffix(ending)?.strip_suffix('.'))
            .filter(|inner| inner.contains('.'))
            .unwrap_or(&name);
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        if lists_requirements(stem, ending) {
            return Some(Self::Requirements);
        }
        let known = meaning(ending);
        match ending {
            "" | "txt" if DOCUMENTS.contains(&stem) => Some(Self::Prose),
            _ if matches!(known, Some(Ending::Source | Ending::Binary)) => None,
            "pem" | "crt" | "cer" | "cert" | "der" | "p8" | "pk8" | "pkcs8" | "asc" | "ovpn" | "sqlite" | "sqlite3"
            | "db" => Some(Self::Key),
            "gpg" | "pgp" => Some(Self::Packets),
            "priv" | "private" if !is_of_texts(stem) => Some(Self::Word),
            _ if suggests_secret(ending) && !is_of_texts(stem) => Some(Self::Word),
            "json" | "jwk" | "jwks" | "jsonl" | "har" => Some(Self::Json),
            "yaml" | "yml" | "toml" | "ini" | "cfg" | "conf" | "properties" | "xml" | "json5" | "jsonc" => {
                Some(Self::Settings)
            }
            "" | "txt" if suggests_secret(name) => Some(Self::Word),
            "" => Some(Self::Key),
            "csv" | "tsv" | "psv" => Some(Self::Table),
            _ if known == Some(Ending::Program) && is_of_pages(path) => Some(Self::Page),
            _ if known == Some(Ending::Program) => Some(Self::Program),
            _ if known == Some(Ending::Prose) => Some(Self::Prose),
            _ => Some(Self::Text),
        }
    }

    /// Returns how much of the file is read.
    pub(super) fn reading(self) -> Reading {
        match self {
            Self::Program | Self::Page | Self::Prose => Reading::UpTo(SensitiveFile::SMALL),
            Self::Text | Self::Table => Reading::UpTo(SensitiveFile::MEDIUM),
            _ => Reading::Whole,
        }
    }

    /// Judges the start of a file. `in_package` says whether it is in an importable package.
    pub(super) fn judge(self, in_package: bool, text: &[u8]) -> Option<SensitiveFile> {
        let set_token = |text: &str| set_token(text, in_package);
        let settings = LazyCell::new(|| as_settings(text));
        let settings = || settings.as_deref();
        let binary = || match self {
            Self::Key | Self::Word if is_der_key(text) => Some("DER format"),
            Self::Packets if is_openpgp_key(text) => Some("OpenPGP format"),
            _ => is_key_store(text).then_some("key store"),
        };
        let database =
            || is_session_database(text).then_some(SensitiveFile { kind: SessionStore, sign: "database of a client" });
        let of_look = || match self {
            Self::Key | Self::Text => settings()
                .and_then(|text| formats::logins(text).or_else(|| environment(text)).or_else(|| set_token(text))),
            Self::Table => settings().and_then(|text| {
                let is_secret = settings::made(in_package);
                let in_cell = tables::any_cell(text, |key, value| settings::is_set(key, value, is_secret));
                formats::logins(text).or_else(|| in_cell.then_some(NAMED)).or_else(|| set_token(text))
            }),
            Self::Program => in_program(in_package, &String::from_utf8_lossy(text)),
            Self::Page if !in_package => in_program(in_package, &String::from_utf8_lossy(text)),
            Self::Packets | Self::Page | Self::Prose => None,
            Self::Word => word(text).or_else(|| formats::logins(settings()?)).or_else(|| set_token(settings()?)),
            Self::Json => match Value::read(settings()?) {
                Some(value) => json::find(&value, settings::made(in_package)),
                // One value in each line, or with comments.
                None => settings()?
                    .lines()
                    .filter_map(Value::read)
                    .find_map(|value| json::find(&value, settings::made(in_package)))
                    .or_else(|| set_token(settings()?)),
            },
            Self::Settings => {
                let web_key = || SensitiveFile { kind: PrivateKey, sign: "JSON Web Key" };
                settings::cluster(settings()?)
                    .or_else(|| settings::is_web_key(settings()?).then(web_key))
                    .or_else(|| set_token(settings()?))
            }
            Self::Login(kind) => settings::login(kind, settings()?),
            Self::Requirements => {
                let lines = String::from_utf8_lossy(text);
                let sign = "URL with a password";
                lines.lines().any(contains_login).then_some(SensitiveFile { kind: PackageIndexCredentials, sign })
            }
        };
        let binary = binary().map(|sign| SensitiveFile { kind: PrivateKey, sign });
        binary.or_else(database).or_else(|| self.judge_part(text)).or_else(of_look)
    }

    /// Judges any part of a file: looks for keys and tokens.
    pub(super) fn judge_part(self, text: &[u8]) -> Option<SensitiveFile> {
        let key = if matches!(self, Self::Program | Self::Page | Self::Prose) {
            formats::whole_key(text).map(|found| found.1)
        } else {
            formats::key(text)
        };
        key.or_else(|| tokens::find(text).map(|found| found.secret))
    }
}

/// Returns `true` if a file whose name is that of a secret contains one: a key that names a secret, with a value that is
/// neither a placeholder nor a usual word.
pub(super) fn has_password(text: &[u8]) -> bool {
    let Some(settings) = as_settings(text) else { return false };
    match Value::read(&settings) {
        Some(value) => !json::is_schema(&value) && json::any_secret(&value, is_chosen),
        None => settings::sets_secret(&settings, is_chosen) || is_seed_phrase(&settings) || word(text).is_some(),
    }
}

/// Returns `true` for a JSON Schema.
pub(super) fn is_schema(text: &[u8]) -> bool {
    as_settings(text).and_then(|text| Value::read(&text).map(|value| json::is_schema(&value))) == Some(true)
}

/// Returns a text of a length that people write by hand. Longer files are data. So is a file with a zero byte.
fn as_settings(text: &[u8]) -> Option<Cow<'_, str>> {
    const MOST: usize = 64 * 1024;
    if text.len() > MOST || memchr(0, text).is_some() {
        return None;
    }
    // The check alone is faster than the search for what has to be replaced.
    Some(str::from_utf8(text).map_or_else(|_| String::from_utf8_lossy(text), Cow::Borrowed))
}

fn environment(text: &str) -> Option<SensitiveFile> {
    let secret = SensitiveFile { kind: EnvironmentFile, sign: "variables with a password or token" };
    settings::is_environment(text).then_some(secret)
}

const NAMED: SensitiveFile = SensitiveFile { kind: Credentials, sign: "a key that names a secret" };

fn set_token(text: &str, in_package: bool) -> Option<SensitiveFile> {
    settings::sets_secret(text, settings::made(in_package)).then_some(NAMED)
}

/// Finds a secret in the texts of a program, in its URLs, and in the rows of tables that it fills.
fn in_program(in_package: bool, text: &str) -> Option<SensitiveFile> {
    let is_secret = settings::made(in_package);
    let accepts = |key: &str, value: &str| is_password_hash(value) || settings::is_set(key, value, is_secret);
    let may_set = MAY_SET_SECRET.are_in(text.as_bytes());
    (may_set
        && (any_literal(text, accepts) || tables::any_value(text, accepts) || settings::has_login(text, is_secret)))
    .then_some(NAMED)
}

/// Returns `true` for a path in a folder whose files a server sends to browsers.
fn is_of_pages(path: &str) -> bool {
    const FOLDERS: &[&str] =
        &["static", "assets", "public", "dist", "www", "wwwroot", "_next", "frontend", "templates"];
    path.split('/').any(|folder| FOLDERS.contains(&folder))
}

/// Returns `true` for names such as `requirements-dev.txt`, `dev-requirements.in`, `constraints.txt`,
/// `pylock.dev.toml`.
fn lists_requirements(stem: &str, ending: &str) -> bool {
    match ending {
        "txt" | "in" | "pip" => stem.contains("requirements") || stem.contains("constraints"),
        "toml" => stem == "pylock" || stem.starts_with("pylock."),
        _ => false,
    }
}

/// Returns `true` if a word of the name is that of a secret: `api_key`, `token`, but not `monkey` and `primary_keys`.
fn suggests_secret(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "key",
        "apikey",
        "token",
        "secret",
        "secrets",
        "password",
        "passwd",
        "passphrase",
        "credential",
        "credentials",
        "pat",
        "fernet",
    ];
    name.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| WORDS.contains(&word))
}

/// Returns `true` for names of programs that work with texts, which have tokens and keys of their own.
fn is_of_texts(stem: &str) -> bool {
    ["tokenizer", "tokeniser", "keyboard", "keymap", "keyword", "vocab"].iter().any(|word| stem.contains(word))
}

/// Checks for a text that is one long word of letters and digits: a token, or a key in base64 or hexadecimal.
fn word(text: &[u8]) -> Option<SensitiveFile> {
    const SHORTEST: usize = 16;
    const LONGEST: usize = 4096;
    let text = text.trim_ascii();
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    // A key that a framework makes has any signs. `NAME=value` is a setting.
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let is_one = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'`\\|".contains(&byte))
            && is_literal(text)
            && !text.contains(':')
            && !text.split_once('=').is_some_and(|(key, _)| key.bytes().all(is_of_name))
    };
    let is_word = (SHORTEST..=LONGEST).contains(&text.len())
        && str::from_utf8(&text[..text.len() - padding]).is_ok_and(is_one)
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_alphabetic)
        && entropy(text) >= 2.6;
    is_word.then_some(SensitiveFile { kind: Credentials, sign: "a single long word" })
}
