//! The grammar of image references, compared with what docker and podman take as the name of an image.

use std::collections::BTreeSet;

use agentix_gen::ImageRef;
use agentix_gen::value::ImageRefRule;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::cases::cases;
use crate::engines::builder::{Builder, on};
use crate::engines::outcome::Outcome;

/// Pieces of references, valid and not. No machine has images with these names.
const PIECES: &[&str] = &[
    "q",
    "q7",
    "Q",
    "-",
    "_",
    "__",
    ".",
    "..",
    "/",
    "//",
    ":",
    "latest",
    "1.0",
    "localhost",
    "5000",
    "example.org",
    "\u{e9}",
    "e\u{301}",
    " ",
    "0",
    "[::1]",
];

fn any_text() -> impl Strategy<Value = String> {
    let registry = select(&["", "", "localhost/", "localhost:5000/", "example.org/", "example.org:80/"][..]);
    let tag = select(&[":q7", ":x_Y.z-0", ":latest"][..]);
    let valid = (registry, "(q7|q-d|q_f|q\\.h|q__j|q---l)(/(q7|q-d|q_f|q\\.h|q__j|q---l)){0,2}", tag);
    let valid = valid.prop_map(|(registry, name, tag)| format!("{registry}{name}{tag}"));
    let changed = (valid.clone(), any::<prop::sample::Index>(), select(PIECES)).prop_map(|(mut text, at, piece)| {
        text.insert_str(at.index(text.len()), piece);
        text
    });
    let pieces = proptest::collection::vec(select(PIECES), 1..7).prop_map(|pieces| pieces.concat());
    prop_oneof![2 => valid, 3 => changed, 2 => pieces]
}

/// References at the limits of the grammar.
fn limits() -> Vec<String> {
    let long = |registry: &str, length: usize| format!("{registry}{}", "q".repeat(length));
    let tag = |length: usize| format!("q:{}", "x".repeat(length));
    let texts = [
        "q:.x",
        "q:-x",
        "q:_x",
        "q:",
        ":1",
        "/q",
        "q/",
        "q/Q",
        "h:/q",
        "h:p/q",
        "h:0/q",
        "h:65535/q",
        "h:65536/q",
        "Q/q",
        "q_q.q/q",
    ];
    let names = [
        long("", 237),
        long("", 238),
        long("q/", 243),
        long("q/", 244),
        long("example.org/", 243),
        long("example.org/", 244),
    ];
    let ids = [63, 64, 65].map(|length| format!("{}:1", "f".repeat(length)));
    texts.map(str::to_owned).into_iter().chain(names).chain(ids).chain([tag(128), tag(129)]).collect()
}

/// Returns a text with a tag. Without one, a name of hexadecimal digits may be an ID.
fn tagged(text: String) -> String {
    let has_tag = text.rsplit('/').next().is_some_and(|last| last.contains(':'));
    if has_tag { text } else { format!("{text}:q7") }
}

/// Returns the texts that an engine takes as the name of an image, which it does not have.
fn taken_by(builder: Builder, texts: &BTreeSet<String>) -> BTreeSet<&String> {
    let mut taken = BTreeSet::new();
    for chunk in texts.iter().collect::<Vec<_>>().chunks(100) {
        let mut inspect = builder.command(builder.runner());
        let answer = Outcome::of(inspect.args(["image", "inspect", "--format", "exists"]).args(chunk));
        assert!(!answer.stdout.contains("exists"), "one of the images exists: {answer}");
        let lines: BTreeSet<&str> = answer.stderr.lines().collect();
        let is_absent = |text: &str| {
            let ends = [format!("o such image: {text}"), format!(": {text}: image not known")];
            lines.iter().any(|line| ends.iter().any(|end| line.ends_with(end)))
        };
        taken.extend(chunk.iter().filter(|text| is_absent(text)));
    }
    taken
}

/// Returns whether the newest docker and podman take a reference that older ones refuse: a registry that is an IPv6 address, or one
/// that only its upper-case letters show to be a registry.
fn needs_a_newer_engine(image: &ImageRef) -> bool {
    image
        .domain()
        .is_some_and(|domain| domain.starts_with('[') || !domain.contains(['.', ':']) && domain != "localhost")
}

/// Returns whether a reference is refused although engines take it: no registry has such a port or such a name.
fn is_refused_on_purpose(text: &str, rule: ImageRefRule) -> bool {
    let registry = text.split('/').next().unwrap_or_default();
    match rule {
        ImageRefRule::Port => {
            registry.rsplit(':').next().is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
        }
        ImageRefRule::Host => registry.contains('_'),
        _ => false,
    }
}

/// A reference with a tag is valid here if and only if docker and podman take it.
#[test]
fn they_are_valid_for_docker_and_podman() {
    let mut runner = TestRunner::default();
    let number = cases(200) as usize;
    let mut texts: BTreeSet<String> = limits().into_iter().map(tagged).collect();
    while texts.len() < number {
        let text = any_text().new_tree(&mut runner).unwrap().current();
        // `-` starts an option.
        texts.extend((!text.starts_with('-')).then(|| tagged(text)));
    }
    on(Builder::Podman, |podman| {
        on(Builder::Buildx, |docker| {
            let (docker, podman) = (taken_by(docker, &texts), taken_by(podman, &texts));
            let mut valid = 0;
            for text in &texts {
                let (docker, podman) = (docker.contains(text), podman.contains(text));
                let differs = match text.parse::<ImageRef>() {
                    Ok(image) => {
                        valid += 1;
                        let is_taken = docker && podman;
                        !is_taken && !needs_a_newer_engine(&image)
                    }
                    Err(error) => docker && podman && !is_refused_on_purpose(text, error.rule()),
                };
                assert!(!differs, "{text:?}: docker {docker}, podman {podman}, here {:?}", text.parse::<ImageRef>());
            }
            assert!(valid * 5 > texts.len(), "only {valid} of {} are valid", texts.len());
        });
    });
}
