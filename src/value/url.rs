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
