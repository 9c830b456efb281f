//! A build that is stopped by a signal leaves nothing: no process, no image, no container, no folder.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::engines::builder::Builder;
use crate::engines::image::{Image, unique};
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;
use crate::engines::store;

on_every_builder!(sigterm_leaves_nothing, sigint_leaves_nothing, a_failure_leaves_nothing);

fn sigterm_leaves_nothing(builder: Builder) {
    stopped_by(builder, Signal::TERM, "SIGTERM");
}

fn sigint_leaves_nothing(builder: Builder) {
    stopped_by(builder, Signal::INT, "SIGINT");
}

/// How long a build may take to come to its step. Podman waits while another one writes to the images below it.
const START: Duration = Duration::from_secs(250);

/// How long a build may take to end after it was asked to.
const SOON: Duration = Duration::from_secs(7);

fn stopped_by(builder: Builder, signal: Signal, name: &str) {
    let step = Step::new();
    let image = Image::unbuilt(builder);
    let place = Place::new();
    let mut build = place.build(&step.project, &image);
    let build = step.awaited(build.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap());

    let asked = Instant::now();
    kill_process(Pid::from_child(&build), signal).unwrap();
    let outcome = Outcome::from(build.wait_with_output().unwrap());
    assert!(asked.elapsed() < SOON, "{:?} {outcome}", asked.elapsed());
    assert_eq!(outcome.code, 128 + signal.as_raw(), "{outcome}");
    assert_eq!(outcome.error(), format!("error: stopped by {name}\n"));
    assert_eq!(outcome.stdout, "");

    // The daemon ends the step by itself once its client is gone.
    let deadline = Instant::now() + Duration::from_secs(5);
    while step.runs() && Instant::now() < deadline {
        sleep(Duration::from_millis(100));
    }
    assert!(!step.runs());
    assert_eq!(processes(&image.name).count(), 0);
    // What is still on its way would have come by then.
    sleep(Duration::from_secs(1));
    place.assert_nothing_is_left(&image, &outcome);
}

fn a_failure_leaves_nothing(builder: Builder) {
    let image = Image::unbuilt(builder);
    let place = Place::new();
    let outcome = Outcome::of(&mut place.build(&Project::with_backend("raise SystemExit('no wheel today')"), &image));
    assert_eq!(outcome.code, 1, "{outcome}");
    place.assert_nothing_is_left(&image, &outcome);
}

/// A place of its own for all that a build may leave behind.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        fs::write(folder.path().join("storage.conf"), store::settings(folder.path())).unwrap();
        Self { folder }
    }

    /// Podman and buildah keep their images and containers in this place; docker's are its daemon's.
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

/// Where podman and buildah keep their cache mounts from one build to the next.
const CACHE: &str = "buildah-cache";

/// The containers that docker's first builder says it uses.
fn started_containers(output: &str) -> impl Iterator<Item = &str> {
    output.lines().filter_map(|line| line.strip_prefix(" ---> Running in "))
}

/// A build step that is told from all others.
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

    /// Hands the build on once its step runs.
    fn awaited(&self, mut build: Child) -> Child {
        let deadline = Instant::now() + START;
        while !self.runs() {
            if build.try_wait().unwrap().is_some() || Instant::now() > deadline {
                kill_process(Pid::from_child(&build), Signal::TERM).unwrap();
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

/// All processes, also those in containers, with a text in their command line.
fn processes(text: &str) -> impl Iterator<Item = Pid> {
    fs::read_dir("/proc").unwrap().flatten().filter_map(move |entry| {
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        String::from_utf8_lossy(&line).contains(text).then_some(())?;
        Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)
    })
}
