//! Recognises the text formats of keys, cookies and logins, whatever the name of the file.

use memchr::memmem;

use super::SensitiveFile;
use super::SensitiveKind::{Credentials, DatabaseCredentials, PrivateKey, RepositoryCredentials, SessionStore};
use super::literal::{is_literal, is_password, is_random_password, stands_for_secret};
use super::settings::passwords;

/// Finds a key in PEM format (RFC 7468), which `OpenPGP` uses as well, or in the text format of another program.
pub(super) fn key(text: &[u8]) -> Option<SensitiveFile> {
    let sign = match () {
        () if pem_key(text, 1).is_some() => "PEM format",
        () if text.starts_with(b"PuTTY-User-Key-File-") => "PuTTY format",
        () if contains(text, b"AGE-SECRET-KEY-1") => "age secret key",
        () if contains(text, b"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----") => "SSH2 format",
        () if text.starts_with(b"SSH PRIVATE KEY FILE FORMAT") => "SSH1 format",
        () if text.starts_with(b"== ed25519v1-secret") => "Tor secret key",
        () if text.starts_with(b"untrusted comment: ") && contains(text, b"secret key") => "minisign secret key",
        () if contains(text, b"<RSAKeyValue>") && contains(text, b"<D>") => "XML format",
        () if contains(text, b"[Interface]") && contains(text, b"PrivateKey") => "WireGuard configuration",
        () => return None,
    };
    Some(SensitiveFile { kind: PrivateKey, sign })
}

/// Finds a whole key in PEM format, and its position. Documentation shows the first characters of a key, or none.
pub(super) fn whole_key(text: &[u8]) -> Option<(usize, SensitiveFile)> {
    /// A line of PEM has 64 characters, those of `OpenSSH` have 70.
    const LINE: usize = 60;
    Some((pem_key(text, LINE)?, SensitiveFile { kind: PrivateKey, sign: "PEM format" }))
}

/// Returns the position of `-----BEGIN … PRIVATE KEY-----` or `-----BEGIN PGP PRIVATE KEY BLOCK-----`, followed by this
/// number of characters of data in one line. In JSON, the line breaks are written as `\n`.
fn pem_key(text: &[u8], shortest: usize) -> Option<usize> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const END: &[u8] = b"-----";
    const MOST_LABEL: usize = 64;
    memmem::find_iter(text, BEGIN).find(|&start| {
        let label = &text[start + BEGIN.len()..];
        let Some(end) = memmem::find(&label[..label.len().min(MOST_LABEL)], END) else { return false };
        let (label, rest) = (&label[..end], &label[end + END.len()..]);
        let rest = rest.trim_ascii_start();
        let rest = rest.strip_prefix(b"\\r").unwrap_or(rest);
        let rest = rest.strip_prefix(b"\\n").unwrap_or(rest);
        // In a comment, a quotation, or a text that is put together of its lines.
        let signs = rest.iter().take_while(|byte| b" \t>#*|\"'+".contains(byte)).count();
        let rest = &rest[signs..];
        let is_data = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
        ["PRIVATE KEY", "PRIVATE KEY BLOCK", "OpenVPN Static key V1"].iter().any(|end| label.ends_with(end.as_bytes()))
            && rest.first().is_some_and(u8::is_ascii_alphanumeric)
            && rest.iter().take(shortest).take_while(|byte| is_data(byte)).count() == shortest
    })
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memmem::find(text, part).is_some()
}

/// Finds cookies in the format of Netscape, logins in that of `.netrc` and of `.git-credentials`, and hashes of passwords.
pub(super) fn logins(text: &str) -> Option<SensitiveFile> {
    let (kind, sign) = match () {
        () if has_cookies(text) => (SessionStore, "cookies in the format of Netscape"),
        () if contains(text.as_bytes(), b"password") && (text.lines().any(is_netrc) || is_netrc(text)) => {
            (RepositoryCredentials, "a machine with login and password")
        }
        () if contains(text.as_bytes(), b"user ") && text.lines().any(is_redis_user) => {
            (DatabaseCredentials, "a user with a password")
        }
        () if is_list_of_passwords(text) => (DatabaseCredentials, "a list of databases with passwords"),
        () if is_list_of_users(text) => (Credentials, "a list of users with passwords"),
        () if is_list_of_logins(text) => (RepositoryCredentials, "a list of URLs with passwords"),
        () if contains(text.as_bytes(), b"\" \"") && text.lines().any(is_hash_of_pool) => {
            (DatabaseCredentials, "the hash of a password")
        }
        () if contains(text.as_bytes(), b":$") && text.lines().any(is_hash) => (Credentials, "the hash of a password"),
        () => return None,
    };
    Some(SensitiveFile { kind, sign })
}

