use proptest::prelude::*;

use super::{ImageRef, ImageRefRule};

fn parts(text: &str) -> (Option<String>, String, Option<String>, Option<String>) {
    let image: ImageRef = text.parse().unwrap();
    (image.domain, image.path, image.tag, image.digest)
}

#[track_caller]
fn refused(text: &str, rule: ImageRefRule) {
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
fn each_rule_refuses() {
    refused("", ImageRefRule::Empty);
    refused("a b:1", ImageRefRule::Blank);
    refused("a:1\nRUN evil", ImageRefRule::Blank);
    refused("a\u{7f}", ImageRefRule::Blank);
    refused("--help", ImageRefRule::LeadingHyphen);
    refused("-.com/foo", ImageRefRule::LeadingHyphen);
    refused("exa_mple.com/foo", ImageRefRule::Host);
    refused("[::1/foo", ImageRefRule::Host);
    refused("[::g]/foo", ImageRefRule::Host);
    refused("localhost:/foo", ImageRefRule::Port);
    refused("localhost:99999/foo", ImageRefRule::Port);
    refused("localhost:+80/foo", ImageRefRule::Port);
    refused(":1", ImageRefRule::EmptyPath);
    refused("localhost/", ImageRefRule::EmptyPath);
    refused("Foo:1", ImageRefRule::Capital);
    refused("a//b", ImageRefRule::Component);
    refused("a..b", ImageRefRule::Component);
    refused("a___b", ImageRefRule::Component);
    refused("..", ImageRefRule::Component);
    refused("/a", ImageRefRule::Component);
    refused("é", ImageRefRule::Component);
    refused(&"a".repeat(256), ImageRefRule::PathLength);
    refused(&"0f".repeat(32), ImageRefRule::ImageId);
    refused("a:", ImageRefRule::Tag);
    refused("a:-1", ImageRefRule::Tag);
    refused("a:1+2", ImageRefRule::Tag);
    refused(&format!("a:{}", "1".repeat(129)), ImageRefRule::TagLength);
    refused("a@sha256:00", ImageRefRule::Digest);
    refused(&format!("a@sha256:{}", "0F".repeat(32)), ImageRefRule::Digest);
    refused("a@md5:d41d8cd98f00b204e9800998ecf8427e", ImageRefRule::Digest);
}

#[test]
fn a_project_gets_its_name_and_version() {
    let of = |name: &str, version: &str| {
        ImageRef::from_project(&name.parse().unwrap(), &version.parse().unwrap()).map(|image| image.to_string())
    };
    assert_eq!(of("agentix-My_Pkg", "1.0+cu121").unwrap(), "my-pkg:1.0-cu121");
    assert_eq!(of("x", "1!2").unwrap(), "x:1-2");
    assert_eq!(of("x", "v1.0-Alpha.1").unwrap(), "x:1.0a1");
    assert_eq!(of(&"x".repeat(200), "1").unwrap().len(), 202);
    assert!(of(&"x".repeat(256), "1").is_err());
    assert!(of("x", &format!("1+{}", "a".repeat(200))).is_err());
}

#[test]
fn the_same_image_has_many_names() {
    let same = |a: &str, b: &str| a.parse::<ImageRef>().unwrap().is_same_image(&b.parse().unwrap());
    assert!(same("agentix/runtime:0.1.0", "docker.io/agentix/runtime:0.1.0"));
    assert!(same("agentix/runtime:0.1.0", "localhost/agentix/runtime:0.1.0"));
    assert!(!same("a", "localhost:5000/a"));
    assert!(!same("a:1", "a:2"));
}

/// Texts that are references by construction.
fn reference() -> impl Strategy<Value = String> {
    let domain = prop_oneof![
        Just(String::new()),
        "[a-z]{1,8}\\.[A-Za-z0-9]{1,5}(:[1-9][0-9]{0,3})?/",
        "localhost(:5000)?/",
        "\\[[0-9a-f]{1,4}::[0-9a-f]{1,4}\\](:[1-9][0-9]{0,3})?/",
    ];
    // A `.` in the first of several components would make it a registry.
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
    fn whatever_parses_round_trips_and_is_one_plain_word(text in "[-a-zA-Z0-9._:/@\\[\\] \n\u{1b}é$\"'\\\\]{0,40}") {
        if let Ok(image) = text.parse::<ImageRef>() {
            prop_assert_eq!(image.to_string(), text.clone());
            prop_assert!(!text.starts_with('-'));
            prop_assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || "._:/@-[]".contains(c)));
        }
    }
}
