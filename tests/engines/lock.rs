//! Images by the digests that a registry has them by.

use std::fs;

use tempfile::TempDir;

use crate::engines::builder::{Builder, RUNTIME_IMAGE};
use crate::engines::image::{Image, unique};
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;
use crate::engines::registry::Registry;

on_every_builder!(a_locked_image_is_built_on);

fn a_locked_image_is_built_on(builder: Builder) {
    let Some(registry) = Registry::shared() else { return };
    let run =
        |arguments: &[&str]| Outcome::of_success(registry.with(builder.command(builder.runner())).args(arguments));
    // The runtime image with something of this test's own, so that the engine has not met it under another name.
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

    // The digest is the registry's: with the image gone from here, the build fetches it by that.
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

    // The tag moves on. The build stays with what is locked, and with `--locked` says so.
    publish(&format!("second-{tag}"));
    let refused = build(&["--locked"]);
    assert_eq!(refused.code, 1, "{refused}");
    let moved = format!("error: {} has another `{}` by now: sha256:", builder.engine(), base.name);
    assert!(refused.stderr.contains(&moved) && refused.stderr.contains(&digest), "{refused}");
    let outcome = build(&["--force"]);
    assert_eq!(outcome.code, 0, "{outcome}");
    assert_eq!(word(), format!("first-{tag}"));
    Outcome::of_success(&mut agentix(&[&["lock"], &engine[..]].concat()));
    let outcome = build(&["--locked"]);
    assert_eq!(outcome.code, 0, "{outcome}");
    assert_eq!(word(), format!("second-{tag}"));
}

#[test]
fn an_image_from_no_registry_cannot_be_locked() {
    for builder in Builder::present() {
        let project = Project::plain();
        let mut command = builder.agentix_gen();
        let outcome = Outcome::of(command.args(["lock", "--engine", builder.engine()]).arg(project.path()));
        let because = format!("because: {} has `{RUNTIME_IMAGE}` from no registry", builder.engine());
        assert!(outcome.code == 1 && outcome.stderr.contains(&because), "{outcome}");
        assert!(!project.path().join("agentix.lock").exists());
    }
}
