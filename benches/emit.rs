//! Measures the time to print a Dockerfile, from the start of the process to its end.
//!
//! Build tools call this generator, so it must take almost no time. The references are a program that does nothing, and
//! the Python command that this crate replaces.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark runs programs and prints a table"
)]

mod paired;
mod program;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use paired::{AtMost, Paired, Result, heading, is_bench, row};
use program::{agentix_gen, run, scratch, time_of};

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/hello-agent");

fn main() {
    if !is_bench() {
        return;
    }
    heading("emit: the Dockerfile of examples/hello-agent");
    row("Dockerfile vs. an empty Rust program", against_empty_program(), Some(AtMost(3.0)));
    row("Dockerfile vs. `build --dry-run` of agentixx 0.1.0", against_original(), Some(AtMost(0.01)));
    row("`build --dry-run` vs. the same of agentixx 0.1.0", dry_runs(), None);
}

fn emit() -> Command {
    let mut command = agentix_gen();
    command.arg(PROJECT);
    command
}

fn against_empty_program() -> Result<Paired> {
    let empty = empty_program()?;
    Paired::measure(500, || time_of(&mut emit()), || time_of(&mut Command::new(&empty)))
}

fn against_original() -> Result<Paired> {
    let original = original()?;
    let mut dry_run = || time_of(Command::new(&original).args(["build", PROJECT, "--dry-run"]));
    Paired::measure(10, || time_of(&mut emit()), &mut dry_run)
}

/// Compares `build --dry-run`. Both write the context as a folder: ours in the current folder, the original in its own
/// folder.
fn dry_runs() -> Result<Paired> {
    let original = original()?;
    let folder = tempfile::tempdir_in(scratch())?;
    let ours = || time_of(agentix_gen().args(["build", PROJECT, "--dry-run"]).current_dir(&folder));
    Paired::measure(10, ours, || time_of(Command::new(&original).args(["build", PROJECT, "--dry-run"])))
}

/// Compiles an empty program. Its run time is the minimum for a process on this machine.
fn empty_program() -> Result<PathBuf> {
    let (source, program) = (scratch().join("empty.rs"), scratch().join("empty"));
    fs::write(&source, "fn main() {}\n")?;
    run(Command::new("rustc").arg("-O").arg("-o").args([&program, &source]))?;
    Ok(program)
}

/// Returns the command of agentixx 0.1.0. Installs it in its own virtual environment on the first call, and keeps it.
fn original() -> Result<PathBuf> {
    let environment = scratch().join("agentixx-0.1.0");
    let program = environment.join("bin/agentix");
    if !program.is_file() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        run(Command::new(environment.join("bin/pip")).args(["install", "--quiet", "agentixx==0.1.0"]))?;
    }
    Ok(program)
}
