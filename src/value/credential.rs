//! Credentials that stand in a URL, where whoever gets the text gets them.

use std::fmt;

use super::display::OneLine;

/// A URL that holds credentials. Its display leaves them out: `https://…@pypi.example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialUrl {
    scheme: String,
    host: String,
}

impl CredentialUrl {
    /// The first one within a text.
    ///
    /// Over HTTP a name alone is a credential as well, for it may be a token; `git` is none. What stands in braces is
    /// the name of a variable (`https://${USER}:${TOKEN}@…`). Other schemes need a password to count, and only those by
    /// which packages are fetched do: a database's URL is the project's own affair.
    pub(crate) fn find(text: &str) -> Option<Self> {
        text.match_indices("://").find_map(|(at, mark)| {
            let start =
                text[..at].rfind(|c| !is_of_a_scheme(c)).map_or(0, |before| text.ceil_char_boundary(before + 1));
            Self::of(&text[start..at], &text[at + mark.len()..])
        })
    }

    fn of(scheme: &str, rest: &str) -> Option<Self> {
        let transport = scheme.rsplit('+').next().unwrap_or(scheme).to_ascii_lowercase();
        // A short option may stand before it, with nothing between them: `-ihttps://…`
        let over_http = ["http", "https"].iter().any(|scheme| transport.ends_with(scheme));
        if !over_http && !TRANSPORTS.contains(&transport.as_str()) {
            return None;
        }
        let url = rest.split(char::is_whitespace).next().unwrap_or(rest);
        let authority = url.split(['/', '?', '#', '\\']).next().unwrap_or(url);
        let (user, host) = match authority.rsplit_once('@') {
            Some(found) => found,
            // A password with a `/` in it is no part of a proper URL, and a password all the same.
            None if ends_in_no_port(authority) => url.rsplit_once('@')?,
            None => return None,
        };
        let user = without_variables(user);
        let (name, password) = user.split_once(':').unwrap_or((&user, ""));
        let counts = !password.is_empty() || (over_http && !name.is_empty() && name != "git");
        let host = host.split(['/', '?', '#', '\\']).next().unwrap_or(host);
        counts.then(|| Self { scheme: scheme.to_owned(), host: host.to_owned() })
    }
}

/// The schemes beside HTTP by which packages are fetched, after a `git+`.
const TRANSPORTS: &[&str] = &["ssh", "git", "svn", "ftp", "ftps", "sftp", "socks", "socks4", "socks5", "socks5h"];

fn is_of_a_scheme(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')
}

fn ends_in_no_port(authority: &str) -> bool {
    let after_address = authority.rsplit(']').next().unwrap_or(authority);
    after_address.split_once(':').is_some_and(|(_, port)| !port.bytes().all(|b| b.is_ascii_digit()))
}

/// A text without its `${NAME}` and `{…}`.
fn without_variables(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        kept += before.strip_suffix('$').unwrap_or(before);
        rest = after;
    }
    kept + rest
}

impl fmt::Display for CredentialUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://…@{}", self.scheme, OneLine(&self.host))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::CredentialUrl;

    fn found(text: &str) -> Option<String> {
        CredentialUrl::find(text).map(|url| url.to_string())
    }

    #[test]
    fn credentials_are_found() {
        for (text, shown) in [
            ("https://me:hunter2@example.org/simple", "https://…@example.org"),
            ("HTTPS://me:hunter2@example.org:8443", "HTTPS://…@example.org:8443"),
            ("https://hunter2@example.org/simple", "https://…@example.org"),
            ("https://:hunter2@example.org/simple", "https://…@example.org"),
            ("https://me:hunter2@[::1]:8080/simple", "https://…@[::1]:8080"),
            ("x @ git+https://me:hunter2@example.org/x.git@v1", "git+https://…@example.org"),
            ("git+ssh://git:hunter2@example.org/x.git", "git+ssh://…@example.org"),
            ("https://example.org https://me:hunter2@b.org", "https://…@b.org"),
            ("é://https://me:hunter2@b.org", "https://…@b.org"),
            ("https://me:hun@ter2@example.org", "https://…@example.org"),
            ("https://me:hunter/2@example.org/x", "https://…@example.org"),
            ("https://me${X}:{env:Y}hunter2@example.org", "https://…@example.org"),
            ("ssh://me:{env:Y}hunter2{Z}@example.org", "ssh://…@example.org"),
            ("ssh://me:hunter2{env:Y}@example.org", "ssh://…@example.org"),
            ("ssh://me::@example.org", "ssh://…@example.org"),
            ("https://me:hunter/2@example.org?x#y", "https://…@example.org"),
            ("https://me:hunter/2@example.org#y", "https://…@example.org"),
            ("https://me:hunter/2@example.org\\y", "https://…@example.org"),
            ("https://me:hunter/2@x@example.org/y", "https://…@example.org"),
            ("https://me:1:2/hunter2@example.org", "https://…@example.org"),
            ("https://[::1]:x/hunter2@example.org", "https://…@example.org"),
            ("socks5h://me:hunter2@proxy:1080", "socks5h://…@proxy:1080"),
            ("-ihttps://me:hunter2@example.org/simple", "-ihttps://…@example.org"),
        ] {
            assert_eq!(found(text).as_deref(), Some(shown), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_left_alone() {
        for text in [
            "https://example.org/simple",
            "https://example.org/a@b",
            "https://example.org:8080/a@b",
            "https://[::1]/a@b",
            "https://example.org?mail=a@b",
            "https://example.org#a@b",
            "https://example.org\\a@b",
            "git+ssh://me@example.org/x.git",
            "git+ssh://git@github.com/x/y.git@v1",
            "git+ssh://git@github.com:x/y.git",
            "git+https://git@github.com/x/y.git",
            "https://${USER}:${TOKEN}@example.org",
            "https://{env:USER}:{env:TOKEN}@example.org",
            "postgres://me:secret@localhost/test",
            "https://example.org, me@example.org",
            "://@",
            "",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    proptest! {
        /// Whatever surrounds it, a password is found and never shown.
        #[test]
        fn a_password_is_never_shown(before in "\\PC{0,8} ", name in "[a-z]{0,4}", after in "\\PC{0,8}") {
            let text = format!("{before}https://{name}:hunter2@example.org/{after}");
            let shown = found(&text);
            prop_assert!(shown.as_ref().is_some_and(|shown| !shown.contains("hunter2")), "{:?}", shown);
        }
    }
}
