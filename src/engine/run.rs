//! Runs commands: queries, which return their output, and operations, which are followed line by line.
//!
//! The output of an operation is not stored, except for the cause of a failure.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::PipeWriter;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{io, panic, thread};

use super::command::{Command, Stdin};
use super::diagnosis::Cause;
use super::error::EngineError;
use super::running::{LONGEST_LINE, Running, Stream};
use super::stop::Stop;
use super::{Control, Event};
use crate::context::{ArchiveError, Context, write_tar};
use crate::value::{Cancel, Redacted};

/// The number of bytes of stdout and of stderr that an answer keeps, rounded up to the end of a line.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// The output of a query.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Answer {
    /// The exit code, or 128 plus the signal number if a signal ended the command.
    pub code: i32,
    /// The start of what it wrote to stdout: about a mebibyte.
    pub stdout: String,
    /// The start of what it wrote to stderr: about a mebibyte.
    pub stderr: String,
}

/// The result of an operation.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ended {
    /// The exit code, or 128 plus the signal number if a signal ended the command.
    pub code: i32,
    /// Why a build failed, if the output shows it.
    pub cause: Option<Cause>,
    /// How many bytes of the context the command read.
    pub context_bytes: u64,
}

/// Runs a query of an engine of another crate, and returns its output. It reads nothing from stdin. When the caller cancels,
/// it is stopped with all its processes.
///
/// # Errors
///
/// Returns an error if the command cannot be started, or if the caller cancels. An exit code is no error.
pub fn ask_command(command: &Command, cancel: &Cancel) -> Result<Answer, EngineError> {
    ask(command, cancel)
}

/// Runs an operation of an engine of another crate. Each line of its output becomes an [`Event::Line`]. If its stdin is
/// [`Stdin::Context`], it reads the context as a tar archive. The command itself becomes an [`Event::Started`].
///
/// When the caller cancels, it is stopped with all its processes: SIGTERM, and SIGKILL after 10 s. If podman or buildah runs
/// a step, the step is ended first, so that the build removes its containers.
///
/// ```no_run
/// use agentix_gen::engine::{Command, EngineError, Stdin, run_command};
/// # fn build(context: &agentix_gen::Context<'_>, control: &mut agentix_gen::Control<'_>) -> Result<u64, EngineError> {
/// let mut command = Command::new("/usr/bin/docker".into(), ["build", "-"]);
/// command.stdin = Stdin::Context;
/// let ended = run_command(&command, Some(context), control)?;
/// match ended.code {
///     0 => Ok(ended.context_bytes),
///     code => Err(EngineError::Failed { engine: "mine".to_owned(), code, cause: ended.cause }),
/// }
/// # }
/// ```
///
/// # Errors
///
/// Returns an error if the command cannot be started, if a file of the context cannot be read, or if the caller cancels. An
/// exit code is no error.
pub fn run_command(
    command: &Command,
    context: Option<&Context<'_>>,
    control: &mut Control<'_>,
) -> Result<Ended, EngineError> {
    follow(command, Stop::Group, context, control)
}

/// Runs a query and returns its output.
pub(crate) fn ask(command: &Command, cancel: &Cancel) -> Result<Answer, EngineError> {
    let mut answer = Answer { code: 0, stdout: String::new(), stderr: String::new() };
    let running = Running::start(command, None, Stop::Group, LONGEST_ANSWER)?;
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

/// Runs a query and returns its last lines, those of stdout and stderr together, in the order of their arrival.
pub(crate) fn ask_last(command: &Command, count: usize, cancel: &Cancel) -> Result<Vec<String>, EngineError> {
    let mut last = VecDeque::with_capacity(count);
    Running::start_joined(command, Stop::Group)?.watch(cancel, |_, line| {
        if last.len() == count {
            last.pop_front();
        }
        last.push_back(line.to_owned());
    })?;
    Ok(last.into())
}

/// What a command reads from stdin.
#[derive(Debug)]
pub(super) enum Input<'a> {
    /// Nothing.
    Nothing,
    /// A context, as a tar archive.
    Context(&'a Context<'a>),
    /// An open file.
    File(OwnedFd),
}

/// What becomes of a line of stdout.
#[derive(Debug)]
pub(super) enum Heard<'l> {
    /// These lines are reported.
    Lines(Vec<Cow<'l, str>>),
    /// Nothing is reported.
    Nothing,
    /// The command is stopped.
    Stop,
}

/// Reads the output of a command.
pub(super) trait Listener {
    /// Returns the length in bytes at which a line of stdout is split.
    fn longest_line(&self) -> usize {
        LONGEST_LINE
    }

