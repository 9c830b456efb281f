//! Rendered Dockerfiles, checked by the parser of `BuildKit`, by linters, by pip, and by golden files for review.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read files, and panic at the first failure")]

#[path = "campaign/cases.rs"]
mod cases;
#[path = "dockerfile/examples.rs"]
mod examples;
#[path = "dockerfile/expected.rs"]
mod expected;
#[path = "dockerfile/hostile.rs"]
mod hostile;
#[path = "dockerfile/in_tree.rs"]
mod in_tree;
#[path = "dockerfile/inputs.rs"]
mod inputs;
mod judges;
#[path = "dockerfile/linters.rs"]
mod linters;
#[path = "dockerfile/locks.rs"]
mod locks;
#[path = "dockerfile/run_time.rs"]
mod run_time;

use std::collections::BTreeSet;

use agentix_gen::value::Dialect;
use agentix_gen::{context, dockerfile};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};

use cases::cases;
use expected::Instruction;
use inputs::{Inputs, Nix, Refused, Version};
use judges::Judge;
use run_time::User;

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

/// Every bundle is rendered as exactly the intended instructions. Each value that is read back is the original value.
#[test]
fn hostile_values_stay_values() {
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let Some(judge) = Judge::start("parse.py") else { return };
                show(runner(cases(10_000) / 2).run(&hostile::allowed(), |inputs| check(&judge, &inputs)));
            });
        }
    });
}

fn check(judge: &Judge, inputs: &Inputs) -> Result<(), TestCaseError> {
    let bundle = inputs.bundle().map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
    let text = dockerfile::render(&bundle, inputs.dialect).unwrap();
    prop_assert_eq!(difference(&read(judge, &text), &expected::bundle(inputs)), None, "in\n{}", text);
    let title = format!("# {} {}, on ", bundle.project().name(), inputs.version());
    prop_assert!(text.starts_with(&title), "{}", text);
    check_form(&text, inputs.dialect)
}

fn read(judge: &Judge, text: &str) -> Vec<Instruction> {
    judge.ask::<Vec<Instruction>>(text).into_iter().map(Instruction::on_one_line).map(without_digest).collect()
}

/// Replaces the digest of the requirements.
fn without_digest(mut one: Instruction) -> Instruction {
    let name = "REQUIREMENTS_DIGEST=";
    if let Some(start) = one.values[0].find(name).map(|start| start + name.len()).filter(|_| one.name == "RUN") {
        one.values[0].replace_range(start..start + expected::DIGEST.len(), expected::DIGEST);
    }
    one
}

/// Returns the first difference between two lists.
fn difference<T: PartialEq + std::fmt::Debug>(found: &[T], intended: &[T]) -> Option<String> {
    let length = found.len().max(intended.len());
    let index = (0..length).find(|&index| found.get(index) != intended.get(index))?;
    Some(format!("at {index}: found {:?}, intended {:?}", found.get(index), intended.get(index)))
}

fn show<T: std::fmt::Debug>(result: Result<(), TestError<T>>) {
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Checks the properties that every Dockerfile has.
fn check_form(text: &str, dialect: Dialect) -> Result<(), TestCaseError> {
    prop_assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "not exactly one line feed at the end:\n{}", text);
    prop_assert!(!text.contains("\n\n\n"), "two consecutive lines are blank:\n{}", text);
    for line in text.lines() {
        prop_assert_eq!(line, line.trim_end());
        // `# syntax=` makes BuildKit pull an image. `# escape=` changes how it reads the whole Dockerfile.
        let directive = line.trim_start_matches('#').split_once('=').map_or("", |(name, _)| name.trim());
        prop_assert!(!line.starts_with('#') || !["syntax", "escape", "check"].contains(&directive), "{}", line);
        let mount = line.starts_with("RUN") && line.contains("--mount");
        prop_assert!(dialect == Dialect::BuildKit || !mount, "{}", line);
        let flags = [("--link", line.starts_with("COPY --link")), ("--exclude", line.contains(" --exclude"))];
        for (flag, is_used) in flags {
            prop_assert!(!is_used, "{} is used: {}", flag, line);
        }
    }
    Ok(())
}

#[test]
fn the_same_bundle_gives_the_same_text() {
    show(runner(100).run(&hostile::allowed(), |inputs| {
        let render = || dockerfile::render(&inputs.bundle().unwrap(), inputs.dialect).unwrap();
        prop_assert_eq!(render(), render());
        Ok(())
    }));
}

