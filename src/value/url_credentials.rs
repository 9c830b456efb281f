//! Finds the credentials of URLs in any text: in a value, a line of a file, a message of an engine.
//!
//! What counts as a URL is what installers, curl and Python's `requests` accept as one, not what RFC 3986 allows:
//!
//! | form | credentials |
//! |---|---|
//! | `scheme://USER:PASSWORD@host` | if there is a password; `/`, `?`, `#`, `@` and `\` may be part of it |
//! | `https://TOKEN@host` | the user name, unless it is `git` or the public key of a Sentry DSN; in other schemes a user name is no secret |
//! | `https:/…`, `https:…`, `https:\\…` | the same; the [URL standard] accepts any number of slashes after a web scheme |
//! | `USER:PASSWORD@host:3128` | a proxy without a scheme |
//! | `https://host/path?access_token=TOKEN` | the value of a parameter with such a name, also after `#` |
//!
//! Delimiters may be percent-encoded or written as escapes of TOML and JSON. Every search takes time proportional to the length of the text.
//!
//! [URL standard]: https://url.spec.whatwg.org/#url-parsing

mod decoded;
mod dsn;
mod parameter;
mod token;
mod user_info;

use std::ops::Range;

use memchr::{memchr_iter, memchr2, memchr3_iter, memrchr, memrchr2};
use url::Url;

/// Credentials in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The URL, from its scheme to the end of its host or of the parameter.
    pub(super) url: Range<usize>,
    /// The secret part.
    pub(super) secret: Range<usize>,
    pub(super) certainty: Certainty,
}

/// How certain it is that a text contains credentials, and for which kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// It may be something else, such as the name of a variable. It is hidden, but not refused.
    Possible,
    /// The credentials of a database or another service.
    Service,
    /// The credentials of a server that packages come from, or of a proxy.
    Packages,
}

/// Returns the credentials in a text, in order, without overlaps.
pub(super) fn find_all(text: &str) -> Vec<Found> {
    if !may_contain_any(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    lines_with_sign(text).for_each(|(start, line)| token::scan(line, start, &mut found));
    joined_lines_with_code(text).for_each(|(start, joined)| decoded::scan(joined, start, &mut found));
    found.extend(across_white_space(text));
    merged(found)
}

/// Returns `false` for most texts, after a fast search.
fn may_contain_any(text: &str) -> bool {
    ['@', '?', '&', '#', '%', '\\'].into_iter().any(|sign| text.contains(sign))
}

/// Returns the lines of a text that contain one of the signs of [`token::scan`], each with its offset. Most texts have few.
fn lines_with_sign(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let mut signs = memchr3_iter(b'@', b'?', b'&', bytes).peekable();
    let mut hashes = memchr_iter(b'#', bytes).peekable();
    let mut rest = 0;
    std::iter::from_fn(move || {
        while signs.next_if(|at| *at < rest).is_some() {}
        while hashes.next_if(|at| *at < rest).is_some() {}
        let sign = match (signs.peek(), hashes.peek()) {
            (Some(sign), Some(hash)) => *sign.min(hash),
            (Some(sign), None) => *sign,
            (None, hash) => *hash?,
        };
        let start = memrchr2(b'\n', b'\r', &bytes[rest..sign]).map_or(rest, |at| rest + at + 1);
        let end = memchr2(b'\n', b'\r', &bytes[sign..]).map_or(bytes.len(), |length| sign + length);
        rest = end;
        Some((start, &text[start..end]))
    })
}

/// Returns the lines of a text that contain `%` or `\`, each joined with the next one if it ends with `\`, with its offset.
fn joined_lines_with_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let mut rest = 0;
    std::iter::from_fn(move || {
        // A line that is joined with the next one contains the first sign of both.
        let sign = rest + memchr2(b'%', b'\\', &bytes[rest..])?;
        let start = memrchr(b'\n', &bytes[rest..sign]).map_or(rest, |at| rest + at + 1);
        let is_end = |end: &usize| !text[start..*end].trim_end_matches('\r').ends_with('\\');
        let end = memchr_iter(b'\n', &bytes[sign..]).map(|length| sign + length).find(is_end).unwrap_or(bytes.len());
        rest = end;
        Some((start, &text[start..end]))
    })
}

/// Finds the credentials of a text that is one URL with white space inside. A parser of the URL standard removes tabs
/// and line breaks, and encodes spaces.
fn across_white_space(text: &str) -> Option<Found> {
    const LONGEST: usize = 16 * 1024;
    let trimmed = text.trim();
    if trimmed.len() > LONGEST {
        return None;
    }
    let end = trimmed.rfind('@').filter(|_| trimmed.contains(char::is_whitespace))?;
    // The host decides nothing, so it may have letters that the parser does not accept.
    let host = trimmed[end..].replace(|c: char| !c.is_ascii(), "x");
    let url = Url::parse(&format!("{}{host}", &trimmed[..end])).ok()?;
    let (name, password) = (url.username(), url.password().unwrap_or_default());
    let certainty = user_info::certainty(url.scheme(), &format!("{name}:{password}"))?;
    // In prose after a URL, the host and several words come before the `@`.
    if trimmed.contains(' ') && (name.contains(['.', '%']) || password.starts_with("%20")) {
        return None;
    }
    let certainty = if name.contains('.') { Certainty::Possible } else { certainty };
    let start = text.len() - text.trim_start().len();
    let secret = trimmed.find(':')? + 1;
    let secret = start + secret + trimmed[secret..].len() - trimmed[secret..].trim_start_matches(['/', '\\']).len();
    let host = trimmed[end..].find(['/', '?', '#', '\\']).map_or(trimmed.len(), |length| end + length);
    // What is hidden already is no credential: the host is that of the line.
    let is_hidden = text[secret..].starts_with("…@");
    (secret < start + end && !is_hidden).then(|| Found {
        url: start..start + host,
        secret: secret..start + end,
        certainty,
    })
}

/// Sorts findings and joins those that overlap.
fn merged(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|one| one.secret.start);
    let mut merged: Vec<Found> = Vec::with_capacity(found.len());
    for one in found {
        match merged.last_mut().filter(|last| one.secret.start < last.secret.end) {
            Some(last) => {
                last.secret.end = last.secret.end.max(one.secret.end);
                last.url = last.url.start.min(one.url.start)..last.url.end.max(one.url.end);
                last.certainty = last.certainty.max(one.certainty);
            }
            None => merged.push(one),
        }
    }
    merged
}

#[cfg(test)]
mod tests;
