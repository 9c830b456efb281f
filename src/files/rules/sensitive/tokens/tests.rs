use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Alphabet, SHAPES, Shape, decoded, find, names_private_key};

/// Returns a body of a token with this alphabet and length.
fn body(alphabet: Alphabet, length: usize) -> impl Strategy<Value = String> {
    let letters: Vec<u8> = (0..=127).filter(|byte| alphabet.has(*byte) && !b"=-_.".contains(byte)).collect();
    vec(select(letters), length).prop_map(|bytes| String::from_utf8(bytes).unwrap())
}

/// An index into the table, and a token of this row, with the shortest or the longest body.
fn token() -> impl Strategy<Value = (usize, String)> {
    (0..SHAPES.len(), any::<bool>()).prop_flat_map(|(index, is_longest)| {
        let Shape { prefix, alphabet, shortest, longest, .. } = SHAPES[index];
        let length = if is_longest { longest.min(300) } else { shortest };
        body(alphabet, length).prop_map(move |body| (index, format!("{prefix}{body}")))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// A generated body is not random enough, or has a placeholder in it, in fewer than one case of a hundred.
    #[test]
    fn a_token_of_each_row_is_found_in_any_surroundings(
        (index, token) in token(),
        (before, after) in select(vec![
            ("", ""), ("key = \"", "\""), ("a\nTOKEN=", "\n"), ("{\"t\":\"", "\"}"), ("https://x:", "@h/"), ("'", "',"),
            ("text\\n", "\\n"), ("<a>", "</a>"), ("(", ")"), ("x: ", " # y"), ("`", "`"), ("?token=", "&b=1"),
        ]),
    ) {
        let prefix = SHAPES[index].prefix;
        prop_assume!(super::is_random(token.strip_prefix(prefix).unwrap().as_bytes()));
        let found = find(format!("{before}{token}{after}").as_bytes());
        prop_assert!(found.is_some(), "{token}");
        prop_assert_eq!(found.unwrap().at, before.len(), "{}", token);
    }

    #[test]
    fn random_text_is_no_token(text in vec(any::<u8>(), 0..2000)) {
        prop_assert_eq!(find(&text), None);
    }

    #[test]
    fn random_words_are_no_tokens(text in "[a-zA-Z0-9_/+=. -]{0,300}") {
        prop_assert_eq!(find(text.as_bytes()), None);
    }

    #[test]
    fn a_body_that_is_too_short_is_no_token(index in 0..SHAPES.len(), letter in "[a-z]") {
        let Shape { prefix, shortest, .. } = SHAPES[index];
        let text = format!("{prefix}{}", letter.repeat(shortest.saturating_sub(1)));
        prop_assert_eq!(find(text.as_bytes()), None);
    }
}

/// The property above leaves out bodies that are not random, so most must be.
#[test]
fn most_random_bodies_count_as_random() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut not_random = Vec::new();
    for Shape { prefix, alphabet, shortest, .. } in &SHAPES {
        for _ in 0..20 {
            let body = body(*alphabet, *shortest).new_tree(&mut runner).unwrap().current();
            if !super::is_random(body.as_bytes()) {
                not_random.push(format!("{prefix}{body}"));
            }
        }
    }
    assert!(not_random.len() * 200 < SHAPES.len() * 20, "{not_random:#?}");
}

#[test]
fn documented_examples_are_no_tokens() {
    for text in [
        concat!("AKIA", "IOSFODNN7EXAMPLE"),
        concat!("AKIA", "I44QH8DHBEXAMPLE"),
        concat!("sk-", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        concat!("sk-", "your-api-key-goes-here-please"),
        concat!("ghp_", "000000000000000000000000000000000000"),
        concat!("ghp_", "abcdefghijklmnopqrstuvwxyz0123456789"),
        concat!("ghp_", "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8"),
        concat!("glpat-", "your_token_goes_here"),
        concat!("hf_", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        concat!("xoxb-", "not-a-real-token-but-long-enough"),
        concat!("sk_test_", "1234567890abcdef12345678"),
        concat!("dapi", "0123456789abcdef0123456789abcdef"),
        concat!("dapi", "deadbeefdeadbeefdeadbeefdeadbeef"),
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV",
        "re_compile_the_pattern_of_all_requirements",
        "sk-estimator-container-with-a-long-class-name",
        "key-0123456789abcdef0123456789abcdef",
        "sha512-SKz9PVlLQ1FBk0cM0Jd7aFZb5l2m1nKqv3x8yWtRrUu4oEiOaHs6gTfDcBeNjLpMkIhGyVxUzSqWnRbXmCvZtA==",
    ] {
        assert_eq!(find(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn tokens_without_a_prefix_are_found() {
    let letters = "Xk29QfZb7RmT4vLp8WcN3sHd6GyJ5aEuB1oKiVx0";
    let cases = [
        (format!("MTk4{}.GYx3aQ.{}", &letters[..20], &letters[..38]), "Discord token"),
        (format!("4839574812:AA{}", &letters[..33]), "Telegram token"),
        (format!("a7B8Q~{}", &letters[..34]), "Azure client secret"),
        (format!("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhZ2VudCJ9.{letters}"), "JSON Web Token"),
        ("LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFB".to_owned(), "PEM format in base64"),
        (format!("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{}{letters}{letters}", &letters[..8]), "DER format in base64"),
    ];
    for (token, sign) in cases {
        for text in [token.clone(), format!("x = '{token}'"), format!("TOKEN={token}\n")] {
            assert_eq!(find(text.as_bytes()).map(|found| found.secret.sign), Some(sign), "{text}");
        }
    }
    assert!(!names_private_key(&decoded(b"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t")), "a certificate");
}

#[test]
fn base64_is_decoded_up_to_the_first_other_character() {
    assert_eq!(decoded(b"aGVsbG8gd29ybGQh, and more"), b"hello world!");
    assert_eq!(decoded(b"-_-_"), b"\xfb\xff\xbf");
    assert_eq!(decoded(b"+/+/"), b"\xfb\xff\xbf");
    assert_eq!(decoded(b"=aGVs"), b"");
}

/// Each part of a token has its length and its characters, and is random.
#[test]
fn a_text_that_lacks_one_part_of_a_token_is_none() {
    let letters = "Xk29QfZb7RmT4vLp8WcN3sHd6GyJ5aEuB1oKiVx0";
    let words = "a".repeat(40);
    let sign = |text: &str| find(text.as_bytes()).map(|found| found.secret.sign);

    let discord = |first: usize, second: usize, third: usize| {
        format!("MTk4{}.{}.{}", &letters[..first - 4], &"GYx3aQ7f"[..second], &letters[..third])
    };
    for (first, second, third) in [(23, 6, 27), (28, 7, 40)] {
        assert_eq!(sign(&discord(first, second, third)), Some("Discord token"));
    }
    for (first, second, third) in [(22, 6, 27), (29, 6, 27), (23, 5, 27), (23, 8, 27), (23, 6, 26)] {
        assert_eq!(sign(&discord(first, second, third)), None, "{first} {second} {third}");
    }
    assert_eq!(sign(&discord(24, 6, 38).replacen('M', "L", 1)), None);
    assert_eq!(sign(&format!("MTk4{}.GYx3aQ.{}", &words[..20], &letters[..38])), None);
    assert_eq!(sign(&format!("MTk4{}.GYx3aQ.{}", &letters[..20], &words[..38])), None);

    assert_eq!(sign(&format!("{}_{}_mmk", &letters[..6], &letters[6..35])), Some("MaxMind key"));
    assert_eq!(sign(&format!("e{}_{}", &letters[..5], &letters[..33])), None);
    assert_eq!(sign(&format!("{}_{}_mmk", &letters[..7], &letters[7..35])), None);
    assert_eq!(sign(&format!("{}_{}_mmk", &words[..6], &words[..29])), None);
    assert_eq!(sign(&format!("{}_{}_mmk0", &letters[..6], &letters[6..35])), None);

    for (number, body) in [("48395748", 33), ("4839574812", 33)] {
        assert_eq!(sign(&format!("{number}:AA{}", &letters[..body])), Some("Telegram token"));
    }
    for (before, body) in [
        ("4839574:AA", &letters[..33]),
        ("48395748123:AA", &letters[..33]),
        ("48395748:AA", &letters[..32]),
        ("48395748:AB", &letters[..33]),
        ("48395748=AA", &letters[..33]),
        ("48395748:AA", &words[..33]),
    ] {
        assert_eq!(sign(&format!("{before}{body}")), None, "{before}");
    }

    for length in [31, 40] {
        assert_eq!(sign(&format!("a7B8Q~{}", &letters[..length])), Some("Azure client secret"));
    }
    assert_eq!(sign(&format!("a7B8Q~{}", &letters[..30])), None);
    assert_eq!(sign(&format!("a7B8Q~{letters}x")), None);
    assert_eq!(sign(&format!("a7BxQ~{}", &letters[..34])), None);
    assert_eq!(sign(&format!("8Q~{}", &letters[..34])), None);
    assert_eq!(sign(&format!("a7B8Q~{}", &words[..34])), None);

    let (header, payload) = ("eyJhbGciOiJSUzI1NiJ9", "eyJpc3MiOiJhZ2VudCJ9");
    assert_eq!(sign(&format!("{header}.{payload}.{}", &letters[..20])), Some("JSON Web Token"));
    for (first, second, third) in [
        (header, payload, &letters[..19]),
        (header, payload, &words[..20]),
        (header, "eyIpc3MiOiJhZ2VudCJ9", &letters[..20]),
        ("exJhbGciOiJSUzI1NiJ9", payload, &letters[..20]),
    ] {
        assert_eq!(sign(&format!("{first}.{second}.{third}")), None, "{first}.{second}.{third}");
    }

    assert_eq!(sign("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURhekNDQWxPZ0F3SUJBZ0lV"), None);

    let key = format!("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{}{letters}", &letters[..8]);
    assert_eq!(sign(&key), Some("DER format in base64"));
    assert_eq!(sign(&key[..79]), None);
    assert_eq!(sign(&format!("-----BEGIN CERTIFICATE-----\n{key}")), None);
    assert_eq!(sign(&key.replacen("MIIEvQIBAD", "MIIEvTCCAD", 1)), None);
}

#[test]
fn a_longer_body_than_the_longest_is_no_token() {
    let letters = "Xk29QfZb7RmT4vLp8WcN3sHd6GyJ5aEuB1oKiVx0";
    let is_token = |length: usize| find(["npm", &letters[..length]].join("_").as_bytes()).is_some();
    assert!(is_token(36) && !is_token(35) && !is_token(37));
}

/// The byte after a long word may be the start of any character.
#[test]
fn a_word_may_end_before_a_letter_of_another_alphabet() {
    assert_eq!(find("qwertzuiopasdfghjklyxcvb.s\u{e9}".as_bytes()), None);
}
