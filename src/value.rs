//! Small values from outside that have a grammar of their own.
//!
//! Each is a text that was checked once, when it was parsed. What a Dockerfile or an argument list is made of is one of
//! these, an [`ImageRef`](crate::ImageRef), a version or a name: none of them can break out of the place it stands in.

use camino::Utf8Path;

use crate::shown::Shown;

/// A text that does not have the form that its place asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not {expected}", Shown(.text))]
pub struct ValueError {
    text: String,
    expected: &'static str,
}

impl ValueError {
    pub(crate) fn new(text: &str, expected: &'static str) -> Self {
        Self { text: text.to_owned(), expected }
    }
}

/// A checked text: parsed with `FromStr`, read by serde from a string, displayed as it was given.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::value::ValueError;

            fn from_str(text: &str) -> Result<Self, $crate::value::ValueError> {
                let check: fn(&str) -> bool = $check;
                if check(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($crate::value::ValueError { text: text.to_owned(), expected: $expected })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::value::ValueError;

            fn try_from(text: String) -> Result<Self, $crate::value::ValueError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

mod account;
mod apt;
mod epoch;
mod exec;
mod health;
mod nix_cache;
mod port;
mod secret;
mod url;

pub use account::{Account, AccountName, Uid, UidError, User, UserNumbers};
pub use apt::AptPackage;
pub use epoch::{Epoch, EpochError};
pub use exec::{ExecForm, NoProgram};
pub use health::{Duration, Healthcheck};
pub use nix_cache::{PublicKey, Substituter};
pub use port::{Port, Protocol};
pub use secret::{IndexName, SecretFile, SecretId};
pub use url::SourceUrl;

checked_text!(
    /// The name of a build argument: an identifier, as in a shell.
    ///
    /// ```text
    /// name = ( letter | "_" ) *( letter | digit | "_" )
    /// ```
    ArgName,
    "the name of a build argument: letters, digits and `_`, no digit first",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && text.bytes().next().is_some_and(|b| !b.is_ascii_digit())
    }
);

impl ArgName {
    /// Whether every engine knows this argument without a declaration, and keeps it out of the image's history and of
    /// the cache key: the proxy variables of the [Dockerfile reference].
    ///
    /// [Dockerfile reference]: https://docs.docker.com/reference/dockerfile/#predefined-args
    pub fn is_predefined(&self) -> bool {
        let known = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];
        known.iter().any(|name| self.0 == *name || self.0 == name.to_ascii_lowercase())
    }
}

checked_text!(
    /// The name of an environment variable: an identifier, as in a shell.
    ///
    /// ```text
    /// name = ( letter | "_" ) *( letter | digit | "_" )
    /// ```
    VariableName,
    "the name of an environment variable: letters, digits and `_`, no digit first",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && text.bytes().next().is_some_and(|b| !b.is_ascii_digit())
    }
);

checked_text!(
    /// A folder of the image, as an absolute path of which no shell takes a character for anything else.
    ///
    /// ```text
    /// path = "/" *( letter | digit | "/" | "." | "_" | "-" | "+" | "@" )      no component is ".."
    /// ```
    ImageFolder,
    "a folder of the image: an absolute path of letters, digits, `.`, `_`, `-`, `+` and `@`, without `..`",
    |text| {
        text.starts_with('/')
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-+@".contains(&b))
            && text.split('/').all(|component| component != "..")
    }
);

checked_text!(
    /// The key of an image label.
    ///
    /// ```text
    /// key = alnum *( alnum | "." | "_" | "/" | "-" )
    /// ```
    LabelKey,
    "the key of a label: letters, digits, `.`, `_`, `/` and `-`, a letter or digit first",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/-".contains(&b))
            && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
    }
);

checked_text!(
    /// One line of text: anything but control characters.
    PlainText,
    "one line of text: control characters cannot occur in it",
    |text| !text.chars().any(char::is_control)
);

