//! Options that a plugin has or lacks, and what it says of a base image.

use std::os::unix::net::UnixListener;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::run::{Folder, HELLO};

/// The options, each with its feature, the key of the request and its value there.
const OPTIONS: [(&[&str], &str, &str, &str); 7] = [
    (&["--ssh", "default"], "ssh", "ssh", r#"["default"]"#),
    (&["--sbom", "true"], "sbom", "sbom", r#""true""#),
    (&["--provenance", "mode=max"], "provenance", "provenance", r#""mode=max""#),
    (&["--output", "type=oci,dest=x"], "output", "output", r#""type=oci,dest=x""#),
    (&["--build-context", "a=docker-image://b:1"], "build-context", "build_contexts", r#"{"a":"docker-image://b:1"}"#),
    (&["--cache-to", "type=gha"], "cache-export", "cache_to", r#"["type=gha"]"#),
    (&["--platform", "linux/amd64,linux/arm64"], "platforms", "platforms", r#"["linux/amd64","linux/arm64"]"#),
];

fn plugin(features: &[&str], image: &Value, built: &Value) -> Folder {
    let mut all = vec!["inspect"];
    all.extend(features);
    let says = |outcome: Value| format!("printf '%s\\n' '{}'", json!({ "outcome": outcome }));
    let described = says(json!({ "protocol": 1, "name": "own", "version": "1", "dialects": ["buildkit"],
                                 "context": "folder", "features": all }));
    let (inspected, built) = (says(json!({ "images": [image, null] })), says(built.clone()));
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in\ndescribe) {described} ;;\ninspect) {inspected} ;;\n\
         build) cat \"$2\" > \"${{0%/*}}/request\"; {built} ;;\nesac\n"
    );
    let manifest = format!("{HELLO}[tool.agentix]\nexclude = ['bin']\n");
    Folder::with("pyproject.toml", manifest).program("bin/agentix-engine-own", &script)
}

fn path(folder: &Folder) -> String {
    format!("{}:/usr/bin:/bin", folder.path("bin").display())
}

fn build<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&["build", "--engine", "own"], arguments].concat()
}

#[test]
fn a_plugin_gets_the_options_of_its_features_and_no_others() {
    let image = json!({ "id": "sha256:34" });
    let elsewhere = tempdir().unwrap();
    let agent = elsewhere.path().join("agent");
    let _answers = UnixListener::bind(&agent).unwrap();
    let run = |folder: &Folder, arguments| {
        folder.run(&build(arguments)).env("PATH", path(folder)).env("SSH_AUTH_SOCK", agent.display().to_string())
    };
    for (arguments, feature, key, value) in OPTIONS {
        let folder = plugin(&[], &image, &json!({ "image_id": "sha256:12" }));
        let refused = run(&folder, arguments).ends(1).stderr;
        assert!(refused.starts_with("error: "), "{feature}: {refused}");
        assert!(!folder.path("bin/request").exists(), "{feature}");
        let folder = plugin(&[feature], &image, &json!({ "image_id": "sha256:12" }));
        run(&folder, arguments).ends(0);
        let request: Value = serde_json::from_slice(&std::fs::read(folder.path("bin/request")).unwrap()).unwrap();
        assert_eq!(request[key].to_string(), value, "{feature}");
    }
}

#[test]
fn only_an_image_that_is_not_in_the_store_has_no_id() {
    let built = json!({ "image_id": null });
    let folder = plugin(&["output"], &json!({ "id": "sha256:34" }), &built);
    let printed = folder.run(&build(&["--output", "type=oci,dest=x"])).env("PATH", path(&folder)).ends(0);
    assert!(printed.stderr.ends_with("hello:1.0 is not in the store of own\n"), "{printed:?}");
    let refused = folder.run(&build(&[])).env("PATH", path(&folder)).ends(1).stderr;
    let expected = "answered `build` with a value that is not valid: `image_id` is missing; it may be null only with";
    assert!(refused.contains(expected), "{refused}");
    let folder = plugin(&[], &json!({ "id": "sha256:34" }), &json!({ "image_id": "" }));
    let refused = folder.run(&build(&[])).env("PATH", path(&folder)).ends(1).stderr;
    assert!(refused.contains("the ID of an image is empty"), "{refused}");
}

#[test]
fn the_platform_and_the_user_of_a_base_image_are_checked() {
    for (image, arguments, expected) in [
        (json!({ "id": "1", "platform": "linux/arm64" }), &["--platform", "linux/amd64"][..], "is for linux/arm64"),
        (json!({ "id": "1", "user": "app" }), &[], "runs as `app`"),
    ] {
        let folder = plugin(&[], &image, &json!({ "image_id": "sha256:12" }));
        let refused = folder.run(&build(arguments)).env("PATH", path(&folder)).ends(1).stderr;
        assert!(refused.contains(expected), "{refused}");
    }
    let root = json!({ "id": "1", "platform": "linux/amd64", "user": "0" });
    let folder = plugin(&[], &root, &json!({ "image_id": "sha256:12" }));
    folder.run(&build(&["--platform", "linux/amd64"])).env("PATH", path(&folder)).ends(0);
}
