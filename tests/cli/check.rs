//! The `check` command, with current and outdated Dockerfiles.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::run::{Folder, HELLO};

#[test]
fn a_current_dockerfile_prints_nothing() {
    let folder = Folder::hello();
    let current = folder.run(&[]).prints();
    let folder = folder.file("Dockerfile", &current);
    assert_eq!(folder.run(&["check", "Dockerfile"]).prints(), "");
    assert_eq!(folder.run(&["check", ".", "Dockerfile"]).prints(), "");
    let json: Value = serde_json::from_str(&folder.run(&["check", "Dockerfile", "--format", "json"]).prints()).unwrap();
    assert_eq!(json, serde_json::json!({"dockerfile": "Dockerfile", "current": true, "diff": ""}));
}

/// `patch` with the printed diff makes the file current.
#[test]
fn an_outdated_dockerfile_gets_a_patch() {
    let classic = Folder::hello().run(&["--dialect", "classic"]).prints();
    let current = Folder::hello().run(&[]).prints();
    let half = current.len() / 2;
    let half = current.floor_char_boundary(half);
    for old in [
        "",
        "\n",
        "FROM x",
        &classic,
        &current[1..],
        &current[..half],
        current.trim_end(),
        &current.replace('\n', "\r\n"),
    ] {
        let folder = Folder::with("project/pyproject.toml", HELLO).file("Dockerfile", old);
        let printed = folder.run(&["check", "project", "Dockerfile"]).ends(1);
        assert_eq!(printed.stderr, "error: `Dockerfile` is out of date; update it: agentix-gen project > Dockerfile\n");
        let mut patch = Command::new("patch");
        patch.args(["--quiet", "--binary", "Dockerfile"]).current_dir(folder.path(""));
        let mut patching = patch.stdin(Stdio::piped()).spawn().unwrap();
        patching.stdin.take().unwrap().write_all(printed.stdout.as_bytes()).unwrap();
        assert!(patching.wait().unwrap().success(), "{}", printed.stdout);
        assert_eq!(fs::read_to_string(folder.path("Dockerfile")).unwrap(), current);
        assert_eq!(folder.run(&["check", "project", "Dockerfile"]).prints(), "");
    }
}

#[test]
fn check_takes_the_options_of_the_dockerfile() {
    let folder = Folder::hello();
    let options = ["--dialect", "classic", "--runtime-image", "base:1"];
    let classic = folder.run(&options).prints();
    let folder = folder.file("it's", classic);
    assert_eq!(folder.run(&[&["check"], &options[..], &["it's"]].concat()).prints(), "");
    assert_eq!(folder.run(&[&["check", ".", "it's"], &options[..]].concat()).prints(), "");
    assert_eq!(
        folder.run(&["check", "it's", "--dialect", "classic"]).ends(1).stderr,
        "error: `it\\'s` is out of date; update it with the same options: agentix-gen . > 'it'\\''s'\n"
    );
}

#[test]
fn a_dockerfile_can_come_from_stdin() {
    let folder = Folder::hello();
    let check = |text: &str, arguments: &[&str]| {
        let mut command = folder.run(&[&["check", "-"], arguments].concat()).command();
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    assert_eq!(check(&folder.run(&[]).prints(), &[]).status.code(), Some(0));
    let old = check("FROM x\n", &["--format", "json"]);
    assert_eq!(old.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&old.stdout).unwrap();
    assert_eq!(json["current"], false);
    assert!(json["diff"].as_str().unwrap().starts_with("--- -\n+++ -\n@@ -1 +1,"), "{json}");
    let message = "error: `-` is out of date; update it: agentix-gen . > Dockerfile\n";
    assert_eq!(String::from_utf8(old.stderr).unwrap(), message);
}

#[test]
fn an_unreadable_dockerfile_is_refused() {
    let folder = Folder::hello().file("image.png", b"\x89PNG\xff");
    let because = |reason: &str| format!(" cannot be read\n  caused by: {reason}\n");
    let absent = because("No such file or directory (os error 2)");
    assert_eq!(folder.run(&["check", "absent"]).refused(), format!("error: `absent`{absent}"));
    let bytes = because("stream did not contain valid UTF-8");
    assert_eq!(folder.run(&["check", "image.png"]).refused(), format!("error: `image.png`{bytes}"));
    let meant = |folder: &Folder, arguments: &[&str]| {
        let help = folder.run(arguments).refused();
        help.split_once("  help: did you mean: ").map(|(_, command)| command.to_owned()).unwrap_or(help)
    };
    let nested = Folder::with("app/pyproject.toml", HELLO).file("app/Dockerfile", "");
    assert_eq!(meant(&nested, &["check", "app"]), "agentix-gen check app app/Dockerfile\n");
    assert_eq!(meant(&nested, &["check", "app", "Dockerfile"]), "agentix-gen check app app/Dockerfile\n");
    assert_eq!(
        meant(&nested, &["check", "app", "Other"]),
        "error: `Other` cannot be read\n  caused by: No such file or directory (os error 2)\n"
    );
    assert!(folder.run(&["check"]).ends(2).stderr.contains("<DOCKERFILE>"));
    // An error in the project is reported first.
    assert_eq!(folder.run(&["check", "nowhere", "absent"]).refused().lines().count(), 1);
}
