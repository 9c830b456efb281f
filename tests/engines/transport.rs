//! An engine gets a context as a stream or as a folder. The image must be the same.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Stdio;

use agentix_gen::value::Cancel;
use camino::Utf8Path;
use tempfile::TempDir;

use crate::engines::builder::{Builder, on};
use crate::engines::image::Image;
use crate::engines::library;
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;

/// One byte more than the largest context that podman and buildah get as a stream.
const LARGE: u64 = 64 * 1024 * 1024 + 1;

#[test]
fn podman_gets_a_large_context_as_a_folder() {
    on(Builder::Podman, large_as_folder);
}

#[test]
fn buildah_gets_a_large_context_as_a_folder() {
    on(Builder::Buildah, large_as_folder);
}

#[test]
fn podman_gets_a_small_context_as_a_folder_in_memory() {
    on(Builder::Podman, small_in_memory);
}

#[test]
fn buildah_gets_a_small_context_as_a_folder_in_memory() {
    on(Builder::Buildah, small_in_memory);
}

fn small_in_memory(builder: Builder) {
    let project = Project::with_source().file("deep/er/text", "text");
    fs::set_permissions(project.path().join("deep/er/text"), fs::Permissions::from_mode(0o600)).unwrap();
    let memory = TempDir::new().unwrap();
    let memory_folder = Utf8Path::from_path(memory.path()).unwrap();
    let (by_folder, context) = build_in(memory_folder, builder, &project);
    assert!(context.starts_with(memory_folder.as_str()), "{context}");
    assert_eq!(fs::read_dir(memory.path()).unwrap().count(), 0);

    // If there is no room in memory, the context is a stream. A missing folder has no room.
    let (by_stream, context) = build_in(&memory_folder.join("absent"), builder, &project);
    assert_eq!(context, "-");
    assert_eq!(source(&by_folder), source(&by_stream));
}

/// Docker sends only changed files. It treats a staged file with the same timestamp and size as unchanged.
#[test]
fn docker_gets_a_stream_even_if_there_is_room_in_memory() {
    on(Builder::Buildx, |builder| {
        let memory = TempDir::new().unwrap();
        let memory_folder = Utf8Path::from_path(memory.path()).unwrap();
        assert_eq!(build_in(memory_folder, builder, &Project::plain()).1, "-");
    });
}

/// Builds a project that may be staged in `memory`. Returns the image and the context argument of the engine's command.
fn build_in(memory: &Utf8Path, builder: Builder, project: &Project) -> (Image, String) {
    let image = Image::unbuilt(builder);
    let bundle = library::bundle_of(&image, project.path());
    let built = library::build_in_memory(&image, &bundle, Some(memory), &Cancel::default(), |_| {}).unwrap();
    let context = built.started[0].arguments.last().unwrap().clone();
    (image, context)
}

fn large_as_folder(builder: Builder) {
    let project = Project::with_source().file("tool.sh", "#!/bin/sh\necho run\n").file("deep/er/text", "text");
    let path = |name: &str| project.path().join(name);
    fs::set_permissions(path("tool.sh"), fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(path("deep/er/text"), fs::Permissions::from_mode(0o600)).unwrap();
    symlink("er/text", path("deep/link")).unwrap();
    File::create(path("large")).unwrap().set_len(LARGE).unwrap();

    let by_folder = Image::unbuilt(builder);
    let built = library::build(&by_folder, project.path()).unwrap();
    assert_eq!(built.started.len(), 1);
    assert_ne!(built.started[0].arguments.last().unwrap(), "-");
    assert_eq!(fs::read_dir(built.scratch.path()).unwrap().count(), 0);

    let by_stream = Image::unbuilt(builder);
    let mut printing = builder.agentix_gen().arg("context").arg(project.path()).stdout(Stdio::piped()).spawn().unwrap();
    let mut engine = builder.command(builder.engine());
    engine.args(["build", "--format=docker", "--tag", &by_stream.name, "-"]);
    Outcome::of_success(engine.stdin(printing.stdout.take().unwrap()));
    assert!(printing.wait().unwrap().success());

    let (folder, stream) = (source(&by_folder), source(&by_stream));
    assert_eq!(folder, stream);
    for entry in ["f 755 315619200.0000000000 tool.sh", "f 644 315619200.0000000000 deep/er/text", "l 777 "] {
        assert!(folder.contains(entry), "{entry}: {folder}");
    }
    assert_eq!(by_folder.run(&["/src/project/tool.sh"]), "run\n");
}

/// Lists the source in an image: type, mode, timestamp, path, link target and digest of the content.
fn source(image: &Image) -> String {
    let listed = image.run(&["find", "/src/project", "-mindepth", "1", "-printf", "%y %m %T@ %P -> %l\\n"]);
    let mut listed: Vec<&str> = listed.lines().collect();
    listed.sort_unstable();
    let sums = image.run(&["sh", "-c", "find /src/project -type f | sort | xargs sha256sum"]);
    listed.join("\n") + &sums
}
