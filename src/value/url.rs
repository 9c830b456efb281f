//! Where the source of an image is found.

checked_text!(
    /// The place of a repository: `https://git.example.org/hello`. Who may read it is no part of it: it stands in a
    /// label, for everyone to see.
    SourceUrl,
    "a URL for everyone to see: `SCHEME://HOST/…`, in ASCII, without white space, user and password",
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
    fn nobody_gets_a_password_from_it() {
        let source = |text: &str| text.parse::<SourceUrl>().is_ok();
        assert!(source("https://git.example.org/a?b#c") && source("ssh://git@example.org/a"));
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
            assert!(!source(text), "{text}");
        }
    }
}
