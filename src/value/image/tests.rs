use proptest::prelude::*;

use super::{ImageRef, ImageRefRule};

fn parts(text: &str) -> (Option<String>, String, Option<String>, Option<String>) {
    let image: ImageRef = text.parse().unwrap();
    (image.domain, image.path, image.tag, image.digest)
}

#[track_caller]
fn assert_violates(text: &str, rule: ImageRefRule) {
    assert_eq!(text.parse::<ImageRef>().map_err(|e| e.rule()), Err(rule), "{text:?}");
}

#[test]
fn a_reference_has_four_parts() {
    let sha = format!("sha256:{}", "0f".repeat(32));
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(parts("foo"), (None, "foo".into(), None, None));
    assert_eq!(parts("foo:1"), (None, "foo".into(), some("1"), None));
    assert_eq!(parts("team/foo"), (None, "team/foo".into(), None, None));
    assert_eq!(parts("localhost/foo"), (some("localhost"), "foo".into(), None, None));
    assert_eq!(parts("localhost:5000/foo"), (some("localhost:5000"), "foo".into(), None, None));
    assert_eq!(parts("Host/foo:a"), (some("Host"), "foo".into(), some("a"), None));
    assert_eq!(parts("[2001:db8::1]:5000/a/b:c"), (some("[2001:db8::1]:5000"), "a/b".into(), some("c"), None));
    assert_eq!(parts(&format!("127.0.0.1/a@{sha}")), (some("127.0.0.1"), "a".into(), None, Some(sha.clone())));
    assert_eq!(parts(&format!("a__b/c-_d:T@{sha}").replace("-_", "---")).1, "a__b/c---d");
}

#[test]
fn a_digest_has_as_many_digits_as_its_algorithm_gives() {
    for (algorithm, length) in [("sha256", 64), ("sha512", 128)] {
        let digest = format!("{algorithm}:{}", "0f".repeat(length / 2));
        assert_eq!(parts(&format!("a@{digest}")).3, Some(digest.clone()));
        assert_violates(&format!("a@{digest}0"), ImageRefRule::Digest);
        assert_violates(&format!("a@{}", &digest[..digest.len() - 1]), ImageRefRule::Digest);
        assert_violates(&format!("a@{}", digest.replace('f', "g")), ImageRefRule::Digest);
    }
    assert_violates(&format!("a@sha384:{}", "0".repeat(96)), ImageRefRule::Digest);
}

#[test]
fn each_rule_rejects_invalid_references() {
    assert_violates("localhost:0/foo", ImageRefRule::Port);
    assert_violates("a-", ImageRefRule::Component);
    assert_violates("-.a/b", ImageRefRule::LeadingHyphen);
    assert_violates("a/-b", ImageRefRule::Component);
    assert_violates("", ImageRefRule::Empty);
    assert_violates("a b:1", ImageRefRule::Blank);
    assert_violates("a:1\nRUN evil", ImageRefRule::Blank);
    assert_violates("a\u{7f}", ImageRefRule::Blank);
    assert_violates("--help", ImageRefRule::LeadingHyphen);
    assert_violates("-.com/foo", ImageRefRule::LeadingHyphen);
    assert_violates("exa_mple.com/foo", ImageRefRule::Host);
    assert_violates("[::1/foo", ImageRefRule::Host);
    assert_violates("[::g]/foo", ImageRefRule::Host);
    assert_violates("localhost:/foo", ImageRefRule::Port);
    assert_violates("localhost:99999/foo", ImageRefRule::Port);
    assert_violates("localhost:+80/foo", ImageRefRule::Port);
    assert_violates(":1", ImageRefRule::EmptyPath);
    assert_violates("localhost/", ImageRefRule::EmptyPath);
    assert_violates("Foo:1", ImageRefRule::Capital);
    assert_violates("a//b", ImageRefRule::Component);
    assert_violates("a..b", ImageRefRule::Component);
    assert_violates("a___b", ImageRefRule::Component);
    assert_violates("..", ImageRefRule::Component);
    assert_violates("/a", ImageRefRule::Component);
    assert_violates("é", ImageRefRule::Component);
    for registry in ["", "docker.io/", "index.docker.io/"] {
        assert_violates(&format!("{registry}{}", "a".repeat(238)), ImageRefRule::NameLength);
    }
    assert_violates(&format!("a.b/{}", "a".repeat(252)), ImageRefRule::NameLength);
    assert_violates(&"0f".repeat(32), ImageRefRule::ImageId);
    // With a tag, it is no ID.
    assert_eq!(parts(&format!("{}:1", "0f".repeat(32))).1, "0f".repeat(32));
    assert_violates("a:", ImageRefRule::Tag);
    assert_violates("a:-1", ImageRefRule::Tag);
    assert_violates("a:1+2", ImageRefRule::Tag);
    assert_violates(&format!("a:{}", "1".repeat(129)), ImageRefRule::TagLength);
    assert_violates("a@sha256:00", ImageRefRule::Digest);
    assert_violates(&format!("a@sha256:{}", "0F".repeat(32)), ImageRefRule::Digest);
    assert_violates("a@md5:d41d8cd98f00b204e9800998ecf8427e", ImageRefRule::Digest);
}

