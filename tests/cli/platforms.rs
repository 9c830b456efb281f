//! Several platforms in one build, and base images for another platform.

use serde_json::{Value, json};

use crate::builders::docker;
use crate::run::Folder;
use crate::stub;

const BOTH: [&str; 2] = ["--platform", "linux/amd64,linux/arm64"];

/// Adds a stub of podman or buildah that logs its arguments. Its base image has the name `base`.
fn podman(program: &str, base: &str) -> Folder {
    let script = format!(
        "#!/bin/sh\necho \"$*\" >> \"${{0%/*}}/log\"\ncase \"$1\" in\n--version) echo {program} version 5.4.2 ;;\n\
         image|inspect) [ $1 = image ] && shift 4 || shift 5\n\
         for image; do echo \"0123456789  USER= PLATFORM=linux/amd64 {base}\"; done ;;\nesac\n"
    );
    Folder::hello().program(&format!("bin/{program}"), &script)
}

fn commands(folder: &Folder, engine: &str, arguments: &[&str]) -> Vec<String> {
    let arguments = [&["build", "--engine", engine, "--print-command"], arguments].concat();
    let printed = folder.run(&arguments).env("PATH", stub::path(folder)).ends(0);
    let commands: Vec<Value> = serde_json::from_str(&printed.stdout).unwrap();
    let line = |command: &Value| {
        let words: Vec<String> = serde_json::from_value(command["arguments"].clone()).unwrap();
        words.join(" ")
    };
    commands.iter().map(line).collect()
}

fn refusal(folder: &Folder, engine: &str, arguments: &[&str]) -> String {
    let arguments = [&["build", "--engine", engine], arguments].concat();
    folder.run(&arguments).env("PATH", stub::path(folder)).refused()
}

#[test]
fn podman_and_buildah_make_a_list_that_then_gets_all_references() {
    for engine in ["podman", "buildah"] {
        let folder = podman(engine, "localhost/list:1");
        let [build, rest @ ..] = &commands(
            &folder,
            engine,
            &[&BOTH[..], &["--tag", "a:1", "--tag", "r.example.org/b:2", "--push"]].concat(),
        )[..] else {
            panic!("no command");
        };
        assert!(build.contains(" --manifest localhost/agentix-gen/list:UNIQUE "), "{build}");
        assert!(build.contains(" --platform linux/amd64,linux/arm64 ") && !build.contains("--tag"), "{build}");
        assert_eq!(
            rest,
            [
                "tag localhost/agentix-gen/list:UNIQUE a:1",
                "tag localhost/agentix-gen/list:UNIQUE r.example.org/b:2",
                "manifest rm localhost/agentix-gen/list:UNIQUE",
                "manifest push --all a:1 docker://a:1",
                "manifest push --all r.example.org/b:2 docker://r.example.org/b:2",
            ]
        );
        let one = commands(&folder, engine, &["--platform", "linux/arm64", "--platform", "linux/arm64"]);
        assert!(one.len() == 1 && one[0].contains(" --tag hello:1.0 --platform linux/arm64 "), "{one:?}");
    }
}

/// Buildah 1.28 ends with 0 in this case.
#[test]
fn a_list_without_a_digest_was_not_pushed() {
    let folder = podman("buildah", "localhost/list:1");
    let arguments = [&["build", "--quiet", "--engine", "buildah", "--push"], &BOTH[..]].concat();
    let refused = folder.run(&arguments).env("PATH", stub::path(&folder)).refused();
    assert!(refused.contains("buildah did not report the digest of the list that it pushed: "), "{refused}");
}

/// Two builds at the same time must not add to one list.
#[test]
fn each_list_has_a_name_of_its_own_which_is_removed_at_the_end() {
    let folder = podman("podman", "localhost/list:1");
    let log = || std::fs::read_to_string(folder.path("bin/log")).unwrap();
    let arguments = [&["build", "--quiet", "--force", "--engine", "podman"], &BOTH[..]].concat();
    let mut names = Vec::new();
    for _ in 0..2 {
        folder.run(&arguments).env("PATH", stub::path(&folder)).ends(0);
        let log = log();
        let removed = log.lines().filter_map(|line| line.strip_prefix("manifest rm ")).next_back().unwrap().to_owned();
        assert!(log.contains(&format!("--manifest {removed} ")) && log.contains(&format!("tag {removed} hello:1.0\n")));
        names.push(removed);
    }
    assert_ne!(names[0], names[1]);
}

#[test]
fn the_key_takes_a_list_which_the_flag_replaces() {
    let manifest = format!("{}[tool.agentix]\nplatform = ['linux/amd64', 'linux/s390x']\n", crate::run::HELLO);
    let folder = podman("podman", "localhost/list:1").file("pyproject.toml", manifest);
    assert!(commands(&folder, "podman", &[])[0].contains(" --platform linux/amd64,linux/s390x "));
    let both = ["--platform", "linux/amd64", "--platform", "linux/arm64"];
    assert!(commands(&folder, "podman", &both)[0].contains(" --platform linux/amd64,linux/arm64 "));
    let misused = folder.run(&["build", "--platform", "linux/amd64,arm64"]).ends(2);
    assert!(misused.stderr.contains("`arm64` is not a platform"), "{}", misused.stderr);
}

