//! URLs of source repositories.

checked_text!(
    /// The URL of a source repository: `https://git.example.org/hello`.
    ///
    /// It must not contain credentials, because the image shows it in a public label. The user name `git` is allowed.
    SourceUrl,
    "a public URL: `SCHEME://HOST/…` in ASCII, without white space, user name or password",
    |text| {
        text.bytes().all(|b| b.is_ascii_graphic())
            && url::Url::parse(text).is_ok_and(|url| {
                url.has_host() && url.password().is_none() && (url.username().is_empty() || url.username() == "git")
            })
    }
);

/// Returns whether a text is a URL `SCHEME://…` without credentials that is one word between single quotes in a shell.
pub(super) fn is_url_of_one_word(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic() && !b"'\"`$\\".contains(&b))
        && url::Url::parse(text).is_ok_and(|url| {
            let parts = text.split_once("://").filter(|(_, rest)| !rest.is_empty());
            parts.is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(url.scheme()))
                && url.password().is_none()
                && url.username().is_empty()
        })
}

#[cfg(test)]
mod tests {
    use super::SourceUrl;

    #[test]
    fn urls_with_credentials_are_rejected() {
        for text in ["https://git.example.org/a?b#c", "ssh://git@example.org/a"] {
            assert!(text.parse::<SourceUrl>().is_ok(), "{text}");
        }
        for text in [
            "https://u:p@example.org",
            "https://token@example.org",
            "ssh://git:p@example.org/a",
            "git.example.org/a",
            "a b",
            "",
            "mailto:a@b",
            "https://a/\n",
        ] {
            assert!(text.parse::<SourceUrl>().is_err(), "{text}");
        }
    }
}
