//! Contexts written by a process of its own: with another environment, mask or user, or to be killed.

use std::collections::BTreeSet;
use std::os::unix::fs::lchown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::{env, fs, io};

use agentix_gen::bundle::Bundle;
use agentix_gen::context::write_folder;
use agentix_gen::files::{Listing, STAGE_MARKER};
use agentix_gen::project::{Config, Project};
use agentix_gen::value::Cancel;
use camino::{Utf8Path, Utf8PathBuf};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::archives::extracted;
use super::tree::{self, Node, Tree};
use super::{Folder, bundle, staged, tar};

/// The user whom no file belongs to.
const NOBODY: u32 = 65_534;

const PROJECT: &str = "AGENTIX_TEST_PROJECT";
const PROJECTS: &str = "AGENTIX_TEST_PROJECTS";
const PLACE: &str = "AGENTIX_TEST_PLACE";
const MASK: &str = "AGENTIX_TEST_MASK";

/// What the process does: it writes the context of a project as an archive, and as a folder beside it; or the archives of
/// all projects of a folder; and where there is neither, a folder that takes long.
#[test]
#[ignore = "the other tests run it as a process of its own"]
fn in_a_process_of_its_own() {
    let variable = |name| env::var(name).ok();
    let Some(place) = variable(PLACE).map(Utf8PathBuf::from) else { return };
    if let Some(mask) = variable(MASK) {
        rustix::process::umask(Mode::from_raw_mode(mask.parse().unwrap()));
    }
    if let Some(projects) = variable(PROJECTS).map(Utf8PathBuf::from) {
        for project in projects.read_dir_utf8().unwrap() {
            let project = project.unwrap();
            fs::write(place.join(project.file_name()), tar(&bundle(project.path()).unwrap()).unwrap()).unwrap();
        }
        return;
    }
    match variable(PROJECT) {
        Some(project) => match bundle(project.as_ref()) {
            Ok(bundle) => {
                fs::write(&place, tar(&bundle).unwrap()).unwrap();
                write_folder(&staged(&bundle), &place.with_extension("folder"), &Cancel::default()).unwrap();
            }
            Err(error) => fs::write(place, error.to_string()).unwrap(),
        },
        None => _ = write_folder(&staged(&large_bundle()), &place, &Cancel::default()).unwrap(),
    }
}

fn large_bundle() -> Bundle {
    let files = (0..200_000).map(|number| (format!("{number}"), ""));
    let listing = Listing::from_files(files.chain([("pyproject.toml".to_owned(), tree::MANIFEST)])).unwrap();
    Bundle::new(tree::MANIFEST.parse::<Project>().unwrap(), listing, Config::default()).unwrap()
}

/// This test program, about to run the test above and no other.
fn command(place: &Utf8Path) -> Command {
    command_of(&env::current_exe().unwrap(), place)
}

fn command_of(program: &Path, place: &Utf8Path) -> Command {
    let mut command = Command::new(program);
    command.args(["--ignored", "--exact", "process::in_a_process_of_its_own"]).env(PLACE, place);
    command
}

/// A copy of this test program for those to whom its own folder is closed.
///
/// Another program makes it. Had this one the file open to write, so would each process that another test starts at that
/// moment, and a file that somebody writes cannot be run.
fn copied_program(place: &Utf8Path) -> Utf8PathBuf {
    assert_passed(Command::new("cp").arg(env::current_exe().unwrap()).arg(place).output());
    place.to_owned()
}

/// That another program has ended well; if not, with what it said.
#[track_caller]
fn assert_passed(ended: io::Result<Output>) {
    let Output { status, stdout, stderr } = ended.unwrap();
    assert!(status.success(), "{status}\n{}", String::from_utf8_lossy(&[stdout, stderr].concat()));
}

/// What another process makes of a project: an archive, and a folder.
fn contexts_of(project: &Utf8Path, environment: &[(&str, &str)]) -> (Vec<u8>, Tree) {
    let folder = Folder::empty();
    let place = folder.join("context");
    let mut command = command(&place);
    assert_passed(command.env(PROJECT, project).envs(environment.iter().copied()).output());
    let mut tree = tree::read(&place.with_extension("folder"));
    assert!(tree.remove(STAGE_MARKER).is_some());
    (fs::read(place).unwrap(), tree)
}

/// That another process makes of a project what this one makes of a folder.
#[track_caller]
fn assert_same_contexts(project: &Utf8Path, environment: &[(&str, &str)], folder: &Folder) {
    let (archive, tree) = contexts_of(project, environment);
    let here = tar(&bundle(folder.path()).unwrap()).unwrap();
    assert!(archive == here, "{environment:?}");
    assert_eq!(tree, extracted(&here), "{environment:?}");
}

