use std::any::type_name;
use std::str::FromStr;

use super::account::AccountName;
use super::apt::AptPackage;
use super::label::{LabelKey, SingleLine};
use super::nix_cache::{PublicKey, Substituter};
use super::path::{ImageFolder, ProjectPath};
use super::platform::{CacheLocation, HostAddress, Network, Platform};
use super::secret::{IndexName, SecretFile, SecretId};
use super::variable::{ArgName, VariableName};

/// Returns the characters that a value accepts between two texts.
fn accepted<T: FromStr>(before: &str, after: &str) -> String {
    ('\0'..='\u{ff}').filter(|c| format!("{before}{c}{after}").parse::<T>().is_ok()).collect()
}

fn sorted(characters: impl Iterator<Item = char>) -> String {
    characters.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// Checks that a value accepts exactly the `expected` characters between two texts.
#[track_caller]
fn check_characters<T: FromStr>(before: &str, after: &str, expected: &str) {
    let name = type_name::<T>();
    assert_eq!(accepted::<T>(before, after), expected, "{name} between {before:?} and {after:?}");
}

#[test]
fn each_value_accepts_only_the_characters_of_its_grammar() {
    let letters = || ('A'..='Z').chain('a'..='z');
    let letters_and = |more: &str| sorted(letters().chain('0'..='9').chain(more.chars()));
    let lower_and = |more: &str| sorted(('a'..='z').chain('0'..='9').chain(more.chars()));
    let letters_and_underscore = sorted(letters().chain(['_']));
    check_characters::<ArgName>("", "b", &letters_and_underscore);
    check_characters::<ArgName>("a", "b", &letters_and("_"));
    check_characters::<VariableName>("", "b", &letters_and_underscore);
    check_characters::<VariableName>("a", "b", &letters_and("_"));
    check_characters::<ImageFolder>("", "a", "/");
    check_characters::<ImageFolder>("/a", "b", &letters_and("/._-+@"));
    check_characters::<LabelKey>("", "b", &letters_and(""));
    check_characters::<LabelKey>("a", "b", &letters_and("._/-"));
    check_characters::<Network>("", "b", &letters_and(""));
    check_characters::<Network>("a", "b", &letters_and("_.-"));
    check_characters::<SecretId>("", "b", &letters_and(""));
    check_characters::<SecretId>("a", "b", &letters_and("_.-"));
    check_characters::<IndexName>("", "b", &letters_and("_.-"));
    check_characters::<IndexName>("a", "", &letters_and("_.-"));
    check_characters::<Platform>("", "a/b", &letters_and(""));
    check_characters::<Platform>("a", "/b", &letters_and("_.-"));
    check_characters::<Platform>("a/", "b", &letters_and(""));
    check_characters::<Platform>("a/b", "c", &letters_and("_./-"));
    check_characters::<AccountName>("", "b", &sorted(('a'..='z').chain(['_'])));
    check_characters::<AccountName>("a", "b", &lower_and("_-"));

    check_characters::<AptPackage>("", "bc", &lower_and(""));
    check_characters::<AptPackage>("ab", "c", &lower_and("+-.:"));
    check_characters::<AptPackage>("ab:", "c", &lower_and(""));
    check_characters::<AptPackage>("ab:c", "d", &lower_and("-"));
    check_characters::<AptPackage>("ab=", "2", &sorted('0'..='9'));
    check_characters::<AptPackage>("ab=1", "2", &letters_and(".+-~:"));

    let printable_except = |excluded: &str| sorted(('!'..='~').filter(|c| !excluded.contains(*c)));
    check_characters::<Substituter>("https://a/", "b", &printable_except("'\"`$\\"));
    check_characters::<Substituter>("", "x://a", &sorted(letters()));
    check_characters::<Substituter>("x", "y://a", &letters_and("+-."));
    let key = "6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShj";
    check_characters::<PublicKey>("", &format!(":{key}Y="), &letters_and("._-"));
    check_characters::<PublicKey>(&format!("a:{key}"), "=", &letters_and("+/"));
    check_characters::<PublicKey>(&format!("a:{key}Y"), "", "=");

    let no_control_except =
        |excluded: &str| sorted(('\0'..='\u{ff}').filter(|c| !c.is_control() && !excluded.contains(*c)));
    check_characters::<SingleLine>("", "", &no_control_except(""));
    check_characters::<SecretFile>("", "b", &no_control_except(",\""));
    check_characters::<ProjectPath>("a", "b", &no_control_except(""));
}

/// Checks that a type accepts all `valid` texts and rejects all `invalid` texts.
#[track_caller]
fn check_texts<T: FromStr>(valid: &[&str], invalid: &[&str]) {
    let name = type_name::<T>();
    for text in valid {
        assert!(text.parse::<T>().is_ok(), "{name} should accept {text:?}");
    }
    for text in invalid {
        assert!(text.parse::<T>().is_err(), "{name} should reject {text:?}");
    }
}

#[test]
fn each_value_accepts_only_texts_of_its_grammar() {
    check_texts::<ArgName>(&["PIP_INDEX_URL", "_x1"], &["", "1x", "a-b", "a b", "é"]);
    check_texts::<VariableName>(&["LOG_LEVEL"], &["", "1x", "a-b", "a=b"]);
    check_texts::<ImageFolder>(&["/", "/home/agent/.cache", "/a..b"], &["", "a", "/a/..", "/a b", "/$HOME", "/é"]);
    check_texts::<LabelKey>(&["org.opencontainers.image.title", "a/b_c-d"], &["", ".a", "a b", "a\"b", "a=b", "$a"]);
    check_texts::<Platform>(&["linux/amd64", "linux/arm/v7"], &["linux", "linux/", "-x/y", "a/b/c/d"]);
    check_texts::<Network>(&["host", "my_net-1"], &["--x", "", "a b"]);
    check_texts::<HostAddress>(
        &["a:10.0.0.5", "a.b-c:::1", "a:[::1]", "a:host-gateway"],
        &["", "a", ":1.2.3.4", "a:", "a:1.2.3", "-a:1.2.3.4", "a b:1.2.3.4", "a:[1.2.3.4]", "a:b"],
    );
    check_texts::<CacheLocation>(
        &["registry.example.org/a:cache", "type=local,src=/tmp/x"],
        &["", "-a", "a b", "a\nb", "\u{1b}"],
    );
    check_texts::<ProjectPath>(
        &["default.nix", "./nix/my shell.nix", "a'b"],
        &["", ".", "/etc/x", "../x", "a/../../b", "a\nb"],
    );
    check_texts::<SingleLine>(&["a \"b\" $c"], &["a\nb"]);
}

#[test]
fn proxies_are_predefined() {
    let is_predefined = |text: &str| text.parse::<ArgName>().unwrap().is_predefined();
    for protocol in ["http", "https", "ftp", "no", "all"] {
        let lower = format!("{protocol}_proxy");
        let upper = lower.to_ascii_uppercase();
        for name in [lower, upper] {
            assert!(is_predefined(&name), "{name}");
        }
    }
    for name in ["Http_Proxy", "PIP_INDEX_URL"] {
        assert!(!is_predefined(name), "{name}");
    }
}
