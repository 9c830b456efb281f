//! Debian packages, as arguments of `apt-get install`.

checked_text!(
    /// A Debian package with an optional architecture and version: `git`, `libc6:arm64`, `curl=7.88.1-10`.
    ///
    /// ```text
    /// package      = name [ ":" architecture ] [ "=" version ]
    /// name         = ( lower | digit ) 1*( lower | digit | "+" | "-" | "." )      does not end with "-"
    /// architecture = ( lower | digit ) *( lower | digit | "-" )
    /// version      = digit *( letter | digit | "." | "+" | "-" | "~" | ":" )
    /// ```
    ///
    /// The grammar is that of [Debian policy], without the syntax that has another meaning in `apt-get`: a `-` at the
    /// end removes a package, a `/` selects a release, and `*` and `?` are wildcards.
    ///
    /// [Debian policy]: https://www.debian.org/doc/debian-policy/ch-controlfields.html#source
    AptPackage,
    "a Debian package: `name`, `name:architecture` or `name=version`, with the name in lower case",
    |text| {
        let (package, version) = match text.split_once('=') {
            Some((package, version)) => (package, Some(version)),
            None => (text, None),
        };
        let (name, architecture) = match package.split_once(':') {
            Some((name, architecture)) => (name, Some(architecture)),
            None => (package, None),
        };
        name.len() >= 2
            && !name.ends_with('-')
            && starts_and_holds(name, is_plain, |b| is_plain(b) || b"+-.".contains(&b))
            && architecture.is_none_or(|text| starts_and_holds(text, is_plain, |b| is_plain(b) || b == b'-'))
            && version.is_none_or(|text| {
                starts_and_holds(
                    text,
                    |b| b.is_ascii_digit(),
                    |b| b.is_ascii_alphanumeric() || b".+-~:".contains(&b),
                )
            })
    }
);

impl AptPackage {
    /// Returns the package without its version. Only one version of a package can be installed.
    pub fn name(&self) -> &str {
        self.0.split_once('=').map_or(&self.0, |(name, _)| name)
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn starts_and_holds(text: &str, first: impl Fn(u8) -> bool, all: impl Fn(u8) -> bool) -> bool {
    text.bytes().next().is_some_and(first) && text.bytes().all(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::AptPackage;

    proptest! {
        #[test]
        fn packages_that_debian_policy_allows_are_accepted(
            text in "[a-z0-9][a-z0-9+.-]{0,8}[a-z0-9+.](:[a-z0-9][a-z0-9-]{0,5})?(=([0-9]:)?[0-9][A-Za-z0-9.+~-]{0,8})?",
        ) {
            prop_assert_eq!(text.parse::<AptPackage>().unwrap().to_string(), text);
        }

        /// A package has no character that is special in a command.
        #[test]
        fn a_package_has_no_special_characters(text in "\\PC{0,6}[ a-z0-9=:/*?;$`'\"&|-]{0,6}") {
            if let Ok(package) = text.parse::<AptPackage>() {
                prop_assert!(package.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.:=~".contains(&b)));
                prop_assert!(package.name().as_bytes()[0].is_ascii_alphanumeric(), "an option of apt-get");
            }
        }
    }

    #[test]
    fn texts_with_another_meaning_in_apt_are_rejected() {
        for text in
            ["git-", "git/stable", "git*", "-y", "--reinstall", "x", "", "Git", "git=", "git:", "git=$(id)", "a b"]
        {
            assert!(text.parse::<AptPackage>().is_err(), "{text}");
        }
        for text in ["g++", "python3.11-dev", "libc6:arm64=2.36-9+deb12u4", "git=1:2.39.2-1.1"] {
            assert!(text.parse::<AptPackage>().is_ok(), "{text}");
        }
        assert_eq!("libc6:arm64=2.36-9".parse::<AptPackage>().unwrap().name(), "libc6:arm64");
    }
}
