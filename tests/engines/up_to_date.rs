//! A build of which nothing changed.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::engines::builder::{Builder, RUNTIME_IMAGE};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;

on_every_builder!(a_build_of_which_nothing_changed_ends_before_it_starts);
on_docker_and_podman!(
    whatever_decides_an_image_builds_it,
    all_tags_have_to_be_the_image,
    an_edit_keeps_the_layers_before
);

/// What `build` says of an image, and whether it built it.
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

fn a_build_of_which_nothing_changed_ends_before_it_starts(builder: Builder) {
    let project = Project::plain().file("a.py", "a = 1\n");
    let image = Image::unbuilt(builder);
    let (first, up_to_date) = build(&image, &project, &[]);
    assert!(!up_to_date);
    let digest = first["digest"].as_str().unwrap();
    assert!(digest.starts_with("sha256:") && digest.len() == 71, "{first}");
    assert_eq!(image.inspect("{{json .Config.Labels}}")["dev.agentix.digest"], first["digest"]);

    let (second, up_to_date) = build(&image, &project, &[]);
    assert!(up_to_date);
    assert_eq!((&second["id"], &second["digest"]), (&first["id"], &first["digest"]));
    assert_eq!(second["context_bytes"], json!(0));

    // Written again as it was.
    project.write("a.py", "a = 1\n");
    assert!(build(&image, &project, &[]).1);
    for anyway in ["--force", "--no-cache"] {
        assert!(!build(&image, &project, &[anyway]).1, "{anyway}");
    }
    project.write("a.py", "a = 2\n");
    let (edited, up_to_date) = build(&image, &project, &[]);
    assert!(!up_to_date);
    assert_ne!(edited["digest"], first["digest"]);
    assert!(build(&image, &project, &[]).1);
}

fn whatever_decides_an_image_builds_it(builder: Builder) {
    let project = Project::plain().file("tool.sh", "#!/bin/sh\n");
    let image = Image::unbuilt(builder);
    build(&image, &project, &[]);
    fs::set_permissions(project.path().join("tool.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(!build(&image, &project, &[]).1, "a mode");
    for arguments in [["--build-arg", "TOLD=1"], ["--network", "host"], ["--label", "a=1"]] {
        assert!(!build(&image, &project, &arguments).1, "{arguments:?}");
        assert!(build(&image, &project, &arguments).1, "{arguments:?}");
    }
    // Another base image of the same name.
    let base = Image::unbuilt(builder);
    build_another(&base, "one");
    let arguments = ["--runtime-image", base.name.as_str()];
    build(&image, &project, &arguments);
    assert!(build(&image, &project, &arguments).1);
    build_another(&base, "other");
    assert!(!build(&image, &project, &arguments).1);
    assert!(build(&image, &project, &arguments).1);
}

/// The runtime image with a label, under a name.
#[track_caller]
fn build_another(image: &Image, label: &str) {
    let dockerfile = format!("FROM {RUNTIME_IMAGE}\nLABEL which={label}\n");
    let folder = Project::plain().file("Dockerfile", dockerfile);
    let mut command = image.builder.command(image.builder.runner());
    Outcome::of_success(command.args(["build", "-t", &image.name]).arg(folder.path()));
}

fn all_tags_have_to_be_the_image(builder: Builder) {
    let project = Project::plain();
    let (image, second) = (Image::unbuilt(builder), Image::unbuilt(builder));
    build(&image, &project, &[]);
    let both = ["--tag", second.name.as_str()];
    assert!(!build(&image, &project, &both).1);
    assert_eq!(image.id(), second.id());
    assert!(build(&image, &project, &both).1);
    // Somebody else takes the name.
    build_another(&second, "else");
    assert!(build(&image, &project, &[]).1);
    assert!(!build(&image, &project, &both).1);
    assert_eq!(image.id(), second.id());
}

/// The label comes after all that a step can see.
fn an_edit_keeps_the_layers_before(builder: Builder) {
    let project = Project::plain().file("a.py", "a = 1\n");
    let (image, edited) = (Image::of(builder, project.path()), Image::unbuilt(builder));
    build(&edited, &project, &["--label", "a=1"]);
    assert_eq!(image.layers(), edited.layers());
}