/// A character that a value does not allow is refused when the value is parsed, before the bundle is created. The
/// message is one line without control characters.
#[test]
fn forbidden_characters_are_refused() {
    let field = proptest::sample::select(FIELDS);
    let cases = (hostile::allowed(), field, any::<prop::sample::Selector>(), any::<prop::sample::Index>());
    show(runner(3_000).run(&cases, |(mut inputs, (field, forbidden), character, at)| {
        let mut insert = |text: &str| {
            let character = character.select(forbidden.chars());
            let mut characters: Vec<char> = text.chars().collect();
            // Only inside the text, because white space around a version is allowed.
            characters.insert(1 + at.index(characters.len() - 1), character);
            characters.into_iter().collect()
        };
        field(&mut inputs, &mut insert);
        let error = inputs.bundle().map(|_| ()).unwrap_err();
        prop_assert!(matches!(error, Refused::Workspace(_) | Refused::Flags(_) | Refused::Path(_)), "{:?}", error);
        prop_assert!(!error.to_string().contains(char::is_control), "{:?}", error.to_string());
        Ok(())
    }));
}

const CONTROL: &str = "\0\u{1}\t\n\u{b}\r\u{1b}\u{7f}\u{85}";
const CONTROL_AND_SYNTAX: &str = "\0\t\n\r\u{1b}\u{85} \u{a0}\u{2028}\"'`$\\;#&|<>(){}*?%é";

/// Characters that would end a word in a list in single quotes.
const CONTROL_AND_QUOTES: &str = "\0\t\n\r\u{1b}\u{85} \u{a0}\u{2028}'\"`$\\é";

type Field = fn(&mut Inputs, &mut dyn FnMut(&str) -> String);

/// Functions that change a field that accepts text, and the characters that the field does not allow.
const FIELDS: &[(Field, &str)] = &[
    (|inputs, insert| inputs.name = insert("agentix-hello"), CONTROL_AND_SYNTAX),
    (|inputs, insert| inputs.version = Version::Written(insert("1.0.4+local")), CONTROL_AND_SYNTAX),
    (|inputs, insert| inputs.extra = Some(insert("of-tests")), CONTROL_AND_SYNTAX),
    (
        |inputs, insert| {
            inputs.standalone = None;
            inputs.runtime_image = Some(insert("localhost:5000/base/python:3.11"));
        },
        CONTROL_AND_SYNTAX,
    ),
    (
        |inputs, insert| inputs.standalone.get_or_insert_default().python = Some(insert("python:3.11-slim")),
        CONTROL_AND_SYNTAX,
    ),
    (|inputs, insert| inputs.nix.get_or_insert_default().image = Some(insert("nixos/nix:2")), CONTROL_AND_SYNTAX),
    (|inputs, insert| inputs.nix = Some(Nix { path: Some(insert("nix/tools.nix")), ..Nix::default() }), CONTROL),
    (|inputs, insert| _ = inputs.labels.insert(insert("org.example.key"), String::new()), CONTROL_AND_SYNTAX),
    (|inputs, insert| _ = inputs.labels.insert("key".into(), insert("value \" $x")), CONTROL),
    (|inputs, insert| inputs.apt.push(insert("git=1:2.39")), CONTROL_AND_SYNTAX),
    (|inputs, insert| inputs.build_apt.push(insert("gcc=4:12.2")), CONTROL_AND_SYNTAX),
    (
        |inputs, insert| inputs.nix.get_or_insert_default().nixpkgs = Some(insert("channel:nixos-24.11")),
        CONTROL_AND_SYNTAX,
    ),
    (
        |inputs, insert| inputs.nix.get_or_insert_default().nixpkgs = Some(insert("https://a.example/x")),
        CONTROL_AND_QUOTES,
    ),
    (
        |inputs, insert| inputs.nix.get_or_insert_default().substituters.push(insert("https://a.example")),
        CONTROL_AND_QUOTES,
    ),
    (|inputs, insert| _ = inputs.run_time.env.insert(insert("LOG_LEVEL"), String::new()), CONTROL_AND_SYNTAX),
    (|inputs, insert| _ = inputs.run_time.env.insert("KEY".into(), insert("value \" $x")), CONTROL),
    (|inputs, insert| inputs.run_time.cmd = Some(vec!["x".into(), insert("value \" $x")]), CONTROL),
    (|inputs, insert| inputs.run_time.entrypoint = Some(vec![insert("value \" $x")]), CONTROL),
    (|inputs, insert| inputs.run_time.workdir = Some(insert("/work")), CONTROL_AND_SYNTAX),
    (|inputs, insert| inputs.run_time.user = Some(User::Account(insert("agent"), None)), CONTROL_AND_SYNTAX),
    (|inputs, insert| inputs.run_time.user = Some(User::Numbers(insert("1000:1000"))), CONTROL_AND_SYNTAX),
    (|inputs, insert| inputs.run_time.stop_signal = Some(insert("SIGINT").leak()), CONTROL_AND_SYNTAX),
    (|inputs, insert| inputs.about.revision = Some(insert("value \" $x")), CONTROL),
    (|inputs, insert| _ = inputs.secrets.insert(insert("token.a-b")), CONTROL_AND_SYNTAX),
    (|inputs, insert| inputs.indexes = vec![insert("corp.a-b")], CONTROL_AND_SYNTAX),
    (|inputs, insert| _ = inputs.build_args.insert(insert("PIP_INDEX_URL"), String::new()), CONTROL_AND_SYNTAX),
    (|inputs, insert| _ = inputs.build_args.insert("KEY".into(), insert("value \" $x")), CONTROL),
];

