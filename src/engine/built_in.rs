//! The engines that are built in: rows of a table, and the one implementation that reads them.

use camino::Utf8PathBuf;

use super::capabilities::Capabilities;
use super::command::{Command, Stdin};
use super::diagnosis::{Unreachable, first_line};
use super::run::{self, Answer};
use super::stop::Stop;
use super::{BuildRequest, Control, Engine, EngineError, Event, Outcome, docker, podman};
use crate::cancel::Cancel;
use crate::context::Context;
use crate::folder::{ScratchFolder, context_size};
use crate::image::ImageRef;

/// The names of the built-in engines, in the order in which one is chosen where nobody names one.
pub const BUILT_IN: &[&str] = &["docker", "podman", "buildah"];

/// What distinguishes a built-in engine.
#[derive(Debug)]
pub(super) struct Row {
    /// The name, and the program's.
    pub(super) name: &'static str,
    /// Finds out what it can do.
    pub(super) probe: fn(&BuiltIn, &Cancel) -> Result<Capabilities, EngineError>,
    /// The arguments before an image's name that print the image's ID.
    pub(super) image_id: &'static [&'static str],
    /// What it says where it has no such image.
    pub(super) absent: &'static str,
}

/// An engine that is built in.
#[derive(Debug, Clone)]
pub struct BuiltIn {
    row: &'static Row,
    program: Option<Utf8PathBuf>,
    pub(super) settings: Settings,
}

/// What a user's environment says about engines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// `DOCKER_BUILDKIT`: whether docker is to build with `BuildKit`. Left out, it does where it can.
    pub docker_buildkit: Option<bool>,
}

impl BuiltIn {
    /// The built-in engine of a name, with the program that was found for it.
    pub(crate) fn new(name: &str, program: Option<Utf8PathBuf>, settings: Settings) -> Option<Self> {
        let rows = [&docker::ROW, &podman::PODMAN, &podman::BUILDAH];
        let row = rows.into_iter().find(|row| row.name == name)?;
        Some(Self { row, program, settings })
    }

    /// The program, where there is one.
    pub fn program(&self) -> Option<&camino::Utf8Path> {
        self.program.as_deref()
    }

    fn command<A: Into<String>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Command, EngineError> {
        let missing = || EngineError::Missing { program: self.row.name.to_owned() };
        Ok(Command::new(self.program.as_deref().ok_or_else(missing)?, arguments))
    }

    pub(super) fn ask(&self, arguments: &[&str], cancel: &Cancel) -> Result<Answer, EngineError> {
        run::ask(&self.command(arguments.iter().copied())?, cancel)
    }

    /// What an answer that is none means.
    pub(super) fn no_answer(&self, question: &'static str, answer: &Answer) -> EngineError {
        let engine = self.row.name.to_owned();
        let said = if answer.stderr.trim().is_empty() { &answer.stdout } else { &answer.stderr };
        let detail = first_line(said);
        match Unreachable::of(&answer.stderr) {
            Some(Unreachable::NotRunning) => EngineError::NotRunning { engine, detail },
            Some(Unreachable::NotPermitted) => EngineError::NotPermitted { engine, detail },
            None => EngineError::NoAnswer { engine, question, detail },
        }
    }

    /// The command that builds from a stream, or from a folder.
    fn build_command(
        &self,
        capabilities: &Capabilities,
        request: &BuildRequest,
        folder: Option<&camino::Utf8Path>,
    ) -> Result<Command, EngineError> {
        let mut command = self.command(capabilities.build_arguments())?;
        command.environment = capabilities.environment();
        let mut add = |flag: &str, value: String| command.arguments.extend([flag.to_owned(), value]);
        request.tags.iter().for_each(|tag| add("--tag", tag.to_string()));
        request.build_args.iter().for_each(|(name, value)| add("--build-arg", format!("{name}={value}")));
        request.platform.iter().for_each(|platform| add("--platform", platform.to_string()));
        request.network.iter().for_each(|network| add("--network", network.to_string()));
        let switches = [("--pull", request.pull), ("--no-cache", request.no_cache)];
        command.arguments.extend(switches.iter().filter(|(_, on)| *on).map(|(switch, _)| (*switch).to_owned()));
        match folder {
            Some(folder) => command.arguments.push(folder.to_string()),
            None => {
                command.arguments.push("-".to_owned());
                command.stdin = Stdin::Context;
            }
        }
        Ok(command)
    }

    fn push_commands(&self, request: &BuildRequest) -> Result<Vec<Command>, EngineError> {
        let tags = request.tags.iter().filter(|_| request.push);
        tags.map(|tag| self.command(["push".to_owned(), tag.to_string()])).collect()
    }

    fn follow(
        &self,
        command: &Command,
        stop: Stop,
        context: &Context<'_>,
        control: &mut Control<'_>,
    ) -> Result<u64, EngineError> {
        let ended = run::follow(command, stop, context, control)?;
        if ended.code == 0 {
            return Ok(ended.context_bytes);
        }
        Err(EngineError::Failed { engine: self.row.name.to_owned(), code: ended.code, cause: ended.cause })
    }
}

impl Engine for BuiltIn {
    fn name(&self) -> &str {
        self.row.name
    }

    fn probe(&self, cancel: &Cancel) -> Result<Capabilities, EngineError> {
        (self.row.probe)(self, cancel)
    }

    fn image_id(&self, image: &ImageRef, cancel: &Cancel) -> Result<Option<String>, EngineError> {
        let name = image.to_string();
        let arguments: Vec<&str> = self.row.image_id.iter().copied().chain([name.as_str()]).collect();
        let answer = self.ask(&arguments, cancel)?;
        match answer.code {
            0 => Ok(Some(answer.stdout.trim().to_owned())),
            _ if answer.stderr.contains(self.row.absent) => Ok(None),
            _ => Err(self.no_answer("whether it has the image", &answer)),
        }
    }

    fn commands(&self, capabilities: &Capabilities, request: &BuildRequest) -> Vec<Command> {
        let build = self.build_command(capabilities, request, None);
        let push = self.push_commands(request);
        build.into_iter().chain(push.into_iter().flatten()).collect()
    }

    fn build(
        &self,
        capabilities: &Capabilities,
        request: &BuildRequest,
        context: &Context<'_>,
        control: &mut Control<'_>,
    ) -> Result<Outcome, EngineError> {
        let size = context_size(context)?;
        let context_bytes = if capabilities.takes_stream(size) {
            let command = self.build_command(capabilities, request, None)?;
            self.follow(&command, capabilities.stop(), context, control)?
        } else {
            let folder = ScratchFolder::new(&control.scratch, "agentix-gen.")?;
            folder.fill(context, &control.cancel)?;
            let command = self.build_command(capabilities, request, Some(folder.path()))?;
            let built = self.follow(&command, capabilities.stop(), context, control);
            if let Some(left) = folder.close() {
                (control.events)(Event::LeftBehind(&left));
            }
            built?;
            size
        };
        for command in self.push_commands(request)? {
            self.follow(&command, Stop::Group, context, control)?;
        }
        let built = request.tags.first().map(|tag| self.image_id(tag, &control.cancel)).transpose()?.flatten();
        let image_id = built.ok_or_else(|| EngineError::NoAnswer {
            engine: self.row.name.to_owned(),
            question: "which image it built",
            detail: "there is none of that name".to_owned(),
        })?;
        Ok(Outcome { image_id, context_bytes })
    }
}
