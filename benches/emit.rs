//! How long it takes to print a Dockerfile, from the start of the process to its end.
//!
//! A generator that build tools call has to cost next to nothing: it is measured against a program that does nothing,
//! and against the Python command that it replaces.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a bench runs programs and prints its table"
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
    row("an empty Rust program", beside_empty_program(), Some(AtMost(3.0)));
    row("`agentix build --dry-run` of agentixx 0.1.0", beside_original(), Some(AtMost(0.01)));
    row("`build --dry-run` of ours, the same of agentixx", dry_runs(), None);
}

fn emit() -> Command {
    let mut command = agentix_gen();
    command.arg(PROJECT);
    command
}

fn beside_empty_program() -> Result<Paired> {
    let empty = empty_program()?;
    Paired::measure(500, || time_of(&mut emit()), || time_of(&mut Command::new(&empty)))
}

fn beside_original() -> Result<Paired> {
    let original = original()?;
    let mut dry_run = || time_of(Command::new(&original).args(["build", PROJECT, "--dry-run"]));
    Paired::measure(10, || time_of(&mut emit()), &mut dry_run)
}

/// Both write the context as a folder, ours in the current folder and the original's in its own.
fn dry_runs() -> Result<Paired> {
    let original = original()?;
    let folder = tempfile::tempdir_in(scratch())?;
    let ours = || time_of(agentix_gen().args(["build", PROJECT, "--dry-run"]).current_dir(&folder));
    Paired::measure(10, ours, || time_of(Command::new(&original).args(["build", PROJECT, "--dry-run"])))
}

/// The least that a process started from Rust costs on this machine.
fn empty_program() -> Result<PathBuf> {
    let (source, program) = (scratch().join("empty.rs"), scratch().join("empty"));
    fs::write(&source, "fn main() {}\n")?;
    run(Command::new("rustc").arg("-O").arg("-o").args([&program, &source]))?;
    Ok(program)
}

/// The command of agentixx 0.1.0 in an environment of its own, which is made once and kept.
fn original() -> Result<PathBuf> {
    let environment = scratch().join("agentixx-0.1.0");
    let program = environment.join("bin/agentix");
    if !program.is_file() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        run(Command::new(environment.join("bin/pip")).args(["install", "--quiet", "agentixx==0.1.0"]))?;
    }
    Ok(program)
}
