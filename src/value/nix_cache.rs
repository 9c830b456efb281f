//! Binary caches of Nix.

use super::url::is_url_of_one_word;

checked_text!(
    /// The URL of a binary cache: `https://cache.example.org`, `s3://bucket?region=eu-west-1`.
    ///
    /// ```text
    /// substituter = scheme "://" 1*( printable ASCII except " " | "'" | '"' | "`" | "$" | "\" )
    /// ```
    ///
    /// It must not contain credentials, because they would remain in the image's history. Nix reads credentials from a
    /// `netrc` file.
    Substituter,
    "the URL of a binary cache: `SCHEME://…` without white space, quotes, `$`, `\\`, user name or password",
    |text| {
        is_url_of_one_word(text)
    }
);

checked_text!(
    /// The public key of a binary cache, which signs its packages: `cache.example.org-1:` and 32 bytes in Base64.
    ///
    /// ```text
    /// key  = name ":" 43( letter | digit | "+" | "/" ) "="
    /// name = 1*( letter | digit | "." | "_" | "-" )
    /// ```
    PublicKey,
    "the public key of a binary cache: a name, `:`, and a Base64 key of 44 characters",
    |text| {
        text.split_once(':').is_some_and(|(name, key)| {
            let is_base64 = |key: &str| key.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b));
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
                && key.len() == 44
                && key.strip_suffix('=').is_some_and(is_base64)
        })
    }
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{PublicKey, Substituter};

    proptest! {
        /// A substituter is one word between single quotes in a shell, and in a list separated by white space.
        #[test]
        fn a_substituter_is_one_word(text in "(https|s3|file)://\\PC{0,8}[ '$&?=/a-z]{0,8}") {
            if let Ok(substituter) = text.parse::<Substituter>() {
                prop_assert!(!substituter.as_str().contains(['\'', '"', '$', '`', '\\']));
                prop_assert!(!substituter.as_str().contains(char::is_whitespace));
            }
        }
    }

    #[test]
    fn invalid_urls_and_keys_are_rejected() {
        for text in ["https://cache.example.org/", "s3://bucket?region=eu&endpoint=x", "file:///cache"] {
            assert!(text.parse::<Substituter>().is_ok(), "{text}");
        }
        for text in [
            "",
            "cache.example.org",
            "https://",
            "s3://",
            "s3:bucket",
            "a:b://c",
            "https://u:p@x",
            "https://u@x",
            "https://:p@x",
            "https://x y",
            // A host of letters that are no ASCII, which `url` does not convert.
            "file://A\u{e0100}",
            "https://Köln.example",
            "https://$x",
            "-x://y",
        ] {
            assert!(text.parse::<Substituter>().is_err(), "{text}");
        }
        assert!("cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=".parse::<PublicKey>().is_ok());
        for text in [
            "",
            "x:",
            "a:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShj=",
            "a:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjYY=",
            ":6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
            "6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
            "a b:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
        ] {
            assert!(text.parse::<PublicKey>().is_err(), "{text}");
        }
    }
}
