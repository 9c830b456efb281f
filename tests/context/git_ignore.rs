//! `.gitignore` files, compared with git: random trees and random patterns.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use agentix_gen::files::{DockerIgnore, EntryKind, Rules, walk};
use agentix_gen::project::Config;
use camino::Utf8Path;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Folder, bundle, tree};

const NAMES: &[&str] =
    &["a", "b", "ab", "a.md", "b.md", "docs", "x y", "!a", "#a", "a*b", "[a]", "a]", "\\", "{a}", "a "];

/// Parts of patterns that this crate and git read in the same way. A test below shows what they read differently. Other
/// parts are excluded because git reads them in its own way: invalid character classes, single bytes of characters that
/// are not ASCII, a name that is a `\`, and a tab or a `\` at the end of a line.
const PARTS: &[&str] = &[
    "a", "a", "b", "docs", "a.md", "*", "*", "**", "**", "*.md", "?", "??", "a?", "a*", "*a*", "**.md", "**a", "[ab]",
    "[!a]", "[^a]", "[a-b]*", "[]a]", "[a-]", "\\*", "a\\*b", "\\a", "", "x y", "a ", "a\\ ", "a\\  ", "a\\\\ ", "ü",
    "\\!a", "!a", "\\#a", "#a", "a]", ".", "..",
];

fn line() -> impl Strategy<Value = String> {
    let start = select(&["", "", "", "", "!", "!", "/", "!/", " ", "**/", "\t"][..]);
    let end = select(&["", "", "", "/", "/", "//", "/*", "/**", "/**/", " ", "  ", "\r"][..]);
    (start, vec(select(PARTS), 1..4), end).prop_map(|(start, parts, end)| format!("{start}{}{end}", parts.join("/")))
}

fn path() -> impl Strategy<Value = String> {
    vec(select(NAMES), 1..5).prop_map(|names| names.join("/"))
}

/// Generates the path of a folder, which may not exist in the tree, and the text of its `.gitignore`.
fn ignore_file() -> impl Strategy<Value = (String, String)> {
    let folder = prop_oneof![3 => Just(String::new()), 2 => path()];
    let bom = select(&["", "", "", "\u{feff}"][..]);
    (folder, bom, vec(line(), 1..6)).prop_map(|(folder, bom, lines)| (folder, format!("{bom}{}", lines.join("\n"))))
}

fn repository() -> Folder {
    let folder = Folder::empty();
    let status = git().args(["init", "--quiet", "--template="]).arg(folder.path()).status();
    assert!(status.unwrap().success());
    folder
}

/// Returns git without the settings of the user or the system.
fn git() -> Command {
    let mut git = Command::new("git");
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    git
}

/// Returns the files that git would add, ignored only by ignore files in the folder itself.
fn not_ignored(folder: &Utf8Path) -> BTreeSet<String> {
    let mut git = git();
    git.current_dir(folder).args([
        "-c",
        "core.excludesFile=/dev/null",
        "-c",
        "core.quotePath=false",
        "ls-files",
        "-coz",
    ]);
    let listed = git.args(["--exclude-standard"]).output().unwrap();
    assert!(listed.status.success(), "{listed:?}");
    let paths = String::from_utf8(listed.stdout).unwrap();
    paths.split_terminator('\0').map(str::to_owned).collect()
}

fn kept(folder: &Utf8Path) -> BTreeSet<String> {
    let mut config = Config::default();
    config.gitignore = Some(true);
    let listing = walk(folder, &Rules::new(&config, DockerIgnore::default())).unwrap();
    let files = listing.entries().iter().filter(|entry| *entry.kind() != EntryKind::Folder);
    files.map(|entry| entry.path().to_owned()).collect()
}

proptest! {
    #[test]
    fn kept_files_are_the_files_that_git_would_add(files in vec(path(), 1..30), ignores in vec(ignore_file(), 1..4)) {
        let folder = repository();
        let folder = folder.path();
        for file in &files {
            let path = folder.join(file);
            if fs::create_dir_all(path.parent().unwrap()).is_ok() && !path.exists() {
                fs::write(path, "").unwrap();
            }
        }
        for (path, text) in &ignores {
            if folder.join(path).is_dir() {
                fs::write(folder.join(path).join(".gitignore"), text).unwrap();
            }
        }
        prop_assert_eq!(kept(folder), not_ignored(folder));
    }
}

/// Patterns that this crate reads in another way than git.
#[test]
fn a_few_patterns_differ_from_git() {
    for (line, file, ignored_here) in
        [("[[:alpha:]]", "a", false), ("{a}", "a", true), ("***/a.md", "a.md", false), ("a**/*", "a.md", false)]
    {
        let folder = repository();
        fs::write(folder.path().join(file), "").unwrap();
        fs::write(folder.path().join(".gitignore"), line).unwrap();
        assert_eq!(!kept(folder.path()).contains(file), ignored_here, "{line}");
        assert_eq!(!not_ignored(folder.path()).contains(file), !ignored_here, "{line}");
    }
}

/// Only `.gitignore` files in the project are read, and only if `gitignore` is set. Files in parent folders and
/// `.git/info/exclude` are not.
#[test]
fn no_other_ignore_file_is_read() {
    let outer = Folder::of(&tree::project(&[(".gitignore", "*\n")]));
    let project = outer.join("project");
    let files =
        [("a.log", ""), ("a.py", ""), ("sub/a.log", ""), ("sub/.gitignore", "!a.log"), (".gitignore", "*.log\n")];
    tree::write(&tree::project(&files), &project, false);
    fs::create_dir_all(project.join(".git/info")).unwrap();
    fs::write(project.join(".git/info/exclude"), "*\n").unwrap();
    let paths = |manifest: &str| {
        fs::write(project.join("pyproject.toml"), format!("{}{manifest}", tree::MANIFEST)).unwrap();
        let bundle = bundle(&project).unwrap();
        let entries = bundle.listing().entries().iter().map(|entry| entry.path().to_owned());
        entries.filter(|path| [".log", ".py"].iter().any(|end| path.ends_with(end))).collect::<Vec<_>>()
    };
    assert_eq!(paths(""), ["a.log", "a.py", "sub/a.log"]);
    assert_eq!(paths("[tool.agentix]\ngitignore = true\n"), ["a.py", "sub/a.log"]);
}
