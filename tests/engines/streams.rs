//! Pipes the output of `agentix-gen` into an engine.

use std::process::{Command, Stdio};

use crate::engines::builder::{Builder, not_run};
use crate::engines::container::Container;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::hello_agent;

on_docker_and_podman!(an_engine_builds_a_piped_context, an_engine_builds_a_piped_runtime_image);

/// Runs `agentix-gen … | docker build -t NAME -`.
fn piped(mut printer: Command, image: &Image) {
    let mut printing = printer.stdout(Stdio::piped()).spawn().unwrap();
    let mut engine = image.builder.command(image.builder.engine());
    engine.args(["build", "--tag", &image.name, "-"]).stdin(printing.stdout.take().unwrap());
    Outcome::of_success(&mut engine);
    assert!(printing.wait().unwrap().success());
}

fn an_engine_builds_a_piped_context(builder: Builder) {
    let image = Image::unbuilt(builder);
    let mut printer = builder.agentix_gen();
    printer.arg("context").arg(hello_agent());
    piped(printer, &image);
    let container = Container::start(&image);
    assert_eq!(container.get("/health").unwrap(), r#"{"status":"ok","version":"0.1.0"}"#);
    assert_eq!(image.python("import hello_agent; print(hello_agent.greet.__name__)"), "greet\n");
}

fn an_engine_builds_a_piped_runtime_image(builder: Builder) {
    if let Err(why) = builder.require_image("python:3.11-slim") {
        return not_run(&why);
    }
    let image = Image::unbuilt(builder);
    let mut printer = builder.agentix_gen();
    printer.arg("runtime");
    piped(printer, &image);
    let container = Container::start(&image);
    assert_eq!(container.get("/health").unwrap(), r#"{"status":"ok","version":"0.1.0"}"#);
}