#[test]
fn the_default_reference_is_the_name_and_version_of_the_project() {
    let default_reference = |name: &str, version: &str| {
        ImageRef::from_project(&name.parse().unwrap(), &version.parse().unwrap()).map(|image| image.to_string())
    };
    for (name, version, expected) in
        [("agentix-My_Pkg", "1.0+cu121", "my-pkg:1.0-cu121"), ("x", "1!2", "x:1-2"), ("x", "v1.0-Alpha.1", "x:1.0a1")]
    {
        assert_eq!(default_reference(name, version).unwrap(), expected);
    }
    assert_eq!(default_reference(&"x".repeat(200), "1").unwrap().len(), 202);
    assert!(default_reference(&"x".repeat(256), "1").is_err());
    assert!(default_reference("x", &format!("1+{}", "a".repeat(200))).is_err());
}

#[test]
fn an_image_can_have_several_references() {
    for (a, b, expected) in [
        ("agentix/runtime:0.1.0", "docker.io/agentix/runtime:0.1.0", true),
        ("agentix/runtime:0.1.0", "localhost/agentix/runtime:0.1.0", true),
        ("a", "localhost:5000/a", false),
        ("a:1", "a:2", false),
    ] {
        let is_same = a.parse::<ImageRef>().unwrap().is_same_image(&b.parse().unwrap());
        assert_eq!(is_same, expected, "{a} and {b}");
    }
}

/// Generates valid references.
fn reference() -> impl Strategy<Value = String> {
    let domain = prop_oneof![
        Just(String::new()),
        "[a-z]{1,8}\\.[A-Za-z0-9]{1,5}(:[1-9][0-9]{0,3})?/",
        "localhost(:5000)?/",
        "\\[[0-9a-f]{1,4}::[0-9a-f]{1,4}\\](:[1-9][0-9]{0,3})?/",
    ];
    // The first component has no `.`, because a `.` would make it a registry.
    let path = "[a-z0-9]{1,6}((_|__|-{1,3})[a-z0-9]{1,6}){0,2}(/[a-z0-9]{1,6}(\\.[a-z0-9]{1,6}){0,2}){0,2}";
    (domain, path, "(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,20})?", "(@sha256:[0-9a-f]{64})?")
        .prop_map(|(domain, path, tag, digest)| format!("{domain}{path}{tag}{digest}"))
}

proptest! {
    #[test]
    fn references_round_trip(text in reference()) {
        let image: ImageRef = text.parse().unwrap();
        prop_assert_eq!(image.to_string(), text);
    }

    #[test]
    fn references_have_no_special_characters(text in "[-a-zA-Z0-9._:/@\\[\\] \n\u{1b}é$\"'\\\\]{0,40}") {
        if let Ok(image) = text.parse::<ImageRef>() {
            prop_assert_eq!(image.to_string(), text.clone());
            prop_assert!(!text.starts_with('-'));
            prop_assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || "._:/@-[]".contains(c)));
        }
    }
}
