//! `explain`: every key, rule and error of the guide is explained.

use std::fs;
use std::path::Path;

use agentix_gen::Config;

use crate::run::{Folder, HELLO};

fn explained(word: &str) -> String {
    Folder::hello().run(&["explain", word]).prints()
}

#[test]
fn every_key_is_explained() {
    for option in Config::OPTIONS {
        let shown = explained(option.key);
        assert!(
            shown.starts_with(&format!("{}, a key of [tool.agentix]\n\n{}.\n", option.key, option.help())),
            "{shown}"
        );
        assert!(shown.contains(&format!("example: {} = {}\n", option.key, option.example)), "{shown}");
        assert_eq!(explained(&format!("--{}", option.key)), shown);
    }
    assert!(explained("apt").contains("docs/image.md, System packages\n"), "{}", explained("apt"));
}

/// The names are those that `files` prints.
#[test]
fn every_rule_is_explained() {
    for rule in ["version control", "a cache", "a virtual environment", "build output", "a secret", ".dockerignore"] {
        let shown = explained(rule);
        assert!(shown.contains("docs/files-and-secrets.md, Files and secrets\n"), "{rule}: {shown}");
    }
}

/// A heading on the page about errors is a part of the message that the source has.
#[test]
fn every_heading_about_an_error_is_in_a_message() {
    fn sources(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, text);
            } else {
                text.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut source = String::new();
    sources(Path::new("src"), &mut source);
    let page = fs::read_to_string("docs/errors.md").unwrap();
    let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert!(headings.len() > 10);
    for heading in headings {
        assert!(source.contains(heading), "no message has `{heading}`");
        let shown = explained(&format!("error: x {heading} y"));
        assert!(shown.starts_with(&format!("docs/errors.md, {heading}\n\n")), "{shown}");
    }
}

/// Typical mistakes of a new user: the message is what `explain` takes.
#[test]
fn real_messages_are_explained() {
    let manifest = |text: &str| Folder::with("pyproject.toml", text);
    let configured = |text: &str| manifest(&format!("{HELLO}[tool.agentix]\n{text}\n"));
    for (folder, arguments, heading) in [
        (Folder::hello(), &["./nowhere"][..], "no such folder"),
        (
            Folder::with("src/x", ""),
            &["src"],
            "no pyproject.toml, setup.py, requirements.txt or Pipfile in this folder",
        ),
        (manifest("[tool.ruff]\n"), &["."], "has no static `version`"),
        (configured("exlude = ['x']"), &["."], "has no key"),
        (Folder::hello(), &["--tag", "x"], "has no tag"),
        (configured("tag = 'X:1'"), &["."], "is not an image reference"),
        (Folder::hello(), &["--locked"], "does not exist, but --locked requires it"),
        (Folder::hello(), &["build", "--engine", "dokcer"], "unknown engine"),
        (Folder::hello(), &["build", "--max-context", "1", "--dry-run"], "`max-context` allows only"),
        (Folder::hello().file("Dockerfile", ""), &["check", "Dockerfile"], "is out of date; update it"),
    ] {
        let message = folder.run(arguments).ends(1).stderr;
        let shown = explained(message.lines().next().unwrap());
        assert!(shown.starts_with(&format!("docs/errors.md, {heading}\n")), "{message}{shown}");
    }
}

#[test]
fn a_word_that_nothing_explains_is_an_error() {
    let refused = |word: &str| Folder::hello().run(&["explain", word]).refused();
    assert_eq!(
        refused("exlude"),
        "error: the guide does not explain `exlude`\n  help: did you mean the key `exclude`?\n"
    );
    assert_eq!(
        refused("quux zork"),
        "error: the guide does not explain `quux zork`\n  \
         help: name a key of [tool.agentix], a rule that `agentix-gen files` shows, or quote an error\n"
    );
    Folder::hello().run(&["explain"]).ends(2);
}
