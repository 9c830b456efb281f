//! Finds secrets in JSON.

use std::cell::LazyCell;

use super::SensitiveFile;
use super::SensitiveKind::{
    AgentCredentials, CloudCredentials, Credentials, PackageIndexCredentials, PrivateKey, RegistryCredentials,
    SessionStore, Wallet,
};
use super::json_value::{Object, Value};
use super::key_names::names_secret;
use super::literal::{is_literal, is_placeholder};
use super::settings::{IsSecret, URL_PASSWORD, is_chosen, is_set, passwords};

/// Finds the credentials of known programs, and values that `is_made` accepts for keys that name a secret.
pub(super) fn find(value: &Value<'_>, is_made: IsSecret) -> Option<SensitiveFile> {
    let of_keys = || {
        let secret = SensitiveFile { kind: Credentials, sign: "a key that names a secret" };
        (!is_schema(value) && any_secret(value, is_made)).then_some(secret)
    };
    let found = match value {
        Value::List(list) => list_of_known_form(list).or_else(of_keys),
        Value::Object(object) => known_form(object).or_else(of_keys),
        _ => None,
    };
    // A list of Kubernetes objects, or of keys.
    let inner = || {
        ["items", "keys"].iter().find_map(|key| value.get(key)?.as_list()?.iter().find_map(|item| find(item, is_made)))
    };
    found.or_else(inner)
}

/// Returns `true` for a JSON Schema, whose keys are the names of settings.
pub(super) fn is_schema(value: &Value<'_>) -> bool {
    value.get("$schema").is_some()
}

/// Returns `true` if the value contains, at any depth, a key that [names a secret](super::settings::names_secret) with a
/// text that `is_secret` accepts, or a URL or a command with one.
pub(super) fn any_secret(value: &Value<'_>, is_secret: IsSecret) -> bool {
    any_secret_of("", value, is_secret)
}

/// Does the same for the value of a key.
fn any_secret_of(key: &str, value: &Value<'_>, is_secret: IsSecret) -> bool {
    // `{"tokens": {"agent": "…"}}`, `{"api_keys": ["…"]}`: the key of all of them says what they are.
    let of_all = || key.strip_suffix('s').filter(|key| !key.contains(['/', '-']) && names_secret(key));
    match value {
        Value::Text(text) => {
            is_set(key, text, is_secret) || passwords(text).any(|password| is_secret(URL_PASSWORD, password))
        }
        Value::Object(object) => {
            let text = |key: &str| object.get(key).and_then(Value::as_text);
            // Many formats list settings as pairs: `{"name": "TOKEN", "value": "…"}`, or give them more than a value:
            // `{"token": {"value": "…"}}`, `{"Token": {"Default": "…"}}`.
            let is_value = |key: &str| ["value", "default"].iter().any(|word| key.eq_ignore_ascii_case(word));
            let name = LazyCell::new(|| text("name").or_else(|| text("key")).unwrap_or(key));
            let of_all = of_all();
            object.iter().any(|(key, value)| {
                let key = if is_value(key) { *name } else { key };
                any_secret_of(of_all.filter(|_| value.as_text().is_some()).unwrap_or(key), value, is_secret)
            })
        }
        Value::List(list) => {
            // In a command, a flag comes before its value: `["--api-key", "…"]`.
            let of_all = of_all();
            let flags = std::iter::once("").chain(list.iter().map(|item| item.as_text().unwrap_or_default()));
            list.iter().zip(flags).any(|(item, flag)| {
                let key = of_all.unwrap_or(key);
                any_secret_of(if flag.starts_with('-') { flag } else { key }, item, is_secret)
            })
        }
        _ => false,
    }
}

