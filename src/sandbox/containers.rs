//! The containers of an engine: one command, one answer.

#![expect(clippy::disallowed_methods, reason = "a busy engine may remove a container a moment later")]

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::command;
use super::error::SandboxError;
use super::id::SandboxId;
use crate::engine::{Answer, Command, Engine, EngineError, ask, no_answer};
use crate::value::Cancel;

/// What an engine says, in any case, of a container that it does not have.
const ABSENT: [&str; 2] = ["no such container", "no container with"];

/// How long to wait before each further attempt to remove a container.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// An engine that runs containers.
#[derive(Debug, Clone)]
pub(super) struct Containers {
    engine: Arc<dyn Engine>,
}

impl Containers {
    pub(super) fn new(engine: Arc<dyn Engine>) -> Self {
        Self { engine }
    }

    /// Returns the name of the engine.
    pub(super) fn engine(&self) -> &str {
        self.engine.name()
    }

    pub(super) fn command(&self, arguments: Vec<String>) -> Result<Command, EngineError> {
        self.engine.container_command(arguments)
    }

    /// Runs a command that ends soon. It is never cancelled: a container that its engine is about to create would be
    /// left.
    pub(super) fn ask(&self, arguments: Vec<String>) -> Result<Answer, EngineError> {
        ask(&self.command(arguments)?, &Cancel::default())
    }

    /// Returns the error of a command that failed, with the line that the engine printed.
    pub(super) fn start_error(&self, answer: &Answer) -> SandboxError {
        match no_answer(self.engine(), "a container", answer) {
            EngineError::NoAnswer { engine, detail, .. } => SandboxError::Start { engine, detail },
            error => error.into(),
        }
    }

    /// Removes a container that is known to be ours. A busy podman may end a container and then fail to remove it, so a
    /// removal that fails is tried again.
    pub(super) fn remove(&self, id: &SandboxId) -> Result<(), SandboxError> {
        let mut pauses = PAUSES.iter();
        let answer = loop {
            let answer = self.ask(command::remove(id))?;
            // Docker refuses a second removal while the first one goes on.
            if answer.code == 0 || is_absent(&answer) || answer.stderr.contains("already in progress") {
                return Ok(());
            }
            let Some(pause) = pauses.next() else { break answer };
            thread::sleep(*pause);
        };
        match no_answer(self.engine(), "a removal", &answer) {
            EngineError::NoAnswer { engine, detail, .. } => {
                Err(SandboxError::Remove { engine, id: id.clone(), detail })
            }
            error => Err(error.into()),
        }
    }
}

/// Returns whether the engine says that it does not have a container.
pub(super) fn is_absent(answer: &Answer) -> bool {
    let text = answer.stderr.to_lowercase();
    ABSENT.iter().any(|absent| text.contains(absent))
}
