//! Runs a command with duct: reads its lines, waits for its end, and stops it.
//!
//! Each command runs in its own process group, so that stopping it ends all processes that it started.

use std::io::{self, PipeReader, PipeWriter, Read};
use std::os::fd::OwnedFd;
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

/// How often a running command is checked while it prints nothing. A cancellation waits no longer than this.
const TICK: Duration = Duration::from_millis(50);

/// How long an engine may take to end by itself after it was asked to end.
const GRACE: Duration = Duration::from_secs(10);

/// How long to wait for the output of a command that has ended, if a process that it left behind keeps the pipe open.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);

/// How many bytes are read after this time, as long as they are there. More than the pipes and the channel can hold comes from
/// a process that was left behind.
const LARGEST_BACKLOG: usize = 1024 * 1024;

/// The longest line, in bytes, that is passed on in one piece, unless a caller needs longer lines of stdout.
pub(super) const LONGEST_LINE: usize = 8 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Stdout,
    Stderr,
}

/// A started command.
pub(super) struct Running {
    program: Utf8PathBuf,
    handle: Handle,
    stop: Stop,
    lines: Receiver<(Stream, String)>,
}

impl Running {
    /// Starts a command in its own process group. Longer lines of stdout than `longest_line` bytes are split.
    pub(super) fn start(
        command: &Command,
        stdin: Option<OwnedFd>,
        stop: Stop,
        longest_line: usize,
    ) -> Result<Self, EngineError> {
        let fail = |source| EngineError::Start { program: command.program.clone(), source };
        let (stdout, stdout_end) = io::pipe().map_err(fail)?;
        let (stderr, stderr_end) = io::pipe().map_err(fail)?;
        let pipes = vec![(Stream::Stdout, stdout, longest_line), (Stream::Stderr, stderr, LONGEST_LINE)];
        Self::start_with(command, stdin, stop, [stdout_end, stderr_end], pipes)
    }

    /// Starts a command with one pipe for both streams, so that their lines stay in order. All count as lines of stdout.
    pub(super) fn start_joined(command: &Command, stop: Stop) -> Result<Self, EngineError> {
        let fail = |source| EngineError::Start { program: command.program.clone(), source };
        let (both, end) = io::pipe().map_err(fail)?;
        let ends = [end.try_clone().map_err(fail)?, end];
        Self::start_with(command, None, stop, ends, vec![(Stream::Stdout, both, LONGEST_LINE)])
    }

    fn start_with(
        command: &Command,
        stdin: Option<OwnedFd>,
        stop: Stop,
        [stdout_end, stderr_end]: [PipeWriter; 2],
        pipes: Vec<(Stream, PipeReader, usize)>,
    ) -> Result<Self, EngineError> {
        let fail = |source| EngineError::Start { program: command.program.clone(), source };
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
        // The channel is small: a slow receiver slows the engine down, and does not fill our memory.
        let (sender, lines) = sync_channel(64);
        for (stream, pipe, longest) in pipes {
            let sender = sender.clone();
            // A thread ends when its pipe is closed, also if the command does not start.
            let read = move || read_lines(pipe, stream, longest, &sender);
            thread::Builder::new().spawn(read).map_err(fail)?;
        }
        let handle = expression.start().map_err(fail)?;
        Ok(Self { program: command.program.clone(), handle, stop, lines })
    }

    /// Waits for the end of the command and passes on each line. Returns the exit code.
    pub(super) fn watch(&self, cancel: &Cancel, mut on_line: impl FnMut(Stream, &str)) -> Result<i32, EngineError> {
        self.watch_all(&[cancel], |line| {
            if let Some((stream, line)) = line {
                on_line(stream, line);
            }
        })
    }

