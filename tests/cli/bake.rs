//! The command `bake`.

use std::fs;

use crate::run::{Folder, HELLO};

fn two() -> Folder {
    let other = HELLO.replace("hello", "other");
    Folder::with("a/pyproject.toml", HELLO).file("b/pyproject.toml", other).file("b/.env", "TOKEN=1\n")
}

#[test]
fn each_project_is_a_target_with_a_context_beside_the_file() {
    let folder = two();
    for _ in 0..2 {
        let baked = folder
            .run(&[
                "bake",
                "a",
                "b",
                "--into",
                "out",
                "--build-arg",
                "A=${B}%{c}",
                "--sbom",
                "true",
                "--provenance=mode=max",
            ])
            .ends(0);
        assert_eq!(baked.stdout, "out/docker-bake.json\n");
        assert!(baked.stderr.contains(".env"), "{}", baked.stderr);
    }
    let file = fs::read(folder.path("out/docker-bake.json")).unwrap();
    let file: serde_json::Value = serde_json::from_slice(&file).unwrap();
    let targets = file["target"].as_object().unwrap();
    assert_eq!(file["group"]["default"]["targets"], serde_json::json!(targets.keys().collect::<Vec<_>>()));
    assert_eq!(targets.len(), 2);
    for target in targets.values() {
        assert_eq!(target["attest"], serde_json::json!(["type=sbom", "type=provenance,mode=max"]));
        // `${` and `%{` start a template.
        assert_eq!(target["args"]["A"], "$${B}%%{c}");
        let context = folder.path("out").join(target["context"].as_str().unwrap());
        assert!(context.join("Dockerfile").is_file() && context.join("project/pyproject.toml").is_file());
        assert!(!context.join("project/.env").exists());
    }
    assert_eq!(fs::read_dir(folder.path("out")).unwrap().count(), 3);
}

/// `BuildKit` compares the files of a folder by time and size, which are both equal here.
#[test]
fn another_content_has_another_folder() {
    let folder = two().file("a/data", "1");
    let contexts =
        |folder: &Folder| folder.paths().into_iter().filter(|path| path.ends_with("/data")).collect::<Vec<_>>();
    folder.run(&["bake", "a", "--into", "out"]).ends(0);
    let before = contexts(&folder);
    let folder = folder.file("a/data", "2");
    folder.run(&["bake", "a", "--into", "out"]).ends(0);
    let after = contexts(&folder);
    assert_eq!((before.len(), after.len()), (2, 3), "{before:?} {after:?}");
}

#[test]
fn what_cannot_be_baked_together_is_refused_before_anything_is_written() {
    let folder = two().file("c/pyproject.toml", HELLO);
    for (arguments, expected) in [
        (&["bake", "a", "c", "--into", "out"][..], "have the same tag"),
        (&["bake", "a", "b", "--into", "out", "--tag", "x:1"], "have the same tag `x:1`"),
        (&["bake", "a", "c", "--into", "out", "--tag", "x:1"], "have the same tag `x:1`"),
        (&["bake", "a", "--into", "out", "--add-host", "host:127.0.0.1"], "sets `add-host`"),
        (&["bake", "a", "--into", "out", "--builder", "team"], "sets `builder`"),
        (&["bake", "a", "missing", "--into", "out"], "missing"),
    ] {
        let error = folder.run(arguments).refused();
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
    assert!(!folder.path("out").exists());
    let folder = folder.file("out/docker-bake.json", "{}");
    let error = folder.run(&["bake", "a", "--into", "out"]).refused();
    assert!(error.contains("was not written by agentix-gen"), "{error}");
    assert_eq!(fs::read_to_string(folder.path("out/docker-bake.json")).unwrap(), "{}");
}
