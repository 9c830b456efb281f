//! URLs that programs in build steps download from.

checked_text!(
    /// The URL of a mirror, or of a file on one: `https://mirror.example.org/python`.
    ///
    /// ```text
    /// mirror = ( "http" | "https" | "file" ) "://" 1*( printable ASCII except " " | "'" | '"' | "`" | "$" | "\" )
    /// ```
    ///
    /// It must not contain credentials, because they would remain in the image's history.
    MirrorUrl,
    "the URL of a mirror: `https://…`, `http://…` or `file://…` without white space, quotes, `$`, `\\`, user name or password",
    |text| {
        text.bytes().all(|b| b.is_ascii_graphic() && !b"'\"`$\\".contains(&b))
            && url::Url::parse(text).is_ok_and(|url| {
                let parts = text.split_once("://").filter(|(_, rest)| !rest.is_empty());
                parts.is_some_and(|(scheme, _)| scheme == url.scheme() && ["http", "https", "file"].contains(&scheme))
                    && url.password().is_none()
                    && url.username().is_empty()
            })
    }
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::MirrorUrl;

    proptest! {
        /// A mirror is one word between single quotes in a shell.
        #[test]
        fn a_mirror_is_one_word(text in "(https|http|file)://\\PC{0,8}[ '$&?=/a-z]{0,8}") {
            if let Ok(mirror) = text.parse::<MirrorUrl>() {
                prop_assert!(!mirror.as_str().contains(['\'', '"', '$', '`', '\\']));
                prop_assert!(!mirror.as_str().contains(char::is_whitespace));
            }
        }
    }

    #[test]
    fn other_urls_are_rejected() {
        for text in ["https://mirror.example.org/python", "http://127.0.0.1:8000/list.json", "file:///opt/list.json"] {
            assert!(text.parse::<MirrorUrl>().is_ok(), "{text}");
        }
        for text in [
            "",
            "mirror.example.org",
            "https://",
            "s3://bucket/a",
            "https://u:p@mirror.example.org",
            "https://t@m.example.org",
        ] {
            assert!(text.parse::<MirrorUrl>().is_err(), "{text}");
        }
    }
}
