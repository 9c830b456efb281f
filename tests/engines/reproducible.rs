//! The same project at the same time of its own is the same image.

use std::fs;

use serde_json::Value;

use crate::engines::builder::{Builder, on};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{IN_TREE, Project, hello_agent};

const EPOCH: &str = "1700000000";

#[test]
fn an_image_is_the_same_each_time_on_podman() {
    on(Builder::Podman, the_same_each_time);
}

#[test]
fn an_image_is_the_same_each_time_on_buildah() {
    on(Builder::Buildah, the_same_each_time);
}

/// Dependencies, their bytecode, the wheel and the image's own description: nothing of them tells of when or where.
fn the_same_each_time(builder: Builder) {
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
        // Time has all been set: the bytecode is still that of its source, or each start would compile it again.
        assert_eq!(first.python(FRESH).trim(), "fresh", "{installer}");
    }
}

#[test]
fn a_health_check_is_kept_in_an_image_with_a_time() {
    let manifest = format!("{IN_TREE}\n[tool.agentix]\nhealthcheck = {{ cmd = ['true'] }}\n");
    let project = Project::plain().file("pyproject.toml", manifest);
    on(Builder::Podman, |builder| {
        let image = Image::with(builder, project.path(), &["--source-date-epoch", EPOCH]);
        assert_eq!(image.inspect("{{json .HealthCheck.Test}}"), serde_json::json!(["CMD", "true"]));
    });
}

/// Says whether Python takes the bytecode of an installed module as it is.
const FRESH: &str = "
import importlib.util, pathlib, rich
source = pathlib.Path(rich.__file__)
flags = pathlib.Path(importlib.util.cache_from_source(source)).read_bytes()[4:16]
by_hash = flags[0] & 1
same_time = int.from_bytes(flags[4:8], 'little') == int(source.stat().st_mtime)
print('fresh' if by_hash or same_time else 'stale')
";

#[test]
fn the_time_is_an_option_a_variable_or_a_key() {
    let project = Project::plain();
    let timestamp = |arguments: &[&str], variable: &str| {
        let mut command = Builder::Podman.agentix_gen();
        command.args(["build", "--print-command", "--engine", "podman"]).arg(project.path()).args(arguments);
        let outcome = Outcome::of_success(command.env("SOURCE_DATE_EPOCH", variable));
        let commands: Value = serde_json::from_str(&outcome.stdout).unwrap();
        let arguments: Vec<String> = serde_json::from_value(commands[0]["arguments"].clone()).unwrap();
        let of = |start: &str| arguments.iter().find_map(|argument| Some(argument.strip_prefix(start)?.to_owned()));
        assert_eq!(of("--timestamp="), of("SOURCE_DATE_EPOCH="), "{arguments:?}");
        (of("--timestamp="), of("--format=").unwrap())
    };
    on(Builder::Podman, |_| {
        assert_eq!(timestamp(&[], ""), (None, "docker".to_owned()));
        assert_eq!(timestamp(&[], "5"), (Some("5".to_owned()), "oci".to_owned()));
        assert_eq!(timestamp(&["--source-date-epoch", "6"], "5").0.as_deref(), Some("6"));
        let manifest = fs::read_to_string(project.path().join("pyproject.toml")).unwrap();
        project.write("pyproject.toml", manifest + "[tool.agentix]\nsource-date-epoch = 7\n");
        assert_eq!(timestamp(&[], "").0.as_deref(), Some("7"));
        assert_eq!(timestamp(&[], "5").0.as_deref(), Some("5"));
        // What only docker's format holds is kept.
        project.write("t", "{% extends 'bundle.dockerfile' %}{% block end %}\nHEALTHCHECK CMD true\n{% endblock %}");
        let template = project.path().join("t");
        assert_eq!(timestamp(&["--template", template.to_str().unwrap()], "").1, "docker");
        let mut command = Builder::Podman.agentix_gen();
        let outcome = Outcome::of(command.arg("build").arg(project.path()).env("SOURCE_DATE_EPOCH", "today"));
        let message = "error: SOURCE_DATE_EPOCH is `today`, which is no number of seconds since 1970\n";
        assert_eq!((outcome.code, outcome.stderr.as_str()), (1, message));
    });
}
