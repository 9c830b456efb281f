//! The edge where a command is run, through duct.
//!
//! A command runs in a process group of its own, so that stopping it ends all that it started. What it prints is handed
//! on line by line while it runs; nothing is held but the cause of a failure.

use std::io::{self, PipeReader, PipeWriter, Read};
use std::os::unix::process::CommandExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use duct::Handle;
use rustix::process::Pid;

use super::diagnosis::Cause;
use super::stop::{Stop, Stopping};
use super::{Command, Control, EngineError, Event, Stdin};
use crate::archive::{ArchiveError, write_tar};
use crate::cancel::Cancel;
use crate::context::Context;

/// How often a running command is looked at while it prints nothing: a wish to stop waits no longer.
const TICK: Duration = Duration::from_millis(50);

/// How long an engine may take to end by itself once it was asked to.
const GRACE: Duration = Duration::from_secs(10);

/// How long the output of a command that has ended is waited for, where a process it left behind holds it open.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);

/// The longest line that is handed on in one piece.
const LONGEST_LINE: usize = 8 * 1024;

/// How much of an answer is kept.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// What a command that was asked something said.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// How a command that was followed ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// Its exit code; 128 and the signal's number where a signal ended it.
    pub(super) code: i32,
    pub(super) cause: Option<Cause>,
    pub(super) context_bytes: u64,
}

/// Runs a command that answers a question.
pub(super) fn ask(command: &Command, cancel: &Cancel) -> Result<Answer, EngineError> {
    let mut answer = Answer { code: 0, stdout: String::new(), stderr: String::new() };
    let running = Running::start(command, None, Stop::Group)?;
    answer.code = running.watch(cancel, |stream, line| {
        let text = match stream {
            Stream::Stdout => &mut answer.stdout,
            Stream::Stderr => &mut answer.stderr,
        };
        if text.len() < LONGEST_ANSWER {
            text.push_str(line);
            text.push('\n');
        }
    })?;
    Ok(answer)
}

/// Runs a command that works, with the context on its standard input if it reads it and there is one.
///
/// A context that cannot be read ends the command before it sees an end of its input.
pub(super) fn follow(
    command: &Command,
    stop_by: Stop,
    context: Option<&Context<'_>>,
    control: &mut Control<'_>,
) -> Result<Ended, EngineError> {
    (control.events)(Event::Started(command));
    let stop = Cancel::default();
    let sent = &AtomicU64::new(0);
    thread::scope(|scope| {
        let (stdin, sender) = match (command.stdin, context) {
            (Stdin::Context, Some(context)) => {
                let (reader, writer) = io::pipe().map_err(|source| start_error(command, source))?;
                (Some(reader), Some((writer, context)))
            }
            _ => (None, None),
        };
        let running = Running::start(command, stdin, stop_by)?;
        let sending = sender.map(|(pipe, context)| {
            let (cancel, stop) = (control.cancel.clone(), stop.clone());
            scope.spawn(move || {
                let written = write_tar(context, Counting { pipe: &pipe, sent }, &cancel);
                if matches!(written, Err(ArchiveError::Source(_))) {
                    // Ended before the pipe is closed, so that it never works on half a context.
                    stop.cancel();
                }
                written
            })
        });
        let mut cause: Option<Cause> = None;
        let mut reported = 0;
        let watched = running.watch_all(&[&control.cancel, &stop], |heard| {
            let so_far = sent.load(Ordering::Relaxed);
            if so_far != reported {
                reported = so_far;
                (control.events)(Event::ContextSent(so_far));
            }
            if let Some((_, line)) = heard {
                (control.events)(Event::Line(line));
                if let Some(found) = Cause::of(line).filter(|found| found.is_better_than(cause.as_ref())) {
                    cause = Some(found);
                }
            }
        });
        let written = sending.map(|sending| sending.join().unwrap_or(Err(ArchiveError::Cancelled)));
        if let Some(Err(error @ ArchiveError::Source(_))) = written {
            return Err(error.into());
        }
        match (watched?, written) {
            // An engine that fails early closes the pipe; its own exit code says more.
            (0, Some(Err(error))) => Err(error.into()),
            (code, _) => Ok(Ended { code, cause, context_bytes: sent.load(Ordering::Relaxed) }),
        }
    })
}

struct Counting<'a> {
    pipe: &'a PipeWriter,
    sent: &'a AtomicU64,
}

impl io::Write for Counting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.pipe.write(bytes)?;
        self.sent.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pipe.flush()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    Stdout,
    Stderr,
}

/// A command that was started.
struct Running {
    handle: Handle,
    stop: Stop,
    lines: Receiver<(Stream, String)>,
}

fn start_error(command: &Command, source: io::Error) -> EngineError {
    EngineError::Start { program: command.program.clone(), source }
}

impl Running {
    fn start(command: &Command, stdin: Option<PipeReader>, stop: Stop) -> Result<Self, EngineError> {
        let fail = |source| start_error(command, source);
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
        Ok(Self { handle, stop, lines })
    }

    fn watch(&self, cancel: &Cancel, mut hear: impl FnMut(Stream, &str)) -> Result<i32, EngineError> {
        self.watch_all(&[cancel], |heard| {
            if let Some((stream, line)) = heard {
                hear(stream, line);
            }
        })
    }

    /// Waits for the end, handing on each line; without one, `hear` is called about every [`TICK`].
    fn watch_all(&self, cancels: &[&Cancel], mut hear: impl FnMut(Option<(Stream, &str)>)) -> Result<i32, EngineError> {
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
        use std::os::unix::process::ExitStatusExt;
        let waited =
            self.handle.try_wait().map_err(|source| EngineError::Start { program: "the engine".into(), source })?;
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
