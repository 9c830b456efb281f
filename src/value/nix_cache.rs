//! Where Nix finds packages that somebody else has built.

checked_text!(
    /// The URL of a binary cache: `https://cache.example.org`, `s3://bucket?region=eu-west-1`.
    ///
    /// ```text
    /// substituter = scheme "://" 1*( any printable ASCII but " " | "'" | '"' | "`" | "$" | "\" )
    /// ```
    ///
    /// A password has no place in it, for it would stay in the image's history; Nix reads a `netrc` file.
    Substituter,
    "the URL of a binary cache: `SCHEME://…` without white space, quotes, `$`, `\\` and password",
    |text| {
        text.bytes().all(|b| b.is_ascii_graphic() && !b"'\"`$\\".contains(&b))
            && url::Url::parse(text).is_ok_and(|url| {
                let place = text.split_once("://").filter(|(_, rest)| !rest.is_empty());
                place.is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(url.scheme()))
                    && url.password().is_none()
                    && url.username().is_empty()
            })
    }
);

checked_text!(
    /// The key that signs what a binary cache holds: `cache.example.org-1:` and 32 bytes in Base64.
    ///
    /// ```text
    /// key  = name ":" 43( letter | digit | "+" | "/" ) "="
    /// name = 1*( letter | digit | "." | "_" | "-" )
    /// ```
    PublicKey,
    "the public key of a binary cache: a name, `:`, and a key of 44 characters",
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
        /// Between single quotes of a shell, and in a list that white space separates, it is one word.
        #[test]
        fn a_substituter_is_one_word(text in "(https|s3|file)://\\PC{0,8}[ '$&?=/a-z]{0,8}") {
            if let Ok(substituter) = text.parse::<Substituter>() {
                prop_assert!(!substituter.as_str().contains(['\'', '"', '$', '`', '\\']));
                prop_assert!(!substituter.as_str().contains(char::is_whitespace));
            }
        }
    }

    #[test]
    fn each_has_its_grammar() {
        let substituter = |text: &str| text.parse::<Substituter>().is_ok();
        assert!(substituter("https://cache.nixos.org/") && substituter("s3://bucket?region=eu&endpoint=x"));
        assert!(substituter("file:///cache"));
        for text in [
            "",
            "cache.nixos.org",
            "https://",
            "s3://",
            "s3:bucket",
            "a:b://c",
            "https://u:p@x",
            "https://u@x",
            "https://:p@x",
            "https://x y",
            "https://$x",
            "-x://y",
        ] {
            assert!(!substituter(text), "{text}");
        }
        let key = |text: &str| text.parse::<PublicKey>().is_ok();
        assert!(key("cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="));
        for text in [
            "",
            "x:",
            "a:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShj=",
            "a:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjYY=",
            ":6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
            "6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
            "a b:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
        ] {
            assert!(!key(text), "{text}");
        }
    }
}
