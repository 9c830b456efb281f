//! Contexts written by a separate process: with another environment, umask or user, or to be killed.

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
use super::cases::cases;
use super::tree::{self, Node, Tree};
use super::{Folder, bundle, judges, staged, tar};

/// The user and group ID of `nobody`, which owns no files.
const NOBODY: u32 = 65_534;

const PROJECT: &str = "AGENTIX_TEST_PROJECT";
const PROJECTS: &str = "AGENTIX_TEST_PROJECTS";
const OUTPUT: &str = "AGENTIX_TEST_OUTPUT";
const UMASK: &str = "AGENTIX_TEST_UMASK";

/// The code that runs in the separate process. The variables select what it writes: the archives of all projects in a
/// folder; or the context of one project, as an archive and as a folder; or a folder that takes a long time.
#[test]
#[ignore = "other tests run it as a separate process"]
fn in_a_separate_process() {
    let variable = |name| env::var(name).ok();
    let Some(output) = variable(OUTPUT).map(Utf8PathBuf::from) else { return };
    if let Some(umask) = variable(UMASK) {
        rustix::process::umask(Mode::from_raw_mode(umask.parse().unwrap()));
    }
    if let Some(projects) = variable(PROJECTS).map(Utf8PathBuf::from) {
        for project in projects.read_dir_utf8().unwrap() {
            let project = project.unwrap();
            fs::write(output.join(project.file_name()), tar(&bundle(project.path()).unwrap()).unwrap()).unwrap();
        }
        return;
    }
    match variable(PROJECT) {
        Some(project) => match bundle(project.as_ref()) {
            Ok(bundle) => {
                fs::write(&output, tar(&bundle).unwrap()).unwrap();
                write_folder(&staged(&bundle), &output.with_extension("folder"), &Cancel::default()).unwrap();
            }
            Err(error) => fs::write(output, error.to_string()).unwrap(),
        },
        None => _ = write_folder(&staged(&large_bundle()), &output, &Cancel::default()).unwrap(),
    }
}

fn large_bundle() -> Bundle {
    let files = (0..200_000).map(|number| (format!("{number}"), ""));
    let listing = Listing::from_files(files.chain([("pyproject.toml".to_owned(), tree::MANIFEST)])).unwrap();
    Bundle::new(tree::MANIFEST.parse::<Project>().unwrap(), listing, Config::default()).unwrap()
}

/// Returns this test program as a command that runs only the test above.
fn command(output: &Utf8Path) -> Command {
    command_of(&env::current_exe().unwrap(), output)
}

fn command_of(program: &Path, output: &Utf8Path) -> Command {
    let mut command = Command::new(program);
    command.args(["--ignored", "--exact", "process::in_a_separate_process"]).env(OUTPUT, output);
    command
}

/// Copies this test program, for users without access to its folder.
///
/// This process does not write the copy itself. If it did, a process that another test starts at that moment would
/// inherit the open file, and a file that is open for writing cannot be executed.
fn copied_program(path: &Utf8Path) -> Utf8PathBuf {
    assert_passed(Command::new("cp").arg(env::current_exe().unwrap()).arg(path).output());
    path.to_owned()
}

/// Checks that a program succeeded. If not, panics with its output.
#[track_caller]
fn assert_passed(ended: io::Result<Output>) {
    let Output { status, stdout, stderr } = ended.unwrap();
    assert!(status.success(), "{status}\n{}", String::from_utf8_lossy(&[stdout, stderr].concat()));
}

/// Returns the context of a project that a separate process wrote: the archive, and the folder without its marker.
fn contexts_of(project: &Utf8Path, environment: &[(&str, &str)]) -> (Vec<u8>, Tree) {
    let folder = Folder::empty();
    let output = folder.join("context");
    let mut command = command(&output);
    assert_passed(command.env(PROJECT, project).envs(environment.iter().copied()).output());
    let mut tree = tree::read(&output.with_extension("folder"));
    assert!(tree.remove(STAGE_MARKER).is_some());
    (fs::read(output).unwrap(), tree)
}

/// Checks that a separate process writes the same context of `project` as this process writes of `folder`.
#[track_caller]
fn assert_same_contexts(project: &Utf8Path, environment: &[(&str, &str)], folder: &Folder) {
    let (archive, tree) = contexts_of(project, environment);
    let here = tar(&bundle(folder.path()).unwrap()).unwrap();
    assert!(archive == here, "{environment:?}");
    assert_eq!(tree, extracted(&here), "{environment:?}");
}

/// A separate process that writes a folder, which takes a long time. It is killed on drop.
pub(crate) struct Writing(Child);

