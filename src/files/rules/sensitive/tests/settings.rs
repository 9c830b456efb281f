//! The settings of single programs, and the values that only some keys may have.

use super::super::settings::{URL_PASSWORD, is_environment, is_made, is_token, sets_secret};
use super::{assert_no_secret, assert_sign};

const HEX: &str = "9f86d081884c7d659a2feaa0c55ad015";
const UUID: &str = "9f86d081-884c-4d65-9a2f-eaa0c55ad015";

#[test]
fn a_short_value_is_made_for_a_password_only() {
    for value in ["qX7mTz41Lp", "Correct4hors"] {
        assert!(is_made("password", value) && !is_made("token", value), "{value}");
    }
    assert!(!is_made("password", "correct4hors"));
    for is_made in [is_made, is_token] {
        assert!(is_made("api_key", UUID) && !is_made("trace", UUID));
        assert!(is_made("token", HEX) && !is_made("token", "correct4horse"));
        assert!(is_made("key", "q7X2mTzRkVwZbQtYmLpGhJdFsNcBe4a+") && !is_made("key", HEX));
    }
}

/// A package has examples of passwords, and addresses for reports.
#[test]
fn a_package_has_a_secret_only_if_a_machine_made_it() {
    assert!(is_token("password", "qX7mTz41LpRk") && !is_token("token", "qX7mTz41LpRk"));
    assert!(!is_token("password", "qX7mTz41Lp"));
    assert!(is_token(URL_PASSWORD, "q9f86d081884c7d659a2f") && !is_token(URL_PASSWORD, HEX));
    assert!(!is_token(URL_PASSWORD, UUID));
}

#[test]
fn only_some_keys_have_a_phrase_or_a_signature() {
    let phrase = "abandon ability able about above absent absorb abstract absurd abuse access account";
    assert!(sets_secret(&format!("mnemonic: {phrase}"), is_made));
    assert!(!sets_secret(&format!("password hint: {phrase}"), is_made));
    assert!(!sets_secret("mnemonic: correct4horse", is_made));
    assert!(sets_secret(&format!("link = https://host/c?a=1&sig={HEX}"), is_made));
    assert!(!sets_secret(&format!("link = https://host/c?a=1&page={HEX}"), is_made));
    assert!(!sets_secret("link = https://host/c?a=1&sig=correct4horse", is_made));
}

#[test]
fn space_around_a_value_is_no_part_of_it() {
    for text in ["<token> VALUE </token>", "<token>\t VALUE</token>", "x = { a = 1, token = VALUE }", "token = VALUE }"]
    {
        assert!(sets_secret(&text.replace("VALUE", HEX), is_made), "{text}");
    }
    assert!(!sets_secret(&format!("token = the {HEX} digest"), is_made));
}

#[test]
fn the_name_of_a_variable_has_capitals() {
    let with = |name: &str| is_environment(&format!("{name}=1\nDB_PASSWORD=correct4horse\n"));
    for name in ["A", "_A", "A1", "A_B", "export A"] {
        assert!(with(name), "{name}");
    }
    for name in ["a", "1A", "Ab", "A-B", "-A", "A B", ""] {
        assert!(!with(name), "{name}");
    }
}

#[test]
fn a_document_of_kubernetes_is_a_secret_if_its_data_has_a_value() {
    let sign = "Kubernetes secret";
    assert_sign(
        "a.yaml",
        sign,
        &[
            "kind: Secret\ndata:\n  a: b\n",
            "kind: \"Secret\" # mine\nstringData:\n  a: b\n",
            "kind: Secret\nstringData: { a: b }\n",
            "kind: Service\n---\nkind: Secret\n# data\n\ndata:\n\n  # a\n  a: ${A}\n  b: c\n",
            "kind: List\nitems:\n- kind: Secret\n  data:\n    a: b\n",
        ],
    );
    assert_no_secret(
        "a.yaml",
        &[
            "kind: ConfigMap\ndata:\n  a: b\n",
            "kind: Secret\nmetadata:\n  a: b\n",
            "kind: Secret\ndata:\n  a: ${A}\nother: b\n",
            "kind: Secret\ndata:\n  a: b{{ value }}\n",
            "kind: Secret\ndata:\n  a: your-value\n",
            "kind: Secret\nstringData: { a: ${A} }\n",
            "kind: Secret\nstringData: { a: b{{ value }} }\n",
            "kind: Secret\ntype: Opaque\ndata:\n",
            "kind: Service\n---\ndata:\n  a: b\n",
        ],
    );
}

/// RFC 7517, in YAML: `d` of a private key and `k` of a symmetric one.
#[test]
fn a_web_key_in_yaml_has_a_private_part() {
    let part = "plain-words-only".repeat(3);
    let (long, short) = (&part[..40], &part[..39]);
    for key in ["d", "k"] {
        assert_sign(
            "a.yaml",
            "JSON Web Key",
            &[&format!("kty: OKP\n{key}: {long}\n"), &format!("{key}: '{long}'\nkty: oct\n")],
        );
    }
    assert_no_secret(
        "a.yaml",
        &[
            &format!("kty: OKP\nd: {short}\n"),
            &format!("kty: OKP\nx: {long}\n"),
            &format!("type: kty\nd: {long}\n"),
            &format!("type: OKP\nd: {long}\n"),
        ],
    );
}
