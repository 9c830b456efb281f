//! Projects that describe more than any machine holds, and files that never end: an error, in time and without traces.

use std::os::unix::fs::symlink;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::{Pid, Signal, kill_process};

use crate::run::{Folder, HELLO};

const FOLLOW: &str = "[tool.agentix]\nsymlinks = 'follow'\n";

/// Folders that each have two links to the next one: 2³¹ paths.
fn doubling_links() -> Folder {
    let folder = Folder::with("pyproject.toml", format!("{HELLO}{FOLLOW}"));
    let name = |level: usize| folder.path(&format!("l{level:02}"));
    for level in 0..31 {
        std::fs::create_dir(name(level)).unwrap();
        for link in ["a", "b"] {
            symlink(format!("../l{:02}", level + 1), name(level).join(link)).unwrap();
        }
    }
    folder.file("l31/x", "")
}

fn fifo(folder: &Folder, path: &str) {
    mknodat(CWD, folder.path(path), FileType::Fifo, Mode::from_raw_mode(0o644), 0).unwrap();
}

#[test]
fn links_that_multiply_are_an_error() {
    let folder = doubling_links();
    let before = folder.paths();
    for arguments in [
        &["."][..],
        &["files"],
        &["plan"],
        &["context"],
        &["stage", "--into", "out"],
        &["build", "--dry-run"],
        &["check", "pyproject.toml"],
    ] {
        let started = Instant::now();
        let message = folder.run(arguments).refused();
        assert!(message.contains("points to `../l") && message.contains("would copy a folder"), "{message}");
        assert!(message.contains("symlinks = \"keep\"") && message.lines().count() == 1, "{message}");
        assert!(started.elapsed() < Duration::from_secs(5), "{arguments:?}: {:?}", started.elapsed());
    }
    assert_eq!(folder.paths(), before);
}

#[test]
fn files_behind_links_count_for_max_context() {
    let folder = Folder::with("project/pyproject.toml", format!("{HELLO}{FOLLOW}max-context = '1M'\n"));
    let folder = folder.file("large/a", vec![0; 600_000]).file("large/b", vec![0; 600_000]);
    symlink("../large", folder.path("project/data")).unwrap();
    let message = Folder::run_in(&folder.path("project"), &["context"]).refused();
    assert!(message.contains("link `data` points to `../large`") && message.contains("1 MiB"), "{message}");
    let copied = Folder::run_in(&folder.path("project"), &["files", "--max-context", "2M"]).prints();
    assert!(copied.contains("data/b"), "{copied}");
}

/// A chain of folders, each with a link to the next one, is as deep as it is long.
#[test]
fn links_that_go_deeper_and_deeper_are_an_error() {
    let folder = Folder::with("pyproject.toml", format!("{HELLO}{FOLLOW}"));
    for level in 0..500 {
        let next = folder.path(&format!("l{level}"));
        std::fs::create_dir(&next).unwrap();
        symlink(format!("../l{}", level + 1), next.join("n")).unwrap();
    }
    let message = folder.file("l500/x", "").run(&["files"]).refused();
    assert!(message.contains("200 deep"), "{message}");
}

/// A command that reads a folder with a million links, and therefore runs for a while.
fn busy(arguments: &[&str], folder: &Folder) -> Child {
    let mut command = folder.run(arguments).command();
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_signal_ends_the_search_for_files() {
    let folder = Folder::with("pyproject.toml", format!("{HELLO}{FOLLOW}"));
    std::fs::create_dir_all(folder.path("wide")).unwrap();
    for number in 0..900 {
        std::fs::write(folder.path(&format!("wide/{number}")), "").unwrap();
    }
    std::fs::create_dir(folder.path("links")).unwrap();
    for number in 0..900 {
        symlink("../wide", folder.path(&format!("links/{number}"))).unwrap();
    }
    let before = folder.paths();
    for arguments in
        [&["context"][..], &["stage", "--into", "out"], &["build", "--dry-run"], &["lock"], &["files"], &["plan"]]
    {
        let mut child = busy(arguments, &folder);
        thread::sleep(Duration::from_millis(300));
        assert!(child.try_wait().unwrap().is_none(), "{arguments:?} has nothing to do");
        let asked = Instant::now();
        kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
        let status = child.wait().unwrap();
        assert!(asked.elapsed() < Duration::from_secs(1), "{arguments:?}: {:?}", asked.elapsed());
        assert!(!status.success(), "{arguments:?}");
        assert_eq!(folder.paths(), before, "{arguments:?}");
    }
}

#[test]
fn a_dockerfile_that_never_ends_is_an_error() {
    let folder = Folder::with("project/pyproject.toml", HELLO);
    fifo(&folder, "fifo");
    for path in ["fifo", "/dev/zero", "/dev/full", "/dev/stdin"] {
        let started = Instant::now();
        let message = folder.run(&["check", "project", path]).ends(1).stderr;
        assert!(message.contains("not a regular file") && message.contains('`'), "{path}: {message}");
        assert!(started.elapsed() < Duration::from_secs(1), "{path}: {:?}", started.elapsed());
    }
    let mut command = folder.run(&["check", "project", "-"]).command();
    let endless = std::fs::File::open("/dev/zero").unwrap();
    let output = command.stdin(endless).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("larger than 16 MiB"), "{output:?}");
}

