//! Names of variables and labels that hold a secret.

/// Returns whether a name says that its value is a secret: `API_TOKEN`, `PGPASSWORD`, `org.example.client-secret`,
/// `apiKey`. What follows the word may say that the value only describes one: `TOKEN_URL`, `PASSWORD_FILE`.
pub(crate) fn names_secret(name: &str) -> bool {
    let words = words(name);
    let is_public = words.iter().any(|word| matches!(&**word, "public" | "publishable"));
    !is_public
        && (0..words.len()).any(|at| is_secret(&words[..at], &words[at]) && !describes(&words[at], &words[at + 1..]))
}

/// Splits a name at its separators, at digits, and before a capital letter in `apiKey`. The words are in small letters.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_ascii_alphabetic() || before.is_ascii_lowercase() && c.is_ascii_uppercase() {
            words.push(String::new());
        }
        if c.is_ascii_alphabetic() {
            words.last_mut().expect("the list is never empty").push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_secret(before: &[String], word: &str) -> bool {
    let last = before.last().map(String::as_str);
    let one = word.strip_suffix('s').filter(|one| !one.ends_with('s'));
    let any = |ends: &[&str], word: &str| ends.iter().any(|end| word.ends_with(end));
    match (one.unwrap_or(word), last) {
        // Parts of a text, as language models count them.
        ("token", Some(last)) if OF_TEXT.contains(&last) => false,
        ("token", last) if one.is_some() => last.is_some_and(|last| OF_ACCESS.contains(&last)),
        ("key", last) => last.is_some_and(|last| OF_KEYS.contains(&last) || any(&["secret", "token"], last)),
        // `PWD` alone is the working folder.
        ("pwd", last) => last.is_some(),
        ("pass" | "auth" | "credential" | "pword", _) => true,
        (one, _) => any(&ENDS, one),
    }
}

/// Returns whether the words after a secret make it the description of one.
fn describes(secret: &str, after: &[String]) -> bool {
    match after.last().map(String::as_str) {
        None => false,
        // `EOS_TOKEN_ID` is a number of a vocabulary, and `SECRET_ID` is one of the two secrets of an application.
        Some("id") => secret == "token",
        Some(last) => OF_DESCRIPTIONS.contains(&last),
    }
}

const ENDS: [&str; 9] =
    ["password", "passwd", "passphrase", "secret", "token", "apikey", "accesskey", "secretkey", "privatekey"];

const OF_ACCESS: [&str; 5] = ["api", "access", "auth", "bearer", "refresh"];

const OF_TEXT: [&str; 13] =
    ["max", "min", "per", "num", "pad", "eos", "bos", "unk", "sep", "cls", "mask", "stop", "special"];

const OF_KEYS: [&str; 15] = [
    "api",
    "access",
    "private",
    "encryption",
    "signing",
    "master",
    "account",
    "service",
    "shared",
    "session",
    "app",
    "auth",
    "deploy",
    "ssh",
    "license",
];

const OF_DESCRIPTIONS: [&str; 36] = [
    "file",
    "path",
    "dir",
    "directory",
    "folder",
    "url",
    "uri",
    "endpoint",
    "host",
    "port",
    "name",
    "type",
    "kind",
    "header",
    "prefix",
    "field",
    "param",
    "provider",
    "backend",
    "manager",
    "store",
    "service",
    "audience",
    "scope",
    "algorithm",
    "length",
    "size",
    "limit",
    "count",
    "ttl",
    "timeout",
    "expiry",
    "expires",
    "lifetime",
    "enabled",
    "required",
];

#[cfg(test)]
mod tests {
    use super::names_secret;

    #[test]
    fn a_secret_has_a_telling_name() {
        for name in [
            "API_TOKEN",
            "DB_PASSWORD",
            "PGPASSWORD",
            "MYSQL_PWD",
            "SMTP_PASS",
            "client-secret",
            "org.example.api-token",
            "com.example.apiKey",
            "OPENAI_API_KEY",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "SECRET_KEY",
            "GITHUB_TOKEN",
            "APITOKEN",
            "API_KEYS",
            "ACCESS_TOKENS",
            "TOKEN",
            "TOKEN_PROD",
            "DB_PASSWORD_2",
            "HF_TOKEN",
            "VAULT_SECRET_ID",
            "DJANGO_SECRET_KEY_BASE",
            "AZURE_CLIENT_SECRET",
            "SSH_PRIVATE_KEY",
            "REGISTRY_AUTH",
            "AWS_CREDENTIALS",
            "KEY_PASSPHRASE",
            "clientSecret",
        ] {
            assert!(names_secret(name), "{name}");
        }
    }

    #[test]
    fn other_names_say_nothing() {
        for name in [
            "",
            "LOG_LEVEL",
            "PATH",
            "PWD",
            "OLDPWD",
            "COMPASS",
            "AUTHOR",
            "TOKENIZERS_PARALLELISM",
            "MAX_TOKENS",
            "TOKENS",
            "LINE_TOKENS",
            "MAX_TOKEN",
            "EOS_TOKEN",
            "PAD_TOKEN_ID",
            "COST_PER_TOKEN",
            "TOKEN_URL",
            "TOKEN_LIMIT",
            "DB_PASSWORD_FILE",
            "SECRET_NAME",
            "PUBLIC_KEY",
            "STRIPE_PUBLISHABLE_KEY",
            "NEXT_PUBLIC_TOKEN",
            "CACHE_KEY",
            "KEY",
            "PRIMARY_KEY",
            "HF_TOKEN_PATH",
            "org.opencontainers.image.title",
            "SENTRY_DSN",
            "AUTH_ENABLED",
            "KEYBOARD",
            "ACCESS_KEY_TTL",
        ] {
            assert!(!names_secret(name), "{name}");
        }
    }
}