impl Writing {
    pub(crate) fn start(output: &Utf8Path) -> Self {
        Self(command(output).stdout(Stdio::null()).spawn().unwrap())
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
fn umask_locale_and_time_zone_do_not_matter() {
    let folder = Folder::of(&sample());
    let environments: &[&[(&str, &str)]] = &[
        &[(UMASK, "0")],
        &[(UMASK, "63")],
        &[("LC_ALL", "C"), ("TZ", "Pacific/Kiritimati")],
        &[("LC_ALL", "tr_TR.UTF-8"), ("TZ", "America/Los_Angeles"), ("SOURCE_DATE_EPOCH", "1")],
    ];
    for environment in environments {
        assert_same_contexts(folder.path(), environment, &folder);
    }
}

/// Equal projects give equal archives. Neither the order nor the time at which the files were written matters, nor the
/// file system, the user or the environment.
#[test]
fn only_the_project_determines_the_archive() {
    let mut runner = TestRunner::new(proptest::test_runner::Config { failure_persistence: None, ..Default::default() });
    let trees: Vec<Tree> =
        (0..cases(60)).map(|_| tree::any_project().new_tree(&mut runner).unwrap().current()).collect();
    let is_root = rustix::process::geteuid().is_root();
    let expected: Vec<Vec<u8>> =
        trees.iter().map(|tree| tar(&bundle(Folder::of(tree).path()).unwrap()).unwrap()).collect();

    // `/dev/shm` is a tmpfs. If the folder for temporary files is one as well, the target folder is usually on disk.
    let candidates =
        [tempfile::tempdir(), tempfile::tempdir_in("/dev/shm"), tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))];
    let candidates: Vec<Folder> = candidates.into_iter().flatten().map(Folder).collect();
    let types = candidates.iter().map(|folder| rustix::fs::statfs(folder.path().as_str()).unwrap().f_type);
    if types.collect::<BTreeSet<_>>().len() < 2 {
        judges::not_run("comparison of file systems: temporary folder, /dev/shm and target folder are of one type");
    }
    for (number, folder) in candidates.iter().enumerate() {
        let (projects, archives) = (folder.join("projects"), folder.join("archives"));
        for (number, tree) in trees.iter().enumerate() {
            let time = |time: u64| time / 3 + 1;
            let later = tree.iter().map(|(path, node)| (path.clone(), Node { time: time(node.time), ..node.clone() }));
            tree::write(&later.collect(), &projects.join(number.to_string()), true);
        }
        fs::create_dir(&archives).unwrap();
        // `/dev/shm` is often mounted with `noexec`, so only the program for `nobody` is a copy.
        let as_nobody = number == 0 && is_root;
        let mut command = if as_nobody {
            command_of(copied_program(&folder.join("program")).as_std_path(), &archives)
        } else {
            command(&archives)
        };
        command.env_clear().env(OUTPUT, &archives).env(PROJECTS, &projects);
        if as_nobody {
            give_away(folder.path());
            command.uid(NOBODY).gid(NOBODY);
            command
                .env(UMASK, "63")
                .env("LC_ALL", "tr_TR.UTF-8")
                .env("TZ", "Pacific/Kiritimati")
                .env("HOME", "/nowhere");
        }
        assert_passed(command.output());
        for (number, expected) in expected.iter().enumerate() {
            assert!(fs::read(archives.join(number.to_string())).unwrap() == *expected, "{:?}", trees[number]);
        }
    }
}

/// Makes `nobody` the owner of a folder and its contents.
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

/// A process that writes contexts opens no pipe and no device, excluded or not, and does not open one through a link.
/// strace reports which files the process opens.
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
        strace.arg(env::current_exe().unwrap()).args(["--ignored", "--exact", "process::in_a_separate_process"]);
        strace.env(OUTPUT, log.join("context")).env(PROJECT, folder.path()).stdout(Stdio::null());
        let Ok(status) = strace.status() else {
            judges::not_run("strace is not installed");
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

/// The ignore files of git and ripgrep exclude nothing, neither in the project nor in the folders above it.
#[test]
fn ignore_files_of_other_tools_are_not_read() {
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

/// A path that cannot be read is an error that names it, never a smaller context. Root can read everything, so the
/// process runs as `nobody`.
#[test]
fn an_unreadable_path_is_an_error() {
    for (path, name) in [("src/secret/a.py", "src/secret"), ("src/locked.pem", "src/locked.pem")] {
        let folder = Folder::of(&tree::project(&[(path, "")]));
        super::set_mode(&folder.join(name), 0);
        let output = Folder::empty();
        for open in [folder.path(), output.path()] {
            super::set_mode(open, 0o777);
        }
        // `nobody` may have no access to the target folder.
        let program = copied_program(&output.join("program"));
        let mut command = command_of(program.as_std_path(), &output.join("error"));
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        let ended = command.env(PROJECT, folder.path()).output();
        super::set_mode(&folder.join(name), 0o700);
        assert_passed(ended);
        let error = fs::read_to_string(output.join("error")).unwrap();
        assert_eq!(error, format!("`{}` cannot be read", folder.path().canonicalize_utf8().unwrap().join(name)));
    }
}

/// The path by which the project is named does not affect the archive.
#[test]
fn the_path_of_the_project_does_not_matter() {
    let folder = Folder::of(&sample());
    let here = tar(&bundle(folder.path()).unwrap()).unwrap();
    for path in ["src/..", "./"] {
        assert!(tar(&bundle(&folder.join(path)).unwrap()).unwrap() == here, "{path}");
    }
}
