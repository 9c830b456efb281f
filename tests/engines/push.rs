//! Pushes an image to a registry.

use serde_json::{Value, json};

use crate::engines::builder::Builder;
use crate::engines::image::{Image, unique};
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;
use crate::engines::registry::Registry;

on_docker_and_podman!(an_up_to_date_image_is_pushed);

fn an_up_to_date_image_is_pushed(builder: Builder) {
    let Some(registry) = Registry::shared() else { return };
    let project = Project::plain();
    let image = Image { name: format!("{}/pushed:{}", registry.address, unique("tag")), builder };
    let build = |more: &[&str]| {
        let mut command = registry.with(builder.build(project.path(), &image.name));
        let outcome = Outcome::of_success(command.args(["--format", "json"]).args(more));
        serde_json::from_str::<Value>(&outcome.stdout).unwrap()
    };
    let pull = || Outcome::of(registry.with(builder.command(builder.runner())).args(["pull", &image.name]));
    let first = build(&[]);
    assert_ne!(pull().code, 0);
    let second = build(&["--push"]);
    assert_eq!((&second["up_to_date"], &second["image_id"]), (&json!(true), &first["image_id"]));
    Outcome::of_success(registry.with(builder.command(builder.runner())).args(["rmi", "--force", &image.name]));
    let pulled = pull();
    assert_eq!(pulled.code, 0, "{pulled}");
    // The engine has this digest from the registry now.
    let digest = second["manifest_digest"].as_str().unwrap();
    assert!(image.inspect("{{json .RepoDigests}}").to_string().contains(digest), "{second}");
    assert_eq!(image.inspect("{{json .Config.Labels}}")["dev.agentix.digest"], first["digest"]);
}
