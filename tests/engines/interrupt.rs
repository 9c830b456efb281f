//! A build that a signal stops leaves no process, no image, no container and no folder.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::engines::builder::{Builder, on};
use crate::engines::image::{Image, unique};
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;
use crate::engines::store;

on_every_builder!(sigterm_leaves_nothing, sigint_leaves_nothing, a_failure_leaves_nothing);

fn sigterm_leaves_nothing(builder: Builder) {
    assert_signal_leaves_nothing(builder, Signal::TERM, "SIGTERM");
}

fn sigint_leaves_nothing(builder: Builder) {
    assert_signal_leaves_nothing(builder, Signal::INT, "SIGINT");
}

/// The maximum time until a build reaches its step. Podman waits while another process writes to the machine's store.
const START: Duration = Duration::from_secs(250);

/// The maximum time until a build ends after the signal.
const SOON: Duration = Duration::from_secs(7);

fn assert_signal_leaves_nothing(builder: Builder, signal: Signal, name: &str) {
    let (step, image, sandbox) = (Step::new(), Image::unbuilt(builder), Sandbox::new());
    assert_signal_stops(sandbox.build(&step.project, &image), &step, &image, &sandbox, (signal, name));
}

/// A plugin gets no special care: its process group does.
#[test]
fn a_plugin_that_calls_podman_leaves_nothing() {
    on(Builder::Podman, |builder| {
        let (step, image, sandbox) = (Step::new(), Image::unbuilt(builder), Sandbox::new());
        let programs = sandbox.folder.path().join("programs");
        let plugin = programs.join("agentix-engine-own");
        fs::create_dir(&programs).unwrap();
        fs::write(&plugin, PLUGIN).unwrap();
        fs::set_permissions(&plugin, fs::Permissions::from_mode(0o755)).unwrap();
        let path = env::join_paths(env::split_paths(&builder.path()).chain([programs])).unwrap();
        let mut build = builder.agentix_gen();
        build.arg("build").arg(step.project.path()).args(["--engine", "own", "--tag", &image.name]).env("PATH", path);
        sandbox.command(&mut build);
        assert_signal_stops(build, &step, &image, &sandbox, (Signal::TERM, "SIGTERM"));
    });
}

const PLUGIN: &str = r#"#!/bin/sh
case $1 in
describe) echo '{"outcome": {"protocol": 1, "name": "own", "version": "1", "dialects": ["buildkit", "classic"], "context": "folder", "features": []}}' ;;
build)
    folder=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["context"]["path"])' "$2")
    podman build "$folder" </dev/null >&2
    ;;
esac
"#;

fn assert_signal_stops(
    mut build: Command,
    step: &Step,
    image: &Image,
    sandbox: &Sandbox,
    (signal, name): (Signal, &str),
) {
    let build = step.wait_until_it_runs(build.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap());

    let signalled = Instant::now();
    kill_process(Pid::from_child(&build), signal).unwrap();
    let outcome = Outcome::from(build.wait_with_output().unwrap());
    assert!(signalled.elapsed() < SOON, "{:?} {outcome}", signalled.elapsed());
    assert_eq!(outcome.code, 128 + signal.as_raw(), "{outcome}");
    assert_eq!(outcome.error(), format!("error: stopped by {name}\n"));
    assert_eq!(outcome.stdout, "");

    // The daemon ends the step after its client exits.
    let deadline = Instant::now() + Duration::from_secs(5);
    while step.runs() && Instant::now() < deadline {
        sleep(Duration::from_millis(100));
    }
    assert!(!step.runs());
    assert_eq!(processes(&image.name).count(), 0);
    // Containers and files that are still being created must appear before the check.
    sleep(Duration::from_secs(1));
    sandbox.assert_nothing_is_left(image, &outcome);
}

fn a_failure_leaves_nothing(builder: Builder) {
    let image = Image::unbuilt(builder);
    let sandbox = Sandbox::new();
    let outcome = Outcome::of(&mut sandbox.build(&Project::with_backend("raise SystemExit('no wheel today')"), &image));
    assert_eq!(outcome.code, 1, "{outcome}");
    sandbox.assert_nothing_is_left(&image, &outcome);
}

/// Podman and buildah create the container of a step before they set up its network, and start it then.
#[test]
fn a_container_that_is_not_started_yet_is_ended() {
    for builder in [Builder::Podman, Builder::Buildah] {
        on(builder, |builder| {
            for round in 0..5 {
                let (image, sandbox) = (Image::unbuilt(builder), Sandbox::new());
                let project = Project::with_backend(&format!("raise SystemExit('no wheel {round}')"));
                let before = created_containers();
                let mut build = sandbox.build(&project, &image);
                let build = build.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
                let deadline = Instant::now() + START;
                while !below(build.id()).iter().any(|process| is_created_container(*process)) {
                    assert!(Instant::now() < deadline, "no container is created");
                    sleep(Duration::from_millis(5));
                }
                sleep(Duration::from_millis(50 * round));
                kill_process(Pid::from_child(&build), Signal::TERM).unwrap();
                let outcome = Outcome::from(build.wait_with_output().unwrap());
                assert_eq!(outcome.code, 128 + Signal::TERM.as_raw(), "{outcome}");
                // Those of other builds on this machine start soon.
                let (mut left, deadline) = (&created_containers() - &before, Instant::now() + Duration::from_secs(10));
                while !left.is_empty() {
                    assert!(Instant::now() < deadline, "{left:?} are left: {outcome}");
                    sleep(Duration::from_millis(100));
                    left.retain(|process| is_created_container(*process));
                }
                sandbox.assert_nothing_is_left(&image, &outcome);
            }
        });
    }
}

