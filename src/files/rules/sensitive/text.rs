//! Secrets that are known by what they hold.

use serde_json::{Map, Value};

use super::SensitiveKind::{
    CloudCredentials, Credentials, PackageIndexCredentials, PrivateKey, RegistryCredentials, RepositoryCredentials,
};
use super::binary::{is_der_key, is_openpgp_key};
use super::{SensitiveFile, SensitiveKind, plain_name};

/// As what a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// As a key or a certificate.
    Key,
    /// As packets of PGP (RFC 9580).
    Packets,
    /// As one word that nobody could have made up, or a key.
    Word,
    Json,
    /// As settings of any form.
    Settings,
    /// As settings that may hold the login of a service.
    Login(SensitiveKind),
    /// As a list of requirements, or a lock, whose URLs may hold a login.
    Requirements,
}

impl Look {
    pub(super) fn at(path: &str) -> Option<Self> {
        let name = plain_name(path);
        match &*name {
            ".npmrc" | ".yarnrc" | ".yarnrc.yml" | "pip.conf" | "pip.ini" | "uv.toml" | ".condarc" | "nuget.config" => {
                return Some(Self::Login(PackageIndexCredentials));
            }
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
            "" | "txt" if speaks_of_secrets(&name) => Some(Self::Word),
            // `.secret_key` is all ending.
            _ if stem.is_empty() && speaks_of_secrets(ending) => Some(Self::Word),
            "" => Some(Self::Key),
            _ => None,
        }
    }

    pub(super) fn judge(self, text: &[u8]) -> Option<SensitiveFile> {
        /// Settings are written by people; what is longer is data.
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
                let sign = "it holds a URL with a password";
                lines.lines().any(holds_login).then_some(SensitiveFile { kind: PackageIndexCredentials, sign })
            }
        }
    }
}

/// `requirements-dev.txt`, `dev-requirements.in`, `constraints.txt`, `pylock.dev.toml`
fn lists_requirements(stem: &str, ending: &str) -> bool {
    match ending {
        "txt" | "in" | "pip" => stem.contains("requirements") || stem.contains("constraints"),
        "toml" => stem == "pylock" || stem.starts_with("pylock."),
        _ => false,
    }
}

fn speaks_of_secrets(name: &str) -> bool {
    ["key", "token", "secret", "password", "passwd", "credential"].iter().any(|word| name.contains(word))
}

fn packets(text: &[u8]) -> Option<SensitiveFile> {
    is_openpgp_key(text).then_some(SensitiveFile { kind: PrivateKey, sign: "it holds one of OpenPGP" })
}

fn key(text: &[u8]) -> Option<SensitiveFile> {
    let der = is_der_key(text).then_some(SensitiveFile { kind: PrivateKey, sign: "it holds one in DER form" });
    der.or_else(|| written_key(text))
}

/// A key in PEM form (RFC 7468), which PGP has as well, or in that of another program.
fn written_key(text: &[u8]) -> Option<SensitiveFile> {
    let sign = match () {
        () if holds_pem_key(text) => "it holds one in PEM form",
        () if text.starts_with(b"PuTTY-User-Key-File-") => "it holds one of PuTTY",
        () if holds(text, b"AGE-SECRET-KEY-1") => "it holds one of age",
        () if holds(text, b"[Interface]") && holds(text, b"PrivateKey") => "it holds one of WireGuard",
        () => return None,
    };
    Some(SensitiveFile { kind: PrivateKey, sign })
}

/// Whether a text has a line `-----BEGIN … PRIVATE KEY-----` or `-----BEGIN PGP PRIVATE KEY BLOCK-----` with something
/// after it; a text about keys only names it. In JSON the ends of lines are written `\n`.
fn holds_pem_key(text: &[u8]) -> bool {
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

fn holds(text: &[u8], part: &[u8]) -> bool {
    positions(text, part).next().is_some()
}

fn positions<'a>(text: &'a [u8], part: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let first = part.first().copied();
    let starts = text.iter().enumerate().filter(move |(_, byte)| Some(**byte) == first).map(|(start, _)| start);
    starts.filter(move |start| text[*start..].starts_with(part))
}

