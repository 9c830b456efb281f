//! A package of Debian's, as `apt-get install` takes it.

checked_text!(
    /// A Debian package, with an architecture and a version where they matter: `git`, `libc6:arm64`, `curl=7.88.1-10`.
    ///
    /// ```text
    /// package      = name [ ":" architecture ] [ "=" version ]
    /// name         = ( lower | digit ) 1*( lower | digit | "+" | "-" | "." )      no "-" at its end
    /// architecture = ( lower | digit ) *( lower | digit | "-" )
    /// version      = digit *( letter | digit | "." | "+" | "-" | "~" | ":" )
    /// ```
    ///
    /// That is the grammar of [Debian policy], without what `apt-get` takes for something else than a name: a `-` at
    /// the end removes a package, a `/` names a release, and `*` and `?` stand for many.
    ///
    /// [Debian policy]: https://www.debian.org/doc/debian-policy/ch-controlfields.html#source
    AptPackage,
    "a Debian package: `name`, `name:architecture` or `name=version`, the name in lower case",
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
    /// The package without its version: what can be installed only once.
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
        fn what_policy_allows_is_kept(
            text in "[a-z0-9][a-z0-9+.-]{0,8}[a-z0-9+.](:[a-z0-9][a-z0-9-]{0,5})?(=([0-9]:)?[0-9][A-Za-z0-9.+~-]{0,8})?",
        ) {
            prop_assert_eq!(text.parse::<AptPackage>().unwrap().to_string(), text);
        }

        /// None but these characters gets into a command.
        #[test]
        fn nothing_else_gets_through(text in "\\PC{0,6}[ a-z0-9=:/*?;$`'\"&|-]{0,6}") {
            if let Ok(package) = text.parse::<AptPackage>() {
                prop_assert!(package.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.:=~".contains(&b)));
                prop_assert!(package.name().as_bytes()[0].is_ascii_alphanumeric(), "an option of apt-get");
            }
        }
    }

    #[test]
    fn what_apt_takes_for_something_else_is_refused() {
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
