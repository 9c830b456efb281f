//! Credentials inside URLs, where every reader of the text can see them.

use std::fmt;

use super::display::OneLine;
use super::url_credentials::{Certainty, Found, find_all};

/// A URL that contains credentials. `Display` hides them: `https://…@pypi.example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialUrl {
    shown: String,
}

impl CredentialUrl {
    /// Returns the first URL in a text with credentials for a server that packages come from, or for a proxy.
    ///
    /// [`url_credentials`](super::url_credentials) lists the forms. Names of variables (`https://${USER}:${TOKEN}@…`)
    /// are not credentials. Databases and other services are ignored: a test suite names them in the settings of its
    /// tools.
    pub(crate) fn find(text: &str) -> Option<Self> {
        Self::find_with_place(text).map(|(url, _)| url)
    }

    /// Returns what [`find`](Self::find) returns, with the place of the URL in the text, in bytes.
    pub(crate) fn find_with_place(text: &str) -> Option<(Self, usize)> {
        Self::first(text, Certainty::Packages)
    }

    /// Returns the first URL in a text with credentials for any service. Use it for what an image or a command line
    /// shows.
    pub(crate) fn find_of_any_service(text: &str) -> Option<Self> {
        Self::first(text, Certainty::Service).map(|(url, _)| url)
    }

    /// Returns the credentials in a setting for a proxy, which has no scheme: `USER:PASSWORD@host`.
    pub(crate) fn find_of_proxy(name: &str, value: &str) -> Option<Self> {
        let is_proxy = name.to_ascii_lowercase().contains("proxy") && !value.contains("://");
        if is_proxy { Self::find(&format!("http://{}", value.trim())) } else { None }
    }

    fn first(text: &str, least: Certainty) -> Option<(Self, usize)> {
        let all = find_all(text);
        let Found { url, .. } = all.iter().find(|found| found.certainty >= least)?;
        let mut shown = String::new();
        let mut end = url.start;
        for secret in all.iter().map(|found| &found.secret) {
            if (end..=url.end).contains(&secret.start) && secret.end <= url.end {
                shown += &text[end..secret.start];
                shown.push('…');
                end = secret.end;
            }
        }
        Some((Self { shown: shown + &text[end..url.end] }, url.start))
    }
}

impl fmt::Display for CredentialUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", OneLine(&self.shown))
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
            ("https://to\nhunter2@example.org/x", "https://…@example.org"),
            ("me:hunter2@example.org:3128/x", "…@example.org:3128"),
            ("postgres://me:x@db.org https://me:hunter2@b.org", "https://…@b.org"),
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
