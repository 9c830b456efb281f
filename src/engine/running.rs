//! The edge where a command runs, through duct: its lines as they come, its end, and its being stopped.
//!
//! It runs in a process group of its own, so that stopping it ends all that it started.

use std::io::{self, PipeReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use duct::Handle;
use rustix::process::Pid;

use super::command::Command;
use super::error::EngineError;
use super::stop::{Stop, Stopping};
use crate::value::Cancel;

/// How often a running command is looked at while it prints nothing: a wish to stop waits no longer.
const TICK: Duration = Duration::from_millis(50);

/// How long an engine may take to end by itself once it was asked to.
const GRACE: Duration = Duration::from_secs(10);

/// How long the output of a command that has ended is waited for, where a process it left behind holds it open.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);

/// The longest line that is handed on in one piece.
const LONGEST_LINE: usize = 8 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Stdout,
    Stderr,
}

/// A command that was started.
pub(super) struct Running {
    program: Utf8PathBuf,
    handle: Handle,
    stop: Stop,
    lines: Receiver<(Stream, String)>,
}

impl Running {
    /// Starts a command in a process group of its own.
    pub(super) fn start(command: &Command, stdin: Option<PipeReader>, stop: Stop) -> Result<Self, EngineError> {
        let fail = |source| EngineError::Start { program: command.program.clone(), source };
        let (stdout, stdout_end) = io::pipe().map_err(fail)?;
        let (stderr, stderr_end) = io::pipe().map_err(fail)?;
        let mut expression = duct::cmd(command.program.as_std_path(), &command.arguments)
            .stdout_file(stdout_end)
            .stderr_file(stderr_end)
            .unchecked()
            .before_spawn(|process| {
                process.process_group(0);
                Ok(())
            });
        expression = match stdin {
            Some(pipe) => expression.stdin_file(pipe),
            None => expression.stdin_null(),
        };
        for (name, value) in &command.environment {
            expression = expression.env(name, value);
        }
        let handle = expression.start().map_err(fail)?;
        // The room is small: a listener that is slow slows the engine, and not our memory.
        let (sender, lines) = sync_channel(64);
        for (stream, pipe) in [(Stream::Stdout, stdout), (Stream::Stderr, stderr)] {
            let sender = sender.clone();
            thread::spawn(move || read_lines(pipe, stream, &sender));
        }
        Ok(Self { program: command.program.clone(), handle, stop, lines })
    }

    /// Waits for the end, handing on each line.
    pub(super) fn watch(&self, cancel: &Cancel, mut hear: impl FnMut(Stream, &str)) -> Result<i32, EngineError> {
        self.watch_all(&[cancel], |heard| {
            if let Some((stream, line)) = heard {
                hear(stream, line);
            }
        })
    }

    /// The same until one of several wishes to stop; without a line, `hear` is called about every [`TICK`].
    pub(super) fn watch_all(
        &self,
        cancels: &[&Cancel],
        mut hear: impl FnMut(Option<(Stream, &str)>),
    ) -> Result<i32, EngineError> {
        let mut ended_at = None;
        loop {
            match self.lines.recv_timeout(TICK) {
                Ok((stream, line)) => hear(Some((stream, &line))),
                Err(RecvTimeoutError::Timeout) => hear(None),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if cancels.iter().any(|cancel| cancel.is_cancelled()) {
                return self.end();
            }
            if ended_at.is_none() && self.code()?.is_some() {
                ended_at = Some(Instant::now());
            }
            if ended_at.is_some_and(|at| at.elapsed() > OUTPUT_GRACE) {
                break;
            }
        }
        loop {
            if let Some(code) = self.code()? {
                return Ok(code);
            }
            if cancels.iter().any(|cancel| cancel.is_cancelled()) {
                return self.end();
            }
            let _ = self.handle.wait_timeout(TICK);
        }
    }

    fn code(&self) -> Result<Option<i32>, EngineError> {
        let waited = self.handle.try_wait();
        let waited = waited.map_err(|source| EngineError::Wait { program: self.program.clone(), source })?;
        Ok(waited.map(|output| {
            let by_signal = output.status.signal().map(|signal| 128 + signal);
            output.status.code().or(by_signal).unwrap_or(1)
        }))
    }

    /// Asks the command to end, and ends it where it does not. One that was done before it could be stopped has succeeded.
    fn end(&self) -> Result<i32, EngineError> {
        let leader = self.handle.pids().first().and_then(|&pid| Pid::from_raw(pid.cast_signed()));
        let mut stopping = leader.map(|leader| Stopping::new(self.stop, leader));
        let deadline = Instant::now() + GRACE;
        let mut code = None;
        while code.is_none() && Instant::now() < deadline {
            stopping.iter_mut().for_each(Stopping::ask);
            // What is printed meanwhile is read, or the engine could not go on to its end.
            match self.lines.recv_timeout(TICK) {
                Err(RecvTimeoutError::Disconnected) => _ = self.handle.wait_timeout(TICK),
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            }
            code = self.code()?;
        }
        let done = code == Some(0) && stopping.as_ref().is_some_and(Stopping::spared_the_engine);
        stopping.iter().for_each(Stopping::kill);
        let _ = self.handle.wait();
        if done { Ok(0) } else { Err(EngineError::Cancelled) }
    }
}

/// Sends each line of a pipe, until it ends or nobody listens.
fn read_lines(mut pipe: PipeReader, stream: Stream, sender: &SyncSender<(Stream, String)>) {
    let mut line = Vec::new();
    let mut chunk = [0; LONGEST_LINE];
    loop {
        let count = match pipe.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        for &byte in &chunk[..count] {
            if byte != b'\n' {
                line.push(byte);
            }
            if (byte == b'\n' || line.len() >= LONGEST_LINE) && !send(&mut line, stream, sender) {
                return;
            }
        }
    }
    if !line.is_empty() {
        send(&mut line, stream, sender);
    }
}

fn send(line: &mut Vec<u8>, stream: Stream, sender: &SyncSender<(Stream, String)>) -> bool {
    let text = String::from_utf8_lossy(line).trim_end_matches('\r').to_owned();
    line.clear();
    sender.send((stream, text)).is_ok()
}
