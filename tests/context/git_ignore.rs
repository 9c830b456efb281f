//! `.gitignore` files, held against git itself: random trees under random lines.

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

/// What the crate and git read alike. Left out is what they do not, see below, and what git reads in a way of its own:
/// classes that are no class, bytes of characters that are not ASCII, a name that is a `\`, and a tab or a `\` at the end of a line.
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

/// A folder of the tree, as far as there is one of that path, with the text of its `.gitignore`.
fn ignore_file() -> impl Strategy<Value = (String, String)> {
    let folder = prop_oneof![3 => Just(String::new()), 2 => path()];
    let mark = select(&["", "", "", "\u{feff}"][..]);
    (folder, mark, vec(line(), 1..6)).prop_map(|(folder, mark, lines)| (folder, format!("{mark}{}", lines.join("\n"))))
}

fn repository() -> Folder {
    let folder = Folder::empty();
    let made = git().args(["init", "--quiet", "--template="]).arg(folder.path()).status();
    assert!(made.unwrap().success());
    folder
}

/// Git, with nobody's settings.
fn git() -> Command {
    let mut git = Command::new("git");
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    git
}

/// The files that git would add. It is told to read no ignore file but those in the folder.
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
    fn what_git_would_add_is_what_we_keep(files in vec(path(), 1..30), ignores in vec(ignore_file(), 1..4)) {
        let folder = repository();
        let folder = folder.path();
        for file in &files {
            let path = folder.join(file);
            if fs::create_dir_all(path.parent().unwrap()).is_ok() && !path.exists() {
                fs::write(path, "").unwrap();
            }
        }
        for (place, text) in &ignores {
            if folder.join(place).is_dir() {
                fs::write(folder.join(place).join(".gitignore"), text).unwrap();
            }
        }
        prop_assert_eq!(kept(folder), not_ignored(folder));
    }
}

/// Where the crate reads a line in another way than git.
#[test]
fn a_few_lines_are_not_read_as_git_reads_them() {
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

/// Only what was asked for, and only in the project: neither a parent's file nor what git keeps for itself.
#[test]
fn no_other_ignore_file_counts() {
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
