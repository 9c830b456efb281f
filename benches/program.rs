//! Measures programs: run time and peak memory.

#![allow(dead_code, reason = "each benchmark uses a part of this module")]

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::paired::{Result, time};

/// Returns the command under test, built with the `bench` profile.
pub(crate) fn agentix_gen() -> Command {
    Command::new(env!("CARGO_BIN_EXE_agentix-gen"))
}

/// Returns the folder for files of the benchmarks, inside cargo's target folder.
pub(crate) fn scratch() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// Runs a program to its end and discards its stdout.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.stdout(Stdio::null()).status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}

/// Runs a program, such as an engine, and returns its stdout. Prints its stderr if it fails.
#[expect(clippy::print_stderr, reason = "the messages of a program that failed are shown")]
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.env("DOCKER_BUILDKIT", "1").output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    Err(format!("{command:?}: {}", output.status).into())
}

/// Runs a program to its end and pipes its stdout to `cat`. The reader is another process, as with `docker build -`.
pub(crate) fn run_into_pipe(command: &mut Command) -> Result<()> {
    let mut writer = command.stdout(Stdio::piped()).spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let pipe = writer.stdout.take().ok_or("no pipe")?;
    run(Command::new("cat").stdin(pipe))?;
    let status = writer.wait()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}

/// Returns the run time of a program.
pub(crate) fn time_of(command: &mut Command) -> Result<Duration> {
    time(|| run(command))
}

/// Returns the run time of a program that writes its stdout to a pipe.
pub(crate) fn time_into_pipe(command: &mut Command) -> Result<Duration> {
    time(|| run_into_pipe(command))
}

/// The action after a program has printed the expected line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AndThen {
    /// Wait until the program ends.
    Wait,
    /// Ask the program to stop.
    Stop,
}

/// Returns the time until a program prints a line that contains `text`, on stdout or stderr. Fails with the last line
/// if it never does.
pub(crate) fn time_until(mut command: Command, text: &str, and_then: AndThen) -> Result<Duration> {
    let (reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let start = Instant::now();
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    // The command holds the writing end of the pipe open.
    drop(command);
    let mut lines = BufReader::new(reader).lines().map_while(io::Result::ok);
    let mut last = String::new();
    let found = lines.by_ref().inspect(|line| last.clone_from(line)).any(|line| line.contains(text));
    let taken = start.elapsed();
    if found && and_then == AndThen::Stop {
        run(Command::new("kill").arg(child.id().to_string()))?;
    }
    lines.for_each(drop);
    child.wait()?;
    if found { Ok(taken) } else { Err(last.into()) }
}

/// Returns the peak resident memory, in bytes, of a program that writes its stdout to a pipe.
///
/// The kernel stores the maximum only while the process exists. It is therefore read after each read of the output, and
/// includes all memory that the program uses before the last of these reads.
pub(crate) fn peak_memory(command: &mut Command) -> Result<u64> {
    let mut writer = command.stdout(Stdio::piped()).spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let mut pipe = writer.stdout.take().ok_or("no pipe")?;
    let status_file = format!("/proc/{}/status", writer.id());
    let mut buffer = vec![0; 64 * 1024];
    let mut peak = 0;
    while pipe.read(&mut buffer)? > 0 {
        // The file has no `VmHWM` line once the process has ended.
        peak = resident_maximum(&fs::read_to_string(&status_file)?).unwrap_or(peak);
    }
    let status = writer.wait()?;
    if status.success() { Ok(peak) } else { Err(format!("{command:?}: {status}").into()) }
}

/// Returns the value of a line such as `VmHWM:     14492 kB`, in bytes.
fn resident_maximum(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}
