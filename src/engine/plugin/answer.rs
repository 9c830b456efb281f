//! Reads what a plugin prints for an operation: lines for people, and one outcome or error at the end.

use std::borrow::Cow;
use std::fmt::Debug;
use std::time::{Duration, Instant};

use camino::Utf8Path;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::PluginFault;
use super::message::{
    Built, Description, Digests, Failure, FailureKind, Inspected, LONGEST_LINE, Message, Protocol, Pushed, start,
};
use super::request::PROTOCOL;
use crate::engine::diagnosis::Cause;
use crate::engine::error::EngineError;
use crate::engine::run::{Heard, Listener};
use crate::value::Redacted;

/// The longest message, in bytes.
const LONGEST_MESSAGE: usize = 1024 * 1024;

/// The plugin and the operation that it was run for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) engine: &'a str,
    pub(super) program: &'a Utf8Path,
    pub(super) operation: &'static str,
}

impl Asked<'_> {
    pub(super) fn fault(&self, fault: PluginFault) -> EngineError {
        EngineError::Plugin { program: self.program.to_owned(), fault }
    }

    pub(super) fn invalid(&self, detail: &str) -> EngineError {
        let detail = start(detail).to_owned();
        self.fault(PluginFault::Invalid { operation: self.operation, detail })
    }

    /// Reads the outcome of `describe`.
    pub(super) fn description(&self, outcome: &Value) -> Result<Description, EngineError> {
        let invalid = |error: serde_json::Error| self.invalid(&error.to_string());
        let Protocol { protocol } = Protocol::deserialize(outcome).map_err(invalid)?;
        if protocol != PROTOCOL {
            let found = start(&protocol.to_string()).to_owned();
            return Err(self.fault(PluginFault::Protocol { found, expected: PROTOCOL }));
        }
        let description = Description::deserialize(outcome).map_err(invalid)?;
        if description.name != self.engine {
            return Err(self.fault(PluginFault::Name { found: description.name }));
        }
        if description.dialects.is_empty() {
            return Err(self.invalid("`dialects` is empty"));
        }
        Ok(description)
    }
}

/// The messages of a plugin.
pub(super) struct Messages {
    /// The time limit, and when it ends.
    limit: Option<(Duration, Instant)>,
    timed_out: bool,
    last: Option<Result<Value, Failure>>,
    fault: Option<PluginFault>,
    /// The last line on stderr.
    overheard: Option<String>,
}

impl Messages {
    pub(super) fn new(limit: Option<Duration>) -> Self {
        let limit = limit.map(|limit| (limit, Instant::now() + limit));
        Self { limit, timed_out: false, last: None, fault: None, overheard: None }
    }

    /// Returns an error if the plugin took too long or printed something wrong.
    pub(super) fn without_fault(mut self, asked: &Asked<'_>) -> Result<Self, EngineError> {
        let operation = asked.operation;
        let timed_out = |(limit, _): (Duration, Instant)| PluginFault::TimedOut { operation, seconds: limit.as_secs() };
        let fault = self.limit.filter(|_| self.timed_out).map(timed_out).or(self.fault.take());
        fault.map_or(Ok(self), |fault| Err(asked.fault(fault)))
    }

    /// Returns the outcome of a plugin that has ended with an exit code. `cause` is why a build failed, if a line shows it. The
    /// message and the remedy of a failed build are reported, as the lines before them.
    pub(super) fn outcome<T: DeserializeOwned>(
        self,
        asked: &Asked<'_>,
        code: i32,
        cause: Option<Cause>,
        report: &mut dyn FnMut(&str),
    ) -> Result<T, EngineError> {
        let operation = asked.operation;
        let failed = |code, cause| EngineError::Failed { engine: asked.engine.to_owned(), code, cause };
        match self.last {
            // A signal ended it.
            None if code > 128 => Err(failed(code, cause)),
            None => {
                let detail = self.overheard.unwrap_or_else(|| "no output".to_owned());
                Err(asked.fault(PluginFault::NoOutcome { operation, code, detail }))
            }
            Some(Err(failure)) if failure.kind == FailureKind::Build => {
                for line in [Some(failure.message), failure.remedy].iter().flatten().flat_map(|text| lines(text)) {
                    report(&Redacted(&line).text());
                }
                Err(failed(failure.exit_code.map_or(1, i32::from), cause))
            }
            Some(Err(failure)) => Err(failure.into_error(asked.engine)),
            Some(Ok(_)) if code != 0 => Err(asked.fault(PluginFault::Contradiction { operation, code })),
            Some(Ok(outcome)) => serde_json::from_value(outcome).map_err(|error| asked.invalid(&error.to_string())),
        }
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
        self.timed_out |= self.limit.is_some_and(|(_, deadline)| Instant::now() >= deadline);
        self.timed_out
    }
}

