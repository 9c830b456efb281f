//! Finds passwords and tokens in settings: lines with a key and a value.

use memchr::{memchr, memchr_iter};

use super::assignments::{any_assignment, settings_in};
use super::catalogue::keys::{NEVER_PUBLIC, PASSWORDS};
use super::key_names::{MAY_SET_SECRET, ends_in, is_lone_key, names_phrase, names_secret};
use super::literal::{
    is_generated_password, is_literal, is_machine_made, is_mixed_password, is_password, is_placeholder, is_random,
    is_random_password, is_secret_key, is_seed_phrase, is_uuid, unquoted,
};
use super::{SensitiveFile, SensitiveKind};
use crate::value::CredentialUrl;

/// Decides whether the value of a key that [names a secret](names_secret) is one. The password of a URL has the key
/// `password`.
pub(super) type IsSecret = fn(key: &str, value: &str) -> bool;

/// Accepts a value that looks like a password that somebody chose with care.
pub(super) fn is_chosen(key: &str, value: &str) -> bool {
    if is_lone_key(key) { is_secret_key(value) } else { is_password(value) }
}

/// The key of the password of a URL in JSON.
pub(super) const URL_PASSWORD: &str = "URL password";

/// Accepts a long value that only a machine makes, but no password of a URL in hexadecimal: the data of a package has
/// examples of short passwords, and of addresses to which errors are reported (Sentry).
pub(super) fn is_token(key: &str, value: &str) -> bool {
    let is_of_report = key == URL_PASSWORD && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    match () {
        () if is_lone_key(key) => is_secret_key(value),
        () if key == URL_PASSWORD => is_machine_made(value) && !is_of_report,
        () => {
            is_machine_made(value)
                || is_generated_password(value) && ends_in(key, PASSWORDS)
                || is_secret_uuid(key, value)
        }
    }
}

/// Accepts a value that only a machine makes. For a key that names a password, it may be short.
pub(super) fn is_made(key: &str, value: &str) -> bool {
    let is_password = |value: &str| is_random_password(value) || is_mixed_password(value);
    match () {
        () if is_lone_key(key) => is_secret_key(value),
        () => is_machine_made(value) || is_password(value) && ends_in(key, PASSWORDS) || is_secret_uuid(key, value),
    }
}

/// Accepts a UUID for a key that is never public.
fn is_secret_uuid(key: &str, value: &str) -> bool {
    // Few values are one, and the key need not be compared.
    let bytes = unquoted(value).as_bytes();
    is_uuid(bytes) && is_random(bytes) && ends_in(key, NEVER_PUBLIC)
}

/// Returns `true` if a line sets a key that [names a secret](names_secret) to a value that `is_secret` accepts, or
/// contains a URL whose password `is_secret` accepts.
pub(super) fn sets_secret(text: &str, is_secret: IsSecret) -> bool {
    let may_have = |text: &str| MAY_SET_SECRET.are_in(text.as_bytes());
    may_have(text)
        && (any_assignment(text, may_have, |key, value| is_set(key, value, is_secret)) || has_login(text, is_secret))
}

/// Returns `true` if a text contains a URL whose password `is_secret` accepts.
pub(super) fn has_login(text: &str, is_secret: IsSecret) -> bool {
    passwords(text).any(|password| is_secret("password", password))
}

/// Returns `true` if a key names a secret and the value is one, or if the value is a seed phrase for a key that names one,
/// or if the value has settings of its own: `Server=db;Password=…`, `https://host/path?api_key=…`.
pub(super) fn is_set(key: &str, value: &str, is_secret: IsSecret) -> bool {
    let is_one = |key: &str, value: &str| {
        let value = without_scheme(value);
        may_be_secret(value) && (names_secret(key) || is_lone_key(key)) && is_secret(key, value)
    };
    is_one(key, value)
        || names_phrase(key) && is_seed_phrase(value)
        || settings_in(value).any(|(key, value)| is_one(key, value) || is_signature(key) && is_machine_made(value))
}

