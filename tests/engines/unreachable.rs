//! Engines that cannot be asked: missing, not running, not permitted.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::engines::builder::{Builder, on};
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;

const NOWHERE: &str = "unix:///nonexistent/docker.sock";

/// `agentix-gen build` of a project, with an engine and changes to the environment.
fn build(engine: &str, environment: &[(&str, OsString)]) -> Outcome {
    let project = Project::plain();
    let mut command = Command::new(env!("CARGO_BIN_EXE_agentix-gen"));
    command.args(["build", "--engine", engine]).arg(project.path()).env_remove("AGENTIX_ENGINE");
    Outcome::of(command.envs(environment.iter().map(|(name, value)| (name, value))))
}

#[test]
fn an_engine_that_is_missing() {
    for engine in ["docker", "podman", "buildah"] {
        let outcome = build(engine, &[("PATH", "/nonexistent".into())]);
        let expected = format!(
            "error: `{engine}` is not installed: no absolute entry of PATH holds it\n  \
               help: install it, or choose another with --engine\n"
        );
        assert_eq!((outcome.code, outcome.stderr), (1, expected));
    }
}

#[test]
fn a_daemon_that_is_down() {
    for builder in [Builder::Buildx, Builder::Legacy, Builder::Embedded] {
        on(builder, |builder| {
            let project = Project::plain();
            let outcome = Outcome::of(builder.build(project.path(), "sample:1").env("DOCKER_HOST", NOWHERE));
            let expected = format!(
                "error: docker is not running: Cannot connect to the Docker daemon at {NOWHERE}. \
                 Is the docker daemon running?\n  \
                   help: start its daemon, or choose another engine with --engine\n"
            );
            assert_eq!((outcome.code, outcome.stderr), (1, expected));
        });
    }
}

/// Only a user other than root meets this, so docker's words are said by another program.
#[test]
fn a_daemon_that_may_not_be_used() {
    const WORDS: &str = "permission denied while trying to connect to the Docker daemon socket at \
                         unix:///var/run/docker.sock: Get \"http://%2Fvar%2Frun%2Fdocker.sock/v1.41/version\": \
                         dial unix /var/run/docker.sock: connect: permission denied";
    let path = TempDir::new().unwrap();
    let program = path.path().join("docker");
    fs::write(&program, format!("#!/bin/sh\necho '{WORDS}' >&2\nexit 1\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let outcome = build("docker", &[("PATH", path.path().into())]);
    let expected = format!(
        "error: docker may not be used by this user: {WORDS}\n  \
           help: join the group that may use it (often `docker`), or choose podman with --engine podman\n"
    );
    assert_eq!((outcome.code, outcome.stderr), (1, expected));
}

/// A docker in the project itself, found by way of an entry that is not absolute, is not run.
#[test]
fn a_program_in_the_current_folder() {
    let project = Project::plain().file("docker", "#!/bin/sh\ntouch was-run\n");
    fs::set_permissions(project.path().join("docker"), fs::Permissions::from_mode(0o755)).unwrap();
    for path in [".", "", ":/nonexistent"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agentix-gen"));
        command.args(["build", "--engine", "docker"]).current_dir(project.path()).env("PATH", path);
        let outcome = Outcome::of(&mut command);
        assert_eq!(outcome.code, 1, "{outcome}");
        assert!(outcome.stderr.starts_with("error: `docker` is not installed"), "{outcome}");
        assert!(!project.path().join("was-run").exists());
    }
}

/// `auto` goes on to the next, and says of each why not if there is none.
#[test]
fn any_engine_that_can_be_used() {
    on(Builder::Podman, |_| {
        let path = TempDir::new().unwrap();
        for program in ["podman", "docker"] {
            link(program, path.path());
        }
        let nowhere = [("PATH", path.path().into()), ("DOCKER_HOST", NOWHERE.into())];
        let outcome = build_nothing("auto", &nowhere);
        assert!(outcome.stdout.contains("/podman"), "{outcome}");
    });
    let outcome = build("auto", &[("PATH", "/nonexistent".into())]);
    let expected = "error: no engine can be used\n  \
          because: `docker` is not installed: no absolute entry of PATH holds it\n  \
          because: `podman` is not installed: no absolute entry of PATH holds it\n  \
          because: `buildah` is not installed: no absolute entry of PATH holds it\n  \
          help: install docker, podman or buildah; `agentix-gen engines` tells what is found\n";
    assert_eq!((outcome.code, outcome.stderr.as_str()), (1, expected));
}

/// What would be run.
fn build_nothing(engine: &str, environment: &[(&str, OsString)]) -> Outcome {
    let project = Project::plain();
    let mut command = Command::new(env!("CARGO_BIN_EXE_agentix-gen"));
    command.args(["build", "--print-command", "--engine", engine]).arg(project.path()).env_remove("AGENTIX_ENGINE");
    Outcome::of_success(command.envs(environment.iter().map(|(name, value)| (name, value))))
}

/// Makes a program of this machine the only one of its name on a PATH.
fn link(program: &str, folder: &Path) {
    let path = std::env::var_os("PATH").unwrap();
    let found = std::env::split_paths(&path).map(|entry| entry.join(program)).find(|file| file.exists());
    if let Some(found) = found {
        symlink(found, folder.join(program)).unwrap();
    }
}
