//! Named build contexts: `--build-context` and the key `build-context`.

use serde_json::Value;

use crate::run::{Folder, HELLO};
use crate::stub;

fn folder() -> Folder {
    let key = "[tool.agentix]\nbuild-context = { data = '../data', tools = 'docker-image://tools:1' }\n";
    stub::engine(Folder::with("pyproject.toml", format!("{HELLO}{key}")), "cat > /dev/null")
}

fn command(folder: &Folder, arguments: &[&str]) -> String {
    let arguments = [&["build", "--engine", "podman", "--print-command"], arguments].concat();
    let printed = folder.run(&arguments).env("PATH", stub::path(folder)).ends(0);
    let commands: Vec<Value> = serde_json::from_str(&printed.stdout).unwrap();
    let words: Vec<String> = serde_json::from_value(commands[0]["arguments"].clone()).unwrap();
    words.join(" ")
}

#[test]
fn the_flag_is_merged_over_the_key_and_folders_are_resolved() {
    let folder = folder();
    let command = command(&folder, &["--build-context", "tools=docker-image://tools:2"]);
    assert!(command.contains(" --build-context tools=docker-image://tools:2 "), "{command}");
    assert!(command.contains("/../data ") && command.contains(" --build-context data=/"), "{command}");
    let misused = folder.run(&["build", "--build-context", "tools"]).ends(2);
    assert!(misused.stderr.contains("expected the form NAME=SOURCE"), "{}", misused.stderr);
}

#[test]
fn a_builder_without_named_contexts_is_refused() {
    let folder = folder();
    let refused = folder.run(&["build", "--engine", "docker"]).env("PATH", stub::path(&folder)).refused();
    assert_eq!(
        refused,
        "error: docker uses its BuildKit, which does not have `--build-context`\n  \
         help: use docker from version 23 on with its buildx plugin, podman from 4.2 on, or buildah from 1.27 on\n"
    );
}

/// What a folder holds is not known, so that its image is never up to date. An image with its digest cannot change.
#[test]
fn an_image_with_an_unknown_input_is_built_again() {
    let pinned = format!("tools=docker-image://tools@sha256:{}", "1".repeat(64));
    for (context, is_up_to_date) in [(&*pinned, true), ("tools=docker-image://tools:1", false), ("tools=.", false)] {
        let arguments = ["build", "--engine", "podman", "--format", "json", "--build-context", context];
        // The base image has no label. The stub is in the project, so that it must not change.
        let labels = "$(case $image in hello:*) echo $LABEL ;; esac)";
        let folder = stub::engine_with(Folder::hello(), "cat > /dev/null", labels);
        let labelled = |label: &str| {
            let built = folder.run(&arguments).env("PATH", stub::path(&folder)).env("LABEL", label).ends(0);
            serde_json::from_str::<Value>(&built.stdout).unwrap()
        };
        let first = labelled("");
        let second = labelled(first["digest"].as_str().unwrap());
        assert_eq!(second["up_to_date"], is_up_to_date, "{context}");
    }
}
