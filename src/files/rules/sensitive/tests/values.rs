//! Values on both sides of each border between a secret and an ordinary value.

use super::super::literal::{
    is_generated_password, is_literal, is_machine_made, is_mixed_password, is_password, is_password_hash, is_random,
    is_random_password, is_secret_key, is_seed_phrase, is_uuid,
};

#[track_caller]
fn assert_border(accepts: fn(&str) -> bool, inside: &[&str], outside: &[&str]) {
    let wrong: Vec<_> = inside.iter().filter(|value| !accepts(value)).collect();
    assert!(wrong.is_empty(), "not accepted: {wrong:#?}");
    let wrong: Vec<_> = outside.iter().filter(|value| accepts(value)).collect();
    assert!(wrong.is_empty(), "accepted: {wrong:#?}");
}

#[test]
fn a_literal_is_no_reference() {
    assert_border(
        is_literal,
        &["a", "\"a\"", "a$", "ENC", "truth"],
        &["", "\"\"", "$A", "%A%", "<a>", "{a}", "ENC[a]", "ENC(a)", "true", "false", "null", "none", "'none',"],
    );
}

#[test]
fn a_chosen_password_has_eight_characters_and_a_digit() {
    assert_border(
        is_password,
        &["correct4", "'correct4',", "RkVwZbQtYm"],
        &[
            "correc4",
            "correcth",
            "12345978",
            "aaaaaaa1",
            "correct 4horse",
            "${correct4}",
            "http://correct4",
            "changeme4",
            "postgres4",
            "correct[a-z]4",
            "correct\\d{4}x",
        ],
    );
}

#[test]
fn what_a_machine_made_has_fifteen_random_characters() {
    assert_border(
        is_machine_made,
        &[
            "9f86d081884c7d6",
            "q7x2b-9f86d0818c",
            "xbq7mzrktwhcvn5",
            "test_9f86d081884c7d6",
            "gTQvLeMioDDpJTkVxWq",
            "a7k2-b8m3.c9n4_d5p6:e2q7",
            "9f86d081884c7d6+/=~!@#%^&*",
        ],
        &[
            "9f86d081884c7d",
            "test_9f86d081884c7d",
            "9f86d081884c7d65 9a2f",
            "9f86d081884c7d65,9a2f",
            "arn:9f86d081884c7d65",
            "sha256:9f86d081884c7d659a2f",
            "sha512-9f86d081884c7d659a2f",
            "eyJ9f86d081884c7d659a2f",
            "http://9f86d081884c7d65",
            "example-9f86d081884c7d65",
            "9f86d081-884c-4d65-9a2f-eaa0c55ad015",
            "warehouse123456-of-things",
            "xbq7mzrktwhcvnp",
            "my-warehouse2-of-things3-a",
            "a7k2-b8m3.c9n4_things",
            "a7k-b8m-c9n-d5p-e2q-f3r-g4s",
            "rsa2048-sha256-p384-x509-aes128",
        ],
    );
}

#[test]
fn a_generated_password_has_twelve_letters_and_digits() {
    assert_border(
        is_generated_password,
        &["qX7mTz41LpRk", "'qX7mTz41LpRk'"],
        &["qX7mTz41LpR", "qX7mTz41Lp-Rk", "qXpmTzrwLpRk", "qx7mtz41lprk", "Qxertzu41Lpas", "fakeqX7mTz41LpRk"],
    );
}

#[test]
fn a_random_password_has_ten_characters_that_alternate_and_a_digit() {
    assert_border(
        is_random_password,
        &["qX7mTz41Lp", "correct4h5x"],
        &["qX7mTz41L", "qXpmTzrwLp", "correct4horses", "Correct4horses", "rootqX7mTz41Lp"],
    );
}

#[test]
fn a_mixed_password_has_twelve_characters_of_three_classes() {
    assert_border(
        is_mixed_password,
        &["Correct4hors", "Correct-4-hors"],
        &[
            "Correct4hor",
            "correct4hors",
            "CORRECT4HORS",
            "Correcthorse",
            "Correct4hors\u{e9}",
            "Aaaaaaaaaaa1",
            "Changeme4hors",
        ],
    );
}

