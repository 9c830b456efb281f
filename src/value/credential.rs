//! Credentials inside URLs, where every reader of the text can see them.

use std::fmt;

use super::display::OneLine;

/// A URL that contains credentials. `Display` hides them: `https://…@pypi.example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialUrl {
    scheme: String,
    host: String,
}

impl CredentialUrl {
    /// Returns the first URL with credentials in a text.
    ///
    /// A URL has credentials if it has a password. In an HTTP URL a user name alone also counts, because it may be a
    /// token; the user name `git` does not. Text in braces is the name of a variable (`https://${USER}:${TOKEN}@…`) and
    /// does not count. Only URLs with a scheme that fetches packages are searched. A database URL, for example, is
    /// ignored.
    pub(crate) fn find(text: &str) -> Option<Self> {
        text.match_indices("://").find_map(|(at, separator)| {
            let start =
                text[..at].rfind(|c| !is_scheme_char(c)).map_or(0, |before| text.ceil_char_boundary(before + 1));
            Self::parse(&text[start..at], &text[at + separator.len()..])
        })
    }

    fn parse(scheme: &str, rest: &str) -> Option<Self> {
        let transport = scheme.rsplit('+').next().unwrap_or(scheme).to_ascii_lowercase();
        // A short option may precede the URL without a space: `-ihttps://…`
        let over_http = ["http", "https"].iter().any(|scheme| transport.ends_with(scheme));
        if !over_http && !TRANSPORTS.contains(&transport.as_str()) {
            return None;
        }
        let url = rest.split(char::is_whitespace).next().unwrap_or(rest);
        let authority = url.split(['/', '?', '#', '\\']).next().unwrap_or(url);
        let (user, host) = match authority.rsplit_once('@') {
            Some(parts) => parts,
            // A URL with a `/` in its password is not valid, but it still exposes the password.
            None if has_invalid_port(authority) => url.rsplit_once('@')?,
            None => return None,
        };
        let user = without_variables(user);
        let (name, password) = user.split_once(':').unwrap_or((&user, ""));
        let has_credentials = !password.is_empty() || (over_http && !name.is_empty() && name != "git");
        let host = host.split(['/', '?', '#', '\\']).next().unwrap_or(host);
        has_credentials.then(|| Self { scheme: scheme.to_owned(), host: host.to_owned() })
    }
}

/// The schemes besides HTTP that fetch packages. They may follow a `git+`.
const TRANSPORTS: &[&str] = &["ssh", "git", "svn", "ftp", "ftps", "sftp", "socks", "socks4", "socks5", "socks5h"];

fn is_scheme_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')
}

fn has_invalid_port(authority: &str) -> bool {
    let after_address = authority.rsplit(']').next().unwrap_or(authority);
    after_address.split_once(':').is_some_and(|(_, port)| !port.bytes().all(|b| b.is_ascii_digit()))
}

/// Removes each `${NAME}` and `{…}` from a text.
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
    fn credentials_are_found_and_hidden() {
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
    fn urls_without_credentials_are_ignored() {
        for text in [
            "https://example.org/simple",
            "https://example.org/a@b",
            "https://example.org:8080/a@b",
            "https://[::1]/a@b",
            "https://example.org?mail=a@b",
            "https://example.org#a@b",
            "https://example.org\\a@b",
            "git+ssh://me@example.org/x.git",
            "git+ssh://git@git.example.org/x/y.git@v1",
            "git+ssh://git@git.example.org:x/y.git",
            "git+https://git@git.example.org/x/y.git",
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
        /// A password is found in any surrounding text, and never shown.
        #[test]
        fn a_password_is_never_shown(before in "\\PC{0,8} ", name in "[a-z]{0,4}", after in "\\PC{0,8}") {
            let text = format!("{before}https://{name}:hunter2@example.org/{after}");
            let shown = found(&text);
            prop_assert!(shown.as_ref().is_some_and(|shown| !shown.contains("hunter2")), "{:?}", shown);
        }
    }
}