/// A process that writes a folder, which takes long. It is killed where it is dropped.
pub(crate) struct Writing(Child);

impl Writing {
    pub(crate) fn start(place: &Utf8Path) -> Self {
        Self(command(place).stdout(Stdio::null()).spawn().unwrap())
    }

    pub(crate) fn goes_on(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn sample() -> Tree {
    tree::project(&[("src/hello/__init__.py", ""), ("src/hello/é.py", ""), ("src/Hello.py", ""), ("empty/", "")])
}

#[test]
fn neither_mask_nor_locale_nor_time_zone_decides() {
    let folder = Folder::of(&sample());
    let environments: &[&[(&str, &str)]] = &[
        &[(MASK, "0")],
        &[(MASK, "63")],
        &[("LC_ALL", "C"), ("TZ", "Pacific/Kiritimati")],
        &[("LC_ALL", "tr_TR.UTF-8"), ("TZ", "America/Los_Angeles"), ("SOURCE_DATE_EPOCH", "1")],
    ];
    for environment in environments {
        assert_same_contexts(folder.path(), environment, &folder);
    }
}

/// Equal projects give equal bytes, whoever makes them and wherever: in another order and at another time, on another
/// file system, for another user.
#[test]
fn nothing_but_the_project_decides() {
    const TREES: usize = 60;
    let mut runner = TestRunner::new(proptest::test_runner::Config { failure_persistence: None, ..Default::default() });
    let trees: Vec<Tree> = (0..TREES).map(|_| tree::any_project().new_tree(&mut runner).unwrap().current()).collect();
    let is_root = rustix::process::geteuid().is_root();
    let expected: Vec<Vec<u8>> =
        trees.iter().map(|tree| tar(&bundle(Folder::of(tree).path()).unwrap()).unwrap()).collect();

    let disks = [tempfile::tempdir().ok(), tempfile::tempdir_in("/dev/shm").ok()];
    let kinds = disks.iter().flatten().map(|disk| rustix::fs::statfs(disk.path()).unwrap().f_type);
    if kinds.collect::<BTreeSet<_>>().len() < 2 {
        eprintln!("not run: there is only one kind of file system here");
    }
    for (number, disk) in disks.into_iter().flatten().map(Folder).enumerate() {
        let (projects, place) = (disk.join("projects"), disk.join("archives"));
        for (number, tree) in trees.iter().enumerate() {
            let time = |time: u64| time / 3 + 1;
            let later = tree.iter().map(|(path, node)| (path.clone(), Node { time: time(node.time), ..node.clone() }));
            tree::write(&later.collect(), &projects.join(number.to_string()), true);
        }
        fs::create_dir(&place).unwrap();
        let mut command = command_of(copied_program(&disk.join("program")).as_std_path(), &place);
        command.env_clear().env(PLACE, &place).env(PROJECTS, &projects);
        if number == 0 && is_root {
            give_away(disk.path());
            command.uid(NOBODY).gid(NOBODY);
            command
                .env(MASK, "63")
                .env("LC_ALL", "tr_TR.UTF-8")
                .env("TZ", "Pacific/Kiritimati")
                .env("HOME", "/nowhere");
        }
        assert_passed(command.output());
        for (number, expected) in expected.iter().enumerate() {
            assert!(fs::read(place.join(number.to_string())).unwrap() == *expected, "{:?}", trees[number]);
        }
    }
}

/// Makes a folder another user's, with all that it holds.
fn give_away(folder: &Utf8Path) {
    for found in folder.read_dir_utf8().unwrap() {
        let found = found.unwrap();
        lchown(found.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        if found.file_type().unwrap().is_dir() {
            give_away(found.path());
        }
    }
    lchown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
}

/// What is told by the kernel of a process that makes contexts: it opens no pipe, no socket and no device, under whatever
/// name, kept out or not, and whatever leads to it.
#[test]
fn no_special_file_is_opened() {
    let special =
        ["pipe", "key.pem", "a/pyvenv.cfg", "b/.agentix-stage", "c/.env", "build/pipe", "docs/pipe", "README"];
    let folder = Folder::of(&tree::project(&[("a/x", ""), ("b/x", ""), ("c/x", ""), ("build/x", ""), ("docs/x", "")]));
    for path in special {
        mknodat(CWD, folder.join(path).as_str(), FileType::Fifo, Mode::RWXU, 0).unwrap();
    }
    super::symlink("key.pem", &folder.join("link.pem"));
    super::symlink("/dev/null", &folder.join("null.key"));
    fs::write(folder.join(".dockerignore"), "docs/pipe\n").unwrap();
    let everything = "exclude = ['pipe', 'README', '*.pem', '*.key', 'a', 'b']";
    for config in ["", "symlinks = 'follow'", "include = ['build/pipe']", everything] {
        super::selection::with_config(&folder, config);
        let log = Folder::empty();
        let mut strace = Command::new("strace");
        strace.args([
            "-f",
            "-qq",
            "-y",
            "-s",
            "4096",
            "-e",
            "trace=open,openat,openat2,creat",
            "-o",
            log.join("opened").as_str(),
        ]);
        strace.arg(env::current_exe().unwrap()).args(["--ignored", "--exact", "process::in_a_process_of_its_own"]);
        strace.env(PLACE, log.join("context")).env(PROJECT, folder.path()).stdout(Stdio::null());
        let Ok(status) = strace.status() else {
            assert!(env::var_os("AGENTIX_REQUIRE_ENGINES").is_none_or(|value| value != "1"), "not run: no strace");
            eprintln!("not run: no strace");
            return;
        };
        assert!(status.success());
        let opened = fs::read_to_string(log.join("opened")).unwrap();
        assert!(opened.contains("/pyproject.toml\""), "{opened}");
        let names = special.map(|path| format!("{}\"", path.rsplit('/').next().unwrap()));
        let is_odd = |line: &str| {
            let in_project = line.contains(folder.path().as_str()) && names.iter().any(|name| line.contains(name));
            in_project || line.contains("/dev/null\"")
        };
        let odd: Vec<&str> = opened.lines().filter(|line| is_odd(line)).collect();
        assert!(odd.is_empty(), "{config}: {odd:?}");
        let is_whole = log.join("context.folder").exists();
        assert_eq!(is_whole, config == everything, "{config}");
    }
}

/// No file that git, ripgrep or a parent folder ignores is left out for that.
#[test]
fn ignore_files_of_others_are_not_read() {
    let everything = "*\n";
    let own = [(".gitignore", everything), (".ignore", everything), (".rgignore", everything)];
    let own: Vec<(&str, &str)> = own.into_iter().chain([("src/a.py", ""), ("src/.gitignore", everything)]).collect();
    let home = Folder::of(&tree::project(&[
        (".gitignore", everything),
        (".ignore", everything),
        (".dockerignore", everything),
        (".config/git/ignore", everything),
        ("ignore", everything),
        (".git/info/exclude", everything),
        ("parent/.ignore", everything),
        ("parent/.gitignore", everything),
        ("parent/project/.git/info/exclude", everything),
    ]));
    fs::write(home.join(".gitconfig"), format!("[core]\n\texcludesFile = {}\n", home.join("ignore"))).unwrap();
    let project = home.join("parent/project");
    tree::write(&tree::project(&own), &project, false);

    let environment = [("HOME", home.path().as_str()), ("XDG_CONFIG_HOME", home.path().as_str())];
    let alone = Folder::of(&tree::project(&own));
    assert_same_contexts(&project, &environment[..1], &alone);
    assert_same_contexts(&project, &environment, &alone);
}

/// What cannot be read is an error that names it, never a shorter context. Root can read everything, and so becomes
/// somebody else.
#[test]
fn what_cannot_be_read_is_an_error() {
    for (path, name) in [("src/secret/a.py", "src/secret"), ("src/locked.pem", "src/locked.pem")] {
        let folder = Folder::of(&tree::project(&[(path, "")]));
        super::set_mode(&folder.join(name), 0);
        let place = Folder::empty();
        for open in [folder.path(), place.path()] {
            super::set_mode(open, 0o777);
        }
        // The target folder may be closed to others.
        let program = copied_program(&place.join("program"));
        let mut command = command_of(program.as_std_path(), &place.join("error"));
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        let ended = command.env(PROJECT, folder.path()).output();
        super::set_mode(&folder.join(name), 0o700);
        assert_passed(ended);
        let error = fs::read_to_string(place.join("error")).unwrap();
        assert_eq!(error, format!("`{}` cannot be read", folder.path().canonicalize_utf8().unwrap().join(name)));
    }
}

/// The name that a folder is given by is not part of the result.
#[test]
fn the_way_to_the_project_does_not_decide() {
    let folder = Folder::of(&sample());
    let here = tar(&bundle(folder.path()).unwrap()).unwrap();
    assert!(tar(&bundle(&folder.join("src/..")).unwrap()).unwrap() == here);
    assert!(tar(&bundle(&folder.join("./")).unwrap()).unwrap() == here);
}