/// A builder refuses lines of more than 65,535 bytes, and skips everything after a comment of that length.
#[test]
fn a_long_text_is_refused_or_read() {
    let Some(judge) = Judge::start("parse.py") else { return };
    // A `$` becomes two characters if it is escaped. Values that are not escaped do not allow it.
    let lengths = [100, 15_000, 30_000, 60_000, 100_000];
    let fillers = lengths.iter().flat_map(|length| ["1", "$"].map(|filler| filler.repeat(*length)));
    let (mut read_back, mut refused) = (0, 0);
    for (filler, (field, _)) in fillers.flat_map(|filler| FIELDS.iter().map(move |field| (filler.clone(), field))) {
        let mut inputs = Inputs::default();
        field(&mut inputs, &mut |text| text.to_owned() + &filler);
        let Ok(bundle) = inputs.bundle() else {
            refused += 1;
            continue;
        };
        let text = dockerfile::render(&bundle, inputs.dialect).unwrap();
        assert_eq!(difference(&read(&judge, &text), &expected::bundle(&inputs)), None, "{} bytes", filler.len());
        read_back += 1;
    }
    for (outcome, count) in [("read back", read_back), ("refused", refused)] {
        assert!(count > FIELDS.len(), "only {count} texts were {outcome}");
    }
}

/// pip reads the requirements file of a context as exactly the list of the project.
#[test]
fn requirements_stay_requirements() {
    let Some(judge) = Judge::start("requirements.py") else { return };
    show(runner(1_000).run(&vec(hostile::requirement(), 1..5), |candidates| {
        let depending = |list: &[String]| Inputs { dependencies: Some(list.to_vec()), ..Inputs::default() }.bundle();
        let mut accepted: Vec<String> = candidates.iter().map(|one| one.trim().to_owned()).collect();
        accepted.retain(|one| depending(std::slice::from_ref(one)).is_ok());
        let bundle = depending(&accepted).unwrap();
        let context = context::stage(&bundle, Dialect::BuildKit).unwrap();
        let file = context.entries().find(|entry| entry.path == "requirements/run/run.txt");
        let Some(context::Source::Bytes(text)) = file.map(|file| file.source) else {
            prop_assert!(accepted.is_empty());
            return Ok(());
        };
        let read: Vec<String> = judge.ask(std::str::from_utf8(text).unwrap());
        // Duplicates are written once.
        let mut met = BTreeSet::new();
        accepted.retain(|one| met.insert(one.clone()));
        prop_assert_eq!(read, accepted);
        Ok(())
    }));
}

#[test]
fn examples_match_the_golden_files() {
    const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    for (name, text) in examples::rendered() {
        let path = format!("{GOLDEN}/{name}.dockerfile");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        let lines = |text: &str| text.split('\n').map(str::to_owned).collect::<Vec<_>>();
        let change = difference(&lines(&text), &lines(&golden));
        assert_eq!(change, None, "{name} has changed; if this is intended, run `UPDATE_GOLDEN=1 cargo test`");
    }
    assert_eq!(
        std::fs::read_dir(GOLDEN).unwrap().count(),
        examples::rendered().count(),
        "tests/golden has a file that belongs to no example"
    );
}

#[test]
fn the_runtime_image_is_as_intended() {
    let Some(judge) = Judge::start("parse.py") else { return };
    show(runner(200).run(&hostile::image(), |image| {
        let text = dockerfile::render_runtime(&image.parse().unwrap(), &"1!0.1.0+a".parse().unwrap()).unwrap();
        let intended = expected::runtime(&image, "1!0.1.0+a");
        prop_assert_eq!(difference(&read(&judge, &text), &intended), None, "in\n{}", text);
        check_form(&text, Dialect::Classic)
    }));
}

/// The examples contain every text of every template, and so cover every branch that has a text.
#[test]
fn examples_cover_every_line_of_the_templates() {
    let rendered: String = examples::rendered().map(|(_, text)| text).collect();
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")).unwrap() {
        let path = file.unwrap().path();
        // Other files are copied into the context and not rendered.
        if path.extension().is_none_or(|extension| extension != "dockerfile") {
            continue;
        }
        for piece in texts(&std::fs::read_to_string(&path).unwrap()) {
            assert!(rendered.contains(&piece), "{}: no example contains {piece:?}", path.display());
        }
    }
}

/// Returns the text of a template without its comments, `{%…%}` and `{{…}}`, line by line.
fn texts(template: &str) -> Vec<String> {
    let mut text = template.to_owned();
    for (open, close) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}")] {
        while let Some(start) = text.find(open) {
            let end = start + text[start..].find(close).unwrap() + close.len();
            text.replace_range(start..end, "\n");
        }
    }
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}
