//! Scans a line, word by word. A word ends at white space; a tab may be part of a URL.

use std::ops::Range;

use super::user_info::{self, is_web};
use super::{Certainty, Found, dsn, parameter};

/// Adds the credentials in a line. `offset` is the place of the line in the text.
pub(super) fn scan(line: &str, offset: usize, found: &mut Vec<Found>) {
    let has_parameter = line.contains('=') && line.contains(['?', '&', '#']);
    if !has_parameter && !line.contains('@') {
        return;
    }
    let known = found.len();
    let mut quotes = Quotes::default();
    let mut next_at = NextAt { line, at: 0 };
    let start = line.as_ptr().addr();
    for word in line.split(|c: char| c.is_whitespace() && c != '\t').filter(|word| !word.is_empty()) {
        let word = without_digest(word);
        let begin = word.as_ptr().addr() - start;
        let last_at = word.rfind('@').map(|at| begin + at);
        Word { line, range: begin..begin + word.len(), last_at, found }.scan(&mut quotes, &mut next_at);
    }
    for one in &mut found[known..] {
        one.url = one.url.start + offset..one.url.end + offset;
        one.secret = one.secret.start + offset..one.secret.end + offset;
    }
}

/// Returns a word up to the digest of an image reference: in `ws:1@sha256:…`, nothing before the `@` is a secret.
fn without_digest(word: &str) -> &str {
    match word.split_once("@sha256:") {
        Some((image, digest))
            if !image.contains("//") && digest.bytes().take_while(u8::is_ascii_hexdigit).count() == 64 =>
        {
            image
        }
        _ => word,
    }
}

struct Word<'a> {
    line: &'a str,
    range: Range<usize>,
    last_at: Option<usize>,
    found: &'a mut Vec<Found>,
}

/// A URL: where its scheme starts, and where its authority starts.
struct Start<'a> {
    at: usize,
    scheme: &'a str,
    authority: usize,
    /// Whether it has the form of a URL. A path that was made from one has a single slash.
    is_certain: bool,
}

impl<'a> Word<'a> {
    fn scan(mut self, quotes: &mut Quotes, next_at: &mut NextAt<'_>) {
        let mut from = self.range.start;
        let mut first = None;
        while let Some(colon) = self.find(from, ":") {
            let Some(start) = self.url_at(from, colon) else {
                from = colon + 1;
                continue;
            };
            first.get_or_insert((start.at, start.scheme));
            let (authority, closing) = (start.authority, quotes.closing(self.line, start.at));
            from = self.authority(&start, closing, next_at).max(authority);
        }
        match first {
            Some((at, scheme)) => self.parameters(at, scheme),
            None => self.without_scheme(),
        }
    }

    fn find(&self, from: usize, text: &str) -> Option<usize> {
        self.line[from..self.range.end].find(text).map(|at| from + at)
    }