/// Splits the text of an event at its line feeds, and long lines.
fn lines(text: &str) -> Vec<Cow<'static, str>> {
    let mut lines = Vec::new();
    for mut line in text.lines() {
        while line.len() > LONGEST_LINE {
            let first = start(line);
            lines.push(Cow::Owned(first.to_owned()));
            line = &line[first.len()..];
        }
        lines.push(Cow::Owned(line.to_owned()));
    }
    lines
}

/// Reads the stdout of a plugin `x` that has ended with exit code 0, for `describe`, `inspect`, `digests`, `build` and
/// `push`. Returns the lines for people, and for each operation its outcome as text, or its error. This is for fuzzing, and no
/// part of the public API.
#[doc(hidden)]
pub fn read_plugin_output(stdout: &str) -> (Vec<String>, [Result<String, EngineError>; 5]) {
    let mut reported = Vec::new();
    let asked = |operation| Asked { engine: "x", program: "/bin/agentix-engine-x".into(), operation };
    let described = heard::<Value>(&asked("describe"), stdout, &mut reported);
    let described = described.and_then(|outcome| asked("describe").description(&outcome));
    let outcomes = [
        shown(described),
        shown(heard::<Inspected>(&asked("inspect"), stdout, &mut Vec::new())),
        shown(heard::<Digests>(&asked("digests"), stdout, &mut Vec::new())),
        shown(heard::<Built>(&asked("build"), stdout, &mut Vec::new())),
        shown(heard::<Pushed>(&asked("push"), stdout, &mut Vec::new())),
    ];
    (reported, outcomes)
}

fn heard<T: DeserializeOwned>(asked: &Asked<'_>, stdout: &str, reported: &mut Vec<String>) -> Result<T, EngineError> {
    let mut messages = Messages::new(None);
    for line in stdout.lines() {
        match messages.hear(line) {
            Heard::Lines(lines) => reported.extend(lines.into_iter().map(Cow::into_owned)),
            Heard::Nothing => {}
            Heard::Stop => break,
        }
    }
    messages.without_fault(asked)?.outcome(asked, 0, None, &mut |line| reported.push(line.to_owned()))
}

fn shown<T: Debug>(outcome: Result<T, EngineError>) -> Result<String, EngineError> {
    outcome.map(|outcome| format!("{outcome:?}"))
}

#[cfg(test)]
mod tests {
    use super::read_plugin_output;

    /// An error is for a person, also if the plugin prints a megabyte.
    #[test]
    fn long_values_are_cut() {
        let long = "é".repeat(300_000);
        for message in [
            format!(r#"{{"outcome": {{"protocol": "{long}"}}}}"#),
            format!(r#"{{"outcome": {{"protocol": 1, "name": "x", "version": "1", "dialects": ["{long}"]}}}}"#),
            format!(
                r#"{{"outcome": {{"protocol": 1, "name": "{long}", "version": "1", "dialects": [], "context": "tar", "features": []}}}}"#
            ),
            format!(r#"{{"error": {{"message": "{long}", "remedy": "{long}"}}}}"#),
            format!(r#"{{"error": {{"kind": "not-running", "message": "{long}"}}}}"#),
            long,
        ] {
            let (_, [described, ..]) = read_plugin_output(&message);
            let error = described.unwrap_err();
            let shown = format!("{error} {:?}", error.remedy());
            assert!(shown.len() < 20_000, "{} bytes: {shown:.200}", shown.len());
        }
    }

    /// What an engine prints is shown without credentials, line by line.
    #[test]
    fn the_message_of_a_failed_build_is_reported_as_output() {
        let message = r#"{"error": {"kind": "build", "message": "step 1\nhttps://me:hunter2@x.example/"}}"#;
        assert_eq!(read_plugin_output(message).0, ["step 1", "https://…@x.example/"]);
    }
}
