//! Checks which builds are skipped because nothing changed.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::engines::builder::{Builder, RUNTIME_IMAGE};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;

on_every_builder!(an_unchanged_build_is_skipped);
on_docker_and_podman!(each_changed_input_causes_a_build, all_tags_must_point_to_the_image, a_label_changes_no_layer);

/// Runs `build` and returns its JSON output, and whether the image was up to date.
#[track_caller]
fn build(image: &Image, project: &Project, arguments: &[&str]) -> (Value, bool) {
    let mut command = image.builder.build(project.path(), &image.name);
    let outcome = Outcome::of_success(command.args(["--format", "json"]).args(arguments));
    let built: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let up_to_date = outcome.stderr.ends_with(&format!("{} is up to date\n", image.name));
    assert_eq!(built["up_to_date"], json!(up_to_date), "{outcome}");
    assert_eq!(outcome.stderr.contains("building "), !up_to_date, "{outcome}");
    (built, up_to_date)
}

fn an_unchanged_build_is_skipped(builder: Builder) {
    let project = Project::plain().file("a.py", "a = 1\n");
    let image = Image::unbuilt(builder);
    let (first, up_to_date) = build(&image, &project, &[]);
    assert!(!up_to_date);
    let digest = first["digest"].as_str().unwrap();
    assert!(digest.starts_with("sha256:") && digest.len() == 71, "{first}");
    assert_eq!(image.inspect("{{json .Config.Labels}}")["dev.agentix.digest"], first["digest"]);

    let (second, up_to_date) = build(&image, &project, &[]);
    assert!(up_to_date);
    assert_eq!((&second["image_id"], &second["digest"]), (&first["image_id"], &first["digest"]));
    assert_eq!(second["context_bytes"], json!(0));

    // The file is written again with the same content.
    project.write("a.py", "a = 1\n");
    assert!(build(&image, &project, &[]).1);
    for flag in ["--force", "--no-cache"] {
        assert!(!build(&image, &project, &[flag]).1, "{flag}");
    }
    project.write("a.py", "a = 2\n");
    let (edited, up_to_date) = build(&image, &project, &[]);
    assert!(!up_to_date);
    assert_ne!(edited["digest"], first["digest"]);
    assert!(build(&image, &project, &[]).1);
}

fn each_changed_input_causes_a_build(builder: Builder) {
    let project = Project::plain().file("tool.sh", "#!/bin/sh\n");
    let image = Image::unbuilt(builder);
    build(&image, &project, &[]);
    fs::set_permissions(project.path().join("tool.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(!build(&image, &project, &[]).1, "a mode");
    for arguments in [["--build-arg", "TOLD=1"], ["--network", "host"], ["--label", "a=1"]] {
        assert!(!build(&image, &project, &arguments).1, "{arguments:?}");
        assert!(build(&image, &project, &arguments).1, "{arguments:?}");
    }
    // Another base image has the same name.
    let base = Image::unbuilt(builder);
    build_with_label(&base, "one");
    let arguments = ["--runtime-image", base.name.as_str()];
    build(&image, &project, &arguments);
    assert!(build(&image, &project, &arguments).1);
    build_with_label(&base, "other");
    assert!(!build(&image, &project, &arguments).1);
    assert!(build(&image, &project, &arguments).1);
}

/// Builds a copy of the runtime image that differs only in a label, and gives it the name of `image`.
#[track_caller]
fn build_with_label(image: &Image, label: &str) {
    let dockerfile = format!("FROM {RUNTIME_IMAGE}\nLABEL which={label}\n");
    let folder = Project::plain().file("Dockerfile", dockerfile);
    let mut command = image.builder.command(image.builder.runner());
    Outcome::of_success(command.args(["build", "-t", &image.name]).arg(folder.path()));
}

fn all_tags_must_point_to_the_image(builder: Builder) {
    let project = Project::plain();
    let (image, second) = (Image::unbuilt(builder), Image::unbuilt(builder));
    build(&image, &project, &[]);
    let both = ["--tag", second.name.as_str()];
    assert!(!build(&image, &project, &both).1);
    assert_eq!(image.id(), second.id());
    assert!(build(&image, &project, &both).1);
    // Another image takes the name.
    build_with_label(&second, "else");
    assert!(build(&image, &project, &[]).1);
    assert!(!build(&image, &project, &both).1);
    assert_eq!(image.id(), second.id());
}

/// The labels are set after all steps that create a layer.
fn a_label_changes_no_layer(builder: Builder) {
    let project = Project::plain().file("a.py", "a = 1\n");
    let (image, edited) = (Image::of(builder, project.path()), Image::unbuilt(builder));
    build(&edited, &project, &["--label", "a=1"]);
    assert_eq!(image.layers(), edited.layers());
}