    fn rest(&self, from: usize) -> &'a str {
        &self.line[from..self.range.end]
    }

    fn url_at(&self, from: usize, colon: usize) -> Option<Start<'a>> {
        let before = &self.line[from..colon];
        let run = before.len() - before.trim_end_matches(is_scheme_character).len();
        let scheme = &self.line[colon - run..colon];
        let after = self.rest(colon + 1);
        let slashes = &after[..after.len() - after.trim_start_matches(['/', '\\', '\t']).len()];
        let is_url = slashes.contains('/') || is_web(scheme);
        let has_letter = scheme.bytes().any(|b| b.is_ascii_alphabetic());
        let is_certain = is_web(scheme) || slashes.matches('/').count() >= 2;
        let authority = colon + 1 + slashes.len();
        (is_url && has_letter).then(|| Start { at: colon - run, scheme, authority, is_certain })
    }

    /// Adds the credentials before the host, and returns where to go on.
    fn authority(&mut self, url: &Start<'a>, closing: Option<char>, next_at: &mut NextAt<'_>) -> usize {
        let rest = self.rest(url.authority);
        let is_end = |c: char| matches!(c, '/' | '?' | '#') || Some(c) == closing;
        let length = rest.find(is_end).unwrap_or(rest.len());
        // The URL standard reads `\` as `/`; Python reads it as a character of the name.
        let domain = rest[..length].find('\\').filter(|end| !rest[*end..length].contains(':'));
        let authority = &rest[..domain.unwrap_or(length)];
        let end = url.authority + authority.len();
        let port = port(authority);
        let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
        let certain = |this: &Self, info: Range<usize>| {
            let text = this.line.get(info.clone())?;
            let certainty = user_info::certainty(url.scheme, text)?;
            Some(if url.is_certain && !text.contains('\t') { certainty } else { Certainty::Possible })
        };
        let last_at = self.last_at.filter(|at| *at >= end);
        let (info, certainty) = match authority.rfind('@') {
            Some(at) => {
                let info = url.authority..url.authority + at;
                (info.clone(), certain(self, info))
            }
            None => match (last_at, is_port) {
                // A URL with a `/` in its password is not valid, but it still shows the password.
                (Some(at), false) => (url.authority..at, certain(self, url.authority..at)),
                // A password of digits before `#` or `?` looks like a port.
                (Some(at), true) if port.is_some() && rest[authority.len()..].starts_with(['#', '?']) => {
                    (url.authority..at, Some(Certainty::Possible))
                }
                // A password with a space.
                (None, false) if url.is_certain => match next_at.after(end) {
                    Some(at) => (url.authority..at, Some(Certainty::Possible)),
                    None => return end,
                },
                _ => return end,
            },
        };
        let host = info.end + 1;
        let is_host_end = |c: char| matches!(c, '/' | '?' | '#' | '\\') || Some(c) == closing || c.is_whitespace();
        let host_end = self.line[host..].find(is_host_end).map_or(self.line.len(), |length| host + length);
        let after_host = &self.line[host_end..self.range.end.max(host_end)];
        let after_host = after_host.split(|c| Some(c) == closing).next().unwrap_or(after_host);
        let is_public = is_web(url.scheme) && dsn::is_public(&self.line[info.clone()], after_host);
        if let Some(certainty) = certainty.filter(|_| !info.is_empty() && !is_public) {
            self.found.push(Found { url: url.at..host_end, secret: info, certainty });
        }
        host_end.min(self.range.end)
    }

    fn parameters(&mut self, at: usize, scheme: &str) {
        let certain = if is_web(scheme) { Certainty::Packages } else { Certainty::Service };
        for (secret, is_literal) in parameter::secrets(self.rest(at), at) {
            let certainty = if is_literal { certain } else { Certainty::Possible };
            self.found.push(Found { url: at..secret.end, secret, certainty });
        }
    }

    /// Finds `USER:PASSWORD@host:3128`, as in a proxy setting. Without a port and a path, a host name may also be something else.
    fn without_scheme(&mut self) {
        let word = self.rest(self.range.start);
        for (secret, _) in parameter::secrets(word, self.range.start) {
            self.found.push(Found { url: secret.clone(), secret, certainty: Certainty::Possible });
        }
        let Some(at) = word.rfind('@') else { return };
        let Some(start) = login_start(&word[..at]) else { return };
        let (name, _) = user_info::split(&word[start..at]);
        let is_host = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
        let host = &word[at + 1..];
        let host = &host[..host.find(|c| !is_host(c)).unwrap_or(host.len())];
        let (host_name, port) = match port(host) {
            Some(port) => (&host[..host.len() - port.len() - 1], Some(port)),
            None => (host, None),
        };
        let is_port = port.is_some_and(|port| port.parse::<u16>().is_ok());
        let is_address =
            host_name.starts_with('[') || host_name.bytes().any(|b| b.is_ascii_alphabetic()) || is_ipv4(host_name);
        // The host of a network may be one word: `me:PASSWORD@registry/image`. A version starts with a digit.
        let is_before_path = host_name.starts_with(|first: char| first.is_ascii_alphabetic())
            && word[at + 1 + host.len()..].starts_with('/');
        let is_login = user_info::certainty("http", &word[start..at]);
        let certainty = match () {
            () if is_port && is_address => is_login,
            () if (is_public(host_name) || is_before_path)
                && !MAIL.iter().any(|known| known.eq_ignore_ascii_case(name)) =>
            {
                Some(Certainty::Possible)
            }
            () => None,
        };
        if let Some(certainty) = certainty {
            let (start, end) = (self.range.start + start, self.range.start + at);
            self.found.push(Found { url: start..end + 1 + host.len(), secret: start..end, certainty });
        }
    }
}

/// The schemes of addresses that contain an `@`.
const MAIL: &[&str] = &["mailto", "sip", "sips", "xmpp", "acct"];

/// Returns where the user name starts, after an opening quote and the name of an option or a variable.
fn login_start(text: &str) -> Option<usize> {
    let openings = text.match_indices(['"', '\'', '`', '=', '(', '[', '{', '<', ',', '/', '|']);
    [0].into_iter().chain(openings.map(|(at, _)| at + 1)).find(|start| {
        let name = text[*start..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "._~%+-\\".contains(c));
        name.strip_prefix(':').is_some_and(|password| !password.is_empty())
    })
}

/// Returns what follows the colon after a host name or an IPv6 address.
fn port(authority: &str) -> Option<&str> {
    let after_address = authority.rsplit(']').next().unwrap_or(authority);
    after_address.split_once(':').map(|(_, port)| port)
}

fn is_ipv4(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok()
}

/// Returns whether a name is of a host, and not a version: its last label is a word.
fn is_public(host: &str) -> bool {
    let last = host.rsplit_once('.').map(|(_, last)| last);
    host == "localhost"
        || is_ipv4(host)
        || last.is_some_and(|l| l.len() > 1 && l.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn is_scheme_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')
}

/// Whether each kind of quote is open, up to a place in the line.
#[derive(Default)]
struct Quotes {
    at: usize,
    open: [bool; 4],
}

impl Quotes {
    const KINDS: [(char, char); 4] = [('"', '"'), ('\'', '\''), ('`', '`'), ('<', '>')];

    /// Returns the character that ends a URL, if its start is in quotes. The nearest quote counts.
    fn closing(&mut self, line: &str, at: usize) -> Option<char> {
        for c in line[self.at.min(at)..at].chars() {
            for (open, (begin, end)) in self.open.iter_mut().zip(Self::KINDS) {
                if c == begin || c == end {
                    *open = !*open;
                }
            }
        }
        self.at = at;
        let before = line[..at].chars().next_back();
        let opened = self.open.iter().zip(Self::KINDS).filter(|(open, _)| **open).map(|(_, kind)| kind);
        let nearest = opened.clone().find(|(begin, _)| before == Some(*begin));
        nearest.or_else(|| opened.clone().next()).map(|(_, end)| end)
    }
}

/// Finds the next `@` of a line, once for all words before it.
struct NextAt<'a> {
    line: &'a str,
    at: usize,
}

impl NextAt<'_> {
    /// Returns the first `@` after a place. The places of successive calls must not decrease.
    fn after(&mut self, place: usize) -> Option<usize> {
        if self.at < place {
            self.at = self.line[place..].find('@').map_or(self.line.len(), |length| place + length);
        }
        (self.at < self.line.len()).then_some(self.at)
    }
}
