//! Checks builds whose base images are locked by their registry digest.

use std::fs;

use tempfile::TempDir;

use crate::engines::builder::{Builder, RUNTIME_IMAGE};
use crate::engines::image::{Image, unique};
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;
use crate::engines::registry::Registry;

on_every_builder!(a_build_uses_the_locked_image);

fn a_build_uses_the_locked_image(builder: Builder) {
    let Some(registry) = Registry::shared() else { return };
    let run =
        |arguments: &[&str]| Outcome::of_success(registry.with(builder.command(builder.runner())).args(arguments));
    // The runtime image with a label that only this test uses, so that the engine does not have it under another name.
    let tag = unique("tag");
    let base = Image { name: format!("{}/base:{tag}", registry.address), builder };
    let publish = |word: &str| {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("Dockerfile"), format!("FROM {RUNTIME_IMAGE}\nLABEL word={word}\n")).unwrap();
        run(&["build", "--tag", &base.name, folder.path().to_str().unwrap()]);
        run(&["push", &base.name]);
        run(&["rmi", "--force", &base.name]);
        run(&["pull", &base.name]);
    };
    publish(&format!("first-{tag}"));

    let project = Project::plain();
    let agentix = |arguments: &[&str]| {
        let mut command = registry.with(builder.agentix_gen());
        command.args(arguments).arg(project.path()).args(["--runtime-image", &base.name]);
        command
    };
    let engine = ["--engine", builder.engine()];
    Outcome::of_success(&mut agentix(&[&["lock"], &engine[..]].concat()));
    let text = Outcome::of_success(&mut agentix(&["--locked"])).stdout;
    let from = format!("FROM {}@sha256:", base.name);
    assert!(text.lines().filter(|line| line.starts_with("FROM ")).all(|line| line.starts_with(&from)), "{text}");
    let digest = text.split_once(&from).unwrap().1[..64].to_owned();
    let _by_digest = Image { name: format!("{}@sha256:{digest}", base.name), builder };

    // The digest comes from the registry: after the local image is removed, the build pulls it by digest.
    run(&["rmi", "--force", &base.name]);
    let image = Image::unbuilt(builder);
    let build = |more: &[&str]| {
        let arguments = [&["build", "--tag", &image.name], &engine[..], more].concat();
        Outcome::of(&mut agentix(&arguments))
    };
    let outcome = build(&["--locked"]);
    assert_eq!(outcome.code, 0, "{outcome}");
    let word = || image.inspect("{{json .Config.Labels}}")["word"].as_str().unwrap().to_owned();
    assert_eq!(word(), format!("first-{tag}"));

    // The tag moves to another image. The build still uses the locked digest, and `--locked` makes it fail.
    publish(&format!("second-{tag}"));
    let failed = build(&["--locked"]);
    assert_eq!(failed.code, 1, "{failed}");
    let moved = format!("error: {} has a different digest for `{}`: sha256:", builder.engine(), base.name);
    assert!(failed.stderr.contains(&moved) && failed.stderr.contains(&digest), "{failed}");
    let outcome = build(&["--force"]);
    assert_eq!(outcome.code, 0, "{outcome}");
    assert_eq!(word(), format!("first-{tag}"));
    Outcome::of_success(&mut agentix(&[&["lock"], &engine[..]].concat()));
    let outcome = build(&["--locked"]);
    assert_eq!(outcome.code, 0, "{outcome}");
    assert_eq!(word(), format!("second-{tag}"));
}

#[test]
fn a_local_image_cannot_be_locked() {
    for builder in Builder::present() {
        let project = Project::plain();
        let mut command = builder.agentix_gen();
        let outcome = Outcome::of(command.args(["lock", "--engine", builder.engine()]).arg(project.path()));
        let because = format!("because: {} has no registry digest for `{RUNTIME_IMAGE}`", builder.engine());
        assert!(outcome.code == 1 && outcome.stderr.contains(&because), "{outcome}");
        assert!(!project.path().join("agentix.lock").exists());
    }
}
