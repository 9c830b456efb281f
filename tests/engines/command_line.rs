//! Checks what `build` prints, and how you select its engine.

use serde_json::{Value, json};

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{Project, WHEEL_BACKEND};

on_every_builder!(an_image_gets_all_its_tags);
on_every_builder!(a_name_of_a_host_reaches_the_build_steps);
on_docker_and_podman!(a_quiet_build_hides_the_output_of_the_engine, the_environment_selects_the_engine);

fn an_image_gets_all_its_tags(builder: Builder) {
    let images = [Image::unbuilt(builder), Image::unbuilt(builder), Image::unbuilt(builder)];
    let [first, second, third] = images.each_ref().map(|image| image.name.as_str());
    let project = Project::plain();
    let mut command = builder.build(project.path(), first);
    let outcome = Outcome::of_success(command.args(["-t", second, "-o", third, "--format", "json"]));
    let built: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(built["image"], json!(first));
    assert_eq!(built["references"], json!([first, second, third]));
    assert_eq!(built["engine"], json!(builder.engine()));
    assert!(built["context_bytes"].as_u64().unwrap() > 1024, "{built}");
    let id = built["image_id"].as_str().unwrap().trim_start_matches("sha256:");
    assert_eq!(id.len(), 64, "{built}");
    for image in &images {
        assert_eq!(image.id(), id, "{built}");
    }
}

/// The name is in `/etc/hosts` of the build steps, whether an option of ours or of the engine sets it. Either is an input
/// of the image.
fn a_name_of_a_host_reaches_the_build_steps(builder: Builder) {
    let project = Project::with_backend(&format!(
        "import pathlib\nhosts = pathlib.Path('/etc/hosts').read_text()\nassert 'index.internal' in hosts, hosts\n{WHEEL_BACKEND}"
    ));
    let image = Image::unbuilt(builder);
    let build = |options: &[&str]| Outcome::of(builder.build(project.path(), &image.name).args(options));
    let entry = "index.internal:10.9.8.7";
    assert_ne!(build(&[]).code, 0);
    assert_eq!(build(&["--add-host", entry]).code, 0);
    let up_to_date = |outcome: Outcome| outcome.stderr.contains("up to date");
    assert!(up_to_date(build(&["--add-host", entry])));
    let passed_on = build(&["--", "--add-host", entry]);
    assert_eq!(passed_on.code, 0, "{passed_on}");
    assert!(!up_to_date(passed_on));
    assert!(up_to_date(build(&["--", "--add-host", entry])));
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
