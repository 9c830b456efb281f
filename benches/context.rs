//! Measures the cost of a context against plain tools that only move the same bytes.
//!
//! The source trees are on disk and, after the first round, in the page cache. Nothing then waits for the disk, so the
//! benchmark compares the work itself.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark writes trees, runs programs and prints a table"
)]

mod paired;
mod program;

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use agentix_gen::files::{Rules, walk};
use camino::Utf8Path;
use paired::{AtMost, Paired, Result, heading, is_bench, row, time, value};
use program::{AndThen, agentix_gen, peak_memory, run, scratch, time_into_pipe, time_of, time_until};
use tempfile::TempDir;

const ROUNDS: usize = 15;

fn main() -> Result<()> {
    if !is_bench() {
        return Ok(());
    }
    let small = tree(20_000)?;
    heading("20,000 small files");
    row("tar archive to a pipe vs. GNU tar", tar(small.path(), ROUNDS), Some(AtMost(1.0)));
    row("walk only vs. `find`", walk_alone(small.path()), Some(AtMost(1.2)));
    row("folder on disk vs. `cp -r`", folder(small.path(), scratch()), Some(AtMost(1.0)));
    row("folder on tmpfs vs. `cp -r`", folder(small.path(), Path::new("/dev/shm")), Some(AtMost(1.0)));
    row("`build` to first podman step vs. `cp -r` and podman", first_step(small.path()), Some(AtMost(1.0 / 3.0)));
    value(PEAK, memory(small.path()));

    let large = large_file()?;
    heading("one file of 2 GiB");
    row("tar archive to a pipe vs. `cat`", tar_of_large_file(large.path()), Some(AtMost(1.0)));
    value(PEAK, memory(large.path()));

    let many = tree(100_000)?;
    heading("100,000 small files");
    row("tar archive to a pipe vs. GNU tar", tar(many.path(), 5), Some(AtMost(1.0)));
    value(PEAK, memory(many.path()));
    Ok(())
}

const PEAK: &str = "peak memory of `context` (target: under 24 MiB)";

/// Creates a Python project with the given number of modules: half a kilobyte each on average, 50 per folder.
fn tree(files: u32) -> Result<TempDir> {
    let root = tempfile::tempdir_in(scratch())?;
    fs::write(root.path().join("pyproject.toml"), "[project]\nname = 'large'\nversion = '1'\n")?;
    for package in 0..files / 50 {
        let folder = root.path().join(format!("src/large/part_{}/package_{package}", package / 20));
        fs::create_dir_all(&folder)?;
        for module in 0..50 {
            let lines = (package + module) % 170;
            fs::write(folder.join(format!("module_{module}.py")), "x = 1\n".repeat(lines as usize))?;
        }
    }
    Ok(root)
}

fn context(project: &Path) -> Command {
    let mut command = agentix_gen();
    command.arg("context").arg(project);
    command
}

fn tar(tree: &Path, rounds: usize) -> Result<Paired> {
    let gnu = || time_into_pipe(Command::new("tar").args(["-c", "-C"]).args([tree, Path::new(".")]));
    Paired::measure(rounds, || time_into_pipe(&mut context(tree)), gnu)
}

/// Compares a walk in this process with `find` as a separate process.
fn walk_alone(tree: &Path) -> Result<Paired> {
    let folder = Utf8Path::from_path(tree).ok_or("the path is not UTF-8")?;
    let ours = || time(|| Ok(walk(folder, &Rules::default())?));
    Paired::measure(ROUNDS, ours, || time_of(Command::new("find").arg(tree)))
}

fn folder(tree: &Path, parent: &Path) -> Result<Paired> {
    let parent = tempfile::tempdir_in(parent)?;
    let destination = parent.path().join("context");
    let then_remove = |taken: Duration| fs::remove_dir_all(&destination).map(|()| taken).map_err(Into::into);
    let ours = || time_of(agentix_gen().arg("stage").arg(tree).arg("--into").arg(&destination)).and_then(then_remove);
    let copy = || time_of(Command::new("cp").arg("-r").args([tree, &destination])).and_then(then_remove);
    Paired::measure(5, ours, copy)
}

/// Measures the time of `build` until podman starts the first step. The reference copies the project and runs podman on
/// the copy.
fn first_step(tree: &Path) -> Result<Paired> {
    const TAG: &str = "agentix-gen-bench-context:1";
    let folder = tempfile::tempdir_in(scratch())?;
    let ours = || {
        let mut build = agentix_gen();
        build.args(["build", "--engine", "podman", "--tag", TAG]).arg(tree);
        time_until(build, FIRST_STEP, AndThen::Stop)
    };
    let copy = || {
        let staged = folder.path().join("staged");
        let copied = time_of(Command::new("cp").arg("-r").args([tree, &staged]))?;
        fs::write(staged.join("Dockerfile"), "FROM scratch\nLABEL staged=copy\n")?;
        let mut build = Command::new("podman");
        build.args(["build", "--tag", TAG]).arg(&staged);
        let started = time_until(build, FIRST_STEP, AndThen::Wait)?;
        run(Command::new("podman").args(["rmi", TAG]))?;
        fs::remove_dir_all(&staged)?;
        Ok(copied + started)
    };
    Paired::measure(5, ours, copy)
}

const FIRST_STEP: &str = "STEP 1/";

/// Creates a project with a manifest and a file of 2 GiB.
fn large_file() -> Result<TempDir> {
    let root = tree(0)?;
    let path = root.path().join(LARGE);
    let mut file = File::create(&path)?;
    let mebibyte: Vec<u8> = (0..1 << 20).map(|n: u32| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    (0..2048).try_for_each(|_| file.write_all(&mebibyte))?;
    run(Command::new("sync").arg(&path))?;
    Ok(root)
}

const LARGE: &str = "model.bin";

fn tar_of_large_file(project: &Path) -> Result<Paired> {
    let cat = || time_into_pipe(Command::new("cat").arg(project.join(LARGE)));
    Paired::measure(5, || time_into_pipe(&mut context(project)), cat)
}

fn memory(project: &Path) -> Result<paired::Bytes> {
    peak_memory(&mut context(project)).map(paired::Bytes)
}
