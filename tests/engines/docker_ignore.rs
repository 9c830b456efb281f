//! Compares our `.dockerignore` rules with docker's. Builds random trees with random lines and checks which files are
//! in the image.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use agentix_gen::files::{DockerIgnore, EntryKind, Listing, Rules, walk};
use agentix_gen::project::Config;
use agentix_gen::{dockerfile, load};
use camino::Utf8Path;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use tempfile::TempDir;

use crate::engines::builder::{Builder, on};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::turn::is_left;

const DOCKERFILE: &str = "FROM scratch\nCOPY . /context/\n";

/// The paths in a context. Folders end in `/`. The targets of symbolic links are not recorded.
type Paths = BTreeSet<String>;

#[test]
fn we_select_the_files_that_buildx_sends() {
    if is_left("we_select_the_files_that_buildx_sends") {
        return;
    }
    on(Builder::Buildx, |_| {
        for cases in cases(trees(100), 1).chunks(50) {
            let folder = tempfile::tempdir().unwrap();
            write(cases, folder.path());
            bake(cases.len(), folder.path());
            for (number, case) in cases.iter().enumerate() {
                let sent = below(&folder.path().join(format!("out/{number}/context")));
                assert_same(&sent, case, &folder.path().join(number.to_string()));
            }
        }
    });
}

/// The ignore file for the folder of a project selects the same files as our rules, here from any `.dockerignore` and
/// from the built-in rules.
#[test]
fn buildx_sends_what_the_rules_select() {
    if is_left("buildx_sends_what_the_rules_select") {
        return;
    }
    on(Builder::Buildx, |_| {
        let mut compared = 0;
        for cases in cases(trees(100), 3).chunks(50) {
            let folder = tempfile::tempdir().unwrap();
            write(cases, folder.path());
            let selected: Vec<Option<Paths>> = (0..cases.len())
                .map(|number| {
                    let root = Utf8Path::from_path(folder.path()).unwrap().join(number.to_string());
                    for (name, text) in [(".env", ""), ("a/id_rsa", ""), (".git/a", ""), ("venv/pyvenv.cfg", "")] {
                        let path = root.join(name);
                        if fs::create_dir_all(path.parent().unwrap()).is_ok() {
                            fs::write(path, text).unwrap();
                        }
                    }
                    fs::write(root.join("pyproject.toml"), "[project]\nname = 'a'\nversion = '1'\n").unwrap();
                    // The rules may exclude the manifest.
                    let bundle = load(&root, Config::default()).ok()?;
                    fs::write(root.join(".dockerignore"), dockerfile::ignore_file(&bundle).unwrap()).unwrap();
                    Some(paths(bundle.listing()))
                })
                .collect();
            bake(cases.len(), folder.path());
            for (number, (case, selected)) in cases.iter().zip(selected).enumerate() {
                let sent = below(&folder.path().join(format!("out/{number}/context")));
                let Some(selected) = selected else { continue };
                assert_eq!(sent, selected, "{case:?}");
                compared += 1;
            }
        }
        assert!(compared > trees(100) / 3, "only {compared} cases were compared");
    });
}

/// The client of the legacy builder treats ignored folders differently. It enters such a folder only if an exception
/// starts with the literal name of the folder. Without exceptions, the results are the same.
#[test]
fn we_select_the_files_that_the_legacy_builder_sends() {
    if is_left("we_select_the_files_that_the_legacy_builder_sends") {
        return;
    }
    on(Builder::Legacy, |builder| {
        let folder = tempfile::tempdir().unwrap();
        let mut cases = cases(trees(100) / 10, 2);
        for case in &mut cases {
            case.ignore.retain(|line| !line.contains('!'));
        }
        write(&cases, folder.path());
        for (number, case) in cases.iter().enumerate() {
            let context = folder.path().join(number.to_string());
            assert_same(&built(builder, &context, &folder.path().join("Dockerfile")), case, &context);
        }
    });
}

