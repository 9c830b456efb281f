//! Finds passwords and tokens in settings: lines with a key and a value.

use super::literal::{is_literal, is_machine_made, is_password, is_placeholder, unquoted};
use super::words::Words;
use super::{SensitiveFile, SensitiveKind};
use crate::value::CredentialUrl;

/// The ends of the keys that name a secret value, without separators.
const ENDS: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "pass",
    "secret",
    "secretkey",
    "secretkeybase",
    "apikey",
    "accesskey",
    "token",
    "privatekey",
    "credential",
    "credentials",
    "accountkey",
    "signingkey",
    "encryptionkey",
    "masterkey",
    "authkey",
    "servicekey",
    "sharedkey",
    "appkey",
    "authorization",
    "apisecret",
    "sessionkey",
    "sasl",
    "auth",
];

/// Returns `true` if a key names a secret value: `password`, `API_KEY`, `client-secret`, `refreshToken`.
pub(super) fn names_secret(key: &str) -> bool {
    const OTHERS: &[&str] = &[
        "public",
        "publishable",
        "nexttoken",
        "pagetoken",
        "continuationtoken",
        "clienttoken",
        "requesttoken",
        "verificationtoken",
        "changetoken",
        "inputtoken",
        "outputtoken",
        "bypass",
    ];
    let key: String =
        key.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    let key = key.trim_end_matches(|letter: char| letter.is_ascii_digit());
    ENDS.iter().any(|end| key.ends_with(end)) && !OTHERS.iter().any(|other| key.contains(other))
}

/// Finds a part of a key that [names a secret](names_secret), or of a URL: each of [`ENDS`] contains one of these. Most
/// texts contain neither, and need not be read line by line.
static MAY_SET_SECRET: Words<32> =
    Words::new(&["pass", "pwd", "secret", "key", "token", "credential", "auth", "sasl", "://"]);

/// Returns `true` if a line sets a key that [names a secret](names_secret) to a value that `is_secret` accepts, or sets
/// any key to a URL whose password `is_secret` accepts.
pub(super) fn sets_secret(text: &str, is_secret: fn(&str) -> bool) -> bool {
    if !MAY_SET_SECRET.are_in(text.as_bytes()) {
        return false;
    }
    // Kubernetes and compose list variables as `name: KEY` and `value: VALUE`.
    let mut name = "";
    text.lines().flat_map(parts).filter_map(assignment).any(|(key, value)| {
        let key = match key {
            "value" => name,
            key => key,
        };
        name = if matches!(key, "name" | "key") { unquoted(value) } else { "" };
        let value = value.strip_prefix("Bearer ").unwrap_or(value);
        names_secret(key) && is_secret(value) || passwords(value).any(is_secret)
    })
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
        && sets_secret(text, is_password)
}

/// Returns the parts of a line. Inline tables of YAML and TOML have several settings in one line, and so have commands and
/// inventories: `host1 user=… password=…`.
fn parts(line: &str) -> impl Iterator<Item = &str> {
    let is_table = line.contains('{') && !line.contains("{{") && !line.contains("${");
    let is_words = !line.contains(" = ") && line.split(' ').filter(|word| word.contains('=')).count() > 1;
    line.split(move |letter| is_table && matches!(letter, '{' | '}' | ',') || is_words && letter == ' ')
}

/// Returns the key and the value of a line: `key = value`, `key: value`, `export KEY=value`, `"key": "value",`,
/// `<key>value</key>`.
fn assignment(line: &str) -> Option<(&str, &str)> {
    const LONGEST_KEY: usize = 80;
    let line = line.trim();
    if line.starts_with(['#', ';']) || line.starts_with("//") && !line.contains('=') {
        return None;
    }
    if let Some((key, rest)) = line.strip_prefix('<').and_then(|line| line.split_once('>')) {
        return Some((key, rest.split_once("</")?.0));
    }
    let line = ["- ", "export ", "set ", "ENV ", "ARG ", "-e ", "setenv "]
        .iter()
        .find_map(|start| line.strip_prefix(start))
        .unwrap_or(line);
    let (key, value) = match (line.find('='), line.find(": ").or_else(|| line.find("\":"))) {
        (Some(equals), Some(colon)) if colon < equals => line.split_once(':')?,
        (Some(_), _) => line.split_once('=')?,
        (None, Some(_)) => line.split_once(':')?,
        (None, None) => return None,
    };
    // In a command or an inventory, the setting is the last word: `host1 password=…`.
    let key = if line.contains(": ") { key.trim() } else { key.trim_end().rsplit(' ').next().unwrap_or(key) };
    let key = key.trim_matches(['"', '\'']);
    let value = value.split(" #").next().unwrap_or(value).trim();
    (key.len() <= LONGEST_KEY && !key.contains(' ')).then_some((key, value))
}

/// Returns the passwords of the URLs in a value.
pub(super) fn passwords(value: &str) -> impl Iterator<Item = &str> {
    authorities(value)
        .filter_map(|authority| authority.rsplit_once('@')?.0.split_once(':'))
        .map(|(_, password)| password)
}

fn authorities(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("://").map(|(start, separator)| {
        let rest = &line[start + separator.len()..];
        &rest[..rest.find(['/', '"', '\'', ' ', '?', '<', '>']).unwrap_or(rest.len())]
    })
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

/// Returns `true` if a YAML document is a secret with a literal value.
fn is_cluster_secret(document: &str) -> bool {
    let is_kind = |line: &str| {
        matches!(line.trim_end(), "kind: Secret" | "kind: \"Secret\"" | "kind: 'Secret'" | "\u{feff}kind: Secret")
    };
    if !document.lines().any(is_kind) {
        return false;
    }
    let mut in_data = false;
    document.lines().any(|line| {
        if !line.starts_with([' ', '\t', '#']) && !line.is_empty() {
            in_data = matches!(line.trim_end(), "data:" | "stringData:");
            return false;
        }
        let value = line.split_once(": ").map(|(_, value)| value.trim());
        in_data
            && value
                .is_some_and(|value| is_literal(value) && !value.contains("{{") && !is_placeholder(value.as_bytes()))
    })
}

/// Returns `true` if settings contain a value that only a machine makes, for a key that names a secret.
pub(super) fn sets_token(text: &str) -> bool {
    sets_secret(text, is_machine_made)
}

#[cfg(test)]
mod tests {
    use super::{ENDS, MAY_SET_SECRET, is_environment, names_secret, sets_secret, sets_token};
    use crate::files::rules::sensitive::literal::is_password;

    #[test]
    fn a_key_that_ends_in_the_name_of_a_secret_names_one() {
        for key in ["password", "API_KEY", "client-secret", "refreshToken", "db.pwd", "SECRET_KEY_2", "X-Api-Key"] {
            assert!(names_secret(key), "{key}");
        }
        for key in ["key", "monkey", "public_key_token", "nextToken", "keys", "token_type", "secretary", "tokens"] {
            assert!(!names_secret(key), "{key}");
        }
    }

    #[test]
    fn the_first_search_finds_each_key() {
        assert!(ENDS.iter().all(|end| MAY_SET_SECRET.are_in(end.as_bytes())));
    }

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
        ] {
            assert!(sets_token(&line.replace("VALUE", VALUE)), "{line}");
            assert!(!sets_token(&line.replace("VALUE", "${VALUE}")), "{line}");
        }
        assert!(!sets_token(&format!("# token = {VALUE}\nsha256 = {VALUE}\nname: {VALUE}\n")));
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
        assert!(sets_secret("password: qX7mTz41Lp", is_password));
        assert!(!sets_secret("password: postgres", is_password));
    }
}
