//! The built-in engines that no test runs: their commands follow their references.

use serde_json::{Value, json};

use crate::run::Folder;
use crate::stub;

/// What `nerdctl version --format '{{json .}}'` prints, with this version of `buildctl`.
fn nerdctl_version(buildctl: &str) -> String {
    json!({
        "Client": {"Version": "v2.3.1", "Components": [{"Name": "buildctl", "Version": buildctl}]},
        "Server": {"Components": [{"Name": "containerd", "Version": "v2.4.2"}]},
    })
    .to_string()
}

/// Adds a stub of nerdctl. It has all images, without labels.
fn nerdctl(folder: Folder, version: &str) -> Folder {
    let script = format!(
        "#!/bin/sh\ncase \"$1 $2\" in\n'version --format') {version} ;;\n'image inspect') shift 4\n\
         for image; do echo \"sha256:12    USER= PLATFORM=linux/amd64 $image\"; done ;;\n\
         'build '*) for folder; do :; done; /bin/cp -pR \"$folder\" \"${{0%/*}}/../built\" ;;\nesac\n"
    );
    folder.program("bin/nerdctl", &script)
}

/// Adds a stub of Apple's `container` that has no image. `server` is its second component.
fn container(folder: Folder, server: &str) -> Folder {
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in\n\
         'system version --format json')\n\
         echo '[{{\"appName\":\"container\",\"buildType\":\"release\",\"commit\":\"abcdef1\",\"version\":\"1.2.2\"}}{server}]' ;;\n\
         'image inspect '*) echo \"Error: image not found: $3\" >&2; exit 1 ;;\nesac\n"
    );
    folder.program("bin/container", &script)
}

const SERVER: &str = r#",{"appName":"container-apiserver","buildType":"release","commit":"1","version":"container-apiserver version 1.2.2"}"#;

fn commands(folder: &Folder, engine: &str, arguments: &[&str]) -> Vec<String> {
    let arguments = [&["build", "--engine", engine, "--print-command"], arguments].concat();
    let printed = folder.run(&arguments).env("PATH", stub::path(folder)).ends(0);
    let commands: Vec<Value> = serde_json::from_str(&printed.stdout).unwrap();
    let line = |command: &Value| {
        assert_eq!(command["stdin"], "nothing", "{command}");
        let words: Vec<String> = serde_json::from_value(command["arguments"].clone()).unwrap();
        words.join(" ")
    };
    commands.iter().map(line).collect()
}

fn refusal(folder: &Folder, engine: &str, arguments: &[&str]) -> String {
    let arguments = [&["build", "--engine", engine], arguments].concat();
    folder.run(&arguments).env("PATH", stub::path(folder)).refused()
}

fn ready() -> Folder {
    nerdctl(container(Folder::hello(), SERVER), &format!("echo '{}'", nerdctl_version("v0.27.0")))
}

/// Nerdctl refuses a context on stdin, and so does `container`.
#[test]
fn the_context_is_a_folder() {
    let folder = ready();
    for engine in ["nerdctl", "container"] {
        let commands =
            commands(&folder, engine, &["--secret", "id=token,env=HOME", "--build-arg", "A=1", "--no-cache"]);
        let [build] = &commands[..] else { panic!("{commands:?}") };
        let start = "build --progress=plain --tag hello:1.0 --build-arg A=1 --secret id=token,env=HOME ";
        assert!(build.starts_with(start) && build.ends_with(" --no-cache CONTEXT"), "{build}");
    }
}

#[test]
fn images_for_several_platforms_are_pushed_with_all() {
    let folder = ready();
    let arguments = ["--platform", "linux/amd64,linux/arm64", "--tag", "r.example.org/a:1", "--push"];
    let pushed = |engine| commands(&folder, engine, &arguments).pop().unwrap();
    assert_eq!(pushed("nerdctl"), "push --all-platforms r.example.org/a:1");
    assert_eq!(pushed("container"), "image push --progress=plain r.example.org/a:1");
    let one = commands(&folder, "nerdctl", &["--tag", "r.example.org/a:1", "--push"]).pop().unwrap();
    assert_eq!(one, "push r.example.org/a:1");
}