#[test]
fn docker_rejects_the_patterns_that_we_reject() {
    if is_left("docker_rejects_the_patterns_that_we_reject") {
        return;
    }
    on(Builder::Buildx, |builder| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Dockerfile"), DOCKERFILE).unwrap();
        let build = |line: &str| {
            fs::write(folder.path().join(".dockerignore"), line).unwrap();
            Outcome::of(builder.command("docker").args(["buildx", "build"]).arg(folder.path()))
        };
        assert_eq!(build("a").code, 0);
        for line in ["!", "!/", "!/a/..", "a[", "a[x-]", "[z-a]", "a\\", "\\é"] {
            assert!(line.parse::<DockerIgnore>().is_err(), "{line}");
            let rejected = build(line);
            assert_ne!(rejected.code, 0, "{line}: {rejected}");
        }
    });
}

/// `Dockerfile.dockerignore` replaces `.dockerignore`, even if it is empty.
#[test]
fn an_ignore_file_named_after_the_dockerfile_replaces_the_default() {
    on(Builder::Buildx, |builder| {
        for of_dockerfile in ["a\n", ""] {
            let folder = tempfile::tempdir().unwrap();
            let files = [("Dockerfile", "FROM scratch\nCOPY . /\n"), ("a", ""), ("b", "")];
            let ignores = [(".dockerignore", "b\n"), ("Dockerfile.dockerignore", of_dockerfile)];
            files.iter().chain(&ignores).for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
            let out = tempfile::tempdir().unwrap();
            let output = format!("type=local,dest={}", out.path().display());
            let mut build = builder.command("docker");
            Outcome::of_success(build.args(["buildx", "build", "--output", &output]).arg(folder.path()));
            assert_eq!(selected(folder.path()), below(out.path()), "{of_dockerfile:?}");
        }
    });
}

/// Returns the number of random trees: `AGENTIX_TREES`, or the default if it is not set.
fn trees(default: usize) -> usize {
    std::env::var("AGENTIX_TREES").ok().and_then(|trees| trees.parse().ok()).unwrap_or(default)
}

#[derive(Debug, Clone)]
struct Case {
    files: Vec<String>,
    ignore: Vec<String>,
    start: &'static str,
    line_break: &'static str,
}

impl Case {
    fn ignore_file(&self) -> String {
        let lines = self.ignore.iter().flat_map(|line| [line.as_str(), self.line_break]);
        [self.start].into_iter().chain(lines).collect()
    }
}

/// Generates random cases, the same in every run.
fn cases(count: usize, seed: u8) -> Vec<Case> {
    let mut random =
        TestRunner::new_with_rng(ProptestConfig::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]));
    let encoding = (select(&["", "", "\u{feff}"][..]), select(&["\n", "\r\n", "\n\n"][..]));
    let case = (vec(path(), 1..30), vec(line(), 1..7), encoding);
    let case = case.prop_map(|(files, ignore, (start, line_break))| Case { files, ignore, start, line_break });
    (0..count).map(|_| case.new_tree(&mut random).unwrap().current()).collect()
}

fn path() -> impl Strategy<Value = String> {
    const NAMES: &[&str] =
        &["a", "b", "ab", "a.md", "b.md", "docs", "^a", "x y", "ü", "!a", "#a", "a*b", "[a]", "a]", "\\"];
    vec(select(NAMES), 1..5).prop_map(|names| names.join("/"))
}

/// Generates a line that we accept. Another test checks rejected lines.
fn line() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "a", "a", "b", "ab", "docs", "a.md", "*", "*", "**", "**", "*.md", "?", "a?", "a*", "**.md", "**a", "a**",
        "b**", "[ab]", "[^a]", "[a-b]*", "[]a]", "[[]a]", "[a", "\\*", "a\\*b", "\\\\", ".", "..", "", "x y", " ", "ü",
        "?*", "^a", "^*", "!a", "#a", "a]", "{a}", "{a}*", "a{2}", "a+", "a|b", "(a)", "*a*", "$", "\\a", "***", "*.",
        ".*",
    ];
    let start = select(&["", "", "", "", "", "!", "!", "!", "/", "./", " ", "!/", "! ", "../", "#", "/!"][..]);
    let end = select(&["", "", "", "", "/", "/*", "/**", " ", "\t", "/.", "/.."][..]);
    let line = (start, vec(select(PARTS), 1..4), end);
    let line = line.prop_map(|(start, parts, end)| format!("{start}{}{end}", parts.join("/")));
    line.prop_filter("a line that we accept", |line| line.parse::<DockerIgnore>().is_ok())
}

