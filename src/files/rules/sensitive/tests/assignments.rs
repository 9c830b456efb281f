//! The keys that settings, lists, XML and commands give to a value.

use super::super::assignments::any_assignment;
use super::super::literal::unquoted;

/// Returns each key and value that a text sets, if the key has a letter and the value contains `part`, in order.
fn pairs(text: &str, part: &str, may_have: fn(&str) -> bool) -> Vec<String> {
    let mut pairs = Vec::new();
    any_assignment(text, may_have, |key, value| {
        if key.contains(char::is_alphabetic) && value.contains(part) {
            pairs.push(format!("{key} -> {}", unquoted(value)));
        }
        false
    });
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

#[track_caller]
fn assert_pairs(rows: &[(&str, &[&str])]) {
    let wrong = rows.iter().filter(|(text, expected)| pairs(text, "VALUE", |_| true) != *expected);
    let wrong: Vec<_> = wrong.map(|(text, _)| (text, pairs(text, "VALUE", |_| true))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_setting_has_one_key() {
    assert_pairs(&[
        ("token = VALUE", &["token -> VALUE"]),
        ("token: VALUE", &["token -> VALUE"]),
        ("token: a VALUE", &["token -> a VALUE"]),
        ("token := VALUE", &["token -> VALUE"]),
        ("  export TOKEN='VALUE'  # of the service", &["TOKEN -> VALUE"]),
        ("ENV TOKEN VALUE", &[]),
        ("ENV TOKEN = VALUE", &["TOKEN -> VALUE"]),
        ("\"token\":\"VALUE\",", &["token -> VALUE"]),
        ("\"token\" : \"VALUE\"", &["token -> VALUE"]),
        ("app:token: VALUE", &["app:token -> VALUE"]),
        ("run it --password=VALUE", &["--password -> VALUE"]),
        ("run password = VALUE", &["password -> VALUE"]),
        ("set a x =VALUE", &["x -> VALUE"]),
        ("token,VALUE", &[]),
        ("VALUE", &[]),
    ]);
}

/// `Unseal Key 1: VALUE` is a note, and a sentence is not.
#[test]
fn the_label_of_a_note_has_at_most_three_words() {
    assert_pairs(&[
        ("Unseal Key 1: VALUE", &["Unseal Key 1 -> VALUE"]),
        ("Unseal Key 1: a VALUE", &[]),
        ("the second Unseal Key: VALUE", &[]),
        ("the second api_key: VALUE", &["api_key -> VALUE"]),
        ("the second api-key: a VALUE", &["api-key -> a VALUE"]),
    ]);
    let phrase = "abandon ability able about above absent absorb abstract absurd abuse access account";
    let note = format!("The words are: {phrase}");
    assert_eq!(pairs(&note, "account", |_| true), [format!("The words are -> {phrase}")]);
}

#[test]
fn a_key_has_at_most_eighty_bytes() {
    let key = "k".repeat(80);
    assert_eq!(pairs(&format!("{key}=VALUE"), "VALUE", |_| true), [format!("{key} -> VALUE")]);
    // It is a label still, because it has one word.
    let url = format!("https://example.org/?{key}x=VALUE");
    assert_eq!(pairs(&format!("<a href=\"{url}\">"), "VALUE", |_| true), [format!("href -> {url}")]);
    assert_eq!(pairs("<a href=\"/?=VALUE\">", "VALUE", |_| true), ["href -> /?=VALUE"]);
}

#[test]
fn a_line_may_have_several_settings() {
    assert_pairs(&[
        ("x = { user = 'a', token = 'VALUE' }", &["token -> VALUE"]),
        ("x: {user: a, token: VALUE}", &["token -> VALUE"]),
        ("x = { user = ${a}, token = VALUE }", &["x -> { user = ${a}, token = VALUE"]),
        ("x = { user = {{a}}, token = VALUE }", &["x -> { user = {{a}}, token = VALUE"]),
        ("token = a,VALUE", &["token -> a,VALUE"]),
        ("host1 user=a password=VALUE", &["password -> VALUE"]),
        ("user=a password=x(VALUE", &["password -> x(VALUE"]),
        ("user=a password=x(VALUE port=1", &["password -> x(VALUE"]),
        ("run password=a, VALUE", &["password -> a, VALUE"]),
        ("user=a, password = x VALUE", &["user -> a, password = x VALUE"]),
        ("Server=db;Uid=sa;Pwd=VALUE;", &["Pwd -> VALUE", "Server -> db;Uid=sa;Pwd=VALUE"]),
        ("x = https://h/c?a=1&sig=VALUE", &["sig -> VALUE", "x -> https://h/c?a=1&sig=VALUE"]),
    ]);
}

#[test]
fn a_line_may_say_what_the_next_value_is_for() {
    assert_pairs(&[
        ("- name: TOKEN\n  value: VALUE", &["TOKEN -> VALUE"]),
        ("key = TOKEN\nvalue = VALUE", &["TOKEN -> VALUE"]),
        ("name: TOKEN\nother: x\nvalue: VALUE", &[]),
        ("variable \"TOKEN\" {\n  type = string\n  default = VALUE\n}", &["TOKEN -> VALUE"]),
        ("default = VALUE", &[]),
        ("tokens:\n- a\n- VALUE", &["tokens -> VALUE"]),
        ("tokens:\n\n- VALUE", &["tokens -> VALUE"]),
        ("tokens:\n- name=VALUE", &["name -> VALUE", "tokens -> VALUE"]),
        ("tokens:\nother\n- VALUE", &[]),
        ("the tokens:\n- VALUE", &[]),
        ("- --password\n- VALUE", &["--password -> VALUE"]),
        ("- password\n- VALUE", &[]),
        ("- VALUE", &[]),
    ]);
}

#[test]
fn a_line_is_read_if_it_may_have_a_secret_or_one_before_it_says_so() {
    let has_token = |line: &str| line.contains("TOKEN");
    for (text, expected) in [
        ("TOKEN: VALUE", &["TOKEN -> VALUE"][..]),
        ("name: VALUE", &[]),
        ("name: TOKEN\nvalue: VALUE", &["TOKEN -> VALUE"]),
        ("variable \"TOKEN\" {\ndefault = VALUE", &["TOKEN -> VALUE"]),
        ("TOKEN:\n- VALUE", &["TOKEN -> VALUE"]),
    ] {
        assert_eq!(pairs(text, "VALUE", has_token), expected, "{text}");
    }
}

#[test]
fn elements_and_attributes_of_xml() {
    assert_pairs(&[
        ("<server><user>a</user><token>VALUE</token></server>", &["token -> VALUE"]),
        ("<add key=\"token\" value=\"VALUE\"/>", &["token -> VALUE"]),
        ("<add  key = \"token\"  value = \"VALUE\"/>", &[]),
        ("<x name=\"token\">VALUE</x>", &["token -> VALUE"]),
        ("<token type=\"x\">VALUE</token>", &["token -> VALUE"]),
        ("<property name=\"token\">\n<value>VALUE</value>", &["token -> VALUE"]),
        ("<key>token</key>\n<string>VALUE</string>", &["token -> VALUE"]),
        ("<add connection=\"Server=db;Pwd=VALUE\"/>", &["Pwd -> VALUE", "connection -> Server=db;Pwd=VALUE"]),
        ("<token></token>", &[]),
    ]);
}

#[test]
fn flags_and_headers_of_commands() {
    assert_pairs(&[
        ("run --api-key VALUE", &["--api-key -> VALUE"]),
        ("[\"--api-key\", \"VALUE\"]", &["--api-key -> VALUE"]),
        (
            "curl -H 'X-Api-Key: VALUE' https://example.org",
            &["X-Api-Key -> VALUE", "X-Api-Key -> VALUE' https://example.org"],
        ),
        ("curl -H 'Authorization: Bearer VALUE'", &[]),
        ("run aws_secret VALUE x", &["aws_secret -> VALUE"]),
        ("run secret VALUE x", &[]),
        ("curl -u me:VALUE https://example.org", &["password -> VALUE"]),
        ("curl --user me:VALUE https://example.org", &["password -> VALUE"]),
        ("curl -u VALUE https://example.org", &[]),
        ("openssl x -passout pass:VALUE", &["pass -> VALUE"]),
        ("x secret-token:VALUE", &["secret-token -> VALUE"]),
        ("run x image:VALUE", &[]),
        ("echo VALUE | docker login --password-stdin", &["password -> VALUE"]),
        ("echo VALUE | cat", &[]),
        ("mysql -p VALUE", &["password -> VALUE"]),
        ("/usr/bin/mysql -pVALUE db", &["password -> VALUE"]),
        ("redis-cli -a VALUE -h x", &["password -> VALUE"]),
        ("mysql -x VALUE", &["-x -> VALUE"]),
        ("mysql x VALUE y", &[]),
        ("run ls -pVALUE", &[]),
        ("ls -p VALUE", &["-p -> VALUE"]),
        ("run --password-file VALUE.yml", &[]),
        ("run --password VALUE.YML", &["--password -> VALUE.YML"]),
        ("run --password VALUE.y", &["--password -> VALUE.y"]),
        ("run --password VALUE.config", &["--password -> VALUE.config"]),
        ("run --password VALUE+.conf", &["--password -> VALUE+.conf"]),
    ]);
}

#[test]
fn words_without_a_sign_are_a_pair_or_end_in_a_random_password() {
    assert_pairs(&[
        ("requirepass VALUE", &["requirepass -> VALUE"]),
        ("requirepass VALUE x", &[]),
        ("the requirepass VALUE", &[]),
    ]);
    let random = |text: &str| pairs(text, "qX7mTz41Lp", |_| true);
    assert_eq!(random("user admin password qX7mTz41Lp x"), ["password -> qX7mTz41Lp"]);
    assert_eq!(random("the password is qX7mTz41Lp x"), ["password -> qX7mTz41Lp"]);
}

#[test]
fn a_comment_sets_nothing() {
    assert_pairs(&[
        ("# token = VALUE", &[]),
        ("; token = VALUE", &[]),
        ("// token: VALUE", &[]),
        ("//host/:_token=VALUE", &["//host/:_token -> VALUE"]),
        ("/ token: VALUE", &["/ token -> VALUE"]),
    ]);
}
