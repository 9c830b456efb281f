//! Builders of docker's buildx plugin on other machines, and the file for the ID of an image.

use std::fs;

use crate::run::Folder;
use crate::stub;

/// Adds a stub of docker with buildx. The selected builder has this driver, and docker has this image store. It has no
/// image but the runtime image, which no registry has.
pub(crate) fn docker(driver: &str, store: &str) -> Folder {
    let versions = r#"{"Client":{"Version":"28.5.2"},"Server":{"Version":"28.5.2"}}"#;
    let status = match store {
        "containerd" => r#"[["driver-type","io.containerd.snapshotter.v1"]]"#,
        _ => r#"[["Backing Filesystem","extfs"]]"#,
    };
    let script = format!(
        r#"#!/bin/sh
case "$1 $2" in
'version --format') echo '{versions}' ;;
'buildx version') echo github.com/docker/buildx v0.29.1 abc0123 ;;
'buildx inspect')
    case "$3" in
        none) echo 'ERROR: no builder "none" found' >&2; exit 1 ;;
        own) printf 'Name:   own\nDriver: docker\n' ;;
        *) printf 'Name:   team\nDriver: {driver}\n' ;;
    esac ;;
'context show') echo mine ;;
'info --format') echo '{status}' ;;
'image inspect')
    case "$4" in
        -*) [ "$5" = agentix/runtime:0.1.0 ] && echo - && exit ;;
        *) shift 4
           for image; do
               [ "$image" = agentix/runtime:0.1.0 ] || {{ echo "No such image: $image" >&2; failed=1; continue; }}
               echo "sha256:12  USER= PLATFORM=linux/amd64 $image"
           done
           [ ! "$failed" ] && exit ;;
    esac
    echo 'No such image' >&2; exit 1 ;;
'create --platform') [ "$3" = linux/amd64 ] && echo c0ffee || {{ echo "No such image: $6" >&2; exit 1; }} ;;
'rm c0ffee') ;;
'buildx build')
    cat > /dev/null
    while [ "$#" -gt 0 ]; do
        [ "$1" = --metadata-file ] && echo '{{"containerimage.digest":"sha256:{digest}"}}' > "$2"
        shift
    done ;;
esac
"#,
        digest = "5".repeat(64)
    );
    Folder::hello().program("bin/docker", &script).file("buildx/instances/team", "{}")
}

fn printed(folder: &Folder, arguments: &[&str]) -> String {
    let arguments = [&["build", "--engine", "docker", "--print-command"], arguments].concat();
    folder.run(&arguments).env("PATH", stub::path(folder)).ends(0).stdout
}

fn refusal(folder: &Folder, arguments: &[&str]) -> String {
    let arguments = [&["build", "--engine", "docker"], arguments].concat();
    folder.run(&arguments).env("PATH", stub::path(folder)).refused()
}

/// The stub would answer that the selected builder is `team`.
#[test]
fn buildx_is_asked_for_the_selected_builder_only_if_it_has_one() {
    let folder = docker("remote", "overlay2");
    fs::remove_file(folder.path("buildx/instances/team")).unwrap();
    let arguments = ["build", "--engine", "docker", "--print-command"];
    let run = |name, value| folder.run(&arguments).env("PATH", stub::path(&folder)).env(name, value).ends(0).stdout;
    assert!(!run("BUILDX_BUILDER", "").contains("--builder"));
    assert!(run("BUILDX_BUILDER", "team").contains("\"--builder=mine\""));
}

#[test]
fn a_local_base_image_is_built_on_by_docker_itself() {
    let folder = docker("remote", "overlay2");
    assert!(printed(&folder, &[]).contains("\"--builder=mine\""));
    let built = folder.run(&["build", "--engine", "docker"]).env("PATH", stub::path(&folder));
    let note =
        "docker's own builder builds instead of `team`, which does not see the local image agentix/runtime:0.1.0\n";
    // The stub stores no image.
    let stderr = built.refused();
    assert!(stderr.contains(note), "{stderr}");
    let elsewhere = printed(&folder, &["--runtime-image", "registry.example.org/runtime:1"]);
    assert!(!elsewhere.contains("--builder") && elsewhere.contains("--provenance=false"), "{elsewhere}");
    assert!(!printed(&docker("docker", "overlay2"), &[]).contains("--builder"));
}

#[test]
fn a_named_builder_that_does_not_see_the_base_image_is_refused() {
    let folder = docker("kubernetes", "overlay2");
    let refused = refusal(&folder, &["--builder", "team"]);
    let expected = "error: the builder `team` (kubernetes) does not see the image `agentix/runtime:0.1.0`, which only \
                    docker's own store has\n  \
                    help: push it to a registry and name it there with --runtime-image, or build without --builder\n";
    assert_eq!(refused, expected);
    assert!(printed(&folder, &["--builder", "own"]).contains("\"--builder=own\""));
    let named = printed(&folder, &["--builder", "team", "--runtime-image", "registry.example.org/runtime:1"]);
    assert!(named.contains("\"--builder=team\""), "{named}");
    let unknown = refusal(&folder, &["--builder", "none"]);
    assert!(
        unknown.contains("docker did not report its buildx builder: ERROR: no builder \"none\" found"),
        "{unknown}"
    );
    let refused = refusal(&stub::engine(Folder::hello(), "true"), &["--builder", "team"]);
    assert!(refused.contains("docker uses its BuildKit, which does not have `--builder`"), "{refused}");
}