/// Writes each case into a folder named by its number. Skips a path if one of its parents is already a file.
fn write(cases: &[Case], root: &Path) {
    fs::write(root.join("Dockerfile"), DOCKERFILE).unwrap();
    for (number, case) in cases.iter().enumerate() {
        let folder = root.join(number.to_string());
        fs::create_dir(&folder).unwrap();
        for file in &case.files {
            let path = folder.join(file);
            if fs::create_dir_all(path.parent().unwrap()).is_ok() && !path.exists() {
                fs::write(path, "").unwrap();
            }
        }
        fs::write(folder.join(".dockerignore"), case.ignore_file()).unwrap();
    }
}

/// Builds all cases with one command, each into a separate folder.
fn bake(cases: usize, root: &Path) {
    let target = |number| {
        let text = serde_json::json!({
            "context": root.join(format!("{number}")),
            "dockerfile-inline": DOCKERFILE,
            "output": [format!("type=local,dest={}", root.join(format!("out/{number}")).display())],
        });
        (format!("t{number}"), text)
    };
    let targets: serde_json::Map<_, _> = (0..cases).map(target).collect();
    let group: Vec<_> = targets.keys().collect();
    let text = serde_json::json!({ "group": { "default": { "targets": group } }, "target": targets }).to_string();
    let file = root.join("bake.json");
    fs::write(&file, text).unwrap();
    let mut bake = Builder::Buildx.command("docker");
    Outcome::of_success(bake.args(["buildx", "bake", "--progress", "plain", "--file"]).arg(file));
}

/// Builds an image from a context and returns the paths in it.
fn built(builder: Builder, context: &Path, dockerfile: &Path) -> Paths {
    let image = Image::unbuilt(builder);
    let mut build = builder.command("docker");
    build.args(["build", "--quiet", "--force-rm", "--tag", &image.name, "--file"]).arg(dockerfile).arg(context);
    Outcome::of_success(&mut build);
    let folder = TempDir::new().unwrap();
    image.export("context", folder.path());
    below(&folder.path().join("context"))
}

/// Returns all paths below a folder.
fn below(folder: &Path) -> Paths {
    let mut found = Paths::new();
    let mut open = vec![folder.to_owned()];
    while let Some(current) = open.pop() {
        for entry in fs::read_dir(current).unwrap().map(Result::unwrap) {
            let is_folder = entry.file_type().unwrap().is_dir();
            let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            found.insert(if is_folder { path + "/" } else { path });
            open.extend(is_folder.then(|| entry.path()));
        }
    }
    found
}

/// Returns the paths of a folder that we select.
fn selected(folder: &Path) -> Paths {
    let folder = Utf8Path::from_path(folder).unwrap();
    let rules = Rules::new(&Config::default(), agentix_gen::files::read_docker_ignore(folder).unwrap());
    paths(&walk(folder, &rules).unwrap())
}

fn paths(listing: &Listing) -> Paths {
    let slash = |kind: &EntryKind| if *kind == EntryKind::Folder { "/" } else { "" };
    listing.entries().iter().map(|entry| format!("{}{}", entry.path(), slash(entry.kind()))).collect()
}

#[track_caller]
fn assert_same(sent: &Paths, case: &Case, folder: &Path) {
    let selected = selected(folder);
    let only = |these: &Paths, those: &Paths| these.difference(those).cloned().collect::<Vec<_>>();
    assert!(
        *sent == selected,
        "{:?}\nonly docker sends {:?}\nonly we select {:?}\nall paths: {:?}",
        case.ignore_file(),
        only(sent, &selected),
        only(&selected, sent),
        below(folder),
    );
}
