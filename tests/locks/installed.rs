//! A projected manifest and a projected lock, alone in a folder, install the same packages as the project.

use std::collections::BTreeSet;

use agentix_gen::project::{UvLock, projected_manifest};

use crate::Lab;

const ROOT: &str = r#"
[project]
name = "app"
version = "1.2.3"
description = "says hello"
readme = "README.md"
requires-python = ">=3.9"
dependencies = ["idna", "member", "lib", "six ; sys_platform == 'win32'"]

[project.scripts]
app = "app:main"

[project.optional-dependencies]
web = ["click", "beside[more]"]
all = ["app[web]"]

[dependency-groups]
dev = ["pluggy", {include-group = "lint"}]
lint = ["iniconfig"]
other = ["six"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.ruff]
line-length = 120

[tool.uv]
default-groups = ["lint"]
constraint-dependencies = ["click<8.2"]
cache-keys = [{file = "x"}]

[tool.uv.sources]
member = {workspace = true}
lib = {path = "lib"}
beside = {path = "beside", editable = true}

[tool.uv.workspace]
members = ["members/*"]
"#;

fn sibling(name: &str, dependency: &str) -> String {
    format!(
        "[project]\nname = \"{name}\"\nversion = \"3\"\nrequires-python = \">=3.9\"\ndependencies = [\"{dependency}\"]\n\
         [project.optional-dependencies]\nmore = [\"six\"]\n\
         [build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n"
    )
}

/// Returns the packages in the environment, without local projects.
fn installed(lab: &Lab, flags: &[&str]) -> BTreeSet<String> {
    let environment = lab.root().join(".venv");
    if environment.exists() {
        std::fs::remove_dir_all(&environment).unwrap();
    }
    lab.run(&[&["sync", "--frozen", "--no-install-local"], flags].concat());
    let listed = lab.run(&["pip", "list", "--quiet", "--format", "freeze", "--python", ".venv"]);
    listed.lines().map(str::to_owned).collect()
}

#[test]
fn the_projected_pair_installs_the_same_packages() {
    let (Some(lab), Some(alone)) = (Lab::open(), Lab::open()) else { return };
    lab.write("pyproject.toml", ROOT);
    lab.write("members/member/pyproject.toml", &sibling("member", "markupsafe"));
    lab.write("lib/pyproject.toml", &sibling("lib", "packaging"));
    lab.write("beside/pyproject.toml", &sibling("beside", "idna"));
    lab.run(&["lock"]);
    let lock: UvLock = lab.read("uv.lock").parse().unwrap();
    lock.check(&ROOT.parse().unwrap()).unwrap();
    lock.check(&sibling("member", "markupsafe").parse().unwrap()).unwrap();
    lock.check(&sibling("beside", "idna").parse().unwrap()).unwrap();

    // The folder contains nothing else: neither the project's files nor its siblings.
    alone.write("pyproject.toml", &projected_manifest(ROOT).unwrap());
    alone.write("uv.lock", &lock.projected());

    let mut seen = BTreeSet::new();
    for flags in [
        &[][..],
        &["--no-default-groups"],
        &["--all-extras", "--all-groups"],
        &["--extra", "all", "--group", "other"],
        &["--no-editable", "--inexact", "--no-default-groups", "--extra", "web"],
        &["--all-packages"],
        &["--package", "member", "--no-default-groups"],
    ] {
        let ours = installed(&alone, flags);
        // uv finds a package in the lock even if it is not a member of the projected workspace.
        assert_eq!(ours, installed(&lab, flags), "{flags:?}");
        seen.insert(ours);
    }
    assert!(seen.len() > 4, "the flags make no difference: {seen:?}");
}

#[test]
fn edits_that_resolution_does_not_read_do_not_change_the_projected_pair() {
    let Some(lab) = Lab::open() else { return };
    let project = ROOT.lines().filter(|line| !line.contains("member")).collect::<Vec<_>>().join("\n");
    let project = project.replace("[tool.uv.workspace]", "").replace("\"member\", ", "");
    lab.write("lib/pyproject.toml", &sibling("lib", "packaging"));
    lab.write("beside/pyproject.toml", &sibling("beside", "idna"));
    let pair = |manifest: &str| {
        lab.write("pyproject.toml", manifest);
        lab.run(&["lock"]);
        let lock: UvLock = lab.read("uv.lock").parse().unwrap();
        (projected_manifest(manifest).unwrap(), lock.projected(), lab.read("uv.lock"))
    };
    let before = pair(&project);
    let after = pair(&project.replace("1.2.3", "1.3.0").replace("says hello", "").replace("120", "80"));
    assert_eq!((&before.0, &before.1), (&after.0, &after.1));
    assert_ne!(before.2, after.2, "uv.lock contains the version, so it must change");
}