    /// Reads a line of stdout.
    fn hear<'l>(&mut self, line: &'l str) -> Heard<'l>;

    /// Reads a line of stderr, which is reported in any case.
    fn overhear(&mut self, line: &str) {
        let _ = line;
    }

    /// Returns whether the command is to be stopped now. Asked at least every 50 ms.
    fn gives_up(&mut self) -> bool {
        false
    }
}

/// Reports every line.
struct ReportAll;

impl Listener for ReportAll {
    fn hear<'l>(&mut self, line: &'l str) -> Heard<'l> {
        Heard::Lines(vec![Cow::Borrowed(line)])
    }
}

/// Runs an operation and reports its output as events. If the command reads a context and `context` is set, the context
/// is written to its stdin.
///
/// If the context cannot be read, the command is stopped before its stdin is closed.
pub(crate) fn follow(
    command: &Command,
    stop_by: Stop,
    context: Option<&Context<'_>>,
    control: &mut Control<'_>,
) -> Result<Ended, EngineError> {
    let input = match (command.stdin, context) {
        (Stdin::Context, Some(context)) => Input::Context(context),
        _ => Input::Nothing,
    };
    follow_with(command, stop_by, input, &mut ReportAll, control)
}

/// Like [`follow`], with any input, and with a listener that decides what is reported.
pub(super) fn follow_with(
    command: &Command,
    stop_by: Stop,
    input: Input<'_>,
    listener: &mut dyn Listener,
    control: &mut Control<'_>,
) -> Result<Ended, EngineError> {
    (control.events)(Event::Started(command));
    let stop = Cancel::default();
    let sent = &AtomicU64::new(0);
    thread::scope(|scope| {
        let (stdin, sender) = match input {
            Input::Nothing => (None, None),
            Input::File(file) => (Some(file), None),
            Input::Context(context) => {
                let (reader, writer) =
                    io::pipe().map_err(|source| EngineError::Start { program: command.program.clone(), source })?;
                (Some(reader.into()), Some((writer, context)))
            }
        };
        // The thread starts before the command, which would read half a context if it did not.
        let sending = sender.map(|(pipe, context)| {
            let (cancel, stop) = (control.cancel.clone(), stop.clone());
            let transmit = move || {
                let written = write_tar(context, Counting { pipe: &pipe, sent }, &cancel);
                if matches!(written, Err(ArchiveError::Source(_))) {
                    // Stop the command before the pipe is closed, so that it never builds from half a context.
                    stop.cancel();
                }
                written
            };
            let started = thread::Builder::new().spawn_scoped(scope, transmit);
            started.map_err(|source| EngineError::Start { program: command.program.clone(), source })
        });
        let sending = sending.transpose()?;
        let running = Running::start(command, stdin, stop_by, listener.longest_line())?;
        let mut cause: Option<Cause> = None;
        let mut reported = 0;
        let watched = running.watch_all(&[&control.cancel, &stop], |line| {
            let so_far = sent.load(Ordering::Relaxed);
            if so_far != reported {
                reported = so_far;
                (control.events)(Event::ContextSent(so_far));
            }
            if listener.gives_up() {
                stop.cancel();
            }
            let lines = match line {
                None => return,
                Some((Stream::Stdout, line)) => listener.hear(line),
                Some((Stream::Stderr, line)) => {
                    listener.overhear(line);
                    Heard::Lines(vec![Cow::Borrowed(line)])
                }
            };
            match lines {
                Heard::Lines(lines) => lines.iter().for_each(|line| {
                    // An engine repeats commands, and an installer the URLs in its configuration.
                    let line = Redacted(line).text();
                    (control.events)(Event::Line(&line));
                    if let Some(found) = Cause::from_line(&line).filter(|found| found.is_better_than(cause.as_ref())) {
                        cause = Some(found);
                    }
                }),
                Heard::Nothing => {}
                Heard::Stop => stop.cancel(),
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

#[cfg(test)]
mod tests {
    use super::{Cancel, Command, ask_last};

    #[test]
    fn the_last_lines_keep_their_order() {
        let script = "i=0; while [ $i -lt 1000 ]; do echo $i; i=$((i+1)); echo $i >&2; i=$((i+1)); done";
        let command = Command::new("/bin/sh".into(), ["-c", script]);
        let expected: Vec<String> = (980..1000).map(|number: u32| number.to_string()).collect();
        assert_eq!(ask_last(&command, 20, &Cancel::default()).unwrap(), expected);
    }

    #[test]
    fn the_last_lines_of_either_stream_are_kept() {
        for stream in [1, 2] {
            let script = format!("i=0; while [ $i -lt 1000 ]; do echo $i >&{stream}; i=$((i+1)); done");
            let command = Command::new("/bin/sh".into(), ["-c".to_owned(), script]);
            assert_eq!(ask_last(&command, 3, &Cancel::default()).unwrap(), ["997", "998", "999"]);
        }
    }
}
