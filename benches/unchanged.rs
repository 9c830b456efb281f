//! Measures a build in which nothing changed, against the engine's inspection of its images and against the original.
//!
//! The time of the inspection belongs to the engine, so it is subtracted. The rest is the time that this command adds.
//! The original is `agentix build` of agentixx 0.1.0, with all its steps in docker's cache. The environment variable
//! `AGENTIX` is the path of its program.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark runs engines, reads its environment and prints a table"
)]

mod paired;
mod program;

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use paired::{AtMost, Paired, Result, Time, heading, is_bench, row, time, value};
use program::{agentix_gen, run, scratch};
use tempfile::TempDir;

const RUNTIME_IMAGE: &str = "agentix/runtime:0.1.0";

const TAG: &str = "agentix-gen-bench-unchanged:1";

const ROUNDS: usize = 15;

const MANIFEST: &str = "\
[project]
name = \"agentix-unchanged\"
version = \"0.1.0\"

[build-system]
requires = [\"hatchling\"]
build-backend = \"hatchling.build\"

[tool.hatch.build.targets.wheel]
packages = [\"src/unchanged\"]
";

fn main() -> Result<()> {
    if !is_bench() {
        return Ok(());
    }
    let project = project(1000)?;
    heading("build with nothing changed, 1,000 files");
    for (engine, inspect) in [
        ("docker", &["image", "inspect"][..]),
        ("podman", &["image", "inspect"]),
        ("buildah", &["inspect", "--type", "image"]),
    ] {
        let measured = against_inspection(engine, inspect, project.path());
        let own = measured.as_ref().map(|measured| Time(measured.ours.saturating_sub(measured.reference)));
        let own = own.map_err(|error| error.to_string().into());
        row(&format!("{engine} vs. its `inspect`"), measured, None);
        value(&format!("{engine}, difference (target: under 150 ms)"), own);
    }
    row("docker vs. agentixx 0.1.0", against_original(project.path()), Some(AtMost(1.0 / 20.0)));
    Ok(())
}

fn project(files: u32) -> Result<TempDir> {
    let root = tempfile::tempdir_in(scratch())?;
    let package = root.path().join("src/unchanged");
    fs::create_dir_all(&package)?;
    fs::write(root.path().join("pyproject.toml"), MANIFEST)?;
    fs::write(package.join("__init__.py"), "")?;
    (2..files).try_for_each(|number| fs::write(package.join(format!("module_{number}.py")), "x = 1\n".repeat(90)))?;
    Ok(root)
}

/// The built image, removed on drop.
struct Image(&'static str);

impl Drop for Image {
    fn drop(&mut self) {
        let _ = run(Command::new(self.0).args(["rmi", TAG]));
    }
}

fn build(engine: &str, project: &Path) -> Command {
    let mut command = agentix_gen();
    command.args(["build", "--quiet", "--engine", engine, "--tag", TAG]).arg(project);
    command
}

fn against_inspection(engine: &'static str, inspect: &[&str], project: &Path) -> Result<Paired> {
    run(&mut build(engine, project))?;
    let _image = Image(engine);
    let ours = || time(|| run(&mut build(engine, project)));
    // One call for both images, like the build. buildah inspects only one image per call; the build runs its calls in
    // parallel, so a single call takes as long.
    let images: &[&str] = if engine == "buildah" { &[TAG] } else { &[RUNTIME_IMAGE, TAG] };
    Paired::measure(ROUNDS, ours, || time(|| run(Command::new(engine).args(inspect).args(images))))
}

fn against_original(project: &Path) -> Result<Paired> {
    let original = env::var_os("AGENTIX").ok_or("AGENTIX is not set to the path of `agentix` of agentixx 0.1.0")?;
    // The original stages in its working folder.
    let folder = tempfile::tempdir_in(scratch())?;
    run(&mut build("docker", project))?;
    let _image = Image("docker");
    let original = || {
        let mut command = Command::new(&original);
        command.env("DOCKER_BUILDKIT", "1").current_dir(folder.path());
        time(|| run(command.arg("build").arg(project).args(["-o", "agentix-gen-bench-original:1"])))
    };
    let measured = Paired::measure(5, || time(|| run(&mut build("docker", project))), original);
    let _ = run(Command::new("docker").args(["rmi", "agentix-gen-bench-original:1"]));
    measured
}
