//! A program as something to measure: how long it takes, and how much memory.

#![allow(dead_code, reason = "each bench uses its own part of this")]

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::paired::{Result, time};

/// The command that is measured, built with the profile of the benches.
pub(crate) fn agentix_gen() -> Command {
    Command::new(env!("CARGO_BIN_EXE_agentix-gen"))
}

/// Where the benches keep what they make: below cargo's target folder.
pub(crate) fn scratch() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// Runs a program to its end, its output going nowhere.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.stdout(Stdio::null()).status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}

/// Runs a program to its end, its output going through a pipe to `cat`: the reader is another process, as it is with
/// `docker build -`.
pub(crate) fn run_into_pipe(command: &mut Command) -> Result<()> {
    let mut writer = command.stdout(Stdio::piped()).spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let pipe = writer.stdout.take().ok_or("no pipe")?;
    run(Command::new("cat").stdin(pipe))?;
    let status = writer.wait()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}

/// How long a program takes.
pub(crate) fn time_of(command: &mut Command) -> Result<Duration> {
    time(|| run(command))
}

/// How long a program takes to write its output through a pipe.
pub(crate) fn time_into_pipe(command: &mut Command) -> Result<Duration> {
    time(|| run_into_pipe(command))
}

/// What becomes of a program that has said what was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AndThen {
    /// It goes on to its end.
    Wait,
    /// It is asked to stop.
    Stop,
}

/// How long a program takes to print a line that holds `sign`.
pub(crate) fn time_until(mut command: Command, sign: &str, and_then: AndThen) -> Result<Duration> {
    let (reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let start = Instant::now();
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    // It holds the pipe open.
    drop(command);
    let mut lines = BufReader::new(reader).lines().map_while(io::Result::ok);
    let mut last = String::new();
    let found = lines.by_ref().inspect(|line| last.clone_from(line)).any(|line| line.contains(sign));
    let taken = start.elapsed();
    if found && and_then == AndThen::Stop {
        run(Command::new("kill").arg(child.id().to_string()))?;
    }
    lines.for_each(drop);
    child.wait()?;
    if found { Ok(taken) } else { Err(last.into()) }
}

/// The most memory, in bytes, that a program held resident while it wrote its output through a pipe.
///
/// The kernel keeps the maximum as long as the process lives, so it is read between two reads of the output: what the
/// program allocates before the last of them counts.
pub(crate) fn peak_memory(command: &mut Command) -> Result<u64> {
    let mut writer = command.stdout(Stdio::piped()).spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let mut pipe = writer.stdout.take().ok_or("no pipe")?;
    let status_file = format!("/proc/{}/status", writer.id());
    let mut buffer = vec![0; 64 * 1024];
    let mut peak = 0;
    while pipe.read(&mut buffer)? > 0 {
        // One that has ended has no memory to tell of.
        peak = resident_maximum(&fs::read_to_string(&status_file)?).unwrap_or(peak);
    }
    let status = writer.wait()?;
    if status.success() { Ok(peak) } else { Err(format!("{command:?}: {status}").into()) }
}

/// `VmHWM:     14492 kB`.
fn resident_maximum(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}
