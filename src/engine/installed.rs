//! An engine's program as it was found on this machine, and asking it things.

use camino::{Utf8Path, Utf8PathBuf};

use super::capabilities::Capabilities;
use super::command::Command;
use super::diagnosis::{Unreachable, first_line};
use super::error::EngineError;
use super::run;
use super::run::Answer;
use crate::value::{Cancel, Dialect, Environment};

/// What distinguishes a built-in engine.
#[derive(Debug)]
pub(super) struct Row {
    /// The name, and the program's.
    pub(super) name: &'static str,
    /// Finds out what it can do.
    pub(super) probe: fn(&Installed, &Cancel) -> Result<Capabilities, EngineError>,
    /// The dialects that it may understand, as far as settings tell.
    pub(super) dialects: fn(EngineSettings) -> Vec<Dialect>,
    /// The arguments that print something of images, before the template.
    pub(super) inspect: &'static [&'static str],
    /// A template of a line with an image's ID and, after a space, its label `LABEL`.
    pub(super) facts: &'static str,
    /// A template of a line with the digest that the image has here, or `-`, and its names with digests.
    pub(super) digests: &'static str,
    /// Whether it can be asked for several images at once.
    pub(super) inspects_several: bool,
    /// What it says where it has no such image.
    pub(super) absent: &'static str,
}

/// What a user's environment says about engines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineSettings {
    /// `DOCKER_BUILDKIT`: whether docker builds with `BuildKit`. `None`: it does if it can.
    pub docker_buildkit: Option<bool>,
}

impl From<&Environment> for EngineSettings {
    fn from(environment: &Environment) -> Self {
        Self { docker_buildkit: environment.docker_buildkit() }
    }
}

/// The program of an engine.
#[derive(Debug, Clone)]
pub(super) struct Installed {
    pub(super) name: &'static str,
    pub(super) program: Option<Utf8PathBuf>,
    pub(super) settings: EngineSettings,
}

impl Installed {
    pub(super) fn program(&self) -> Option<&Utf8Path> {
        self.program.as_deref()
    }

    pub(super) fn command<A: Into<String>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Command, EngineError> {
        let missing = || EngineError::Missing { program: self.name.to_owned() };
        Ok(Command::new(self.program().ok_or_else(missing)?, arguments))
    }

    pub(super) fn ask(&self, arguments: &[&str], cancel: &Cancel) -> Result<Answer, EngineError> {
        run::ask(&self.command(arguments.iter().copied())?, cancel)
    }

    /// What an answer that is none means.
    pub(super) fn no_answer(&self, question: &'static str, answer: &Answer) -> EngineError {
        let engine = self.name.to_owned();
        let said = if answer.stderr.trim().is_empty() { &answer.stdout } else { &answer.stderr };
        let detail = first_line(said);
        match Unreachable::from_stderr(&answer.stderr) {
            Some(Unreachable::NotRunning) => EngineError::NotRunning { engine, detail },
            Some(Unreachable::NotPermitted) => EngineError::NotPermitted { engine, detail },
            None => EngineError::NoAnswer { engine, question, detail },
        }
    }
}
