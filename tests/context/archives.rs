//! The contents of archives and folders: the project, and nothing that depends on the machine.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use agentix_gen::context::{ENTRY_TIME, write_folder};
use agentix_gen::files::STAGE_MARKER;
use agentix_gen::value::Cancel;
use camino::Utf8Path;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::Deserialize;

use super::cases::cases;
use super::judges::Judge;
use super::tree::{self, Node, Tree, What};
use super::{Folder, bundle, staged, tar};

#[test]
fn all_readers_find_the_same_project() {
    let judge = Judge::start("archive.py");
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let result = runner.run(&tree::any_project(), |project| {
        let folder = Folder::of(&project);
        let bundle = bundle(folder.path()).unwrap();
        let archive = tar(&bundle).unwrap();
        let mut expected = tree::in_context(&project);
        expected.extend(beside_the_project(&staged(&bundle)));

        prop_assert_eq!(&extracted(&archive), &expected, "GNU tar");
        if let Some(judge) = &judge {
            prop_assert_eq!(&read_by_python(judge, &archive), &expected, "Python");
        }

        let output = Folder::empty();
        write_folder(&staged(&bundle), &output.join("context"), &Cancel::default()).unwrap();
        let mut written = tree::read(&output.join("context"));
        prop_assert!(written.remove(STAGE_MARKER).is_some());
        prop_assert_eq!(&written, &expected, "the folder");

        // The same project in another folder, written in another order and at another time.
        let again = Folder::empty();
        let earlier = project.into_iter().map(|(path, node)| (path, Node { time: node.time / 2, ..node })).collect();
        tree::write(&earlier, again.path(), true);
        prop_assert!(archive == tar(&super::bundle(again.path()).unwrap()).unwrap(), "the bytes differ");
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// The same for a thousand more projects, with several in each archive.
#[test]
fn readers_agree_on_a_thousand_projects() {
    const IN_EACH: u32 = 25;
    let judge = Judge::start("extract.py");
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    for _ in 0..cases(1000) / IN_EACH {
        let projects = tree::any_projects(IN_EACH, &mut runner);
        let folder = Folder::in_memory();
        tree::write(&projects, folder.path(), false);
        let bundle = bundle(folder.path()).unwrap();
        let archive = tar(&bundle).unwrap();
        let mut expected = tree::in_context(&projects);
        expected.extend(beside_the_project(&staged(&bundle)));
        assert_same("GNU tar", &extracted(&archive), &expected);
        if let Some(judge) = &judge {
            let beside = Folder::in_memory();
            fs::write(beside.join("tar"), &archive).unwrap();
            let fault: Option<String> = judge.ask(&[beside.join("tar"), beside.join("files")]);
            assert_eq!(fault, None);
            let mut found = tree::read(&beside.join("files"));
            // Python does not set the timestamps of symbolic links.
            let links = found.values_mut().filter(|node| matches!(node.what, What::Link(_)));
            links.for_each(|node| node.time = ENTRY_TIME);
            assert_same("Python", &found, &expected);
        }
    }
}

/// Checks that two large trees are equal. If not, the message contains only the differences.
#[track_caller]
fn assert_same(reader: &str, found: &Tree, expected: &Tree) {
    let missing = expected.iter().filter(|(path, node)| found.get(*path) != Some(*node));
    let odd = found.iter().filter(|(path, node)| expected.get(*path) != Some(*node));
    let (missing, odd): (Vec<_>, Vec<_>) = (missing.collect(), odd.collect());
    assert!(missing.is_empty() && odd.is_empty(), "{reader}: expected {missing:?}\nfound {odd:?}");
}

/// Returns the Dockerfile and the requirements of a context. The tests of `dockerfile` check their contents.
fn beside_the_project(context: &agentix_gen::context::Context<'_>) -> Tree {
    let node = |what, mode| Node { what, mode, time: ENTRY_TIME };
    let mut tree = Tree::from(["project", "requirements"].map(|path| (path.to_owned(), node(What::Folder, 0o755))));
    for path in ["Dockerfile", "requirements/build.txt"] {
        let entry = context.entries().find(|entry| entry.path == path).unwrap();
        let agentix_gen::context::Source::Bytes(bytes) = entry.source else { panic!("{entry:?}") };
        tree.insert(path.to_owned(), node(What::File(bytes.to_vec()), 0o644));
    }
    tree
}

/// Extracts an archive with GNU tar.
pub(crate) fn extracted(archive: &[u8]) -> Tree {
    let folder = Folder::in_memory();
    let arguments = ["--extract", "--preserve-permissions", "--directory", folder.path().as_str()];
    let output = gnu_tar(&arguments, archive).unwrap();
    assert_eq!(output, "");
    tree::read(folder.path())
}

/// Runs GNU tar with an archive on stdin. Returns its stdout, or its stderr if it fails.
pub(crate) fn gnu_tar(arguments: &[&str], archive: &[u8]) -> Result<String, String> {
    let mut command = Command::new("tar");
    command.args(arguments).args(["--file", "-"]).env("TZ", "UTC").env("LC_ALL", "C");
    let mut tar = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = tar.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        // Writing fails if tar stops reading an invalid archive.
        scope.spawn(move || _ = input.write_all(archive));
        tar.wait_with_output().unwrap()
    });
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

#[derive(Deserialize)]
struct Member {
    path: String,
    kind: String,
    mode: u32,
    owner: (u32, u32, String, String),
    time: u64,
    target: String,
    /// One character per byte.
    bytes: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Verdict {
    Members(Vec<Member>),
    Unreadable { error: String },
}

/// Reads an archive with Python.
fn read_by_python(judge: &Judge, archive: &[u8]) -> Tree {
    let node = |member: Member| {
        assert_eq!(member.owner, (0, 0, String::new(), String::new()));
        let what = match member.kind.as_str() {
            "folder" => What::Folder,
            "link" => What::Link(member.target),
            _ => What::File(member.bytes.chars().map(|c| u8::try_from(c).unwrap()).collect()),
        };
        (member.path, Node { what, mode: member.mode, time: member.time })
    };
    match verdict(judge, archive) {
        Verdict::Members(members) => {
            let components = |member: &Member| member.path.split('/').map(str::to_owned).collect::<Vec<_>>();
            let order: Vec<_> = members.iter().map(components).collect();
            assert!(order.is_sorted_by(|a, b| a < b), "{order:?}");
            members.into_iter().map(node).collect()
        }
        Verdict::Unreadable { error } => panic!("{error}"),
    }
}

fn verdict(judge: &Judge, archive: &[u8]) -> Verdict {
    let file = Folder::empty();
    fs::write(file.join("tar"), archive).unwrap();
    judge.ask(&file.join("tar"))
}

/// Checks that neither GNU tar nor Python accepts these bytes as a complete archive.
#[track_caller]
pub(crate) fn assert_no_archive(judge: Option<&Judge>, bytes: &[u8]) {
    let listed = gnu_tar(&["--list"], bytes);
    assert!(listed.is_err(), "GNU tar accepts {} bytes: {listed:?}", bytes.len());
    if let Some(judge) = judge {
        let accepted = matches!(verdict(judge, bytes), Verdict::Members(_));
        assert!(!accepted, "Python accepts {} bytes", bytes.len());
    }
}

#[test]
fn a_listing_depends_only_on_the_project() {
    let folder = Folder::of(&tree::project(&[("src/hello.py", "print()\n"), ("empty/", "")]));
    super::symlink("hello.py", &folder.join("src/link.py"));
    super::set_mode(&folder.join("src/hello.py"), 0o700);
    let archive = tar(&bundle(folder.path()).unwrap()).unwrap();
    let listing = gnu_tar(&["--list", "--verbose", "--full-time"], &archive).unwrap();
    let project: Vec<&str> = listing.lines().filter(|line| line.contains(" project/")).collect();
    assert_eq!(
        project,
        [
            "drwxr-xr-x 0/0               0 1980-01-02 00:00:00 project/",
            "drwxr-xr-x 0/0               0 1980-01-02 00:00:00 project/empty/",
            "-rw-r--r-- 0/0              41 1980-01-02 00:00:00 project/pyproject.toml",
            "drwxr-xr-x 0/0               0 1980-01-02 00:00:00 project/src/",
            "-rwxr-xr-x 0/0               8 1980-01-02 00:00:00 project/src/hello.py",
            "lrwxrwxrwx 0/0               0 1980-01-02 00:00:00 project/src/link.py -> hello.py",
        ]
    );
}

/// Paths of all lengths around the limits of a tar header.
#[test]
fn long_paths_are_complete() {
    let names: Vec<String> = (90..110).chain(245..256).map(|length| "x".repeat(length)).collect();
    let deep = ["d".repeat(250), "e".repeat(250), "f".repeat(250)].join("/");
    let paths: Vec<String> = names.iter().flat_map(|name| [name.clone(), format!("{deep}/{name}")]).collect();
    let files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "")).collect();
    let project = tree::project(&files);
    assert_whole(&project);
}

/// Checks that GNU tar extracts all paths of a project from its archive.
#[track_caller]
pub(crate) fn assert_whole(project: &Tree) {
    let folder = Folder::of(project);
    let mut found = extracted(&tar(&bundle(folder.path()).unwrap()).unwrap());
    found.retain(|path, _| path.starts_with("project/"));
    assert_eq!(found, tree::in_context(project));
}

/// A link to a project is accepted. A missing folder is an error.
#[test]
fn a_link_to_a_project_is_read_as_the_project() {
    let folder = Folder::of(&tree::project(&[("a.py", "")]));
    let beside = Folder::empty();
    super::symlink(folder.path().as_str(), &beside.join("link"));
    let archive = |path: &Utf8Path| tar(&bundle(path).unwrap()).unwrap();
    assert!(archive(folder.path()) == archive(&beside.join("link")));
    assert!(bundle(&beside.join("nowhere")).is_err());
}