checked_text!(
    /// The platform of an image: `linux/amd64`, `linux/arm/v7`.
    ///
    /// ```text
    /// platform = os "/" architecture [ "/" variant ]      each of letters, digits, "_", "." and "-"
    /// ```
    Platform,
    "a platform: `OS/ARCH` or `OS/ARCH/VARIANT`, such as linux/arm64",
    |text| {
        let part = |part: &str| {
            part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
                && part.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        };
        matches!(text.split('/').count(), 2 | 3) && text.split('/').all(part)
    }
);

checked_text!(
    /// The network that build steps use: `host`, `none`, `default`, or the name of one the engine has.
    Network,
    "a network: `host`, `none`, `default` or a name",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
            && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
    }
);

checked_text!(
    /// A file of the project, as a path relative to its root: no `..`, no root, no control characters.
    ProjectPath,
    "a path inside the project: relative, without `..` and control characters",
    |text| is_project_path(text)
);

impl ProjectPath {
    /// The path, without the `.` components it may have been written with.
    pub fn normal(&self) -> camino::Utf8PathBuf {
        Utf8Path::new(&self.0).components().filter(|c| *c != camino::Utf8Component::CurDir).collect()
    }
}

fn is_project_path(text: &str) -> bool {
    use camino::Utf8Component::{CurDir, Normal};
    let mut components = Utf8Path::new(text).components();
    components.clone().any(|c| matches!(c, Normal(_)))
        && components.all(|c| matches!(c, Normal(_) | CurDir))
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::{
        AccountName, AptPackage, ArgName, ImageFolder, IndexName, LabelKey, Network, PlainText, Platform, ProjectPath,
        PublicKey, SecretFile, SecretId, Substituter, VariableName,
    };

    /// The characters that a value takes between two texts.
    fn taken<T: FromStr>(before: &str, after: &str) -> String {
        ('\0'..='\u{ff}').filter(|c| format!("{before}{c}{after}").parse::<T>().is_ok()).collect()
    }

    fn sorted(characters: impl Iterator<Item = char>) -> String {
        characters.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }

    #[test]
    fn each_value_takes_the_characters_of_its_grammar() {
        let letters = || ('A'..='Z').chain('a'..='z');
        let letters_and = |more: &str| sorted(letters().chain('0'..='9').chain(more.chars()));
        let lower_and = |more: &str| sorted(('a'..='z').chain('0'..='9').chain(more.chars()));
        let digits = sorted('0'..='9');
        let identifiers = [taken::<ArgName>("", "b"), taken::<VariableName>("", "b"), sorted(letters().chain(['_']))];
        assert!(identifiers.iter().all(|characters| *characters == identifiers[2]), "{identifiers:?}");
        assert_eq!([taken::<ArgName>("a", "b"), taken::<VariableName>("a", "b")], [(); 2].map(|()| letters_and("_")));
        assert_eq!(
            (taken::<ImageFolder>("", "a"), taken::<ImageFolder>("/a", "b")),
            ("/".into(), letters_and("/._-+@"))
        );
        assert_eq!((taken::<LabelKey>("", "b"), taken::<LabelKey>("a", "b")), (letters_and(""), letters_and("._/-")));
        assert_eq!((taken::<Network>("", "b"), taken::<Network>("a", "b")), (letters_and(""), letters_and("_.-")));
        assert_eq!((taken::<SecretId>("", "b"), taken::<SecretId>("a", "b")), (letters_and(""), letters_and("_.-")));
        assert_eq!(
            (taken::<IndexName>("", "b"), taken::<IndexName>("a", "")),
            (letters_and("_.-"), letters_and("_.-"))
        );
        assert_eq!((taken::<Platform>("", "a/b"), taken::<Platform>("a", "/b")), (letters_and(""), letters_and("_.-")));
        assert_eq!(
            (taken::<Platform>("a/", "b"), taken::<Platform>("a/b", "c")),
            (letters_and(""), letters_and("_./-"))
        );
        assert_eq!(taken::<AccountName>("", "b"), sorted(('a'..='z').chain(['_'])));
        assert_eq!(taken::<AccountName>("a", "b"), lower_and("_-"));

        assert_eq!((taken::<AptPackage>("", "bc"), taken::<AptPackage>("ab", "c")), (lower_and(""), lower_and("+-.:")));
        assert_eq!(
            (taken::<AptPackage>("ab:", "c"), taken::<AptPackage>("ab:c", "d")),
            (lower_and(""), lower_and("-"))
        );
        assert_eq!((taken::<AptPackage>("ab=", "2"), taken::<AptPackage>("ab=1", "2")), (digits, letters_and(".+-~:")));

        let printable = |but: &str| sorted(('!'..='~').filter(|c| !but.contains(*c)));
        assert_eq!(taken::<Substituter>("https://a/", "b"), printable("'\"`$\\"));
        assert_eq!(
            (taken::<Substituter>("", "x://a"), taken::<Substituter>("x", "y://a")),
            (sorted(letters()), letters_and("+-."))
        );
        let key = "6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShj";
        assert_eq!(taken::<PublicKey>("", &format!(":{key}Y=")), letters_and("._-"));
        assert_eq!(taken::<PublicKey>(&format!("a:{key}"), "="), letters_and("+/"));
        assert_eq!(taken::<PublicKey>(&format!("a:{key}Y"), ""), "=");

        let no_control = |but: &str| sorted(('\0'..='\u{ff}').filter(|c| !c.is_control() && !but.contains(*c)));
        assert_eq!((taken::<PlainText>("", ""), taken::<SecretFile>("", "b")), (no_control(""), no_control(",\"")));
        assert_eq!(taken::<ProjectPath>("a", "b"), no_control(""));
    }

    #[test]
    fn each_value_has_its_grammar() {
        let argument = |text: &str| text.parse::<ArgName>().is_ok();
        assert!(argument("PIP_INDEX_URL") && argument("_x1"));
        assert!(!argument("") && !argument("1x") && !argument("a-b") && !argument("a b") && !argument("é"));

        let variable = |text: &str| text.parse::<VariableName>().is_ok();
        assert!(variable("LOG_LEVEL") && !variable("") && !variable("1x") && !variable("a-b") && !variable("a=b"));

        let folder = |text: &str| text.parse::<ImageFolder>().is_ok();
        assert!(folder("/") && folder("/home/agent/.cache") && folder("/a..b"));
        assert!(
            !folder("") && !folder("a") && !folder("/a/..") && !folder("/a b") && !folder("/$HOME") && !folder("/é")
        );

        let key = |text: &str| text.parse::<LabelKey>().is_ok();
        assert!(key("org.opencontainers.image.title") && key("a/b_c-d"));
        assert!(!key("") && !key(".a") && !key("a b") && !key("a\"b") && !key("a=b") && !key("$a"));

        let platform = |text: &str| text.parse::<Platform>().is_ok();
        assert!(platform("linux/amd64") && platform("linux/arm/v7"));
        assert!(!platform("linux") && !platform("linux/") && !platform("-x/y") && !platform("a/b/c/d"));

        let network = |text: &str| text.parse::<Network>().is_ok();
        assert!(network("host") && network("my_net-1") && !network("--x") && !network("") && !network("a b"));

        let path = |text: &str| text.parse::<ProjectPath>().is_ok();
        assert!(path("default.nix") && path("./nix/my shell.nix") && path("a'b"));
        assert!(!path("") && !path(".") && !path("/etc/x") && !path("../x") && !path("a/../../b") && !path("a\nb"));

        assert!("a \"b\" $c".parse::<PlainText>().is_ok() && "a\nb".parse::<PlainText>().is_err());
    }

    #[test]
    fn proxies_are_predefined() {
        let predefined = |text: &str| text.parse::<ArgName>().unwrap().is_predefined();
        for what in ["http", "https", "ftp", "no", "all"] {
            let name = format!("{what}_proxy");
            assert!(predefined(&name) && predefined(&name.to_ascii_uppercase()), "{name}");
        }
        assert!(!predefined("Http_Proxy") && !predefined("PIP_INDEX_URL"));
    }
}
