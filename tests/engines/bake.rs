//! `docker buildx bake` builds the file that `agentix-gen bake` writes.

use std::fs;

use crate::engines::builder::{Builder, on};
use crate::engines::image::unique;
use crate::engines::outcome::Outcome;
use crate::engines::project::{Project, SAMPLE};

#[test]
fn buildx_bakes_two_projects_and_sees_a_change_of_the_same_size() {
    on(Builder::Buildx, |builder| {
        let first = Project::new(SAMPLE).file("sample/__init__.py", "VALUE = 1\n");
        let tags = [unique("bake"), unique("bake")].map(|name| name + ":1");
        let manifest = |name: &str, tag: &str| {
            let tables =
                format!("[tool.agentix]\ntag = '{tag}'\n[tool.hatch.build.targets.wheel]\npackages = ['sample']\n");
            SAMPLE.replace("\"sample\"", &format!("\"{name}\"")) + &tables
        };
        first.write("pyproject.toml", manifest("first", &tags[0]));
        let second = Project::new(&manifest("second", &tags[1])).file("sample/__init__.py", "VALUE = 2\n");
        let out = tempfile::tempdir().unwrap();
        let bake = || {
            let paths = [first.path(), second.path()];
            let mut write = builder.agentix_gen();
            let written = Outcome::of_success(write.arg("bake").args(paths).arg("--into").arg(out.path()));
            let file = written.stdout.trim_end().to_owned();
            assert!(fs::exists(&file).unwrap(), "{written}");
            let mut docker = builder.command("docker");
            Outcome::of_success(docker.args(["buildx", "bake", "--file", &file]).current_dir(out.path()));
        };
        let value = |tag: &str| {
            let mut run = builder.command("docker");
            let program = "import sample; print(sample.VALUE)";
            let python = ["--entrypoint", "/nix/runtime/bin/python", tag, "-c", program];
            Outcome::of_success(run.args(["run", "--rm", "--network", "none"]).args(python)).stdout
        };
        bake();
        assert_eq!([value(&tags[0]), value(&tags[1])], ["1\n", "2\n"]);
        first.write("sample/__init__.py", "VALUE = 3\n");
        bake();
        assert_eq!([value(&tags[0]), value(&tags[1])], ["3\n", "2\n"]);
        let mut remove = builder.command("docker");
        Outcome::of_success(remove.args(["image", "rm"]).args(&tags));
    });
}
