//! Runs commands: queries, which return their output, and operations, which are followed line by line.
//!
//! The output of an operation is not stored, except for the cause of a failure.

use std::io::PipeWriter;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{io, panic, thread};

use super::command::{Command, Stdin};
use super::diagnosis::Cause;
use super::error::EngineError;
use super::running::{Running, Stream};
use super::stop::Stop;
use super::{Control, Event};
use crate::context::{ArchiveError, Context, write_tar};
use crate::value::{Cancel, Redacted};

/// The number of bytes of stdout and of stderr that an answer keeps, rounded up to the end of a line.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// The output of a query.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// The result of an operation.
#[derive(Debug)]
pub(super) struct Ended {
    /// Its exit code, or 128 plus the signal number if a signal ended it.
    pub(super) code: i32,
    pub(super) cause: Option<Cause>,
    pub(super) context_bytes: u64,
}

/// Runs a query and returns its output.
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

/// Runs an operation and reports its output as events. If the command reads a context and `context` is set, the context
/// is written to its stdin.
///
/// If the context cannot be read, the command is stopped before its stdin is closed.
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
                let (reader, writer) =
                    io::pipe().map_err(|source| EngineError::Start { program: command.program.clone(), source })?;
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
                    // Stop the command before the pipe is closed, so that it never builds from half a context.
                    stop.cancel();
                }
                written
            })
        });
        let mut cause: Option<Cause> = None;
        let mut reported = 0;
        let watched = running.watch_all(&[&control.cancel, &stop], |line| {
            let so_far = sent.load(Ordering::Relaxed);
            if so_far != reported {
                reported = so_far;
                (control.events)(Event::ContextSent(so_far));
            }
            if let Some((_, line)) = line {
                // An engine repeats commands, and an installer the URLs in its configuration.
                let line = Redacted(line).text();
                (control.events)(Event::Line(&line));
                if let Some(found) = Cause::from_line(&line).filter(|found| found.is_better_than(cause.as_ref())) {
                    cause = Some(found);
                }
            }
        });
        let written = sending.map(|sending| sending.join().unwrap_or_else(|fault| panic::resume_unwind(fault)));
        if let Some(Err(error @ ArchiveError::Source(_))) = written {
            return Err(error.into());
        }
        match (watched?, written) {
            // An engine that fails early closes the pipe. Its exit code says more than the write error.
            (0, Some(Err(error))) => Err(error.into()),
            (code, _) => Ok(Ended { code, cause, context_bytes: sent.load(Ordering::Relaxed) }),
        }
    })
}

/// A pipe that counts the bytes written to it.
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
