//! Recognises secrets by their content.

use serde_json::{Map, Value};

use super::SensitiveKind::{
    CloudCredentials, Credentials, PackageIndexCredentials, PrivateKey, RegistryCredentials, RepositoryCredentials,
};
use super::binary::{is_der_key, is_openpgp_key};
use super::{SensitiveFile, SensitiveKind, plain_name};
use crate::value::CredentialUrl;

/// How the content of a file is checked.
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
}

impl Look {
    pub(super) fn at(path: &str) -> Option<Self> {
        let name = plain_name(path);
        match &*name {
            ".npmrc" | ".yarnrc" | ".yarnrc.yml" | "pip.conf" | "pip.ini" | "uv.toml" | ".condarc" | "nuget.config" => {
                return Some(Self::Login(PackageIndexCredentials));
            }
            "pipfile" => return Some(Self::Requirements),
            ".gitconfig" | ".gitmodules" => return Some(Self::Login(RepositoryCredentials)),
            ".wgetrc" | ".curlrc" => return Some(Self::Login(Credentials)),
            _ => {}
        }
        let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
        if lists_requirements(stem, ending) {
            return Some(Self::Requirements);
        }
        match ending {
            "pem" | "crt" | "cer" | "cert" | "der" | "p8" | "pk8" | "pkcs8" | "asc" | "ovpn" => Some(Self::Key),
            "gpg" | "pgp" => Some(Self::Packets),
            "key" | "priv" | "private" | "token" => Some(Self::Word),
            "json" => Some(Self::Json),
            "yaml" | "yml" | "toml" | "ini" | "cfg" | "conf" => Some(Self::Settings),
            "" | "txt" if suggests_secret(&name) => Some(Self::Word),
            // For a name such as `.secret_key`, the stem is empty.
            _ if stem.is_empty() && suggests_secret(ending) => Some(Self::Word),
            "" => Some(Self::Key),
            _ => None,
        }
    }

    pub(super) fn judge(self, text: &[u8]) -> Option<SensitiveFile> {
        /// People write settings by hand. Longer files are data.
        const MOST_SETTINGS: usize = 64 * 1024;
        let settings = || (text.len() <= MOST_SETTINGS).then(|| std::str::from_utf8(text).ok()).flatten();
        match self {
            Self::Key => key(text),
            Self::Packets => packets(text).or_else(|| key(text)),
            Self::Word => key(text).or_else(|| word(text)),
            Self::Json => written_key(text).or_else(|| json(settings()?)),
            Self::Settings => written_key(text).or_else(|| cluster(settings()?)),
            Self::Login(kind) => written_key(text).or_else(|| login(kind, settings()?)),
            Self::Requirements => {
                let lines = String::from_utf8_lossy(text);
                let sign = "URL with a password";
                lines.lines().any(contains_login).then_some(SensitiveFile { kind: PackageIndexCredentials, sign })
            }
        }
    }
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

fn suggests_secret(name: &str) -> bool {
    ["key", "token", "secret", "password", "passwd", "credential"].iter().any(|word| name.contains(word))
}

fn packets(text: &[u8]) -> Option<SensitiveFile> {
    is_openpgp_key(text).then_some(SensitiveFile { kind: PrivateKey, sign: "OpenPGP format" })
}

fn key(text: &[u8]) -> Option<SensitiveFile> {
    let der = is_der_key(text).then_some(SensitiveFile { kind: PrivateKey, sign: "DER format" });
    der.or_else(|| written_key(text))
}

/// Finds a key in PEM format (RFC 7468), which `OpenPGP` uses as well, or in the text format of another program.
fn written_key(text: &[u8]) -> Option<SensitiveFile> {
    let sign = match () {
        () if contains_pem_key(text) => "PEM format",
        () if text.starts_with(b"PuTTY-User-Key-File-") => "PuTTY format",
        () if contains(text, b"AGE-SECRET-KEY-1") => "age secret key",
        () if contains(text, b"[Interface]") && contains(text, b"PrivateKey") => "WireGuard configuration",
        () => return None,
    };
    Some(SensitiveFile { kind: PrivateKey, sign })
}

/// Returns `true` if the text contains `-----BEGIN … PRIVATE KEY-----` or `-----BEGIN PGP PRIVATE KEY BLOCK-----`,
/// followed by data. A text about keys contains only the line. In JSON, the line breaks are written as `\n`.
fn contains_pem_key(text: &[u8]) -> bool {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const END: &[u8] = b"-----";
    const MOST_LABEL: usize = 64;
    positions(text, BEGIN).any(|start| {
        let label = &text[start + BEGIN.len()..];
        let Some(end) = positions(&label[..label.len().min(MOST_LABEL)], END).next() else { return false };
        let (label, rest) = (&label[..end], &label[end + END.len()..]);
        let rest = rest.trim_ascii_start();
        let rest = rest.strip_prefix(b"\\r").unwrap_or(rest);
        let rest = rest.strip_prefix(b"\\n").unwrap_or(rest);
        (label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK"))
            && rest.first().is_some_and(u8::is_ascii_alphanumeric)
    })
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    positions(text, part).next().is_some()
}

fn positions<'a>(text: &'a [u8], part: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let first = part.first().copied();
    let starts = text.iter().enumerate().filter(move |(_, byte)| Some(**byte) == first).map(|(start, _)| start);
    starts.filter(move |start| text[*start..].starts_with(part))
}

/// Checks for a text that is one long word of letters and digits: a token, or a key in base64 or hexadecimal.
fn word(text: &[u8]) -> Option<SensitiveFile> {
    const SHORTEST: usize = 16;
    const LONGEST: usize = 4096;
    let text = text.trim_ascii();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-.".contains(byte);
    let is_word = (SHORTEST..=LONGEST).contains(&text.len())
        && text.iter().all(plain)
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_alphabetic);
    is_word.then_some(SensitiveFile { kind: Credentials, sign: "a single long word" })
}

