//! URLs that programs in build steps download from.

use super::url::is_url_of_one_word;

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
        ["http://", "https://", "file://"].iter().any(|scheme| text.starts_with(scheme)) && is_url_of_one_word(text)
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
