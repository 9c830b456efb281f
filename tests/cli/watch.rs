//! `build --watch`: what starts a round, and how the watch ends.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::run::{Folder, HELLO};
use crate::stub;

/// More than the watch waits for further changes. Were a test too fast, it would see fewer rounds, not more.
const SETTLED: Duration = Duration::from_millis(700);

/// How long a round may take on a busy machine.
const ROUND: Duration = Duration::from_mins(1);

/// A watch over a project, with a stub as the engine. The build fails if the Dockerfile names the package `broken`.
struct Watch {
    folder: Folder,
    running: Child,
    built: Receiver<String>,
}

impl Watch {
    fn start() -> Self {
        Self::start_with(&[], |folder| folder)
    }

    fn start_with(arguments: &[&str], prepare: fn(Folder) -> Folder) -> Self {
        let manifest = format!("{HELLO}[tool.agentix]\ngitignore = true\n");
        let script = "tar -xO Dockerfile requirements | grep -q broken && exit 7; echo one >> ../builds";
        let folder = stub::engine(Folder::with("project/pyproject.toml", manifest), script)
            .file("project/.gitignore", "*.log\n")
            .file("project/hello.py", "a = 1\n");
        let folder = prepare(folder);
        let project = folder.path("project");
        let command = Folder::run_in(&project, &[&["build", "--watch", "--engine", "docker"], arguments].concat());
        let mut command = command.env("PATH", stub::path(&folder)).env("TMPDIR", folder.path("bin")).command();
        command.stdout(Stdio::piped()).stderr(fs::File::create(folder.path("messages")).unwrap());
        let mut running = command.spawn().unwrap();
        let stdout = BufReader::new(running.stdout.take().unwrap());
        let (sender, built) = channel();
        thread::spawn(move || stdout.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        Self { folder, running, built }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path("project").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Waits for the end of the next round that builds, and returns the name of the image.
    fn next(&mut self) -> String {
        self.built.recv_timeout(ROUND).unwrap_or_else(|error| panic!("{error}: {}", self.messages()))
    }

    /// Waits until stderr contains a text.
    fn wait_for(&mut self, text: &str) {
        let deadline = Instant::now() + ROUND;
        while !self.messages().contains(text) {
            assert!(Instant::now() < deadline, "{text} is missing: {}", self.messages());
            assert_eq!(self.running.try_wait().unwrap(), None, "{}", self.messages());
            sleep(Duration::from_millis(20));
        }
    }

    fn messages(&self) -> String {
        fs::read_to_string(self.folder.path("messages")).unwrap()
    }

    fn builds(&self) -> usize {
        fs::read_to_string(self.folder.path("builds")).unwrap().lines().count()
    }

    /// Ends the watch with Ctrl-C.
    fn interrupt(mut self) -> String {
        kill_process(Pid::from_child(&self.running), Signal::INT).unwrap();
        let deadline = Instant::now() + ROUND;
        let ended = loop {
            match self.running.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(Instant::now() < deadline, "it does not end: {}", self.messages()),
            }
            sleep(Duration::from_millis(20));
        };
        assert_eq!(ended.code(), Some(130), "{}", self.messages());
        self.messages()
    }
}

/// A test that fails leaves no watch behind.
impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

#[test]
fn a_change_of_the_context_starts_a_round_and_nothing_else_does() {
    let mut watch = Watch::start();
    assert_eq!(watch.next(), "hello:1.0");
    sleep(SETTLED);
    watch.write("debug.log", "ignored");
    watch.write(".venv/pyvenv.cfg", "");
    watch.write("__pycache__/hello.pyc", "");
    watch.write("hello.py", "a = 1\n");
    sleep(SETTLED);
    assert_eq!(watch.builds(), 1, "{}", watch.messages());
    watch.write("hello.py", "a = 2\n");
    watch.next();
    assert_eq!(watch.builds(), 2, "{}", watch.messages());
    // A new folder is watched too, and a changed ignore file brings in what it left out.
    watch.write("new/deep/module.py", "a = 1\n");
    watch.next();
    watch.write("new/deep/module.py", "a = 2\n");
    watch.next();
    watch.write(".gitignore", "");
    watch.next();
    watch.write("debug.log", "counts now");
    watch.next();
    fs::remove_dir_all(watch.folder.path("project/new")).unwrap();
    watch.next();
    assert_eq!(watch.builds(), 7, "{}", watch.messages());
    assert!(watch.interrupt().ends_with("\nerror: stopped by SIGINT\n"));
}

#[test]
fn an_error_of_a_round_is_shown_and_the_watch_goes_on() {
    let mut watch = Watch::start();
    watch.next();
    watch.write("pyproject.toml", "[project\n");
    watch.wait_for("error: ./pyproject.toml:1:9: ");
    watch.write("pyproject.toml", &HELLO.replace("rich", "broken"));
    watch.wait_for("error: docker failed with exit code 7");
    watch.write("pyproject.toml", &HELLO.replace("'1.0'", "'2.0'"));
    assert_eq!(watch.next(), "hello:2.0");
    watch.interrupt();
}

#[test]
fn a_project_that_comes_back_is_built_again() {
    let mut watch = Watch::start();
    watch.next();
    let (project, away) = (watch.folder.path("project"), watch.folder.path("away"));
    fs::rename(&project, &away).unwrap();
    fs::create_dir(&project).unwrap();
    fs::write(project.join("pyproject.toml"), HELLO.replace("'1.0'", "'3.0'")).unwrap();
    // The command still runs in the folder that was moved.
    fs::write(away.join("hello.py"), "a = 3\n").unwrap();
    assert_eq!(watch.next(), "hello:1.0");
    watch.interrupt();
}

/// The stub cannot write the cache, so the watch gets as far as the first round.
#[test]
fn a_cache_may_be_written_beside_the_context() {
    for cache in ["type=local,dest=out/cache", "type=local,dest=../cache", "type=registry,ref=localhost:5000/cache"] {
        let arguments = ["--cache-to", cache, "--exclude", "out"];
        let mut watch = Watch::start_with(&arguments, |folder| folder.file("project/out/a", ""));
        watch.wait_for("which cannot use the build cache");
        watch.wait_for("watching for changes");
        watch.interrupt();
    }
}

#[test]
fn what_would_start_the_next_round_is_refused() {
    let folder = stub::engine(Folder::hello(), "exit 1");
    let run =
        |arguments: &[&str]| folder.run(&[&["build", "--watch"], arguments].concat()).env("PATH", stub::path(&folder));
    for arguments in [&["--iidfile", "id"][..], &["--dry-run"], &["--print-command"]] {
        assert!(run(arguments).ends(2).stderr.contains("cannot be used with"), "{arguments:?}");
    }
    let refused = run(&["--output", "type=oci,dest=image.tar"]).refused();
    assert!(refused.starts_with("error: --watch builds into the store of the engine"), "{refused}");
    assert!(run(&["absent"]).refused().contains("no such folder"));
    let cached =
        |folder: &str| run(&["--cache-to", &format!("type=local,dest={folder}"), "--exclude", "out"]).refused();
    for in_context in ["cache", "./a/../cache", &folder.path("cache").display().to_string()] {
        let refused = cached(in_context);
        assert!(refused.contains("would start the next round\n  help: write it elsewhere"), "{refused}");
    }
}