/// Finds the credentials of Google, container tools and Composer, and JSON Web Keys (RFC 7517).
fn json(text: &str) -> Option<SensitiveFile> {
    let Value::Object(object) = serde_json::from_str(text).ok()? else { return None };
    let names = |object: &Map<String, Value>, keys: &[&str]| keys.iter().any(|key| object.contains_key(*key));
    let inner = |key: &str| object.get(key).and_then(Value::as_object);
    let any_inner = |key: &str, keys: &[&str]| {
        inner(key).is_some_and(|all| all.values().filter_map(Value::as_object).any(|one| names(one, keys)))
    };
    let is_private_jwk =
        |key: &Value| key.as_object().is_some_and(|key| key.contains_key("kty") && names(key, &["d", "k"]));
    let jwks = object.get("keys").and_then(Value::as_array);
    let (kind, sign) = match object.get("type").and_then(Value::as_str) {
        Some("service_account") if names(&object, &["private_key"]) => (CloudCredentials, "service account key"),
        Some("authorized_user") if names(&object, &["refresh_token"]) => (CloudCredentials, "refresh token"),
        _ if ["installed", "web"].iter().any(|key| inner(key).is_some_and(|app| names(app, &["client_secret"]))) => {
            (CloudCredentials, "client secret")
        }
        _ if any_inner("auths", &["auth", "password", "identitytoken", "registrytoken"]) => {
            (RegistryCredentials, "`auths` entry")
        }
        _ if ["http-basic", "github-oauth", "gitlab-oauth", "gitlab-token", "bitbucket-oauth", "bearer"]
            .iter()
            .any(|key| inner(key).is_some_and(|hosts| !hosts.is_empty())) =>
        {
            (PackageIndexCredentials, "Composer credentials")
        }
        _ if names(&object, &["kty"]) && names(&object, &["d", "k"]) => (PrivateKey, "JSON Web Key"),
        _ if jwks.is_some_and(|keys| keys.iter().any(is_private_jwk)) => (PrivateKey, "JSON Web Key"),
        _ => return None,
    };
    Some(SensitiveFile { kind, sign })
}

/// Finds the credentials in a Kubernetes client configuration.
fn cluster(text: &str) -> Option<SensitiveFile> {
    let is_config = text.lines().any(|line| line.trim() == "kind: Config") && text.contains("users:");
    let has_login = ["client-key-data:", "token:", "password:"].iter().any(|key| text.contains(key));
    (is_config && has_login).then_some(SensitiveFile { kind: CloudCredentials, sign: "Kubernetes configuration" })
}

/// Finds a literal token or password. A reference to a variable (`${TOKEN}`) is not one.
fn login(kind: SensitiveKind, text: &str) -> Option<SensitiveFile> {
    text.lines().find_map(|line| {
        let line = line.trim();
        let is_comment = line.starts_with(['#', ';']);
        let sign = match () {
            () if !is_comment && sets_password(line) => "password or token",
            () if contains_login(line) => "URL with a password",
            () => return None,
        };
        Some(SensitiveFile { kind, sign })
    })
}

/// Returns `true` for lines such as `password = …`, `//host/:_authToken=…`, `npmAuthToken: …` and
/// `<add key="ClearTextPassword" value="…"/>`.
fn sets_password(line: &str) -> bool {
    const KEYS: &[&str] =
        &["_auth", "_password", "_authtoken", "authtoken", "authident", "password", "passwd", "token"];
    let lower = line.to_ascii_lowercase();
    if lower.contains("password\"") {
        return lower.split_once("value=").is_some_and(|(_, value)| is_literal(value));
    }
    // A key may contain `:`, so only `=` or `: ` ends it.
    let Some((key, value)) = lower.split_once('=').or_else(|| lower.split_once(": ")) else { return false };
    let key = key.trim().trim_matches('"');
    KEYS.iter().any(|known| key.ends_with(known)) && is_literal(value)
}

/// Returns `true` if the value is a literal, not a reference or a placeholder.
fn is_literal(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    !value.is_empty() && !value.starts_with(['$', '%', '<']) && !matches!(value, "true" | "false")
}

/// Returns `true` if a line contains a URL with a user name and a password, or with a token instead of both.
fn contains_login(line: &str) -> bool {
    const SHORTEST_TOKEN: usize = 16;
    // Installers also read `https:me:PASSWORD@host` and `me:PASSWORD@host:3128`.
    if !line.contains("://") {
        return CredentialUrl::find(line).is_some();
    }
    line.match_indices("://").any(|(start, separator)| {
        let rest = &line[start + separator.len()..];
        let authority = &rest[..rest.find(['/', '"', '\'', ' ']).unwrap_or(rest.len())];
        let Some((user, _host)) = authority.rsplit_once('@') else { return false };
        match user.split_once(':') {
            Some((_, password)) => is_literal(password),
            None => user.len() >= SHORTEST_TOKEN && is_literal(user),
        }
    })
}