#[test]
fn docker_needs_a_store_or_a_registry_that_keeps_several() {
    let elsewhere = |arguments: &[&str]| refusal(&docker("docker-container", "overlay2"), "docker", arguments);
    let base = ["--runtime-image", "registry.example.org/runtime:1"];
    let refused = refusal(&docker("docker", "overlay2"), "docker", &[&BOTH[..], &base].concat());
    assert!(refused.contains("cannot build for several platforms: its image store keeps one platform"), "{refused}");
    let refused = elsewhere(&[&BOTH[..], &base].concat());
    assert!(
        refused.contains("its builder `team` (docker-container) cannot load them into docker's store"),
        "{refused}"
    );
    assert!(refused.contains("  help: push the image (--push), or write it to a file"), "{refused}");
    let loaded = commands(&docker("docker", "containerd"), "docker", &BOTH);
    assert!(loaded[0].contains(" --load ") && loaded[0].contains("--platform linux/amd64,linux/arm64 "), "{loaded:?}");
    let written = commands(
        &docker("docker-container", "overlay2"),
        "docker",
        &[&BOTH[..], &base, &["-o", "type=oci,dest=a"]].concat(),
    );
    assert!(written[0].contains(" --output type=oci,dest=a "), "{written:?}");
    let stubbed = stub::engine(Folder::hello(), "true");
    let refused = refusal(&stubbed, "docker", &BOTH);
    assert!(refused.contains("its BuildKit builds for one at a time\n  help: build for one platform"), "{refused}");
}

/// What is only pushed is told, and has the digest that buildx writes.
#[test]
fn a_builder_elsewhere_pushes_what_docker_cannot_keep() {
    let folder = docker("docker-container", "overlay2");
    let arguments = [&BOTH[..], &["--runtime-image", "registry.example.org/runtime:1", "--push"]].concat();
    let printed = commands(&folder, "docker", &arguments);
    assert!(printed.len() == 1 && printed[0].contains(" --push "), "{printed:?}");
    assert!(!printed[0].contains("--load"), "{printed:?}");
    let arguments = [&["build", "--engine", "docker", "--format", "json", "--iidfile", "id"], &arguments[..]].concat();
    let built = folder.run(&arguments).env("PATH", stub::path(&folder)).ends(0);
    assert!(built.stderr.ends_with("hello:1.0 is not in the store of docker\n"), "{}", built.stderr);
    let digest = format!("sha256:{}", "5".repeat(64));
    assert_eq!(std::fs::read_to_string(folder.path("id")).unwrap(), digest);
    let built: Value = serde_json::from_str(&built.stdout).unwrap();
    assert_eq!((&built["image_id"], &built["manifest_digest"]), (&json!(""), &json!(digest)));
}

#[test]
fn a_runtime_image_for_another_platform_is_refused_before_the_build() {
    for (engine, folder) in [
        ("podman", podman("podman", "localhost/agentix/runtime:0.1.0")),
        ("buildah", podman("buildah", "localhost/agentix/runtime:0.1.0")),
        ("docker", docker("docker", "overlay2")),
        ("docker", docker("docker", "containerd")),
    ] {
        let refused = refusal(&folder, engine, &["--platform", "linux/arm64/v8"]);
        let expected = format!(
            "error: the runtime image `agentix/runtime:0.1.0` of {engine} is for linux/amd64, not for linux/arm64/v8\n  \
             help: build the runtime image for each platform, push it, and name it with --runtime-image; or pull it: \
             --pull\n"
        );
        assert_eq!(refused, expected);
        commands(&folder, engine, &["--platform", "linux/amd64"]);
    }
}

/// Docker builds for this platform without being asked, so that it decides the image.
#[test]
fn the_default_platform_of_docker_is_an_input() {
    let folder = docker("docker", "containerd");
    let digest = |value: &str| {
        let arguments = ["build", "--engine", "docker", "--print-command"];
        let printed = folder.run(&arguments).env("PATH", stub::path(&folder)).env("DOCKER_DEFAULT_PLATFORM", value);
        let printed = printed.ends(0).stdout;
        let digest = printed.split("dev.agentix.digest=").nth(1).unwrap().split('"').next().unwrap().to_owned();
        (digest, printed.contains("linux/arm64"))
    };
    let (none, arm) = (digest(""), digest("linux/arm64"));
    assert!(none.0 != arm.0 && !none.1 && arm.1, "{none:?} {arm:?}");
    let folder = docker("docker", "containerd");
    let refused = folder.run(&["build", "--engine", "docker"]).env("PATH", stub::path(&folder));
    let refused = refused.env("DOCKER_DEFAULT_PLATFORM", "arm64").refused();
    assert!(refused.starts_with("error: DOCKER_DEFAULT_PLATFORM: `arm64` is not a platform"), "{refused}");
}
