//! The JSON files of single programs, each with values that are almost one.

use super::{assert_no_secret, assert_sign};

#[test]
fn a_json_schema_names_secrets_and_has_none() {
    const TOKEN: &str = r#""token": "9f86d081884c7d659a2feaa0c55ad015""#;
    const NAMED: &str = "a key that names a secret";
    assert_sign("a.json", NAMED, &[&format!("{{{TOKEN}}}"), &format!("[1, {{{TOKEN}}}]")]);
    assert_sign("a.json", NAMED, &[&format!(r#"{{"a": [[{{"b": {{{TOKEN}}}}}]]}}"#)]);
    assert_no_secret("a.json", &[&format!(r#"{{"$schema": "x", {TOKEN}}}"#), "{}", "[]", "1"]);
}

#[test]
fn a_key_of_several_values_says_what_each_is() {
    const VALUE: &str = "9f86d081884c7d659a2feaa0c55ad015";
    for text in [
        r#"{"tokens": {"agent": "VALUE"}}"#,
        r#"{"api_keys": ["x", "VALUE"]}"#,
        r#"{"args": ["run", "--api-key", "VALUE"]}"#,
        r#"{"name": "TOKEN", "value": "VALUE"}"#,
        r#"{"key": "TOKEN", "Value": "VALUE"}"#,
        r#"{"Token": {"Type": "string", "Default": "VALUE"}}"#,
        r#"{"url": "https://me:VALUE@example.org"}"#,
    ] {
        assert_sign("a.json", "a key that names a secret", &[&text.replace("VALUE", VALUE)]);
    }
    for text in [
        r#"{"names": {"agent": "VALUE"}}"#,
        r#"{"all/tokens": {"agent": "VALUE"}}"#,
        r#"{"all-tokens": {"agent": "VALUE"}}"#,
        r#"{"tokens": {"agent": {"name": "VALUE"}}}"#,
        r#"{"args": ["run", "api-key", "VALUE"]}"#,
        r#"{"name": "COLOUR", "value": "VALUE"}"#,
        r#"{"name": "TOKEN", "digest": "VALUE"}"#,
    ] {
        assert_no_secret("a.json", &[&text.replace("VALUE", VALUE)]);
    }
}

#[test]
fn a_secret_of_kubernetes_has_a_value() {
    assert_sign(
        "a.json",
        "Kubernetes secret",
        &[
            r#"{"kind": "Secret", "data": {"a": "c2VjcmV0"}}"#,
            r#"{"kind": "Secret", "stringData": {"n": 1, "a": "b"}}"#,
            r#"{"kind": "List", "items": [{"kind": "Service"}, {"kind": "Secret", "data": {"a": "c2VjcmV0"}}]}"#,
        ],
    );
    assert_no_secret(
        "a.json",
        &[
            r#"{"kind": "ConfigMap", "data": {"a": "c2VjcmV0"}}"#,
            r#"{"data": {"a": "c2VjcmV0"}}"#,
            r#"{"kind": "Secret"}"#,
            r#"{"kind": "Secret", "data": {}}"#,
            r#"{"kind": "Secret", "data": {"a": 1}}"#,
            r#"{"kind": "Secret", "data": {"a": "${VALUE}"}}"#,
            r#"{"kind": "Secret", "data": {"a": "b{{ value }}"}}"#,
            r#"{"kind": "Secret", "data": {"a": "your value"}}"#,
            r#"{"kind": "Secret", "metadata": {"a": "c2VjcmV0"}}"#,
        ],
    );
}

#[test]
fn the_files_of_single_programs() {
    let salt = "qrstuvwxyzqrstuv";
    let vault = |data: &str, iv: &str, salt: &str| format!(r#"{{"data": "{data}", "iv": "{iv}", "salt": "{salt}"}}"#);
    let short = &salt[1..];
    for (sign, texts) in [
        ("Terraform state", &[r#"{"lineage": "a", "terraform_version": "1"}"#.to_owned()][..]),
        (
            "secret of an MCP server",
            &["mcpServers", "servers", "context_servers", "mcp"]
                .map(|key| format!(r#"{{"{key}": {{"a": {{}}, "b": {{"env": {{"API_KEY": "correct4horse"}}}}}}}}"#)),
        ),
        (
            "encrypted key of a wallet",
            &["crypto", "Crypto"].map(|key| format!(r#"{{"{key}": {{"cipher": "a", "ciphertext": "00"}}}}"#)),
        ),
        ("encrypted vault of a wallet", &[vault(salt, salt, salt)]),
        ("saved passwords", &[r#"{"logins": [{"hostname": "a"}, {"encryptedPassword": "b"}]}"#.to_owned()]),
    ] {
        for text in texts {
            assert_sign("a.json", sign, &[text, &format!(r#"[{{"a": 1}}, {text}]"#)]);
        }
    }
    assert_no_secret(
        "a.json",
        &[
            r#"{"lineage": "a"}"#,
            r#"{"terraform_version": "1"}"#,
            r#"{"others": {"b": {"env": {"API_KEY": "correct4horse"}}}}"#,
            r#"{"mcpServers": {"b": {"env": {"API_KEY": "${API_KEY}"}}}}"#,
            r#"{"mcpServers": {}}"#,
            r#"{"crypto": {"cipher": "a"}}"#,
            r#"{"other": {"ciphertext": "00"}}"#,
            &vault(short, salt, salt),
            &vault(salt, short, salt),
            &vault(salt, salt, short),
            r#"{"logins": [{"hostname": "a"}]}"#,
            r#"{"logins": {"encryptedPassword": "b"}}"#,
        ],
    );
}

#[test]
fn a_cookie_has_a_name_a_value_and_a_domain() {
    const COOKIE: &str = r#"{"name": "a", "value": "b", "domain": "c"}"#;
    assert_sign("a.json", "cookies", &[&format!("[{COOKIE}]"), &format!("[{COOKIE}, {COOKIE}]")]);
    assert_sign("a.json", "cookies", &[&format!(r#"{{"cookies": [{{"name": "a"}}, {COOKIE}]}}"#)]);
    for other in [
        r#"{"value": "b", "domain": "c"}"#,
        r#"{"name": "a", "domain": "c"}"#,
        r#"{"name": "a", "value": "b"}"#,
        r#"{"name": "", "value": "b", "domain": "c"}"#,
        r#"{"name": "a", "value": "", "domain": "c"}"#,
        r#"{"name": "a", "value": "b", "domain": ""}"#,
    ] {
        assert_no_secret("a.json", &[&format!("[{other}]"), &format!(r#"{{"cookies": [{other}]}}"#)]);
        assert_no_secret("a.json", &[&format!("[{COOKIE}, {other}]")]);
    }
    assert_no_secret("a.json", &[r#"{"cookies": []}"#]);
}

/// The archive format of browsers: <http://www.softwareishard.com/blog/har-12-spec/>.
#[test]
fn a_recorded_request_has_cookies() {
    const COOKIE: &str = r#"{"name": "a", "value": "b"}"#;
    let log = |cookies: &str| format!(r#"{{"log": {{"entries": [{{}}, {{"request": {{"cookies": {cookies}}}}}]}}}}"#);
    assert_sign(
        "a.har",
        "cookies of recorded requests",
        &[&log(&format!("[{COOKIE}]")), &log(&format!(r#"[{{"value": ""}}, {COOKIE}]"#))],
    );
    assert_no_secret("a.har", &[&log("[]"), &log(r#"[{"name": "a", "value": ""}]"#), &log(r#"[{"name": "a"}]"#)]);
    assert_no_secret("a.har", &[r#"{"log": {"entries": []}}"#, r#"{"log": {}}"#]);
}

#[test]
fn an_access_token_is_a_login_with_the_token_that_renews_it() {
    const LONG: &str = "plain-words-only";
    const SIGN: &str = "access token and refresh token";
    let login =
        |access: &str, refresh: &str| format!(r#"{{"access_token": "{access}", "refresh_token": "{refresh}"}}"#);
    assert_sign("a.json", SIGN, &[&login(LONG, LONG)]);
    assert_sign("a.json", SIGN, &[&format!(r#"{{"accessToken": "{LONG}", "refreshToken": "{LONG}"}}"#)]);
    assert_no_secret(
        "a.json",
        &[
            &login(&LONG[1..], LONG),
            &login(LONG, &LONG[1..]),
            &login("${ACCESS_TOKEN_X}", LONG),
            &login(LONG, "${REFRESH_TOKEN}"),
            &login("your-access-token", LONG),
            &login(LONG, "your-refresh-token"),
            &format!(r#"{{"access_token": "{LONG}"}}"#),
            &format!(r#"{{"refresh_token": "{LONG}"}}"#),
        ],
    );
}

/// The key pair of a wallet of Solana: 64 bytes.
#[test]
fn a_key_pair_has_sixty_four_bytes() {
    let list = |length: usize, last: &str| format!("[{}{last}]", "255, ".repeat(length - 1));
    assert_sign("a.json", "key pair of a wallet", &[&list(64, "0"), &list(64, "255")]);
    assert_no_secret("a.json", &[&list(63, "0"), &list(65, "0"), &list(64, "256"), &list(64, "-1"), &list(64, "0.5")]);
}
