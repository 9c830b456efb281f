//! The ignore file for the folder of a project selects what a staged context contains.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use agentix_gen::files::DockerIgnore;
use agentix_gen::{Config, dockerfile, load};
use camino::Utf8Path;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const NAMES: &[&str] = &[
    "a",
    "b",
    "ab",
    "a.md",
    "docs",
    "build",
    "dist",
    ".env",
    ".ENV",
    ".env.example",
    "id_rsa",
    "server.pem",
    ".git",
    "__pycache__",
    ".venv",
    "venv",
    "pyvenv.cfg",
    "x.egg-info",
    "node_modules",
    "!a",
    "#a",
    " a",
    "a ",
    "x y",
    "a*b",
    "[a]",
    "a]",
    "\\",
    "{a}",
    "a{2}",
    "a+b",
    "^a",
    "(a)",
    "a|b",
    "$a",
    "ü",
    "a\u{a0}",
    "a\tb",
];

/// Folders that files are often in. The built-in rules exclude some.
const FOLDERS: &[&str] = &["", "", "", ".git/", "docs/__pycache__/", "build/"];

const PATTERNS: &[&str] = &[
    "a",
    "b",
    "docs",
    "*",
    "**",
    "**/a",
    "*.md",
    "**/*.md",
    "a/*",
    "docs/**",
    "a*",
    ".env",
    "**/.env",
    ".git",
    "[ab]",
    "build",
    "build/a",
    "**/b",
    "a/b",
    "\\!a",
    "#a",
    "/a/",
    "**/id_rsa",
    "server.pem",
    "docs/a",
    "__pycache__/*",
];

#[derive(Debug)]
struct Case {
    files: Vec<String>,
    docker_ignore: Vec<String>,
    git_ignore: Vec<String>,
    include: Vec<&'static str>,
    exclude: Vec<&'static str>,
}

prop_compose! {
    fn case()(
        files in vec((select(FOLDERS), vec(select(NAMES), 1..4)).prop_map(|(folder, names)| format!("{folder}{}", names.join("/"))), 1..25),
        docker_ignore in vec((select(&["", "", "!"][..]), select(PATTERNS)), 0..6),
        git_ignore in vec((select(&["", "", "!"][..]), select(PATTERNS)), 0..3),
        include in vec(select(PATTERNS), 0..3),
        exclude in vec(select(PATTERNS), 0..2),
    ) -> Case {
        let lines = |lines: Vec<(&str, &str)>| lines.into_iter().map(|(sign, pattern)| format!("{sign}{pattern}")).collect();
        Case { files, docker_ignore: lines(docker_ignore), git_ignore: lines(git_ignore), include, exclude }
    }
}

/// Only its content shows that a `.pem` file is a private key.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n";

fn write(case: &Case, folder: &Path) {
    let list = |patterns: &[&str]| serde_json::to_string(patterns).unwrap();
    let keys = format!("include = {}\nexclude = {}\ngitignore = true\n", list(&case.include), list(&case.exclude));
    let manifest = format!("[project]\nname = 'hello'\nversion = '1'\n[tool.agentix]\n{keys}");
    fs::write(folder.join("pyproject.toml"), manifest).unwrap();
    fs::write(folder.join(".dockerignore"), case.docker_ignore.join("\n")).unwrap();
    fs::write(folder.join(".gitignore"), case.git_ignore.join("\n")).unwrap();
    for file in &case.files {
        let path = folder.join(file);
        let text = if file.ends_with("server.pem") { KEY } else { "" };
        // A folder without files stays empty.
        if fs::create_dir_all(path.parent().unwrap()).is_ok() && !path.exists() && !file.ends_with("/b") {
            fs::write(path, text).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(crate::cases::cases(400)) })]

    #[test]
    fn the_ignore_file_selects_what_the_rules_select(case in case()) {
        let folder = tempfile::tempdir().unwrap();
        write(&case, folder.path());
        let root = Utf8Path::from_path(folder.path()).unwrap();
        // The rules exclude the manifest, for example.
        let Ok(bundle) = load(root, Config::default()) else { return Ok(()) };
        let text = dockerfile::ignore_file(&bundle).unwrap();
        let ignore: DockerIgnore = text.parse().unwrap();
        let all = below(root);
        let is_selected = |path: &str| ignore.ignores(path).is_none();
        // A builder creates the folders around a selected path.
        let selected: BTreeSet<&String> = all
            .iter()
            .filter(|path| all.iter().any(|below| is_selected(below) && is_or_contains(path, below)))
            .collect();
        let intended: BTreeSet<&String> = all.iter().filter(|path| bundle.listing().get(path).is_some()).collect();
        prop_assert_eq!(selected, intended, "{:?}", text.split("# The Dockerfile").last());
        prop_assert_eq!(dockerfile::missing_ignore_lines(&bundle, &text).unwrap(), "");
        // With the file in the folder, the rules are the same.
        fs::write(root.join("Dockerfile.dockerignore"), &text).unwrap();
        let again = load(root, Config::default()).unwrap();
        prop_assert_eq!(dockerfile::ignore_file(&again).unwrap(), text);
    }
}

fn is_or_contains(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns all paths below a folder, relative to it.
fn below(root: &Utf8Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in folder.read_dir_utf8().unwrap().map(Result::unwrap) {
            found.push(entry.path().strip_prefix(root).unwrap().to_string());
            open.extend(entry.file_type().unwrap().is_dir().then(|| entry.path().to_owned()));
        }
    }
    found
}
