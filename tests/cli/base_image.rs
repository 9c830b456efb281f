//! What the engine reports of the base image: its Python, and its version of the framework.

use crate::run::{Folder, HELLO, Printed};
use crate::stub;

/// Builds on an engine whose images have these labels, and expects this exit code.
fn build(manifest: &str, python_version: &str, labels: &str, code: i32) -> Printed {
    let folder = Folder::with("pyproject.toml", manifest).file(".python-version", python_version);
    let folder = stub::engine_with(folder, "cat >/dev/null", labels);
    let path = stub::path(&folder);
    folder.run(&["build", "--engine", "podman"]).env("PATH", path).ends(code)
}

#[test]
fn a_python_that_the_project_excludes_is_refused_before_the_build() {
    let newer = HELLO.replace("dependencies", "requires-python = '>=3.13'\ndependencies");
    assert_eq!(
        build(&newer, "", " 3.12.4 0.1.0", 1).stderr.lines().collect::<Vec<_>>(),
        [
            "error: `agentix/runtime:0.1.0` has Python 3.12, which requires-python of `hello` (`>=3.13`) excludes",
            "  help: build a runtime image for the project, and name it with --runtime-image: agentix-gen runtime PATH",
        ]
    );
    let built = build(&newer, "", " 3.13.1 0.1.0", 0);
    assert!(built.stderr.starts_with("building "), "{built:?}");
}

#[test]
fn a_python_that_the_project_does_not_ask_for_is_named() {
    let warning = |version: &str, labels: &str| {
        let printed = build(HELLO, version, labels, 0);
        printed.stderr.lines().next().filter(|line| line.starts_with("warning: ")).map(str::to_owned)
    };
    let expected = ".python-version asks for Python 3.12, but `agentix/runtime:0.1.0` has 3.11";
    let known = format!("warning: {expected}; to get one: agentix-gen runtime PATH");
    assert_eq!(warning("3.12", " 3.11.9 0.1.0"), Some(known));
    let guessed = format!("warning: {expected} unless you built it for this project: agentix-gen runtime PATH");
    assert_eq!(warning("3.12", ""), Some(guessed));
    assert_eq!(warning("3.12", " 3.12.0 0.1.0"), None);
}

/// The runtime image follows the version that the project pins, and so does the command that makes it.
#[test]
fn a_pinned_framework_decides_the_runtime_image() {
    let pinned = HELLO.replace("'rich'", "'agentixx==0.2.6'");
    let folder = Folder::with("pyproject.toml", &pinned);
    assert!(folder.run(&["runtime", "."]).prints().contains("agentixx==0.2.6\n"));
    assert!(folder.run(&["runtime", ".", "--agentix-version", "0.2.5"]).prints().contains("agentixx==0.2.5\n"));
    let plan: serde_json::Value = serde_json::from_str(&folder.run(&["plan"]).prints()).unwrap();
    let decided = serde_json::json!({ "value": "agentix/runtime:0.2.6", "from": "agentixx in pyproject.toml" });
    assert_eq!(plan["decisions"]["runtime-image"], decided);

    let absent =
        "#!/bin/sh\n[ $1 = --version ] && exec echo podman version 5.0.0\necho 'image not known' >&2; exit 1\n";
    let folder = folder.program("bin/podman", absent);
    let path = stub::path(&folder);
    let refused = folder.run(&["build", "--engine", "podman"]).env("PATH", path).ends(1).stderr;
    let help = "build it: agentix-gen runtime --agentix-version 0.2.6 | podman build -t agentix/runtime:0.2.6 -";
    assert!(refused.contains(help), "{refused}");

    let replaced = build(&pinned, "", " 3.11.9 0.1.0", 0);
    assert!(replaced.stderr.starts_with("warning: the project installs agentixx 0.2.6, but"), "{replaced:?}");
}
