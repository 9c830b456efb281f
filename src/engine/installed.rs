//! The program of an engine on this machine, and queries to it.

use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};

use super::capabilities::Capabilities;
use super::command::Command;
use super::diagnosis::{Unreachable, first_line};
use super::error::EngineError;
use super::manifest_digest::DigestReport;
use super::run;
use super::run::Answer;
use crate::context::ImageInfo;
use crate::value::{Cancel, Dialect, Environment, ImageRef, Platform};

/// The properties of one built-in engine.
#[expect(clippy::struct_excessive_bools, reason = "each is a property of a command line")]
#[derive(Debug)]
pub(super) struct EngineRow {
    /// The name of the engine and of its program.
    pub(super) name: &'static str,
    /// Whether this crate's tests run the engine itself. Otherwise, its commands only follow its reference.
    pub(super) is_tested: bool,
    /// Probes the version and the features.
    pub(super) probe: fn(&Installed, &Cancel) -> Result<Capabilities, EngineError>,
    /// Returns the dialects that the engine may understand with these settings.
    pub(super) dialects: fn(&EngineSettings) -> Vec<Dialect>,
    /// Returns the platform of a build that names none, if these settings decide it.
    pub(super) default_platform: fn(&EngineSettings) -> Result<Option<Platform>, EngineError>,
    /// The arguments that inspect images. A template follows them, if there is one.
    pub(super) inspect: &'static [&'static str],
    /// A template for a line with an image's ID and, each after a space, its labels `DIGEST`, `PYTHON` and `AGENTIX`.
    pub(super) facts: Option<&'static str>,
    /// Reads what `inspect` prints about one image. `None`: it cannot be read.
    pub(super) read: fn(&str, &ImageRef) -> Option<ImageInfo>,
    /// A template for a line with the digest of the image in the engine, or `-`, and the image's names with digests.
    /// `None`: the engine does not tell which digests a registry has.
    pub(super) digests: Option<&'static str>,
    /// Returns whether a registry has the digest that the engine knows for an image, and not only the engine.
    pub(super) confirms: fn(&Installed, &ImageRef, &Cancel) -> Result<bool, EngineError>,
    /// Returns the arguments that push an image to the registry of its name. `true`: it is for several platforms.
    pub(super) push: fn(&ImageRef, bool) -> Vec<String>,
    /// Where `push` reports the digest of the image.
    pub(super) push_digest: DigestReport,
    /// Whether `NAME pull IMAGE` fetches an image.
    pub(super) has_pull: bool,
    /// Whether `NAME build -` reads a Dockerfile from stdin.
    pub(super) builds_stdin: bool,
    /// Whether one call can inspect several images.
    pub(super) inspects_several: bool,
    /// Whether `create --platform` fails if the store does not have the image for that platform.
    pub(super) creates_of_platform: bool,
    /// Whether the images for several platforms are in a list of their own kind.
    pub(super) makes_lists: bool,
    /// Whether the program starts containers that go on after it has ended.
    pub(super) runs_containers: bool,
    /// The text on stderr if the engine does not have the image.
    pub(super) absent: &'static str,
}

/// The settings of engines in the user's environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineSettings {
    /// `DOCKER_BUILDKIT`: whether docker builds with `BuildKit`. `None`: docker uses `BuildKit` if it is available.
    pub docker_buildkit: Option<bool>,
    /// `DOCKER_DEFAULT_PLATFORM`: the platform for which docker builds if none is named.
    pub docker_platform: Option<String>,
    /// The folder in which buildx keeps its builders. `None`: `BUILDX_BUILDER` names one, or the folder is not known.
    pub buildx_folder: Option<PathBuf>,
    /// `CONTAINER_HOST`, or `CONTAINER_CONNECTION`: whether podman works on a service, which may be on another machine.
    pub podman_service: bool,
}

impl From<&Environment> for EngineSettings {
    fn from(environment: &Environment) -> Self {
        Self {
            docker_buildkit: environment.docker_buildkit(),
            docker_platform: environment.docker_default_platform().map(str::to_owned),
            buildx_folder: environment.buildx_folder(),
            podman_service: environment.names_podman_service(),
        }
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

    /// Returns the error for an answer that does not contain the requested information.
    pub(super) fn no_answer(&self, question: &'static str, answer: &Answer) -> EngineError {
        no_answer(self.name, question, answer)
    }
}

/// Returns the error for an answer of an engine that does not contain the requested information.
pub(crate) fn no_answer(engine: &str, question: &'static str, answer: &Answer) -> EngineError {
    let engine = engine.to_owned();
    let output = if answer.stderr.trim().is_empty() { &answer.stdout } else { &answer.stderr };
    let detail = first_line(output);
    match Unreachable::from_stderr(&answer.stderr) {
        Some(Unreachable::NotRunning) => EngineError::NotRunning { engine, detail },
        Some(Unreachable::NotPermitted) => EngineError::NotPermitted { engine, detail },
        None => EngineError::NoAnswer { engine, question, detail },
    }
}
