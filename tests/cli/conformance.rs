//! The conformance kit, without an engine: a plugin that is wrong on purpose fails each check.

use serde_json::Value;

use crate::run::Folder;

const WRONG: &str = include_str!("wrong_plugin.py");

fn path(folder: &Folder) -> String {
    format!("{}:{}", folder.path("bin").display(), std::env::var("PATH").unwrap())
}

#[test]
fn a_wrong_plugin_fails_each_check_by_name() {
    let folder = Folder::hello().program("bin/agentix-engine-wrong", WRONG);
    let printed =
        folder.run(&["engines", "--conformance", "wrong", "--format", "json"]).env("PATH", path(&folder)).ends(1);
    let results: Vec<Value> = serde_json::from_str(&printed.stdout).unwrap();
    let reasons: Vec<(&str, &str, &str)> = results
        .iter()
        .map(|result| {
            let text = |key: &str| result[key].as_str().unwrap_or_default();
            (text("name"), text("verdict"), text("reason"))
        })
        .collect();
    assert_eq!(
        reasons,
        [
            ("dialects", "failed", "wrong failed with exit code 1"),
            ("image-id", "failed", "the image is still sha256:other-0 after it was built without a cache"),
            ("up-to-date", "failed", "the second build does not find its image, or not the label of its digest"),
            ("two-tags", "failed", "the two references name different images"),
            ("secrets", "failed", "a step that searches for a text that the image contains does not fail"),
            ("exit-code", "failed", "a build whose step fails succeeds"),
            ("cancel", "failed", "a build of 300 s succeeds, although it is cancelled"),
            (
                "huge-output",
                "failed",
                &format!("{} printed a line of more than 1 MiB", folder.path("bin/agentix-engine-wrong").display())
            ),
            ("odd-names", "failed", "wrong failed with exit code 1"),
            ("health-check", "failed", "the settings were dropped without an error: wrong failed with exit code 1"),
            ("options", "failed", "a step that searches a named context for a text that it lacks does not fail"),
            ("settings", "failed", "a random step gives sha256:settings twice, although the request forbids the cache"),
        ]
    );
    let names: Vec<&str> = reasons.iter().map(|(name, ..)| *name).collect();
    let (note, error) = printed.stderr.split_once('\n').unwrap();
    assert_eq!(error, format!("error: wrong fails 12 of 12 checks: {}\n", names.join(", ")));
    let tag =
        |note: &str| note.strip_prefix("the images of the checks are agentix-conformance/CHECK:").unwrap().to_owned();
    // Two runs at the same time must not meet.
    let command = ["engines", "--conformance", "wrong", "--format", "json"];
    let again = folder.run(&command).env("PATH", path(&folder)).ends(1).stderr;
    assert_ne!(tag(note), tag(again.lines().next().unwrap()));
}

#[test]
fn the_documentation_lists_every_check() {
    let page = include_str!("../../docs/engines.md");
    for check in agentix_gen::build_image::CHECKS {
        assert!(page.contains(&format!("| `{}` | {} |", check.name, check.promise)), "{}", check.name);
    }
}

#[test]
fn an_engine_that_is_missing_is_named() {
    let folder = Folder::hello();
    let refused = folder.run(&["engines", "--conformance", "podman"]).env("PATH", "").refused();
    assert!(refused.starts_with("error: `podman` is not installed"), "{refused}");
    let refused = folder.run(&["engines", "--conformance", "nope"]).env("PATH", "").refused();
    assert_eq!(refused, "error: unknown engine `nope`; available: buildah, container, docker, nerdctl, podman\n");
    folder.run(&["engines", "--base-image", "x:1"]).ends(2);
}