#[test]
fn a_secret_key_has_thirty_two_random_characters_and_three_digits() {
    const KEY: &str = "q7X2mTzRkVwZbQtYmLpGhJdFsNcBe4a+";
    let short = &KEY[1..];
    let without_digit = KEY.replace('2', "u");
    let of_ssh = format!("AAAA{KEY}");
    let with_sign = format!("{KEY}.");
    assert_border(
        is_secret_key,
        &[KEY, &format!("{KEY}/=_"), "9f86d081884c7d659a2feaa0c55ad0157"],
        &[short, &without_digit, &of_ssh, &with_sign, "9f86d081884c7d659a2feaa0c55ad015"],
    );
    for length in [32, 40, 56, 64, 96, 128] {
        let digest = &"9f86d081884c7d659a2feaa0c55ad015e3b0c442".repeat(4)[..length];
        assert!(!is_secret_key(digest), "{digest}");
    }
}

#[test]
fn the_hash_of_a_password_has_a_scheme() {
    let rest = "saltsaltsalt/hashhashhashhashhashhash";
    for scheme in [
        "$2a$",
        "$2b$",
        "$2y$",
        "$5$",
        "$6$",
        "$y$",
        "$argon2",
        "$apr1$",
        "$scrypt$",
        "SCRAM-SHA-256$",
        "pbkdf2_sha256$",
        "{SSHA}",
    ] {
        assert!(is_password_hash(&format!("{scheme}{rest}")), "{scheme}");
    }
    let shortest = format!("$6${}", &rest[..31]);
    let shorter = format!("$6${}", &rest[..30]);
    assert_border(
        is_password_hash,
        &[&shortest],
        &[&shorter, &format!("$6$ {rest}"), &format!("$3${rest}"), &format!("x$6${rest}")],
    );
}

#[test]
fn a_uuid_has_five_groups_of_digits() {
    let is_one = |value: &str| is_uuid(value.as_bytes());
    assert_border(
        is_one,
        &["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"],
        &[
            "123e4567-e89b-12d3-a456-42661417400",
            "123e4567-e89b-12d3-a456-42661417400g",
            "123e4567e-89b-12d3-a456-426614174000",
            "123e4567-e89b-12d3-a456",
            "123e4567-e89b-12d3-a456-426614174000-",
        ],
    );
}

/// Fewer than 20 characters may have fewer bits, as hexadecimal digits do.
#[test]
fn a_random_text_is_mixed_and_has_no_sequence() {
    let is_one = |value: &str| is_random(value.as_bytes());
    assert_border(
        is_one,
        &["q7mxzrk", "qXmZrTk", "q7mxzrkq7mxzrkq7mxz", "9f86d0a9f86d0a9f86d0a9", "abcdewkzqm7"],
        &[
            "qmxzrkt",
            "QMXZRKT",
            "7294183",
            "q7q7q7",
            "q7mxzrkq7mxzrkq7mxzr",
            "abcdefxkzq7",
            "a1b2c3d4e5",
            "q7mxzrktest",
            "q7mxzr",
        ],
    );
}

/// BIP 39: 12, 15, 18, 21 or 24 words of three to eight letters.
#[test]
fn a_seed_phrase_has_twelve_to_twenty_four_words() {
    const WORDS: &str = "zoo ability able about above absent absorb abstract absurd abuse access accident \
        account accuse achieve acid acoustic acquire across act action actor actress actual adapt";
    let words = |count: usize| WORDS.split_whitespace().take(count).collect::<Vec<_>>();
    for count in 0..=25 {
        assert_eq!(is_seed_phrase(&words(count).join(" ")), [12, 15, 18, 21, 24].contains(&count), "{count}");
    }
    let with = |word: &str| [&words(11)[..], &[word]].concat().join(" ");
    let twice = |count: usize| [&words(12 - count)[..], &words(1).repeat(count)].concat().join(" ");
    assert_border(
        is_seed_phrase,
        &[
            &with("abstract"),
            &with("ace"),
            &format!("'{}',", with("ace")),
            &format!("\n{}\n", words(12).join("\n")),
            &twice(3),
        ],
        &[&with("abstracts"), &with("ab"), &with("Ace"), &with("ac3"), &format!("{} 1", with("ace")), &twice(4)],
    );
}
