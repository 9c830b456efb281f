//! Checks what `build` prints, and how you select its engine.

use serde_json::{Value, json};

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;

on_every_builder!(an_image_gets_all_its_tags);
on_docker_and_podman!(a_quiet_build_hides_the_output_of_the_engine, the_environment_selects_the_engine);

fn an_image_gets_all_its_tags(builder: Builder) {
    let images = [Image::unbuilt(builder), Image::unbuilt(builder), Image::unbuilt(builder)];
    let [first, second, third] = images.each_ref().map(|image| image.name.as_str());
    let project = Project::plain();
    let mut command = builder.build(project.path(), first);
    let outcome = Outcome::of_success(command.args(["-t", second, "-o", third, "--format", "json"]));
    let built: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(built["image"], json!(first));
    assert_eq!(built["tags"], json!([first, second, third]));
    assert_eq!(built["engine"], json!(builder.engine()));
    assert!(built["context_bytes"].as_u64().unwrap() > 1024, "{built}");
    let id = built["id"].as_str().unwrap().trim_start_matches("sha256:");
    assert_eq!(id.len(), 64, "{built}");
    for image in &images {
        assert_eq!(image.id(), id, "{built}");
    }
}

fn a_quiet_build_hides_the_output_of_the_engine(builder: Builder) {
    let image = Image::unbuilt(builder);
    let outcome = Outcome::of_success(builder.build(Project::plain().path(), &image.name).arg("--quiet"));
    assert_eq!(outcome.stdout, format!("{}\n", image.name));
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{outcome}");
    assert!(lines[0].starts_with("building ") && lines[1].starts_with("built "), "{outcome}");

    let failing = Project::with_backend("raise SystemExit('printed on failure')");
    let outcome = Outcome::of(builder.build(failing.path(), &image.name).arg("--quiet"));
    assert_eq!(outcome.code, 1);
    assert!(outcome.stderr.contains("printed on failure"), "{outcome}");
}

/// The flag `--engine` overrides the environment.
fn the_environment_selects_the_engine(builder: Builder) {
    let project = Project::plain();
    let program = |environment: &str, arguments: &[&str]| {
        let mut command = builder.agentix_gen();
        command.args(["build", "--print-command"]).arg(project.path()).args(arguments);
        let outcome = Outcome::of_success(command.env("AGENTIX_ENGINE", environment));
        let commands: Value = serde_json::from_str(&outcome.stdout).unwrap();
        commands[0]["program"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    };
    assert_eq!(program(builder.engine(), &[]), builder.engine());
    assert_eq!(program("none", &["--engine", builder.engine()]), builder.engine());
}