fn known_form(object: &Object<'_>) -> Option<SensitiveFile> {
    const SALT: usize = 16;
    let names = |object: &Object<'_>, keys: &[&str]| keys.iter().any(|key| object.has(key));
    let inner = |key: &str| object.get(key).and_then(Value::as_object);
    let text = |key: &str| object.get(key).and_then(Value::as_text);
    let is_filled = |key: &str| inner(key).is_some_and(|inner| !inner.is_empty());
    let any_inner = |key: &str, keys: &[&str]| {
        inner(key).is_some_and(|all| all.values().filter_map(Value::as_object).any(|one| names(one, keys)))
    };
    let (kind, sign) = match text("type") {
        Some("service_account") if names(object, &["private_key"]) => (CloudCredentials, "service account key"),
        Some("authorized_user") if names(object, &["refresh_token"]) => (CloudCredentials, "refresh token"),
        _ if ["installed", "web"].iter().any(|key| inner(key).is_some_and(|app| names(app, &["client_secret"]))) => {
            (CloudCredentials, "client secret")
        }
        _ if any_inner("auths", &["auth", "password", "identitytoken", "registrytoken"]) => {
            (RegistryCredentials, "`auths` entry")
        }
        _ if ["http-basic", "github-oauth", "gitlab-oauth", "gitlab-token", "bitbucket-oauth", "bearer"]
            .iter()
            .any(|key| is_filled(key)) =>
        {
            (PackageIndexCredentials, "Composer credentials")
        }
        _ if text("kty").is_some() && names(object, &["d", "k"]) => (PrivateKey, "JSON Web Key"),
        _ if text("kind") == Some("Secret") && ["data", "stringData"].iter().any(|key| is_filled_in(inner(key))) => {
            (CloudCredentials, "Kubernetes secret")
        }
        _ if text("lineage").is_some() && names(object, &["terraform_version"]) => {
            (CloudCredentials, "Terraform state")
        }
        _ if ["mcpServers", "servers", "context_servers", "mcp"].iter().any(|key| has_server_secret(inner(key))) => {
            (AgentCredentials, "secret of an MCP server")
        }
        _ if inner("crypto").or_else(|| inner("Crypto")).is_some_and(|crypto| names(crypto, &["ciphertext"])) => {
            (Wallet, "encrypted key of a wallet")
        }
        _ if ["data", "iv", "salt"].iter().all(|key| text(key).is_some_and(|text| text.len() >= SALT)) => {
            (Wallet, "encrypted vault of a wallet")
        }
        _ if object.get("cookies").and_then(Value::as_list).is_some_and(|cookies| cookies.iter().any(is_cookie)) => {
            (SessionStore, "cookies")
        }
        _ if object
            .get("logins")
            .and_then(Value::as_list)
            .is_some_and(|logins| logins.iter().any(|login| login.get("encryptedPassword").is_some())) =>
        {
            (SessionStore, "saved passwords")
        }
        _ if inner("log").is_some_and(records_cookies) => (SessionStore, "cookies of recorded requests"),
        _ if is_login(object) => (Credentials, "access token and refresh token"),
        _ => return None,
    };
    Some(SensitiveFile { kind, sign })
}

fn list_of_known_form(list: &[Value<'_>]) -> Option<SensitiveFile> {
    const KEY_PAIR: usize = 64;
    let is_byte = |value: &Value| matches!(value, Value::Number(0..256));
    match () {
        () if list.len() == KEY_PAIR && list.iter().all(is_byte) => {
            Some(SensitiveFile { kind: Wallet, sign: "key pair of a wallet" })
        }
        () if !list.is_empty() && list.iter().all(is_cookie) => {
            Some(SensitiveFile { kind: SessionStore, sign: "cookies" })
        }
        () => list.iter().filter_map(Value::as_object).find_map(known_form),
    }
}

/// Returns `true` if an object has a text that is a value, not a reference or a placeholder.
fn is_filled_in(object: Option<&Object<'_>>) -> bool {
    let is_value = |value: &Value| {
        value.as_text().is_some_and(|text| is_literal(text) && !text.contains("{{") && !is_placeholder(text.as_bytes()))
    };
    object.is_some_and(|object| object.values().any(is_value))
}

/// Returns `true` if the environment, the headers, the command or the URL of a server in an MCP configuration contains a
/// secret.
fn has_server_secret(servers: Option<&Object<'_>>) -> bool {
    servers.is_some_and(|servers| servers.values().any(|server| any_secret(server, is_chosen)))
}

/// Returns `true` for a cookie as browsers and their drivers export it.
fn is_cookie(value: &Value<'_>) -> bool {
    let text = |key: &str| value.get(key).and_then(Value::as_text).is_some_and(|text| !text.is_empty());
    text("name") && text("value") && text("domain")
}

/// Returns `true` if a log of requests (HAR) has one with a cookie.
fn records_cookies(log: &Object<'_>) -> bool {
    let has_value =
        |cookie: &Value| cookie.get("value").and_then(Value::as_text).is_some_and(|value| !value.is_empty());
    let has_cookie = |entry: &Value| {
        let cookies = entry.get("request").and_then(|request| request.get("cookies")).and_then(Value::as_list);
        cookies.is_some_and(|cookies| cookies.iter().any(has_value))
    };
    log.get("entries").and_then(Value::as_list).is_some_and(|entries| entries.iter().any(has_cookie))
}

/// Returns `true` for an access token with the token that renews it.
fn is_login(object: &Object<'_>) -> bool {
    const SHORTEST: usize = 16;
    let text = |keys: [&str; 2]| {
        let found = keys.iter().find_map(|key| object.get(key)?.as_text());
        found.is_some_and(|text| text.len() >= SHORTEST && is_literal(text) && !is_placeholder(text.as_bytes()))
    };
    text(["access_token", "accessToken"]) && text(["refresh_token", "refreshToken"])
}
