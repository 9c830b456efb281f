//! Builds in the folder of the project, compared with `agentix-gen build`, which stages a context.

use std::path::Path;

use serde_json::json;

use crate::engines::builder::{Builder, not_run, on};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{IN_TREE, Project, SAMPLE, SHIPS_SOURCE, WHEEL_BACKEND};

/// Prints the digest of each file of the environment and the source. Bytecode contains times, and a record lists it.
const INVENTORY: &str = r#"
import hashlib, json, os
found = {}
for root in ("/nix/runtime", "/src/project"):
    for folder, folders, files in os.walk(root):
        for name in folders:
            found[os.path.join(folder, name)] = "folder"
        for name in files:
            path = os.path.join(folder, name)
            if not name.endswith(".pyc") and name not in ("RECORD", "uv_cache.json") and not os.path.islink(path):
                found[path] = hashlib.sha256(open(path, "rb").read()).hexdigest()
print(json.dumps(found, indent=1, sort_keys=True))
"#;

const LOCK: &str = r#"version = 1
revision = 3
requires-python = ">=3.11"

[manifest]
members = ["part", "sample"]

[[package]]
name = "part"
version = "1.0"
source = { editable = "packages/part" }

[[package]]
name = "sample"
version = "1.0"
source = { editable = "packages/sample" }
dependencies = [{ name = "part" }]

[package.metadata]
requires-dist = [{ name = "part", editable = "packages/part" }]
"#;

/// A project with secrets that only the ignore file keeps out of the image: one is found by its content.
fn with_secrets(project: Project, folder: &str) -> Project {
    let key = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n";
    project.file(&format!("{folder}.env"), "TOKEN=1\n").file(&format!("{folder}keys/server.pem"), key)
}

fn workspace() -> Project {
    let needs = "dependencies = ['part']\nrequires-python = '>=3.11'\n[build-system]";
    let sources = format!("[tool.uv.sources]\npart = {{ workspace = true }}\n{SHIPS_SOURCE}");
    let part = WHEEL_BACKEND.replace("sample", "part");
    let project = Project::new("[tool.uv.workspace]\nmembers = ['packages/*']\n")
        .file("uv.lock", LOCK)
        .file("packages/sample/pyproject.toml", IN_TREE.replace("[build-system]", needs) + &sources)
        .file("packages/sample/backend.py", WHEEL_BACKEND)
        .file("packages/part/pyproject.toml", IN_TREE.replace("\"sample\"", "\"part\""))
        .file("packages/part/backend.py", part)
        .file("packages/other/pyproject.toml", IN_TREE.replace("\"sample\"", "\"other\""))
        .file("notes/unrelated", "");
    with_secrets(project, "packages/sample/")
}

fn listed() -> Project {
    let manifest = SAMPLE.to_owned() + "[tool.hatch.build.targets.wheel]\npackages = ['sample']\n" + SHIPS_SOURCE;
    let project = Project::new(&manifest)
        .file("sample/__init__.py", "")
        .file("requirements.txt", "-r more/base.txt\n")
        .file("more/base.txt", "rich>=13\n");
    with_secrets(project, "")
}

/// Writes both files and builds in `context`. The project is in `folder`, which is empty for the context itself.
fn in_tree(builder: Builder, context: &Path, folder: &str, arguments: &[&str]) -> (Image, Outcome) {
    let project = context.join(folder);
    let mut write = builder.agentix_gen();
    Outcome::of_success(write.arg(&project).arg("--in-tree").arg("--output").arg(&project).args(arguments));
    let image = Image::unbuilt(builder);
    let mut build = builder.command(builder.engine());
    build.args(["build", "--tag", &image.name, "--file"]).arg(project.join("Dockerfile")).arg(context);
    if builder == Builder::Legacy {
        // It keeps the container of a step that fails.
        build.arg("--force-rm");
    }
    let outcome = Outcome::of(&mut build);
    (image, outcome)
}

fn compare(builder: Builder, project: &Project, folder: &str) {
    let staged = Image::of(builder, &project.path().join(folder));
    let (image, outcome) = in_tree(builder, project.path(), folder, &[]);
    assert_eq!(outcome.code, 0, "{outcome}");
    let inventory = image.python(INVENTORY);
    assert_eq!(inventory, staged.python(INVENTORY));
    assert!(inventory.contains("pyproject.toml"), "{inventory}");
    for secret in [".env\"", "server.pem", "Dockerfile", "unrelated"] {
        assert!(!inventory.contains(secret), "{inventory}");
    }
}

mod the_folder_and_a_staged_context_give_the_same_files {
    use super::{Builder, compare, listed, on, workspace};

    #[test]
    fn buildx() {
        on(Builder::Buildx, |builder| {
            compare(builder, &listed(), "");
            compare(builder, &workspace(), "packages/sample");
        });
    }

    #[test]
    fn podman() {
        on(Builder::Podman, |builder| compare(builder, &workspace(), "packages/sample"));
    }

    #[test]
    fn buildah() {
        on(Builder::Buildah, |builder| compare(builder, &workspace(), "packages/sample"));
    }
}

/// Other programs that build a Dockerfile where it is.
#[test]
fn compose_and_bake_build_both_files() {
    on(Builder::Buildx, |builder| {
        let (baked, composed) = (Image::unbuilt(builder), Image::unbuilt(builder));
        let bake = json!({ "target": { "default": { "context": ".", "tags": [&baked.name] } } });
        let compose = json!({ "services": { "sample": { "build": ".", "image": &composed.name } } });
        let project = with_secrets(Project::plain(), "")
            .file("docker-bake.json", bake.to_string())
            .file("compose.json", compose.to_string());
        let (image, outcome) = in_tree(builder, project.path(), "", &[]);
        assert_eq!(outcome.code, 0, "{outcome}");
        let docker = |arguments: &[&str]| {
            let mut command = builder.command("docker");
            command.args(arguments).current_dir(project.path());
            Outcome::of(&mut command)
        };
        let outcome = docker(&["buildx", "bake", "--load", "--file", "docker-bake.json"]);
        assert_eq!(outcome.code, 0, "{outcome}");
        assert_eq!(baked.python(INVENTORY), image.python(INVENTORY));
        if docker(&["compose", "version"]).code != 0 {
            return not_run("docker has no compose plugin");
        }
        let outcome = docker(&["compose", "--file", "compose.json", "build"]);
        assert_eq!(outcome.code, 0, "{outcome}");
        assert_eq!(composed.python(INVENTORY), image.python(INVENTORY));
    });
}

/// The legacy builder does not read `Dockerfile.dockerignore`. It reads the same lines as `.dockerignore`.
#[test]
fn the_legacy_builder_is_refused_without_an_ignore_file_that_it_reads() {
    on(Builder::Legacy, |builder| {
        let project = with_secrets(Project::with_source(), "");
        let (_, outcome) = in_tree(builder, project.path(), "", &["--dialect", "classic"]);
        assert_ne!(outcome.code, 0);
        let all = format!("{outcome}");
        assert!(all.contains("the builder did not read Dockerfile.dockerignore"), "{all}");
        let lines = Outcome::of_success(builder.agentix_gen().arg("dockerignore").arg(project.path())).stdout;
        project.write(".dockerignore", lines);
        let (image, outcome) = in_tree(builder, project.path(), "", &["--dialect", "classic"]);
        assert_eq!(outcome.code, 0, "{outcome}");
        assert!(!image.python(INVENTORY).contains("server.pem"));
    });
}