/// Every file that is read by its name, as a pipe that nobody writes to and as a device.
#[test]
fn a_pipe_in_place_of_a_file_is_not_waited_for() {
    let secret = "[tool.agentix]\ntemplate = 't'\n";
    for (name, manifest) in [
        ("pyproject.toml", ""),
        ("uv.lock", HELLO),
        ("poetry.lock", HELLO),
        ("pylock.toml", HELLO),
        ("requirements.txt", HELLO),
        (".python-version", HELLO),
        (".dockerignore", HELLO),
        ("Dockerfile.dockerignore", HELLO),
        (".gitignore", HELLO),
        ("setup.cfg", HELLO),
        ("setup.py", HELLO),
        ("PKG-INFO", HELLO),
        ("agentix.lock", HELLO),
        (".npmrc", HELLO),
        ("t", &format!("{HELLO}{secret}")),
    ] {
        for device in [false, true] {
            let folder = Folder::with("other", "");
            if !manifest.is_empty() {
                std::fs::write(folder.path("pyproject.toml"), manifest).unwrap();
            }
            if device {
                symlink("/dev/zero", folder.path(name)).unwrap();
            } else {
                fifo(&folder, name);
            }
            for arguments in [&["."][..], &["files"], &["plan"], &["stage", "--into", "out"]] {
                let started = Instant::now();
                let mut child = busy(arguments, &folder);
                while child.try_wait().unwrap().is_none() {
                    thread::sleep(Duration::from_millis(5));
                    if started.elapsed() > Duration::from_secs(5) {
                        child.kill().unwrap();
                        panic!("{arguments:?} waits for {name}");
                    }
                }
                assert!(child.wait().unwrap().code().is_some_and(|code| code < 2), "{arguments:?}: {name}");
            }
        }
    }
}

/// Runs the command with a limit on the size of files, in blocks of 1024 bytes.
fn with_file_limit(folder: &Folder, arguments: &str, blocks: u32) -> std::process::Output {
    let program = env!("CARGO_BIN_EXE_agentix-gen");
    let script = format!("ulimit -f {blocks}; exec {program} {arguments}");
    Command::new("bash").args(["-c", &script]).current_dir(folder.path(".")).output().unwrap()
}

#[test]
fn a_file_size_limit_is_an_error() {
    let folder = Folder::hello().file("data", vec![1; 300_000]);
    let before = folder.paths();
    for arguments in ["stage --into out", "stage --into new/out", "build --dry-run"] {
        let output = with_file_limit(&folder, arguments, 100);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments}: {message}");
        assert!(message.starts_with("error: ") && message.contains("File too large"), "{message}");
        assert_eq!(folder.paths(), before, "{arguments}");
    }
    let output = with_file_limit(&folder, "context >archive.tar", 100);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.starts_with("error: ") && message.contains("File too large"), "{message}");
}

/// Engines split `--secret` at commas. A path with one is refused by its name, wherever it comes from.
#[test]
fn a_secret_in_a_folder_with_a_comma_is_refused() {
    let folder =
        Folder::with("a,b\"c/pyproject.toml", HELLO).file("a,b\"c/token", "x").program("bin/docker", "#!/bin/sh");
    let project = folder.path("a,b\"c");
    for secret in ["id=token,src=token", "id=token,src=~/token"] {
        let run = Folder::run_in(&project, &["build", "--print-command", "--engine", "docker", "--secret", secret]);
        let message = run.env("HOME", &project).env("PATH", folder.path("bin")).refused();
        assert!(message.contains("a,b\"c/token") && message.contains("`,`"), "{message}");
    }
    assert!(Folder::run_in(&project, &["."]).prints().contains("FROM "));
}
