//! The part of a URL before the `@`: a user name and a password.

use super::Certainty;

/// Splits the text before the `@` into a user name and a password. Either may be empty.
pub(super) fn split(user_info: &str) -> (&str, &str) {
    user_info.split_once(':').unwrap_or((user_info, ""))
}

/// Returns how certain it is that the text before the `@` is secret, or `None` if it is not.
pub(super) fn certainty(scheme: &str, user_info: &str) -> Option<Certainty> {
    let is_web = is_web(scheme);
    let (name, password) = split(user_info);
    let is_token = |name: &str| is_web && !name.is_empty() && name != "git";
    if password.is_empty() && !is_token(name) {
        return None;
    }
    let literals = without_variables(user_info);
    let (literal_name, literal_password) = split(&literals);
    let is_literal = match password {
        "" => is_token(visible(literal_name)),
        _ => !visible(literal_password).is_empty(),
    };
    let transport = scheme.rsplit('+').next().unwrap_or(scheme);
    let is_transport = is_web || TRANSPORTS.iter().any(|known| known.eq_ignore_ascii_case(transport));
    Some(match () {
        () if !is_literal => Certainty::Possible,
        () if is_transport => Certainty::Packages,
        () => Certainty::Service,
    })
}

/// The schemes, besides those of the web, that fetch packages or name a proxy. They may follow a `git+`.
const TRANSPORTS: &[&str] = &["ssh", "git", "svn", "sftp", "ftps", "socks", "socks4", "socks5", "socks5h"];

/// Returns whether a scheme is of the web. A short option may precede it without a space: `-ihttps`.
pub(super) fn is_web(scheme: &str) -> bool {
    let ends_with = |known: &&str| {
        let start = scheme.len().checked_sub(known.len());
        start.is_some_and(|start| scheme.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(known)))
    };
    ["http", "https"].iter().any(ends_with)
        || ["ftp", "ws", "wss"].iter().any(|known| known.eq_ignore_ascii_case(scheme))
}

/// Returns an empty text for a placeholder (`<token>`) or a mask (`****`, `…`).
fn visible(text: &str) -> &str {
    let is_mask = text.chars().all(|c| matches!(c, '*' | '…'));
    if is_mask || text.starts_with('<') && text.ends_with('>') { "" } else { text }
}

/// Removes the names of variables: `${NAME}`, `{NAME}`, `{env:NAME}`. A default in the braces (`${NAME:-…}`) stays.
fn without_variables(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, after)) = after.split_once('}') else { break };
        let name = inside.strip_prefix("env:").unwrap_or(inside).trim_start_matches('{');
        if is_name(name) {
            kept += before.strip_suffix('$').unwrap_or(before);
        } else {
            kept += before;
            kept += inside;
        }
        rest = after.strip_prefix('}').filter(|_| inside.starts_with('{')).unwrap_or(after);
    }
    kept + rest
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
}
