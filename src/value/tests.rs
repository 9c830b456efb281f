use std::str::FromStr;

use super::account::AccountName;
use super::apt::AptPackage;
use super::label::{LabelKey, SingleLine};
use super::nix_cache::{PublicKey, Substituter};
use super::path::{ImageFolder, ProjectPath};
use super::platform::{Network, Platform};
use super::secret::{IndexName, SecretFile, SecretId};
use super::variable::{ArgName, VariableName};

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
    assert_eq!((taken::<ImageFolder>("", "a"), taken::<ImageFolder>("/a", "b")), ("/".into(), letters_and("/._-+@")));
    assert_eq!((taken::<LabelKey>("", "b"), taken::<LabelKey>("a", "b")), (letters_and(""), letters_and("._/-")));
    assert_eq!((taken::<Network>("", "b"), taken::<Network>("a", "b")), (letters_and(""), letters_and("_.-")));
    assert_eq!((taken::<SecretId>("", "b"), taken::<SecretId>("a", "b")), (letters_and(""), letters_and("_.-")));
    assert_eq!((taken::<IndexName>("", "b"), taken::<IndexName>("a", "")), (letters_and("_.-"), letters_and("_.-")));
    assert_eq!((taken::<Platform>("", "a/b"), taken::<Platform>("a", "/b")), (letters_and(""), letters_and("_.-")));
    assert_eq!((taken::<Platform>("a/", "b"), taken::<Platform>("a/b", "c")), (letters_and(""), letters_and("_./-")));
    assert_eq!(taken::<AccountName>("", "b"), sorted(('a'..='z').chain(['_'])));
    assert_eq!(taken::<AccountName>("a", "b"), lower_and("_-"));

    assert_eq!((taken::<AptPackage>("", "bc"), taken::<AptPackage>("ab", "c")), (lower_and(""), lower_and("+-.:")));
    assert_eq!((taken::<AptPackage>("ab:", "c"), taken::<AptPackage>("ab:c", "d")), (lower_and(""), lower_and("-")));
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
    assert_eq!((taken::<SingleLine>("", ""), taken::<SecretFile>("", "b")), (no_control(""), no_control(",\"")));
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
    assert!(!folder("") && !folder("a") && !folder("/a/..") && !folder("/a b") && !folder("/$HOME") && !folder("/é"));

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

    assert!("a \"b\" $c".parse::<SingleLine>().is_ok() && "a\nb".parse::<SingleLine>().is_err());
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
