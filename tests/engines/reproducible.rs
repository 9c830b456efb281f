//! The same project with the same timestamp produces the same image.

use std::fs;

use serde_json::Value;

use crate::engines::builder::{Builder, on};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{IN_TREE, Project, hello_agent};
use crate::engines::turn::is_left;

const EPOCH: &str = "1700000000";

#[test]
fn podman_builds_the_same_image_each_time() {
    if is_left("podman_builds_the_same_image_each_time") {
        return;
    }
    on(Builder::Podman, assert_same_image_each_time);
}

#[test]
fn buildah_builds_the_same_image_each_time() {
    if is_left("buildah_builds_the_same_image_each_time") {
        return;
    }
    on(Builder::Buildah, assert_same_image_each_time);
}

/// The dependencies, their bytecode, the wheel and the image configuration do not depend on the time or the folder of
/// the build.
fn assert_same_image_each_time(builder: Builder) {
    for installer in ["pip", "uv"] {
        let build = |epoch: &str| {
            let image = Image::unbuilt(builder);
            let mut command = builder.build(&hello_agent(), &image.name);
            Outcome::of_success(command.args([
                "--no-cache",
                "--force",
                "--installer",
                installer,
                "--source-date-epoch",
                epoch,
            ]));
            image
        };
        let first = build(EPOCH);
        assert_eq!(first.id(), build(EPOCH).id(), "{installer}");
        // The build sets all timestamps. The bytecode must still match its source, or each start compiles it again.
        assert_eq!(first.python(FRESH).trim(), "fresh", "{installer}");
    }
}

#[test]
fn an_image_with_a_timestamp_keeps_its_health_check() {
    let manifest = format!("{IN_TREE}\n[tool.agentix]\nhealthcheck = {{ cmd = ['true'] }}\n");
    let project = Project::plain().file("pyproject.toml", manifest);
    on(Builder::Podman, |builder| {
        let image = Image::with(builder, project.path(), &["--source-date-epoch", EPOCH]);
        assert_eq!(image.inspect("{{json .HealthCheck.Test}}"), serde_json::json!(["CMD", "true"]));
    });
}

/// Prints whether Python uses the bytecode of an installed module without compiling it again.
const FRESH: &str = "
import importlib.util, pathlib, rich
source = pathlib.Path(rich.__file__)
flags = pathlib.Path(importlib.util.cache_from_source(source)).read_bytes()[4:16]
by_hash = flags[0] & 1
same_time = int.from_bytes(flags[4:8], 'little') == int(source.stat().st_mtime)
print('fresh' if by_hash or same_time else 'stale')
";

#[test]
fn an_option_a_variable_or_a_key_sets_the_timestamp() {
    let project = Project::plain();
    let timestamp = |arguments: &[&str], variable: &str| {
        let mut command = Builder::Podman.agentix_gen();
        command.args(["build", "--print-command", "--engine", "podman"]).arg(project.path()).args(arguments);
        let outcome = Outcome::of_success(command.env("SOURCE_DATE_EPOCH", variable));
        let commands: Value = serde_json::from_str(&outcome.stdout).unwrap();
        let arguments: Vec<String> = serde_json::from_value(commands[0]["arguments"].clone()).unwrap();
        let value = |start: &str| arguments.iter().find_map(|argument| Some(argument.strip_prefix(start)?.to_owned()));
        assert_eq!(value("--timestamp="), value("SOURCE_DATE_EPOCH="), "{arguments:?}");
        (value("--timestamp="), value("--format=").unwrap())
    };
    on(Builder::Podman, |_| {
        assert_eq!(timestamp(&[], ""), (None, "docker".to_owned()));
        assert_eq!(timestamp(&[], "5"), (Some("5".to_owned()), "oci".to_owned()));
        assert_eq!(timestamp(&["--source-date-epoch", "6"], "5").0.as_deref(), Some("6"));
        let manifest = fs::read_to_string(project.path().join("pyproject.toml")).unwrap();
        project.write("pyproject.toml", manifest + "[tool.agentix]\nsource-date-epoch = 7\n");
        assert_eq!(timestamp(&[], "").0.as_deref(), Some("7"));
        assert_eq!(timestamp(&[], "5").0.as_deref(), Some("5"));
        // Only docker's format can hold a health check, so a Dockerfile with one uses that format.
        project.write("t", "{% extends 'bundle.dockerfile' %}{% block end %}\nHEALTHCHECK CMD true\n{% endblock %}");
        let template = project.path().join("t");
        assert_eq!(timestamp(&["--template", template.to_str().unwrap()], "").1, "docker");
        let mut command = Builder::Podman.agentix_gen();
        let outcome = Outcome::of(command.arg("build").arg(project.path()).env("SOURCE_DATE_EPOCH", "today"));
        let message = "error: SOURCE_DATE_EPOCH: `today` is not a timestamp: write a number of seconds since 1970, up \
                       to the year 9999\n";
        assert_eq!((outcome.code, outcome.stderr.as_str()), (1, message));
    });
}
