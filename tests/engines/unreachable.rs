//! A docker whose daemon is not running. Other tests, which need no engine, check the messages for a missing engine and
//! for missing permissions.

use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use crate::engines::builder::{Builder, on};
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;

const NOWHERE: &str = "unix:///nonexistent/docker.sock";

#[test]
fn a_stopped_daemon_is_reported() {
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

#[test]
fn the_next_engine_replaces_a_stopped_daemon() {
    on(Builder::Podman, |builder| {
        let (project, programs) = (Project::plain(), TempDir::new().unwrap());
        for program in ["podman", "docker"] {
            link(program, programs.path());
        }
        let mut command = builder.agentix_gen();
        command.env("PATH", programs.path()).env("DOCKER_HOST", NOWHERE);
        command.args(["build", "--print-command", "--engine", "auto"]).arg(project.path());
        let outcome = Outcome::of_success(&mut command);
        assert!(outcome.stdout.contains("/podman"), "{outcome}");
    });
}

/// Links a program of this machine into a folder that is the whole PATH of a command.
fn link(program: &str, folder: &Path) {
    let path = std::env::var_os("PATH").unwrap();
    let found = std::env::split_paths(&path).map(|entry| entry.join(program)).find(|file| file.exists());
    if let Some(found) = found {
        symlink(found, folder.join(program)).unwrap();
    }
}
