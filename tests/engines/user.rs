//! Programs run without root where the base image is ours, see their output, and stop when they are told to.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::engines::builder::{Builder, RUNTIME_IMAGE};
use crate::engines::container::Container;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{IN_TREE, Project, SAMPLE, hello_agent};

on_docker_and_podman!(
    a_standalone_image_does_not_run_as_root,
    an_image_on_our_runtime_image_does_not_run_as_root,
    the_user_of_another_runtime_image_stays,
    a_program_is_heard_and_stops,
);

on_every_builder!(another_user_must_be_named);

/// What a review of a platform asks for.
const HARDENED: [&[&str]; 2] =
    [&["--read-only", "--cap-drop", "ALL"], &["--read-only", "--cap-drop", "ALL", "--user", "1000"]];

/// Prints who it is, writes to its home, its folder and `/tmp`, and prints what else it could write to.
const WHO: &str = "id -u; id -un; id -gn; echo $HOME; pwd; touch $HOME/mine ./mine /tmp/mine; \
                   for path in / /etc/passwd /nix/runtime /nix/runtime/bin/python /src /src/project; do \
                   if [ -w $path ]; then echo $path; fi; done";

fn a_standalone_image_does_not_run_as_root(builder: Builder) {
    let image = Image::with(builder, &hello_agent(), &["--standalone"]);
    has_account(&image);
    // Nothing is installed when the container starts.
    for options in HARDENED {
        let container = Container::with(&image, options);
        assert_eq!(container.get("/health").unwrap(), r#"{"status":"ok","version":"0.1.0"}"#, "{options:?}");
        assert_ne!(container.stop(), "137", "{options:?}");
    }
}

fn an_image_on_our_runtime_image_does_not_run_as_root(builder: Builder) {
    // Its name does not tell that it is ours.
    let runtime = our_runtime(builder);
    assert_eq!(runtime.inspect("{{json .Config.User}}"), "65532:65532");
    Container::with(&runtime, HARDENED[0]);
    let on_it = ["--runtime-image", &runtime.name];
    has_account(&Image::with(builder, &hello_agent(), &on_it));

    for (user, expected) in [(json!("root"), "0"), (json!("1234:0"), "1234:0")] {
        let options = toml::to_string(&json!({ "tool": { "agentix": { "user": user } } })).unwrap();
        let project = Project::new(&(SAMPLE.to_owned() + &options)).file("sample.py", "");
        let image = Image::with(builder, project.path(), &on_it);
        assert_eq!(image.inspect("{{json .Config.User}}"), expected);
        // An image on this image has the same user.
        let project = Project::new(&SAMPLE.replace("sample", "above")).file("above.py", "");
        let above = Image::with(builder, project.path(), &["--runtime-image", &image.name]);
        assert_eq!(above.inspect("{{json .Config.User}}"), expected);
    }
}

#[track_caller]
fn has_account(image: &Image) {
    assert_eq!(image.inspect("{{json .Config.User}}"), "65532:65532");
    let who = image.run(&["sh", "-euc", WHO]);
    assert_eq!(who, "65532\nagentix\nagentix\n/home/agentix\n/home/agentix\n");
    assert_eq!(image.python("import hello_agent, os; print(os.getuid())"), "65532\n");
}

fn the_user_of_another_runtime_image_stays(builder: Builder) {
    let base = built(builder, &format!("FROM {RUNTIME_IMAGE}\nENV AGENTIX_USER=\nUSER 0\n"));
    let image = Image::with(builder, Project::plain().path(), &["--runtime-image", &base.name]);
    assert_eq!(image.run(&["id", "-u"]), "0\n");
}

/// The steps run as root, and a Dockerfile cannot know the user of its base.
fn another_user_must_be_named(builder: Builder) {
    let base = built(builder, &format!("FROM {RUNTIME_IMAGE}\nUSER 1234\n"));
    let on_it = ["--runtime-image", &base.name];
    let image = Image::unbuilt(builder);
    let project = Project::plain();
    let outcome = Outcome::of(builder.build(project.path(), &image.name).args(on_it));
    let error = format!("error: `{}` runs as `1234`, and the Dockerfile cannot know it: set `user`", base.name);
    assert!(outcome.code == 1 && outcome.stderr.contains(&error), "{outcome}");

    let options = "[tool.agentix]\nuser = 1234\n";
    let project = Project::plain().file("pyproject.toml", IN_TREE.to_owned() + options);
    assert_eq!(Image::with(builder, project.path(), &on_it).run(&["id", "-u"]), "1234\n");
    let naming = built(builder, &format!("FROM {}\nENV AGENTIX_USER=1234\n", base.name));
    let image = Image::with(builder, Project::plain().path(), &["--runtime-image", &naming.name]);
    assert_eq!(image.run(&["id", "-u"]), "1234\n");
}

/// Builds our runtime image.
fn our_runtime(builder: Builder) -> Image {
    let text =
        Outcome::of_success(builder.agentix_gen().args(["runtime", "--python-image", "python:3.11-slim"])).stdout;
    built(builder, &text)
}

fn built(builder: Builder, text: &str) -> Image {
    let image = Image::unbuilt(builder);
    let mut build: Command = builder.command(builder.runner());
    build.args(["build", "--tag", &image.name, "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut process = build.spawn().unwrap();
    process.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(process.wait().unwrap().success(), "{text}");
    image
}

/// A program that does not know of signals, and does not flush what it prints.
const PROGRAM: &str = r#"
import time

def main():
    print("at work")
    try:
        time.sleep(600)
    finally:
        print("cleaned up")
"#;

fn a_program_is_heard_and_stops(builder: Builder) {
    let image = Image::of(builder, &hello_agent());
    assert_ne!(Container::start(&image).stop(), "137");

    let options =
        "[project.scripts]\nsample = 'sample:main'\n[tool.agentix]\nentrypoint = ['sample']\nstop-signal = 'SIGINT'\n";
    let project = Project::new(&(SAMPLE.to_owned() + options)).file("sample.py", PROGRAM);
    let image = Image::of(builder, project.path());
    let container = Container::writing(&image, "at work");
    assert_ne!(container.stop(), "137");
    assert_eq!(container.output(), "at work\ncleaned up\n");
}
