//! The package set of Nix.

checked_text!(
    /// The package set that `<nixpkgs>` refers to: `channel:nixos-24.11`, or the URL of an archive, with or without its
    /// hash.
    ///
    /// ```text
    /// nixpkgs = "channel:" 1*( letter | digit | "." | "_" | "-" ) | url [ "#" hash ]
    /// url     = ( "https" | "http" | "file" ) "://" 1*( printable ASCII except " " | "'" | '"' | "`" | "$" | "\" | "#" )
    /// hash    = "sha256-" 43( letter | digit | "+" | "/" ) "="
    /// ```
    ///
    /// The hash is that of the unpacked archive, in the form of [SRI], as `nix-prefetch-url --unpack` computes it and
    /// `fetchTarball` takes it. The URL must not contain credentials, because they would remain in the image's history.
    ///
    /// [SRI]: https://www.w3.org/TR/SRI/
    Nixpkgs,
    "a package set of Nix: `channel:NAME`, `https://…` or `https://…#sha256-HASH`, without white space, quotes, `$`, `\\` or \
     credentials",
    |text| {
        if let Some(channel) = text.strip_prefix("channel:") {
            return !channel.is_empty() && channel.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        }
        let (url, hash) = match text.split_once('#') {
            Some((url, hash)) => (url, Some(hash)),
            None => (text, None),
        };
        is_archive_url(url) && hash.is_none_or(is_hash)
    }
);

impl Nixpkgs {
    /// Returns the channel or the URL, without the hash.
    pub fn place(&self) -> &str {
        self.0.split_once('#').map_or(&self.0, |(place, _)| place)
    }

    /// Returns the hash of the unpacked archive.
    pub fn hash(&self) -> Option<&str> {
        self.0.split_once('#').map(|(_, hash)| hash)
    }
}

fn is_archive_url(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic() && !b"'\"`$\\".contains(&b))
        && ["https://", "http://", "file:///"]
            .iter()
            .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme))
        && url::Url::parse(text).is_ok_and(|url| url.password().is_none() && url.username().is_empty())
}

fn is_hash(text: &str) -> bool {
    let base64 = text.strip_prefix("sha256-").and_then(|hash| hash.strip_suffix('='));
    base64.is_some_and(|hash| hash.len() == 43 && hash.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Nixpkgs;

    proptest! {
        /// A package set is one word between single quotes in a shell.
        #[test]
        fn a_package_set_is_one_word(text in "(channel:|https://|file:///)\\PC{0,6}[ '$&?=#/a-z]{0,8}") {
            if let Ok(nixpkgs) = text.parse::<Nixpkgs>() {
                prop_assert!(!nixpkgs.as_str().contains(['\'', '"', '$', '`', '\\']));
                prop_assert!(!nixpkgs.as_str().contains(char::is_whitespace));
            }
        }
    }

    const HASH: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    #[test]
    fn a_hash_is_apart_from_its_url() {
        let read = |text: &str| {
            let nixpkgs: Nixpkgs = text.parse().unwrap();
            (nixpkgs.place().to_owned(), nixpkgs.hash().map(str::to_owned))
        };
        let url = "https://git.example.org/nixpkgs/archive/0a1b2c.tar.gz";
        assert_eq!(read(url), (url.to_owned(), None));
        assert_eq!(read(&format!("{url}#{HASH}")), (url.to_owned(), Some(HASH.to_owned())));
        assert_eq!(read("channel:nixos-24.11"), ("channel:nixos-24.11".to_owned(), None));
        assert!("file:///src/project/nixpkgs.tar.gz".parse::<Nixpkgs>().is_ok());
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in [
            "",
            "channel:",
            "channel:a b",
            "nixos-24.11",
            "<nixpkgs>",
            "https://",
            "file:///",
            "https://u:p@example.org/x",
            "https://token@example.org/x",
            "https://example.org/$x",
            "https://example.org/x#",
            "https://example.org/x#v1",
            "https://example.org/x#sha256-AAAA=",
            "ftp://example.org/x",
        ] {
            assert!(text.parse::<Nixpkgs>().is_err(), "{text}");
        }
    }
}
