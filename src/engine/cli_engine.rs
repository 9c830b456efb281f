//! The built-in engines: a table with a row for each, and the one [`Engine`] implementation that uses the rows.

use camino::Utf8PathBuf;

use super::capabilities::Capabilities;
use super::command::{Command, Stdin};
use super::error::EngineError;
use super::features::Feature;
use super::installed::{EngineRow, EngineSettings, Installed};
use super::manifest_digest::DigestReader;
use super::request::BuildRequest;
use super::run::{Ended, Input};
use super::stop::Stop;
use super::{Control, Engine, Event, ImageInfo, Outcome, docker, inspection, podman, run, staging};
use crate::context::{Context, ContextSize, DIGEST_LABEL};
use crate::value::{Attestation, Cancel, Dialect, ImageRef};

/// The built-in engines, in the order in which they are tried if no engine is named.
const ROWS: [&EngineRow; 3] = [&docker::ROW, &podman::PODMAN, &podman::BUILDAH];

/// The names of the built-in engines, in the order in which they are tried if no engine is named.
pub const BUILT_IN_ENGINES: &[&str] = &{
    let mut names = [""; ROWS.len()];
    let mut row = 0;
    while row < names.len() {
        names[row] = ROWS[row].name;
        row += 1;
    }
    names
};

/// A built-in engine.
#[derive(Debug, Clone)]
pub(crate) struct CliEngine {
    row: &'static EngineRow,
    installed: Installed,
}

impl CliEngine {
    /// Returns all built-in engines. `find` returns the path of a program by its name.
    pub(crate) fn all(
        find: impl Fn(&str) -> Option<Utf8PathBuf>,
        settings: EngineSettings,
    ) -> impl Iterator<Item = Self> {
        ROWS.into_iter().map(move |row| {
            let installed = Installed { name: row.name, program: find(row.name), settings };
            Self { row, installed }
        })
    }

    /// Returns the command that builds from `folder`, or from a stream on stdin if `folder` is `None`.
    fn build_command(
        &self,
        capabilities: &Capabilities,
        request: &BuildRequest,
        folder: Option<&camino::Utf8Path>,
    ) -> Result<Command, EngineError> {
        let mut command = self.installed.command(capabilities.build_arguments(request))?;
        command.environment = capabilities.environment();
        let mut add = |flag: &str, value: String| command.arguments.extend([flag.to_owned(), value]);
        request.tags.iter().for_each(|tag| add("--tag", tag.to_string()));
        request.build_args.iter().for_each(|(name, value)| add("--build-arg", format!("{name}={value}")));
        request.secrets.iter().for_each(|secret| add("--secret", secret.to_string()));
        request.platform.iter().for_each(|platform| add("--platform", platform.to_string()));
        request.network.iter().for_each(|network| add("--network", network.to_string()));
        request.add_host.iter().for_each(|host| add("--add-host", host.to_string()));
        request.cache_from.iter().for_each(|cache| add("--cache-from", cache.to_string()));
        request.cache_to.iter().for_each(|cache| add("--cache-to", cache.to_string()));
        request.ssh.iter().for_each(|ssh| add("--ssh", ssh.to_string()));
        if let Some(output) = Capabilities::output(request) {
            add("--output", output);
        }
        request.digest.iter().for_each(|digest| add("--label", format!("{DIGEST_LABEL}={digest}")));
        let switches = [("--pull", request.pull), ("--no-cache", request.no_cache)];
        command.arguments.extend(switches.iter().filter(|(_, on)| *on).map(|(switch, _)| (*switch).to_owned()));
        command.arguments.extend(request.engine_options.iter().map(ToString::to_string));
        match folder {
            Some(folder) => command.arguments.push(folder.to_string()),
            None => {
                command.arguments.push("-".to_owned());
                command.stdin = Stdin::Context;
            }
        }
        Ok(command)
    }

    /// Fails before anything runs if the builder does not support the secrets, the caches or an option of the request.
    /// Such builders either ignore or reject them, each differently.
    fn check_support(&self, capabilities: &Capabilities, request: &BuildRequest) -> Result<(), EngineError> {
        let (engine, builder) = (self.row.name.to_owned(), capabilities.builder.clone());
        match (request.secrets.first(), request.cache_to.first()) {
            (Some(secret), _) if capabilities.dialect() == Dialect::Classic => {
                Err(EngineError::NoSecrets { engine, builder, id: secret.id.clone() })
            }
            (_, Some(cache)) if !capabilities.exports_cache() => {
                Err(EngineError::NoCacheExport { engine, builder, cache: cache.clone() })
            }
            _ => self.check_options(capabilities, request),
        }
    }

