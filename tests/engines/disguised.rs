//! A program `docker` that is podman, as the package `podman-docker` of Debian installs it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use tempfile::TempDir;

use crate::engines::builder::{Builder, on};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;

/// The program of the package.
const PROGRAM: &str = "#!/bin/sh
[ -e /etc/containers/nodocker ] || \\
echo \"Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg.\" >&2
exec podman \"$@\"
";

#[test]
fn it_is_named_and_auto_builds_with_podman() {
    on(Builder::Podman, |builder| {
        let (project, programs) = (Project::plain().file("a.py", "a = 1\n"), TempDir::new().unwrap());
        let program = programs.path().join("docker");
        fs::write(&program, PROGRAM).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", programs.path().display(), builder.path().into_string().unwrap());
        let image = Image::unbuilt(builder);
        let run = |engine: &str| {
            let mut command = builder.agentix_gen();
            command.args(["build", "--format", "json", "--engine", engine, "--tag", &image.name]).arg(project.path());
            Outcome::of(command.env("PATH", &path))
        };
        let named = run("docker");
        assert_eq!(named.code, 1, "{named}");
        let expected = "error: `docker` is podman: the program prints the version of podman\n";
        assert!(named.stderr.starts_with(expected), "{named}");
        // At the second build, `docker` has an image with the label of its digest, which is out of date.
        for text in ["a = 1\n", "a = 2\n"] {
            project.write("a.py", text);
            let built = run("auto");
            assert_eq!(built.code, 0, "{built}");
            let built: Value = serde_json::from_str(&built.stdout).unwrap();
            assert_eq!((&built["engine"], &built["up_to_date"]), (&"podman".into(), &false.into()), "{built}");
        }
    });
}
