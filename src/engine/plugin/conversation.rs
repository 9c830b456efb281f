//! Runs a plugin for one operation and reads its messages.

#![expect(clippy::disallowed_types, reason = "a request is a file in memory")]

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::time::{Duration, Instant};

use camino::Utf8Path;
use rustix::fs::{MemfdFlags, memfd_create};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::PluginFault;
use super::message::{Failure, FailureKind, Message};
use super::request::Request;
use crate::context::Context;
use crate::engine::command::{Command, Stdin};
use crate::engine::error::EngineError;
use crate::engine::run::{self, Ended, Heard, Input, Listener};
use crate::engine::stop::Stop;
use crate::engine::{Control, Event};
use crate::value::Cancel;

/// The longest message, in bytes.
const LONGEST_MESSAGE: usize = 1024 * 1024;

/// The longest line of an event, in bytes.
const LONGEST_LINE: usize = 8 * 1024;

/// The argument of a plugin that reads its request from stdin.
const STDIN: &str = "/dev/stdin";

/// A plugin that is run for operations.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conversation<'a> {
    pub(super) engine: &'a str,
    pub(super) program: &'a Utf8Path,
    /// The time limit of an operation.
    pub(super) limit: Option<Duration>,
}

impl Conversation<'_> {
    /// Runs an operation without a context and without events, and returns its outcome.
    pub(super) fn ask<T: DeserializeOwned>(&self, request: &Request<'_>, cancel: &Cancel) -> Result<T, EngineError> {
        let mut ignore = |_: Event<'_>| {};
        let mut control = Control::new("", &mut ignore).with_cancel(cancel.clone());
        self.run(request, None, &mut control).map(|(outcome, _)| outcome)
    }

    /// Runs an operation and returns its outcome.
    ///
    /// With a context, the context is on the plugin's stdin, and the request is in a file. Without one, the request is on
    /// stdin.
    pub(super) fn run<T: DeserializeOwned>(
        &self,
        request: &Request<'_>,
        context: Option<(&Context<'_>, &Utf8Path)>,
        control: &mut Control<'_>,
    ) -> Result<(T, Ended), EngineError> {
        let operation = request.name();
        let argument = context.map_or(STDIN.into(), |(_, file)| file);
        let mut command = Command::new(self.program, [operation, argument.as_str()]);
        let input = match context {
            Some((context, _)) => {
                command.stdin = Stdin::Context;
                Input::Context(context)
            }
            None => Input::File(in_memory(&self.bytes(request)?).map_err(|source| self.unstartable(source))?.into()),
        };
        let mut listener = Messages::new(self.limit);
        let stop = if self.limit.is_some() { Stop::AtOnce } else { Stop::Group };
        let ended = run::follow_with(&command, stop, input, &mut listener, control);
        if listener.timed_out {
            let seconds = self.limit.unwrap_or_default().as_secs();
            return Err(self.fault(PluginFault::TimedOut { operation, seconds }));
        }
        if let Some(fault) = listener.fault {
            return Err(self.fault(fault));
        }
        let ended = ended?;
        let code = ended.code;
        match listener.last {
            // A signal ended it.
            None if code > 128 => Err(EngineError::Failed { engine: self.engine.to_owned(), code, cause: ended.cause }),
            None => {
                let detail = listener.overheard.unwrap_or_else(|| "no output".to_owned());
                Err(self.fault(PluginFault::NoOutcome { operation, code, detail }))
            }
            Some(Err(failure)) if failure.kind == FailureKind::Build => {
                let code = failure.exit_code.map_or(1, i32::from);
                (control.events)(Event::Line(&failure.message));
                Err(EngineError::Failed { engine: self.engine.to_owned(), code, cause: ended.cause })
            }
            Some(Err(failure)) => Err(failure.into_error(self.engine)),
            Some(Ok(_)) if code != 0 => Err(self.fault(PluginFault::Contradiction { operation, code })),
            Some(Ok(outcome)) => match serde_json::from_value(outcome) {
                Ok(outcome) => Ok((outcome, ended)),
                Err(error) => Err(self.invalid(operation, error.to_string())),
            },
        }
    }

    pub(super) fn invalid(&self, operation: &'static str, detail: String) -> EngineError {
        self.fault(PluginFault::Invalid { operation, detail })
    }

    pub(super) fn fault(&self, fault: PluginFault) -> EngineError {
        EngineError::Plugin { program: self.program.to_owned(), fault }
    }

    /// Returns a request as the plugin reads it.
    pub(super) fn bytes(&self, request: &Request<'_>) -> Result<Vec<u8>, EngineError> {
        serde_json::to_vec(request).map_err(|error| self.unstartable(error.into()))
    }

    fn unstartable(&self, source: io::Error) -> EngineError {
        EngineError::Start { program: self.program.to_owned(), source }
    }
}

/// Returns a file in memory, which the plugin can open as `/dev/stdin`.
fn in_memory(bytes: &[u8]) -> io::Result<File> {
    let mut file = File::from(memfd_create("request", MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

/// Reads the messages of a plugin.
struct Messages {
    deadline: Option<Instant>,
    timed_out: bool,
    last: Option<Result<Value, Failure>>,
    fault: Option<PluginFault>,
    /// The last line on stderr.
    overheard: Option<String>,
}

impl Messages {
    fn new(limit: Option<Duration>) -> Self {
        let deadline = limit.map(|limit| Instant::now() + limit);
        Self { deadline, timed_out: false, last: None, fault: None, overheard: None }
    }

    fn stop(&mut self, fault: PluginFault) -> Heard<'static> {
        self.fault.get_or_insert(fault);
        Heard::Stop
    }
}

impl Listener for Messages {
    fn longest_line(&self) -> usize {
        LONGEST_MESSAGE
    }

    fn hear<'l>(&mut self, line: &'l str) -> Heard<'l> {
        if line.len() >= LONGEST_MESSAGE {
            return self.stop(PluginFault::LongLine { bytes: LONGEST_MESSAGE });
        }
        let message = match serde_json::from_str(line) {
            Ok(message) if self.last.is_none() => message,
            Ok(_) => return self.stop(PluginFault::AfterOutcome),
            Err(_) => return self.stop(PluginFault::NoMessage { line: line.to_owned() }),
        };
        match message {
            Message::Outcome { outcome } => self.last = Some(Ok(outcome)),
            Message::Error { error } => self.last = Some(Err(error)),
            Message::Event { .. } => {}
            Message::Line { line } => return Heard::Lines(lines(&line)),
        }
        Heard::Nothing
    }

    fn overhear(&mut self, line: &str) {
        if !line.trim().is_empty() {
            self.overheard = Some(line.to_owned());
        }
    }

    fn gives_up(&mut self) -> bool {
        self.timed_out |= self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        self.timed_out
    }
}

/// Splits the text of an event at its line feeds, and long lines.
fn lines(text: &str) -> Vec<Cow<'static, str>> {
    let mut lines = Vec::new();
    for mut line in text.lines() {
        while line.len() > LONGEST_LINE {
            let (first, rest) = line.split_at(line.floor_char_boundary(LONGEST_LINE));
            lines.push(Cow::Owned(first.to_owned()));
            line = rest;
        }
        lines.push(Cow::Owned(line.to_owned()));
    }
    lines
}
