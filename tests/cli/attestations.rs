//! The options of `build` that only some builders have.

use serde_json::Value;

use crate::run::{Folder, Printed};
use crate::stub;

const CONTAINERD: &str = r#"[["driver-type","io.containerd.snapshotter.v1"]]"#;
const OVERLAY: &str = r#"[["Backing Filesystem","extfs"],["Native Overlay Diff","true"]]"#;

/// Adds a stub of docker with buildx. `status` is what it says of its image store.
fn docker(status: &str) -> Folder {
    let versions = r#"{"Client":{"Version":"28.5.2"},"Server":{"Version":"28.5.2"}}"#;
    let script = format!(
        "#!/bin/sh\ncase \"$1 $2\" in\n'version --format') echo '{versions}' ;;\n\
         'buildx version') echo github.com/docker/buildx v0.29.1 abc0123 ;;\n\
         'info --format') echo '{status}' ;;\n\
         'image inspect') shift 4; for image; do case $image in hello*) echo 'No such image: hello' >&2; exit 1;; \
         *) echo 0123456789;; esac; done ;;\n\
         'buildx build') cat > /dev/null ;;\nesac\n"
    );
    Folder::hello().program("bin/docker", &script)
}

/// Adds a stub of podman or buildah of a version.
fn buildah(program: &str, version: &str) -> Folder {
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in\n--version) echo {program} version {version} ;;\nimage|inspect) echo 0123456789 ;;\nesac\n"
    );
    Folder::hello().program(&format!("bin/{program}"), &script)
}

/// Returns the words of the command that builds.
fn command(folder: &Folder, engine: &str, arguments: &[&str]) -> Vec<String> {
    let arguments = [&["build", "--engine", engine, "--print-command"], arguments].concat();
    let printed = folder.run(&arguments).env("PATH", stub::path(folder)).ends(0);
    let commands: Value = serde_json::from_str(&printed.stdout).unwrap();
    serde_json::from_value(commands[0]["arguments"].clone()).unwrap_or_else(|error| panic!("{error}: {commands}"))
}

fn build(folder: &Folder, engine: &str, arguments: &[&str], code: i32) -> Printed {
    let arguments = [&["build", "--quiet", "--engine", engine], arguments].concat();
    folder.run(&arguments).env("PATH", stub::path(folder)).ends(code)
}

#[test]
fn docker_makes_no_attestation_unless_asked() {
    let asked = |status: &str, arguments: &[&str]| {
        let words = command(&docker(status), "docker", arguments);
        let words = words.into_iter().filter(|word| word.starts_with("--provenance") || word.starts_with("--sbom"));
        words.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(asked(CONTAINERD, &[]), "--provenance=false");
    assert_eq!(asked(OVERLAY, &[]), "");
    assert_eq!(asked("unknown", &[]), "--provenance=false");
    assert_eq!(asked(CONTAINERD, &["--sbom", "true"]), "--sbom=true");
    assert_eq!(asked(CONTAINERD, &["--provenance", "mode=max"]), "--provenance=mode=max");
    assert_eq!(asked(OVERLAY, &["--provenance", "false"]), "--provenance=false");
}

#[test]
fn the_timestamp_is_passed_in_the_form_of_the_version() {
    let asked = |program: &str, version: &str| {
        let words = command(&buildah(program, version), program, &["--source-date-epoch", "7"]);
        let is_time = |word: &String| word.contains("timestamp") || word.starts_with("--source-date-epoch");
        words.into_iter().filter(is_time).collect::<Vec<_>>().join(" ")
    };
    for (program, old, new) in [("podman", "5.5.2", "5.8.6"), ("buildah", "1.40.1", "1.43.2")] {
        assert_eq!(asked(program, old), "--timestamp=7");
        assert_eq!(asked(program, new), "--source-date-epoch=7 --rewrite-timestamp");
    }
}

#[test]
fn an_image_is_written_to_an_archive() {
    let folder = docker(OVERLAY);
    let arguments = ["--output", "type=oci,dest=a.tar", "-o", "own:1", "--source-date-epoch", "7"];
    let words = command(&folder, "docker", &arguments).join(" ");
    assert!(words.contains("--tag own:1 ") && !words.contains("--load"), "{words}");
    assert!(words.contains("--output type=oci,dest=a.tar,rewrite-timestamp=true "), "{words}");
    let arguments = [&arguments[..], &["--format", "json"]].concat();
    let built: Value = serde_json::from_str(&build(&folder, "docker", &arguments, 0).stdout).unwrap();
    assert_eq!((&built["image_id"], &built["up_to_date"]), (&Value::from(""), &Value::from(false)));
    let refused = build(&folder, "docker", &["--output", "type=oci,dest=a.tar", "--push"], 1);
    assert!(refused.stderr.ends_with("error: docker cannot push an image that it writes to an output\n"));
    let misused = build(&folder, "docker", &["--output", "dest=a.tar"], 2);
    assert!(misused.stderr.contains("`dest=a.tar` is not an output: `type=TYPE,KEY=VALUE,…`"), "{}", misused.stderr);
}

#[test]
fn other_builders_are_refused_with_the_remedy() {
    let podman = buildah("podman", "5.8.6");
    for (arguments, option, remedy) in [
        (
            ["--sbom", "true"],
            "--sbom",
            "use docker's buildx plugin; `agentix-gen sbom` writes a bill of materials to a file",
        ),
        (["--provenance", "mode=max"], "--provenance", "use docker's buildx plugin, or build without the option"),
        (
            ["--output", "type=oci,dest=a.tar"],
            "--output",
            "use docker's buildx plugin, or build without --output and let the engine save the image",
        ),
    ] {
        let refused = build(&podman, "podman", &arguments, 1);
        let expected = format!("error: podman uses its buildah, which does not have `{option}`\n  help: {remedy}\n");
        assert!(refused.stderr.ends_with(&expected), "{}", refused.stderr);
    }
    assert!(!command(&podman, "podman", &["--sbom", "false"]).join(" ").contains("sbom"));
}