    /// Like [`watch`](Self::watch), until one of several `cancels` is cancelled. Without a line, `on_line` is called
    /// about every [`TICK`].
    pub(super) fn watch_all(
        &self,
        cancels: &[&Cancel],
        mut on_line: impl FnMut(Option<(Stream, &str)>),
    ) -> Result<i32, EngineError> {
        let mut asked_at = Instant::now();
        let mut ended_at: Option<Instant> = None;
        let mut backlog = 0;
        loop {
            let received = self.lines.recv_timeout(TICK);
            match &received {
                Ok((stream, line)) => on_line(Some((*stream, line))),
                Err(RecvTimeoutError::Timeout) => on_line(None),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if cancels.iter().any(|cancel| cancel.is_cancelled()) {
                return self.end();
            }
            let Some(at) = ended_at else {
                // A system call for each line would take longer than the line.
                if received.is_err() || asked_at.elapsed() > TICK {
                    asked_at = Instant::now();
                    ended_at = self.code()?.map(|_| asked_at);
                }
                continue;
            };
            // A receiver may be slower than the command, which leaves a full pipe.
            backlog += received.as_ref().map_or(0, |(_, line)| line.len() + 1);
            if at.elapsed() > OUTPUT_GRACE && (received.is_err() || backlog > LARGEST_BACKLOG) {
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
            on_line(None);
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

    /// Asks the command to end, and kills it if it does not. A command that ended before it could be stopped has
    /// succeeded.
    fn end(&self) -> Result<i32, EngineError> {
        let leader = self.handle.pids().first().and_then(|&pid| Pid::from_raw(pid.cast_signed()));
        let mut stopping = leader.map(|leader| Stopping::new(self.stop, leader));
        let deadline = Instant::now() + GRACE;
        let mut code = None;
        while code.is_none() && Instant::now() < deadline {
            stopping.iter_mut().for_each(Stopping::ask);
            // Keep reading the output: a full pipe would block the engine, and it could not end.
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

/// Sends each line of a pipe, until the pipe ends or the receiver is closed.
fn read_lines(mut pipe: PipeReader, stream: Stream, longest: usize, sender: &SyncSender<(Stream, String)>) {
    let mut line = Vec::new();
    let mut chunk = [0; LONGEST_LINE];
    loop {
        let count = match pipe.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        let mut rest = &chunk[..count];
        while !rest.is_empty() {
            let room = rest.len().min(longest.saturating_sub(line.len()));
            let end = memchr::memchr(b'\n', &rest[..room]);
            line.extend_from_slice(&rest[..end.unwrap_or(room)]);
            rest = &rest[end.map_or(room, |end| end + 1)..];
            if (end.is_some() || line.len() >= longest) && !send(&mut line, stream, sender) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn start(script: &str) -> Running {
        let command = Command::new("/bin/sh".into(), ["-c".to_owned(), script.to_owned()]);
        Running::start(&command, None, Stop::Group, LONGEST_LINE).unwrap()
    }

    /// The command has ended long before its last line is received.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "a slow receiver")]
    fn no_line_is_lost_by_a_slow_receiver() {
        let mut lines = 0;
        let count = |_, line: &str| {
            thread::sleep(Duration::from_millis(1));
            lines += 1;
            assert_eq!(line, "");
        };
        assert_eq!(start("yes '' | head -c 2000; exit 3").watch(&Cancel::default(), count).unwrap(), 3);
        assert_eq!(lines, 2000);
    }

    /// A process that keeps the pipe open, and prints or not, is not waited for.
    #[test]
    fn the_end_of_the_command_counts() {
        for left in ["sleep 600", "yes", "yes ''", "while sleep 0.3; do echo; done"] {
            let running = start(&format!(r#"sh -c "echo \$\$; {left}" & exit 4"#));
            let mut first = None;
            let code = running.watch(&Cancel::default(), |_, line| _ = first.get_or_insert_with(|| line.to_owned()));
            assert_eq!(code.unwrap(), 4, "{left}");
            let left_behind = first.and_then(|pid| Pid::from_raw(pid.parse().ok()?)).unwrap();
            if let Ok(group) = rustix::process::getpgid(Some(left_behind)) {
                // It may end with the pipe.
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
        }
    }

    #[test]
    fn lines_are_split_where_they_are_too_long() {
        let (reader, mut writer) = io::pipe().unwrap();
        let long = "x".repeat(LONGEST_LINE);
        let wide = "é".repeat(10);
        let text = format!("a\n\nb\r\n{long}\n{long}y\n{wide}\nend");
        let written = thread::spawn(move || io::Write::write_all(&mut writer, text.as_bytes()));
        let (sender, lines) = sync_channel(100);
        read_lines(reader, Stream::Stdout, LONGEST_LINE, &sender);
        written.join().unwrap().unwrap();
        drop(sender);
        let found: Vec<String> = lines.iter().map(|(_, line)| line).collect();
        assert_eq!(found, ["a", "", "b", &long, "", &long, "y", &wide, "end"]);
    }
}