#[test]
fn caches_have_the_form_of_the_builder() {
    let cached = ["--cache-from", "type=registry,ref=r.example.org/c:1", "--cache-to", "r.example.org/c:1"];
    let refused = refusal(&docker("docker", "overlay2"), &cached);
    assert!(
        refused.contains("cannot use the build cache `r.example.org/c:1`: docker's own builder writes"),
        "{refused}"
    );
    assert!(printed(&docker("docker", "containerd"), &cached).contains("\"type=registry,ref=r.example.org/c:1\""));
    let folder = stub::engine(Folder::hello(), "true");
    let read = printed(&folder, &cached[..2]);
    assert!(read.contains("\"--cache-from\",\n      \"r.example.org/c:1\""), "{read}");
    let arguments = [&["build", "--engine", "podman", "--print-command"], &cached[..]].concat();
    let both = folder.run(&arguments).env("PATH", stub::path(&folder)).ends(0).stdout;
    assert_eq!(both.matches("\"r.example.org/c\"").count(), 2, "{both}");
}

#[test]
fn the_id_is_written_to_a_file_that_holds_nothing_else() {
    let folder = stub::engine(Folder::hello(), "true").file("id", format!("sha256:{}", "0".repeat(64)));
    let build = |arguments: &[&str]| {
        let arguments = [&["build", "--quiet", "--engine", "podman", "--iidfile"], arguments].concat();
        folder.run(&arguments).env("PATH", stub::path(&folder))
    };
    build(&["id"]).ends(0);
    assert_eq!(fs::read_to_string(folder.path("id")).unwrap(), "0123456789");
    let refused = build(&["pyproject.toml"]).refused();
    assert!(refused.contains("pyproject.toml holds something other than the ID of an image"), "{refused}");
    assert_eq!(fs::read_to_string(folder.path("pyproject.toml")).unwrap(), crate::run::HELLO);
    std::os::unix::fs::symlink("nowhere", folder.path("link")).unwrap();
    assert!(build(&["link"]).refused().starts_with("error: link holds something other than the ID of an image"));
    let failing = stub::engine(Folder::hello(), "exit 3").file("id", format!("sha256:{}", "0".repeat(64)));
    let arguments = ["build", "--quiet", "--engine", "podman", "--iidfile", "id"];
    failing.run(&arguments).env("PATH", stub::path(&failing)).ends(3);
    assert!(!failing.path("id").exists());
}

/// A service that does not answer makes podman unusable, although the program runs. Recorded from podman 4.3.1.
#[test]
fn podman_needs_the_service_that_the_environment_names() {
    let script = "#!/bin/sh\n[ \"$1\" = --version ] && echo podman version 4.3.1 && exit\n\
                  echo 'Cannot connect to Podman. Please verify your connection to the Linux system' >&2\nexit 125\n";
    let folder = Folder::hello().program("bin/podman", script);
    let listed = |variable: &str, value: &str| {
        let run = folder.run(&["engines"]).env("PATH", folder.path("bin")).env(variable, value);
        run.prints().lines().find(|line| line.starts_with("podman")).unwrap().to_owned()
    };
    for variable in ["CONTAINER_HOST", "CONTAINER_CONNECTION"] {
        let row = listed(variable, "ssh://build.example.org/run/podman.sock");
        assert!(row.contains("podman is not running: Cannot connect to Podman."), "{row}");
        assert!(listed(variable, "").contains("4.3.1"));
    }
}

/// The output of a failed push looks like that of a base image that cannot be pulled. Recorded from docker 20.10.
#[test]
fn a_registry_that_refuses_the_image_is_the_cause() {
    let refusal = "Get \"http://localhost:9/v2/\": dial tcp 127.0.0.1:9: connect: connection refused";
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in\n--version) echo podman version 5.4.2 ;;\nimage) shift 4; for image; do echo 01; done ;;\n\
         push) echo Copying blob; echo '{refusal}' >&2; exit 125 ;;\nesac\n"
    );
    let folder = Folder::hello().program("bin/podman", &script);
    let build = folder.run(&["build", "--engine", "podman", "--push", "--tag", "localhost:9/a:1"]);
    let failed = build.env("PATH", stub::path(&folder)).ends(125).stderr;
    let expected = format!(
        "error: podman failed with exit code 125\n  because: {refusal}\n  help: check the name of the registry, and log in to \
         it with the engine (docker login, podman login, buildah login)\n  help: the cause may be over soon: try again\n"
    );
    assert!(failed.ends_with(&expected), "{failed}");
}

/// The containerd image store has a digest of every image, also of those that no registry has.
#[test]
fn a_digest_of_the_containerd_store_is_locked_only_if_the_registry_has_it() {
    let digest = format!("sha256:{}", "7".repeat(64));
    let script = format!(
        r#"#!/bin/sh
case "$1 $2" in
'version --format') echo '{{"Client":{{"Version":"28.5.2"}},"Server":{{"Version":"28.5.2"}}}}' ;;
'info --format') echo '[["driver-type","io.containerd.snapshotter.v1"]]' ;;
'image inspect')
    [ "$5" = agentix/runtime:0.1.0 ] || {{ echo "No such image: $5" >&2; exit 1; }}
    echo '- agentix/runtime@{digest}' ;;
'buildx imagetools') [ "$5" = agentix/runtime:0.1.0@{digest} ] && [ -e "${{0%/*}}/registry" ] ;;
*) exit 1 ;;
esac
"#
    );
    let folder = Folder::hello().program("bin/docker", &script);
    let lock = |folder: &Folder| folder.run(&["lock", "--engine", "docker"]).env("PATH", stub::path(folder));
    let refused = lock(&folder).refused();
    assert!(refused.contains("docker has no registry digest for `agentix/runtime:0.1.0`"), "{refused}");
    let folder = folder.file("bin/registry", "");
    lock(&folder).ends(0);
    assert!(fs::read_to_string(folder.path("agentix.lock")).unwrap().contains(&digest));
}
