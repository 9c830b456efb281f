//! Runs a plugin for one operation and reads its messages.

#![expect(clippy::disallowed_types, reason = "a request is a file in memory")]

use std::fs::File;
use std::io::{self, Seek, Write};
use std::time::Duration;

use camino::Utf8Path;
use rustix::fs::{MemfdFlags, memfd_create};
use serde::de::DeserializeOwned;

use super::answer::{Asked, Messages};
use super::request::Request;
use crate::context::Context;
use crate::engine::command::{Command, Stdin};
use crate::engine::error::EngineError;
use crate::engine::run::{self, Ended, Input};
use crate::engine::stop::Stop;
use crate::engine::{Control, Event};
use crate::value::Cancel;

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
        let asked = self.asked(request.name());
        let argument = context.map_or(STDIN.into(), |(_, file)| file);
        let mut command = Command::new(self.program, [asked.operation, argument.as_str()]);
        let input = match context {
            Some((context, _)) => {
                command.stdin = Stdin::Context;
                Input::Context(context)
            }
            None => Input::File(in_memory(&self.bytes(request)?).map_err(|source| self.unstartable(source))?.into()),
        };
        let mut messages = Messages::new(self.limit);
        let stop = if self.limit.is_some() { Stop::AtOnce } else { Stop::Group };
        let ended = run::follow_with(&command, stop, input, &mut messages, control);
        // A plugin is stopped at its first fault, which says more than that it was stopped.
        let messages = messages.without_fault(&asked)?;
        let mut ended = ended?;
        let report = &mut |line: &str| (control.events)(Event::Line(line));
        let outcome = messages.outcome(&asked, ended.code, ended.cause.take(), report)?;
        Ok((outcome, ended))
    }

    /// Returns the plugin and an operation.
    pub(super) fn asked(&self, operation: &'static str) -> Asked<'_> {
        Asked { engine: self.engine, program: self.program, operation }
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
