//! The example of an engine that is a program, and the conformance of all engines.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::engines::builder::{Builder, on};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::hello_agent;
use crate::engines::turn::is_left;

/// Returns the command `agentix-gen` with the example on its PATH.
fn with_plugin(builder: Builder) -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/agentix-engine-moby");
    let mut command = builder.agentix_gen();
    command.env("PATH", env::join_paths(env::split_paths(&builder.path()).chain([folder])).unwrap());
    command
}

#[test]
fn the_example_builds_hello_agent() {
    on(Builder::Buildx, |builder| {
        let image = Image::unbuilt(builder);
        let build = || {
            let mut command = with_plugin(builder);
            command.arg("build").arg(hello_agent()).args([
                "--engine",
                "moby",
                "--format",
                "json",
                "--tag",
                &image.name,
            ]);
            serde_json::from_str::<serde_json::Value>(&Outcome::of_success(&mut command).stdout).unwrap()
        };
        let first = build();
        assert_eq!((&first["engine"], &first["up_to_date"]), (&"moby".into(), &false.into()), "{first}");
        assert_eq!(first["image_id"].as_str().unwrap().trim_start_matches("sha256:"), image.id());
        let second = build();
        assert_eq!((&second["up_to_date"], &second["image_id"]), (&true.into(), &first["image_id"]));
    });
}

fn conforms(builder: Builder, mut command: Command, engine: &str) {
    let outcome = Outcome::of_success(command.args(["engines", "--conformance", engine]));
    let passed = outcome.stdout.lines().filter(|line| line.starts_with("passed ")).count();
    assert_eq!(passed, agentix_gen::build_image::CHECKS.len(), "{outcome}");
    let runner = |arguments: &[&str]| {
        let mut command = builder.command(builder.runner());
        Outcome::of_success(command.args(arguments)).stdout
    };
    let prefix = "the images of the checks are agentix-conformance/CHECK:";
    let tag = outcome.stderr.lines().find_map(|line| line.strip_prefix(prefix)).unwrap();
    let images = runner(&["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]);
    let images: Vec<&str> = images.lines().filter(|image| image.ends_with(&format!(":{tag}"))).collect();
    assert!(!images.is_empty(), "{outcome}");
    runner(&[&["image", "rm", "--force"], &images[..]].concat());
}

#[test]
fn the_example_conforms() {
    if is_left("the_example_conforms") {
        return;
    }
    on(Builder::Buildx, |builder| conforms(builder, with_plugin(builder), "moby"));
}

on_every_builder!(slow: a_built_in_engine_conforms);

fn a_built_in_engine_conforms(builder: Builder) {
    conforms(builder, builder.agentix_gen(), builder.engine());
}