/// A text that is one long word of letters and digits: a token, or a key in base 64 or hexadecimal.
fn word(text: &[u8]) -> Option<SensitiveFile> {
    const SHORTEST: usize = 16;
    const LONGEST: usize = 4096;
    let text = text.trim_ascii();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-.".contains(byte);
    let is_word = (SHORTEST..=LONGEST).contains(&text.len())
        && text.iter().all(plain)
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_alphabetic);
    is_word.then_some(SensitiveFile { kind: Credentials, sign: "it holds one long word" })
}

/// The files of Google, of container tools and Composer, and keys of the web (RFC 7517).
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
        Some("service_account") if names(&object, &["private_key"]) => (CloudCredentials, "it is a service account"),
        Some("authorized_user") if names(&object, &["refresh_token"]) => (CloudCredentials, "it is a login"),
        _ if ["installed", "web"].iter().any(|key| inner(key).is_some_and(|app| names(app, &["client_secret"]))) => {
            (CloudCredentials, "it holds a client secret")
        }
        _ if any_inner("auths", &["auth", "password", "identitytoken", "registrytoken"]) => {
            (RegistryCredentials, "it holds `auths`")
        }
        _ if ["http-basic", "github-oauth", "gitlab-oauth", "gitlab-token", "bitbucket-oauth", "bearer"]
            .iter()
            .any(|key| inner(key).is_some_and(|hosts| !hosts.is_empty())) =>
        {
            (PackageIndexCredentials, "it holds logins of Composer")
        }
        _ if names(&object, &["kty"]) && names(&object, &["d", "k"]) => (PrivateKey, "it holds a JSON web key"),
        _ if jwks.is_some_and(|keys| keys.iter().any(is_private_jwk)) => (PrivateKey, "it holds a JSON web key"),
        _ => return None,
    };
    Some(SensitiveFile { kind, sign })
}

/// The configuration of a client of Kubernetes, whatever it is called.
fn cluster(text: &str) -> Option<SensitiveFile> {
    let is_config = text.lines().any(|line| line.trim() == "kind: Config") && text.contains("users:");
    let has_login = ["client-key-data:", "token:", "password:"].iter().any(|key| text.contains(key));
    (is_config && has_login).then_some(SensitiveFile { kind: CloudCredentials, sign: "it is a login of Kubernetes" })
}

/// A token or a password that stands here and is not taken from elsewhere (`${TOKEN}`).
fn login(kind: SensitiveKind, text: &str) -> Option<SensitiveFile> {
    text.lines().find_map(|line| {
        let line = line.trim();
        if line.starts_with(['#', ';']) {
            return None;
        }
        let sign = match () {
            () if names_password(line) => "it holds a password or token",
            () if holds_login(line) => "it holds a URL with a password",
            () => return None,
        };
        Some(SensitiveFile { kind, sign })
    })
}

/// `password = …`, `//host/:_authToken=…`, `npmAuthToken: …`, `<add key="ClearTextPassword" value="…"/>`
fn names_password(line: &str) -> bool {
    const KEYS: &[&str] =
        &["_auth", "_password", "_authtoken", "authtoken", "authident", "password", "passwd", "token"];
    let lower = line.to_ascii_lowercase();
    if lower.contains("password\"") {
        return lower.split_once("value=").is_some_and(|(_, value)| is_written_out(value));
    }
    // The value is what follows the last part of the key, so that a `:` within the key does not end it.
    let Some((key, value)) = lower.split_once('=').or_else(|| lower.split_once(": ")) else { return false };
    let key = key.trim().trim_matches('"');
    KEYS.iter().any(|known| key.ends_with(known)) && is_written_out(value)
}

/// Whether a value stands here itself.
fn is_written_out(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    !value.is_empty() && !value.starts_with(['$', '%', '<']) && !matches!(value, "true" | "false")
}

/// Whether a line has a URL with a name and a password, or with a long word for both.
fn holds_login(line: &str) -> bool {
    const SHORTEST_TOKEN: usize = 16;
    line.match_indices("://").any(|(start, mark)| {
        let rest = &line[start + mark.len()..];
        let authority = &rest[..rest.find(['/', '"', '\'', ' ']).unwrap_or(rest.len())];
        let Some((user, _host)) = authority.rsplit_once('@') else { return false };
        match user.split_once(':') {
            Some((_, password)) => is_written_out(password),
            None => user.len() >= SHORTEST_TOKEN && is_written_out(user),
        }
    })
}