/// A line has seven fields; the last is the value.
fn has_cookies(text: &str) -> bool {
    let is_header =
        |line: &str| line.starts_with("# Netscape HTTP Cookie File") || line.starts_with("# HTTP Cookie File");
    let is_cookie = |line: &str| {
        let line = line.strip_prefix("#HttpOnly_").unwrap_or(line);
        !line.starts_with('#') && line.split('\t').count() == 7
    };
    text.lines().next().is_some_and(is_header) && text.lines().any(is_cookie)
}

fn is_netrc(text: &str) -> bool {
    const MOST: usize = 2000;
    let mut words = text.get(..MOST).unwrap_or(text).split_ascii_whitespace();
    if !matches!(words.next(), Some("machine" | "default")) {
        return false;
    }
    let words: Vec<&str> = words.collect();
    let after = |key: &str| words.iter().position(|word| *word == key).and_then(|at| words.get(at + 1));
    after("login").is_some() && after("password").is_some_and(|word| is_set(word))
}

/// Every line has the five fields of `.pgpass`: `host:port:database:user:password`.
fn is_list_of_passwords(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).peekable();
    let is_entry = |line: &str| {
        let fields: Vec<&str> = line.splitn(6, ':').collect();
        let [_, port, _, _, password] = fields[..] else { return false };
        (port == "*" || !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())) && is_password(password)
    };
    lines.peek().is_some() && lines.all(is_entry)
}

/// Every line is a user name and a random password: `name:password`.
fn is_list_of_users(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).peekable();
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte);
    lines.peek().is_some()
        && lines.all(|line| {
            line.split_once(':').is_some_and(|(name, password)| {
                name.bytes().all(is_of_name) && !password.starts_with(' ') && is_random_password(password)
            })
        })
}

/// A line of an access list of Redis: `user NAME on >PASSWORD`.
fn is_redis_user(line: &str) -> bool {
    let rest = line.strip_prefix("user ");
    rest.is_some_and(|rest| rest.split(' ').filter_map(|word| word.strip_prefix('>')).any(is_password))
}

/// Every line is a URL, and one has a password.
fn is_list_of_logins(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    let is_url = |line: &str| line.starts_with("http") && line.contains("://") && !line.contains(' ');
    lines.peek().is_some() && lines.all(is_url) && text.lines().flat_map(passwords).any(is_set)
}

fn is_set(password: &str) -> bool {
    is_literal(password) && !stands_for_secret(password.as_bytes())
}

/// A user name and the hash of a password in the format of `crypt`: `name:$6$…`.
fn is_hash(line: &str) -> bool {
    const SHORTEST: usize = 20;
    let Some((user, hash)) = line.split_once(":$") else { return false };
    let schemes = ["apr1$", "1$", "2a$", "2b$", "2y$", "5$", "6$", "7$", "y$", "argon2"];
    let is_name = !user.is_empty() && user.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte));
    is_name && hash.len() >= SHORTEST && schemes.iter().any(|scheme| hash.starts_with(scheme))
}

/// A line of the list of users of `PgBouncer`: `"name" "md5…"` or `"name" "SCRAM-SHA-256$…"`.
fn is_hash_of_pool(line: &str) -> bool {
    const MD5: usize = 32;
    let hash = line.strip_prefix('"').and_then(|line| line.trim_end().strip_suffix('"')?.split_once("\" \""));
    hash.is_some_and(|(_, hash)| {
        let md5 = hash.strip_prefix("md5");
        hash.starts_with("SCRAM-SHA-256$")
            || md5.is_some_and(|hex| hex.len() == MD5 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}
