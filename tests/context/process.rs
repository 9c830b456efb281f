//! Contexts written by a process of its own: with another environment, mask or user, or to be killed.

use std::env;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use agentix_gen::folder::write_folder;
use agentix_gen::{Bundle, Cancel, Config, Listing, Project, STAGE_MARKER};
use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::Mode;

use super::archives::extracted;
use super::tree::{self, Tree};
use super::{Folder, bundle, staged, tar};

/// The user whom no file belongs to.
const NOBODY: u32 = 65_534;

const PROJECT: &str = "AGENTIX_TEST_PROJECT";
const PLACE: &str = "AGENTIX_TEST_PLACE";
const MASK: &str = "AGENTIX_TEST_MASK";

/// What the process does: it writes the context of a project as an archive, and as a folder beside it. Without a project
/// it writes a folder that takes long.
#[test]
#[ignore = "the other tests run it as a process of its own"]
fn in_a_process_of_its_own() {
    let variable = |name| env::var(name).ok();
    let Some(place) = variable(PLACE).map(Utf8PathBuf::from) else { return };
    if let Some(mask) = variable(MASK) {
        rustix::process::umask(Mode::from_raw_mode(mask.parse().unwrap()));
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
    command.args(["--ignored", "--exact", "process::in_a_process_of_its_own"]);
    command.env(PLACE, place).stdout(Stdio::null());
    command
}

/// What another process makes of a project: an archive, and a folder.
fn contexts_of(project: &Utf8Path, environment: &[(&str, &str)]) -> (Vec<u8>, Tree) {
    let folder = Folder::empty();
    let place = folder.join("context");
    let mut command = command(&place);
    assert!(command.env(PROJECT, project).envs(environment.iter().copied()).status().unwrap().success());
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

/// Starts to write a folder that takes long.
pub(crate) fn start_to_write(place: &Utf8Path) -> Child {
    command(place).spawn().unwrap()
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
        fs::copy(env::current_exe().unwrap(), place.join("program")).unwrap();
        let mut command = command_of(place.join("program").as_std_path(), &place.join("error"));
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        let status = command.env(PROJECT, folder.path()).status();
        super::set_mode(&folder.join(name), 0o700);
        assert!(status.unwrap().success());
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
