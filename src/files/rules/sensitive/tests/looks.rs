//! What is looked for in a file, as its name says.

use super::super::{ContentRule, Reading, SensitiveFile};
use super::{assert_no_secret, assert_sign, judged};

const VALUE: &str = "9f86d081884c7d659a2feaa0c55ad015";

#[test]
fn a_list_of_requirements_may_have_a_url_with_a_password() {
    let text = "url = 'https://me:correct4horse@index.example/simple'\n";
    for path in ["Pipfile", "requirements-dev.txt", "dev-requirements.in", "constraints.pip", "pylock.dev.toml"] {
        assert_sign(path, "URL with a password", &[text]);
    }
    for path in ["Pipfile.md", "requirements.md", "notes.txt", "my-pylock.toml"] {
        assert_no_secret(path, &[text]);
    }
}

#[test]
fn a_private_file_has_a_single_word() {
    for path in ["a.private", "a.priv", "a.token", "my_token", "my_token.txt"] {
        assert_sign(path, "a single long word", &[VALUE]);
    }
    assert_no_secret("my_token", &[&format!("NAME={VALUE}")]);
    for path in ["tokenizer.private", "vocab.token", "a.log", "notes"] {
        assert_no_secret(path, &[VALUE]);
    }
}

/// A copy is judged by the name without the suffix.
#[test]
fn a_file_without_an_ending_may_be_a_key() {
    let start = b"\x30\x82\x04\xbd\x02\x01\x00\x30\x0d";
    for path in ["deploy", "deploy.tmp", "deploy.bak~"] {
        assert_eq!(judged(path, start).map(|secret| secret.sign), Some("DER format"), "{path}");
    }
    for path in ["deploy.log", ".tmp"] {
        assert_eq!(judged(path, start), None, "{path}");
    }
}

#[test]
fn a_table_has_the_names_of_its_columns_in_the_first_line() {
    for (path, text) in
        [("a.csv", "user,token\nme,VALUE\n"), ("a.tsv", "token\tuser\nVALUE\tme\n"), ("a.psv", "a|token\nb|VALUE")]
    {
        let text = text.replace("VALUE", VALUE);
        assert_sign(path, "a key that names a secret", &[&text]);
        assert_no_secret("a.log", &[&text]);
        assert_no_secret(path, &[&text.replace("token", "digest")]);
    }
}

/// They may show how a secret looks.
#[test]
fn documents_may_have_values() {
    let text = format!("token = {VALUE}\n");
    for path in ["README", "README.txt", "a/CHANGES", "license.txt", "guide.md"] {
        assert_no_secret(path, &[&text]);
    }
    for path in ["READ.txt", "README.log", "my-license"] {
        assert_sign(path, "a key that names a secret", &[&text]);
    }
}

#[test]
fn a_program_may_list_hashes_of_passwords() {
    let body = "3Zk9QqXw7Lr2Tn8VbYcUeWsRtFgHjKlMnBvCxZaSd1";
    for start in [
        "$2b$12$",
        "$5$rounds=5000$abcdefgh$",
        "$y$j9T$",
        "$apr1$abcdefgh$",
        "$scrypt$ln=16$",
        "SCRAM-SHA-256$4096:",
        "{SSHA}",
    ] {
        let text = format!("const users = [['ann', '{start}{body}']];\n");
        assert_sign("a.js", "a key that names a secret", &[&text]);
    }
}

/// A server of a package sends it to all users.
#[test]
fn a_program_for_browsers_has_no_secret() {
    let text = format!("const token = \"{VALUE}\";\n");
    let is_secret = |path: &str, in_package| SensitiveFile::in_content(path, in_package, text.as_bytes()).is_some();
    for path in ["pkg/static/app.js", "pkg/templates/x/app.js"] {
        assert!(!is_secret(path, true), "{path}");
        assert!(is_secret(path, false), "{path}");
    }
    assert_no_secret("pkg/app.js", &["const key = \"name-1234\";\n"]);
    assert!(is_secret("pkg/app.js", true) && is_secret("pkg/app.js", false));
}

#[test]
fn long_programs_and_texts_are_not_read() {
    for (path, expected) in [
        ("app.js", Reading::UpTo(256 * 1024)),
        ("static/app.js", Reading::UpTo(256 * 1024)),
        ("notes.md", Reading::UpTo(256 * 1024)),
        ("notes.log", Reading::UpTo(4 * 1024 * 1024)),
        ("rows.csv", Reading::UpTo(4 * 1024 * 1024)),
        ("a.json", Reading::Whole),
        ("a.pem", Reading::Whole),
        ("deploy", Reading::Whole),
    ] {
        assert_eq!(ContentRule::of(path).map(ContentRule::reading), Some(expected), "{path}");
    }
}

/// RFC 5958: a whole file that is one sequence, whose length has one, two or three bytes.
#[test]
fn a_whole_key_is_recognised_under_any_name() {
    for head in [&b"\x30\x10"[..], b"\x30\x81\x90", b"\x30\x82\x01\x09"] {
        let length = head[1..].iter().fold(0, |length, byte| length << 8 | usize::from(*byte)) & 0xfff;
        let length = if head.len() == 3 { length & 0xff } else { length };
        let mut key = head.to_vec();
        key.extend(b"\x02\x01\x01");
        key.resize(head.len() + length, b'x');
        assert_eq!(judged("a.dat", &key).map(|secret| secret.sign), Some("key store"), "{head:?}");
        key.push(b'x');
        assert_eq!(judged("a.dat", &key), None, "{head:?}");
    }
}