/// Returns the first processes of the containers that wait to be started.
fn created_containers() -> HashSet<u32> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|process| is_created_container(*process)).collect()
}

fn is_created_container(process: u32) -> bool {
    fs::read(format!("/proc/{process}/cmdline")).is_ok_and(|line| line.ends_with(b"runc\0init\0"))
}

/// Returns the processes that a process and its descendants have started.
fn below(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let children: Vec<u32> =
        lists.flat_map(|list| list.split_whitespace().map(|id| id.parse().unwrap()).collect::<Vec<_>>()).collect();
    children.into_iter().flat_map(|child| [vec![child], below(child)].concat()).collect()
}

/// A separate folder for everything that a build may leave behind.
struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        fs::write(folder.path().join("storage.conf"), store::settings(folder.path())).unwrap();
        Self { folder }
    }

    /// Sets the folder in a command's environment. Podman and buildah keep their images and containers in it. Docker's
    /// daemon keeps its own.
    fn command<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let path = |name: &str| self.folder.path().join(name);
        command.env("TMPDIR", path("tmp")).env("CONTAINERS_STORAGE_CONF", path("storage.conf"))
    }

    fn build(&self, project: &Project, image: &Image) -> Command {
        let mut build = image.builder.build(project.path(), &image.name);
        self.command(&mut build);
        build
    }

    fn assert_nothing_is_left(&self, image: &Image, outcome: &Outcome) {
        let engine = || image.builder.command(image.builder.engine());
        let mut images = image.builder.command(image.builder.runner());
        let tagged = Outcome::of(self.command(images.args(["images", "--quiet", &image.name])));
        assert_eq!((tagged.code, tagged.stdout.as_str()), (0, ""), "{tagged}");
        let containers = match image.builder {
            Builder::Buildx | Builder::Embedded => String::new(),
            Builder::Legacy => started_containers(&outcome.stderr)
                .map(|id| {
                    Outcome::of(engine().args(["ps", "--all", "--quiet", "--filter", &format!("id={id}")])).stdout
                })
                .collect(),
            Builder::Podman => {
                Outcome::of_success(self.command(engine().args(["ps", "--all", "--external", "--quiet"]))).stdout
            }
            Builder::Buildah => Outcome::of_success(self.command(engine().args(["containers", "--quiet"]))).stdout,
        };
        assert_eq!(containers, "");
        let folders = fs::read_dir(self.folder.path().join("tmp")).unwrap();
        let folders: Vec<_> = folders.map(|entry| entry.unwrap().file_name()).filter(|name| name != CACHE).collect();
        assert!(folders.is_empty(), "{folders:?}");
    }
}

/// The folder in which podman and buildah keep their cache mounts between builds.
const CACHE: &str = "buildah-cache";

/// Returns the IDs of the containers in the output of docker's legacy builder.
fn started_containers(output: &str) -> impl Iterator<Item = &str> {
    output.lines().filter_map(|line| line.strip_prefix(" ---> Running in "))
}

/// A build step whose processes are recognised by a marker.
struct Step {
    project: Project,
    marker: String,
}

impl Step {
    fn new() -> Self {
        let marker = unique("step");
        // The marker is in the shell's command line, and the shell waits for its command.
        let program = format!("import subprocess; subprocess.run(['sh', '-c', 'sleep 1000; true {marker}'])");
        Self { project: Project::with_backend(&program), marker }
    }

    fn runs(&self) -> bool {
        processes(&self.marker).next().is_some()
    }

    /// Waits until the step of the build runs, and returns the build.
    fn wait_until_it_runs(&self, mut build: Child) -> Child {
        let deadline = Instant::now() + START;
        while !self.runs() {
            let has_ended = build.try_wait().unwrap().is_some();
            if has_ended || Instant::now() > deadline {
                if !has_ended {
                    kill_process(Pid::from_child(&build), Signal::TERM).unwrap();
                }
                panic!("the step does not run: {}", Outcome::from(build.wait_with_output().unwrap()));
            }
            sleep(Duration::from_millis(50));
        }
        build
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        for process in processes(&self.marker) {
            let _ = kill_process(process, Signal::KILL);
        }
    }
}

/// Returns all processes with a text in their command line, including processes in containers.
fn processes(text: &str) -> impl Iterator<Item = Pid> {
    fs::read_dir("/proc").unwrap().flatten().filter_map(move |entry| {
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        String::from_utf8_lossy(&line).contains(text).then_some(())?;
        Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)
    })
}
