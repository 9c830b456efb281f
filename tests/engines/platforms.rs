//! Several platforms in one build.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::engines::builder::{Builder, on};
use crate::engines::image::unique;
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;
use crate::engines::registry::Registry;
use crate::engines::turn::is_left;

/// A machine with the first platform runs the programs of both.
const PLATFORMS: [&str; 2] = ["linux/amd64", "linux/386"];

/// A runtime image for both platforms, which is removed at the end. Its programs are those of the first.
struct Base {
    builder: Builder,
    name: String,
}

impl Base {
    fn new(builder: Builder) -> Self {
        let base = Self { builder, name: format!("localhost/{}:1", unique("runtime")) };
        let buildah = |arguments: &[&str]| {
            let mut command = Builder::Buildah.command("buildah");
            command.env("PATH", builder.path());
            Outcome::of_success(command.args(arguments)).stdout.trim().to_owned()
        };
        let container = buildah(&["from", "--pull-never", "agentix/runtime:0.1.0"]);
        buildah(&["config", "--arch", "386", &container]);
        let other = buildah(&["commit", "--rm", "--quiet", &container]);
        let runtime = buildah(&["inspect", "--type", "image", "--format", "{{.FromImageID}}", "agentix/runtime:0.1.0"]);
        buildah(&["manifest", "create", &base.name]);
        for image in [runtime, other] {
            buildah(&["manifest", "add", &base.name, &format!("containers-storage:{image}")]);
        }
        base
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.builder.command("podman");
        command.args(arguments);
        command
    }
}

impl Drop for Base {
    fn drop(&mut self) {
        _ = self.command(&["manifest", "rm", &self.name]).output();
    }
}

#[test]
fn podman_makes_a_list() {
    if is_left("podman_makes_a_list") {
        return;
    }
    on(Builder::Podman, a_list_has_every_reference_and_is_pushed);
}

#[test]
fn buildah_makes_a_list() {
    if is_left("buildah_makes_a_list") {
        return;
    }
    on(Builder::Buildah, a_list_has_every_reference_and_is_pushed);
}

/// The references of a list, which are removed at the end: podman 4.3 cannot list images while there is a list.
struct List<'a> {
    base: &'a Base,
    names: [String; 2],
}

impl Drop for List<'_> {
    fn drop(&mut self) {
        for name in &self.names {
            _ = self.base.command(&["manifest", "rm", name]).output();
        }
    }
}

fn a_list_has_every_reference_and_is_pushed(builder: Builder) {
    let Some(registry) = Registry::shared() else { return };
    let base = Base::new(builder);
    let project = Project::plain();
    let name = |number: u32| format!("{}/{}:{number}", registry.address, unique("list"));
    let list = List { base: &base, names: [name(1), name(2)] };
    let [first, second] = &list.names;
    let file = project.path().join("id");
    let build = |more: &[&str]| {
        let mut command = registry.with(builder.build(project.path(), first));
        command.args(["--tag", second, "--runtime-image", &base.name, "--platform", &PLATFORMS.join(",")]);
        command.args(["--format", "json", "--iidfile"]).arg(&file).args(more);
        let built: Value = serde_json::from_str(&Outcome::of_success(&mut command).stdout).unwrap();
        let id = fs::read_to_string(&file).unwrap();
        assert_eq!(id.strip_prefix("sha256:"), Some(built["image_id"].as_str().unwrap().trim_start_matches("sha256:")));
        built
    };
    assert_eq!(build(&[])["up_to_date"], false);
    assert_eq!(build(&[])["up_to_date"], true);
    let answers = list.names.each_ref().map(|name| {
        let answer = Outcome::of_success(&mut base.command(&["manifest", "inspect", name]));
        serde_json::from_str::<Value>(&answer.stdout).unwrap()
    });
    assert_eq!(answers[0], answers[1]);
    let part = |image: &Value, key: &str| image["platform"][key].as_str().unwrap().to_owned();
    let images = answers[0]["manifests"].as_array().unwrap().iter();
    let found: BTreeSet<String> =
        images.map(|image| format!("{}/{}", part(image, "os"), part(image, "architecture"))).collect();
    assert_eq!(found, PLATFORMS.map(str::to_owned).into());
    // Buildah 1.28 pushes no list to a registry without a certificate, and ends with 0.
    if builder == Builder::Podman {
        let pushed = build(&["--push"]);
        let digest = pushed["manifest_digest"].as_str().unwrap();
        let mut pull = registry.with(base.command(&["pull", "--quiet"]));
        Outcome::of_success(pull.arg(format!("{}@{digest}", first.rsplit_once(':').unwrap().0)));
    }
}