#[test]
fn what_apples_program_does_not_have_is_refused_by_name() {
    let folder = ready();
    let lacks = |arguments: &[&str], option: &str| {
        let refused = refusal(&folder, "container", arguments);
        assert!(refused.contains(option), "{refused}");
        commands(&folder, "nerdctl", arguments);
    };
    lacks(&["--network", "host"], "container uses its BuildKit, which does not have `--network`\n");
    lacks(&["--add-host", "a:127.0.0.1"], "container uses its BuildKit, which does not have `--add-host`\n");
    lacks(&["--ssh", "ci=pyproject.toml"], "container uses its BuildKit, which does not have `--ssh`\n");
    lacks(&["--sbom", "true"], "container uses its BuildKit, which does not have `--sbom`\n");
    lacks(&["--cache-to", "type=gha"], "which cannot use the build cache `type=gha`: it has no option for one\n");
}

#[test]
fn each_is_listed_as_untested_with_its_version_or_the_reason() {
    let list = |folder: &Folder, name: &str| {
        let printed = folder.run(&["engines", "--format", "json"]).env("PATH", stub::path(folder)).prints();
        let list: Vec<Value> = serde_json::from_str(&printed).unwrap();
        list.into_iter().find(|engine| engine["name"] == name).unwrap()
    };
    let folder = ready();
    let found = list(&folder, "nerdctl");
    assert_eq!(
        (&found["version"], &found["tested"], &found["builder"]),
        (&json!("2.3.1"), &json!(false), &json!("nerdctl"))
    );
    let found = list(&folder, "container");
    assert_eq!((&found["version"], &found["dialect"]), (&json!("1.2.2"), &json!("buildkit")));
    assert_eq!(found["tested"], false);
    let stopped = container(Folder::hello(), "");
    assert_eq!(
        list(&stopped, "container")["error"],
        "container is not running: container-apiserver does not answer (container system start)"
    );
    let other = Folder::hello().program("bin/container", "#!/bin/sh\necho usage: container FILE >&2\nexit 2\n");
    assert_eq!(list(&other, "container")["error"], "container did not report its version: usage: container FILE");
    let text = "time=\"2026-11-27\" level=fatal msg=\"cannot access containerd socket \\\"/run/containerd/containerd.sock\\\": ";
    let failing = |reason: &str| nerdctl(Folder::hello(), &format!("echo '{text}{reason}\"' >&2; exit 1"));
    let error = |folder: &Folder| list(folder, "nerdctl")["error"].as_str().unwrap().to_owned();
    assert!(error(&failing("no such file or directory")).starts_with("nerdctl is not running: "));
    assert!(error(&failing("permission denied")).starts_with("this user has no permission to use nerdctl: "));
    let alone = nerdctl(Folder::hello(), &format!("echo '{}'", nerdctl_version("")));
    assert_eq!(error(&alone), "`buildctl` is not installed: no absolute entry of PATH contains it");
}

/// `BuildKit` takes a file in a folder for unchanged if its length and its timestamp are.
#[test]
fn a_changed_file_has_another_timestamp() {
    use std::os::unix::fs::MetadataExt;
    let build = |content: &str| {
        let folder =
            nerdctl(Folder::hello(), &format!("echo '{}'", nerdctl_version("v0.27.0"))).file("data.txt", content);
        folder.run(&["build", "--engine", "nerdctl"]).env("PATH", stub::path(&folder)).ends(0);
        let time = |path: &str| {
            let found = std::fs::metadata(folder.path("built").join(path)).unwrap();
            (found.mtime(), found.mtime_nsec())
        };
        (time("project/data.txt"), time("project/pyproject.toml"))
    };
    let (one, other, again) = (build("one"), build("two"), build("one"));
    assert_eq!(one, again);
    assert!(one.0 != other.0 && one.0.0 == other.0.0 && one.1 == other.1, "{one:?} {other:?}");
}

/// `auto` takes an engine that no test runs only after the others, and does not name it if it is not installed.
#[test]
fn auto_takes_them_last() {
    let engine = |folder: &Folder| {
        let built = folder.run(&["build", "--format", "json"]).env("PATH", folder.path("bin")).ends(0);
        let built: Value = serde_json::from_str(&built.stdout).unwrap();
        built["engine"].clone()
    };
    assert_eq!(engine(&nerdctl(Folder::hello(), &format!("echo '{}'", nerdctl_version("v0.27.0")))), "nerdctl");
    assert_eq!(engine(&stub::engine(ready(), "/bin/cat > /dev/null")), "docker");
}