    fn check_options(&self, capabilities: &Capabilities, request: &BuildRequest) -> Result<(), EngineError> {
        let options = [
            ("--ssh", request.ssh.is_empty() || capabilities.has(Feature::Ssh)),
            ("--sbom", !is_asked(request.sbom.as_ref()) || capabilities.has(Feature::Sbom)),
            ("--provenance", !is_asked(request.provenance.as_ref()) || capabilities.has(Feature::Provenance)),
            ("--output", request.output.is_none() || capabilities.exports_images()),
        ];
        if let Some((option, _)) = options.into_iter().find(|(_, is_supported)| !is_supported) {
            let (engine, builder) = (self.row.name.to_owned(), capabilities.builder.clone());
            return Err(EngineError::NoOption { engine, builder, option });
        }
        if request.push && request.output.is_some() {
            let operation = "push an image that it writes to an output";
            return Err(EngineError::Unsupported { engine: self.row.name.to_owned(), operation });
        }
        Ok(())
    }

    fn push_commands(&self, request: &BuildRequest) -> Result<Vec<Command>, EngineError> {
        let tags = request.tags.iter();
        tags.map(|tag| self.installed.command(["push".to_owned(), tag.to_string()])).collect()
    }

    fn follow(
        &self,
        command: &Command,
        stop: Stop,
        context: Option<&Context<'_>>,
        control: &mut Control<'_>,
    ) -> Result<u64, EngineError> {
        self.succeeded(run::follow(command, stop, context, control)?)
    }

    /// Returns the number of bytes of context that an operation was sent, or the error if it failed.
    fn succeeded(&self, ended: Ended) -> Result<u64, EngineError> {
        if ended.code == 0 {
            return Ok(ended.context_bytes);
        }
        Err(EngineError::Failed { engine: self.row.name.to_owned(), code: ended.code, cause: ended.cause })
    }
}

fn is_asked(attestation: Option<&Attestation>) -> bool {
    attestation.is_some_and(Attestation::is_asked)
}

impl Engine for CliEngine {
    fn name(&self) -> &str {
        self.row.name
    }

    fn probe(&self, cancel: &Cancel) -> Result<Capabilities, EngineError> {
        (self.row.probe)(&self.installed, cancel)
    }

    fn dialects(&self) -> Vec<Dialect> {
        (self.row.dialects)(self.installed.settings)
    }

    fn inspect(&self, images: &[ImageRef], cancel: &Cancel) -> Result<Vec<Option<ImageInfo>>, EngineError> {
        inspection::inspect(self.row, &self.installed, images, cancel)
    }

    fn digests(&self, image: &ImageRef, cancel: &Cancel) -> Result<Option<Vec<String>>, EngineError> {
        inspection::digests(self.row, &self.installed, image, cancel)
    }

    fn commands(&self, capabilities: &Capabilities, request: &BuildRequest) -> Result<Vec<Command>, EngineError> {
        let mut commands = vec![self.build_command(capabilities, request, None)?];
        if request.push {
            commands.extend(self.push_commands(request)?);
        }
        Ok(commands)
    }

    fn build(
        &self,
        capabilities: &Capabilities,
        request: &BuildRequest,
        context: &Context<'_>,
        control: &mut Control<'_>,
    ) -> Result<Outcome, EngineError> {
        self.check_support(capabilities, request)?;
        let context = match &request.digest {
            Some(digest) => context.with_stamps(digest.file_stamps()),
            None => context.clone(),
        };
        let size = ContextSize::measure(&context)?;
        let context_bytes = if let Some(folder) = staging::stage(capabilities, &context, &size, control)? {
            let command = self.build_command(capabilities, request, Some(folder.path()))?;
            let built = self.follow(&command, capabilities.stop(), None, control);
            if let Some(left) = folder.close() {
                (control.events)(Event::Leftover(&left));
            }
            built.map(|_| size.total().bytes())?
        } else {
            let command = self.build_command(capabilities, request, None)?;
            self.follow(&command, capabilities.stop(), Some(&context), control)?
        };
        let manifest_digest = if request.push { self.push(request, control)? } else { None };
        if request.output.is_some() {
            return Ok(Outcome { manifest_digest, ..Outcome::new("", context_bytes) });
        }
        let built = self.inspect(request.tags.get(..1).unwrap_or_default(), &control.cancel)?;
        let built = built.into_iter().next().flatten().ok_or_else(|| EngineError::NoAnswer {
            engine: self.row.name.to_owned(),
            question: "the ID of the built image",
            detail: "no image has that name".to_owned(),
        })?;
        Ok(Outcome { manifest_digest, ..Outcome::new(built.id, context_bytes) })
    }

    fn container_command(&self, arguments: Vec<String>) -> Result<Command, EngineError> {
        if self.row.runs_containers {
            self.installed.command(arguments)
        } else {
            Err(self.unsupported("run containers"))
        }
    }

    fn push(&self, request: &BuildRequest, control: &mut Control<'_>) -> Result<Option<String>, EngineError> {
        let mut digests = Vec::new();
        for mut command in self.push_commands(request)? {
            let mut digest = DigestReader::new(self.row.push_digest, control)?;
            command.arguments.splice(1..1, digest.options());
            let ended = run::follow_with(&command, Stop::Group, Input::Nothing, &mut digest, control)?;
            self.succeeded(ended)?;
            digests.push(digest.into_digest());
        }
        Ok(digests.into_iter().next().flatten())
    }
}