/// Returns `false` for most values that no [`IsSecret`] accepts: they are too short, or have a space between two words.
fn may_be_secret(value: &str) -> bool {
    const SHORTEST: usize = 8;
    let value = value.as_bytes();
    let is_of_word = |at: usize| value.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let has_words =
        || memchr(b' ', value).is_some_and(|space| space > 0 && is_of_word(space - 1) && is_of_word(space + 1));
    value.len() >= SHORTEST && !has_words()
}

/// Returns the value without the scheme of an `Authorization` header.
fn without_scheme(value: &str) -> &str {
    ["Bearer ", "Basic ", "Token "].iter().find_map(|scheme| value.strip_prefix(scheme)).unwrap_or(value)
}

/// The parameters of a URL that a storage service accepts instead of credentials.
fn is_signature(key: &str) -> bool {
    matches!(key, "sig" | "X-Amz-Signature" | "X-Goog-Signature")
}

/// Returns `true` for settings of a machine under any name: every line sets a variable in capital letters, and one of
/// them is a secret.
pub(super) fn is_environment(text: &str) -> bool {
    let is_variable = |key: &str| {
        key.starts_with(|first: char| first.is_ascii_uppercase() || first == '_')
            && key.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).peekable();
    lines.peek().is_some()
        && lines.all(|line| {
            let line = line.strip_prefix("export ").unwrap_or(line);
            line.split_once('=').is_some_and(|(key, _)| is_variable(key.trim_end()))
        })
        && sets_secret(text, is_chosen)
}

/// Returns the passwords of the URLs in a text.
pub(super) fn passwords(value: &str) -> impl Iterator<Item = &str> {
    authorities(value)
        .filter_map(|authority| authority.rsplit_once('@')?.0.split_once(':'))
        .map(|(_, password)| password)
}

fn authorities(text: &str) -> impl Iterator<Item = &str> {
    let after_colons = memchr_iter(b':', text.as_bytes()).map(|colon| &text[colon + 1..]);
    after_colons
        .filter_map(|rest| rest.strip_prefix("//"))
        .map(|rest| &rest[..rest.find(['/', '"', '\'', ' ', '?', '<', '>', '\n']).unwrap_or(rest.len())])
}

/// Returns `true` if a line contains a URL with a user name and a password, or with a token instead of both.
pub(super) fn contains_login(line: &str) -> bool {
    const SHORTEST_TOKEN: usize = 16;
    // Installers also read `https:me:PASSWORD@host` and `me:PASSWORD@host:3128`.
    if !line.contains("://") {
        return CredentialUrl::find(line).is_some();
    }
    authorities(line).any(|authority| {
        let Some((user, _host)) = authority.rsplit_once('@') else { return false };
        match user.split_once(':') {
            Some((_, password)) => is_literal(password),
            None => user.len() >= SHORTEST_TOKEN && is_literal(user),
        }
    })
}

/// Finds a literal token or password in the settings of a program that logs in. A reference to a variable (`${TOKEN}`)
/// is not one.
pub(super) fn login(kind: SensitiveKind, text: &str) -> Option<SensitiveFile> {
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

/// Finds the credentials in a Kubernetes client configuration, and the data of a Kubernetes secret.
pub(super) fn cluster(text: &str) -> Option<SensitiveFile> {
    let found = |sign| Some(SensitiveFile { kind: SensitiveKind::CloudCredentials, sign });
    if !text.contains("kind:") {
        return None;
    }
    let is_config = text.lines().any(|line| line.trim() == "kind: Config") && text.contains("users:");
    if is_config && ["client-key-data:", "token:", "password:"].iter().any(|key| text.contains(key)) {
        return found("Kubernetes configuration");
    }
    if text.split("\n---").any(is_cluster_secret) { found("Kubernetes secret") } else { None }
}

/// Returns `true` if a YAML document is a secret with a literal value, or a list with one.
fn is_cluster_secret(document: &str) -> bool {
    let item = |line: &'_ str| line.trim_start_matches('\u{feff}').trim_start_matches(['-', ' ']).trim_end().to_owned();
    let is_kind = |line: &str| {
        let line = item(line);
        let kind = line.strip_prefix("kind:").map(|kind| kind.split(" #").next().unwrap_or(kind));
        kind.is_some_and(|kind| unquoted(kind) == "Secret")
    };
    if !document.lines().any(is_kind) {
        return false;
    }
    let indent = |line: &str| line.len() - line.trim_start_matches(['-', ' ', '\t']).len();
    let is_value = |value: &str| is_literal(value) && !value.contains("{{") && !is_placeholder(value.as_bytes());
    let mut data = None;
    document.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')).any(|line| {
        if data.is_some_and(|data| indent(line) > data) {
            return line.split_once(": ").is_some_and(|(_, value)| is_value(value.trim()));
        }
        let line_of_key = item(line);
        let inline = ["data:", "stringData:"].iter().find_map(|key| line_of_key.strip_prefix(key));
        data = inline.map(|_| indent(line));
        // `stringData: { password: … }`
        let table = inline.and_then(|table| table.trim().strip_prefix('{')?.split_once(": "));
        table.is_some_and(|(_, value)| is_value(value.trim_end_matches('}').trim()))
    })
}

/// Returns `true` for a private or symmetric JSON Web Key (RFC 7517) in YAML or TOML.
pub(super) fn is_web_key(text: &str) -> bool {
    const SHORTEST: usize = 40;
    let is_key = |key: &str, value: &str| matches!(key, "d" | "k") && unquoted(value).len() >= SHORTEST;
    text.contains("kty")
        && any_assignment(text, |_| true, |key, _| key == "kty")
        && any_assignment(text, |_| true, is_key)
}

/// Returns what decides whether a value is made by a machine.
pub(super) fn made(in_package: bool) -> IsSecret {
    if in_package { is_token } else { is_made }
}

#[cfg(test)]
mod tests {
    use super::{is_chosen, is_environment, is_made, sets_secret};

    #[test]
    fn a_setting_is_found_in_each_syntax() {
        const VALUE: &str = "9f86d081884c7d659a2feaa0c55ad015";
        for line in [
            "token = VALUE",
            "token: VALUE",
            "  token: 'VALUE' # of the service",
            "export TOKEN=VALUE",
            "\"token\": \"VALUE\",",
            "<token>VALUE</token>",
            "- TOKEN=VALUE",
            "- name: TOKEN\n  value: VALUE",
            "x = { user = 'a', token = 'VALUE' }",
            "host1 user=a password=VALUE",
            "authorization: Bearer VALUE",
            "url = postgres://a:VALUE@host/b",
            "cloning https://ci:VALUE@host/b.git",
            "requirepass VALUE",
            "bindpw VALUE",
            "aws configure set aws_secret_access_key VALUE",
            "the api_key: VALUE",
            "app:token: VALUE",
            "tokens:\n  - name: a\napi-keys:\n- token=VALUE",
            "auth-token:\n  - VALUE",
            "<server><user>a</user><password>VALUE</password></server>",
            "<add connectionString=\"Server=db;Uid=sa;Pwd=VALUE;\"/>",
            "Default = \"Server=db;User Id=sa;Password=VALUE;\"",
            "url = https://host/sse?a=b&api_key=VALUE",
            "link = https://host/c?sv=2022&sig=VALUE",
        ] {
            assert!(sets_secret(&line.replace("VALUE", VALUE), is_made), "{line}");
            assert!(!sets_secret(&line.replace("VALUE", "${VALUE}"), is_made), "{line}");
        }
        let without = format!("# token = {VALUE}\nsha256 = {VALUE}\nname: {VALUE}\n");
        assert!(!sets_secret(&without, is_made));
    }

    #[test]
    fn an_environment_consists_of_variables() {
        assert!(is_environment("# prod\nHOST=a\n\nexport DB_PASSWORD=qX7mTz41Lp\n"));
        assert!(!is_environment("HOST=a\nPORT=1\n"));
        assert!(!is_environment("some text\nDB_PASSWORD=qX7mTz41Lp\n"));
        assert!(!is_environment(""));
    }

    #[test]
    fn a_usual_password_is_no_secret() {
        assert!(sets_secret("password: qX7mTz41Lp", is_chosen));
        assert!(!sets_secret("password: postgres", is_chosen));
    }
}
