//! One build of a built-in engine: its commands, and what they leave.

use std::borrow::Cow;

use camino::Utf8Path;

use super::buildx::BuildxBuilder;
use super::buildx_query;
use super::cache::{self, CacheUse};
use super::capabilities::{Capabilities, ContextForm};
use super::command::{Command, Stdin};
use super::error::EngineError;
use super::id_file::IdFile;
use super::installed::{EngineRow, Installed};
use super::manifest_digest::{self, DigestReader};
use super::platforms::{self, ImageList};
use super::request::BuildRequest;
use super::run::{self, Ended, Input};
use super::stop::Stop;
use super::{Control, Event, Outcome, inspection, staging, support};
use crate::context::{Context, ContextSize, DIGEST_LABEL, ScratchFolder};
use crate::value::{CacheLocation, Cancel, Platform};

/// The name of the file in which buildx describes what it has built.
const METADATA: &str = "metadata.json";

/// What stands for the folder of the context in a command that is not run.
const CONTEXT: &str = "CONTEXT";

/// A build that the builder can do.
#[derive(Debug)]
pub(super) struct CliBuild<'a> {
    row: &'static EngineRow,
    engine: &'a Installed,
    capabilities: Cow<'a, Capabilities>,
    request: &'a BuildRequest,
    list: Option<ImageList>,
}

/// Builds, and pushes if the request says so.
pub(super) fn run(
    row: &'static EngineRow,
    engine: &Installed,
    capabilities: &Capabilities,
    request: &BuildRequest,
    context: &Context<'_>,
    control: &mut Control<'_>,
) -> Result<Outcome, EngineError> {
    let scratch = staging::scratch(control)?;
    let unique = scratch.path().file_name().unwrap_or_default();
    let build = CliBuild::new(row, engine, capabilities, request, unique, &control.cancel)?;
    build.report_builder(capabilities, control);
    let outcome = build.build(context, &scratch, control);
    if let Some(left) = scratch.close() {
        (control.events)(Event::Leftover(&left));
    }
    outcome
}

impl<'a> CliBuild<'a> {
    /// Returns the build. Fails before anything is built if the builder does not support what the request asks for. Such
    /// builders either ignore or reject it, each differently. `unique` tells builds at the same time apart.
    pub(super) fn new(
        row: &'static EngineRow,
        engine: &'a Installed,
        capabilities: &'a Capabilities,
        request: &'a BuildRequest,
        unique: &str,
        cancel: &Cancel,
    ) -> Result<Self, EngineError> {
        support::check_options(engine.name, capabilities, request)?;
        let capabilities = aimed(engine, capabilities, request, cancel)?;
        platforms::check(engine.name, &capabilities, request)?;
        let list = ImageList::of(&capabilities, request, unique);
        let build = Self { row, engine, capabilities, request, list };
        // Caches that the builder does not have are refused here.
        build.caches()?;
        Ok(build)
    }

    /// Returns all commands for a context that is sent as a stream, or in a folder that is yet to be staged if the builder
    /// reads only folders.
    pub(super) fn commands(&self) -> Result<Vec<Command>, EngineError> {
        let folder = (self.capabilities.context_form() == ContextForm::Folder).then_some(Utf8Path::new(CONTEXT));
        let mut commands = vec![self.command(folder)?];
        commands.extend(self.naming()?);
        if self.request.push && !self.pushes_itself() {
            commands.extend(push_commands(self.row, self.engine, self.request)?);
        }
        Ok(commands)
    }

    /// Reports that docker's own builder is used instead of the selected one.
    fn report_builder(&self, selected: &Capabilities, control: &mut Control<'_>) {
        let is_replaced = selected.builds_elsewhere() && !self.capabilities.builds_elsewhere();
        if let (Some(selected), Some(base), None) = (&selected.buildx, &self.request.local_base, &self.request.builder)
            && is_replaced
        {
            (control.events)(Event::OwnBuilder { selected: &selected.name, base });
        }
    }

    fn build(
        &self,
        context: &Context<'_>,
        scratch: &ScratchFolder,
        control: &mut Control<'_>,
    ) -> Result<Outcome, EngineError> {
        let metadata = self.pushes_itself().then(|| scratch.path().join(METADATA));
        let id_file = self.id_file(scratch);
        let size = ContextSize::measure(context)?;
        let stop = self.capabilities.stop();
        let context_bytes = if let Some(folder) = staging::stage(&self.capabilities, context, &size, control)? {
            let mut command = self.command(Some(folder.path()))?;
            if let Some(file) = &id_file {
                file.add_to(&mut command);
            }
            let built = follow(self.engine, &command, stop, None, control);
            if let Some(left) = folder.close() {
                (control.events)(Event::Leftover(&left));
            }
            built.map(|_| size.total().bytes())?
        } else {
            let mut command = self.command(None)?;
            if let Some(metadata) = &metadata {
                command.arguments.splice(2..2, ["--metadata-file".to_owned(), metadata.to_string()]);
            }
            if let Some(file) = &id_file {
                file.add_to(&mut command);
            }
            follow(self.engine, &command, stop, Some(context), control)?
        };
        self.name_list(control)?;
        if let Some(metadata) = metadata {
            let manifest_digest = manifest_digest::of_metadata(&metadata);
            return Ok(Outcome { manifest_digest, ..Outcome::new("", context_bytes) });
        }
        let manifest_digest =
            if self.request.push { push(self.row, self.engine, self.request, control)? } else { None };
        if self.request.output.is_some() {
            return Ok(Outcome { manifest_digest, ..Outcome::new("", context_bytes) });
        }
        if let Some(id) = id_file.and_then(|file| file.read()) {
            return Ok(Outcome { manifest_digest, ..Outcome::new(id, context_bytes) });
        }
        let name = self.request.tags.get(..1).unwrap_or_default();
        let built = inspection::inspect(self.row, self.engine, name, &control.cancel)?;
        match built.into_iter().next().flatten() {
            Some(image) => Ok(Outcome { manifest_digest, ..Outcome::new(image.id, context_bytes) }),
            // A list without an image for this machine has no ID that the engine tells.
            None if self.request.platforms.len() > 1 => {
                Ok(Outcome { manifest_digest, ..Outcome::new("", context_bytes) })
            }
            None => Err(EngineError::NoAnswer {
                engine: self.engine.name.to_owned(),
                question: "the ID of the built image",
                detail: "no image has that name".to_owned(),
            }),
        }
    }

    /// Returns the file in which the builder reports the ID of the image, if its engine uses the same ID.
    fn id_file(&self, scratch: &ScratchFolder) -> Option<IdFile> {
        let is_stored = self.request.output.is_none() && self.request.platforms.len() < 2;
        self.capabilities.id_form().filter(|_| is_stored).map(|form| IdFile::new(scratch, form))
    }

    /// Gives the list its references, and removes the name that it had during the build.
    fn name_list(&self, control: &mut Control<'_>) -> Result<(), EngineError> {
        let mut commands = self.naming()?;
        let Some(remove) = commands.pop() else { return Ok(()) };
        let follow = |command: &Command, control: &mut Control<'_>| {
            follow(self.engine, command, Stop::Group, None, control).map(|_| ())
        };
        let named = commands.iter().try_for_each(|command| follow(command, control));
        // The name is removed also if the build was stopped meanwhile.
        let removed = follow(&remove, &mut Control::new(control.scratch.clone(), &mut *control.events));
        named.and(removed)
    }

    /// Returns the commands that give the list its references. The last one removes its name during the build.
    fn naming(&self) -> Result<Vec<Command>, EngineError> {
        let Some(list) = &self.list else { return Ok(Vec::new()) };
        let tags = self.request.tags.iter().map(|tag| list.tag(tag));
        tags.chain([list.remove()]).map(|arguments| self.engine.command(arguments)).collect()
    }

    /// Returns the command that builds from `folder`, or from a stream on stdin if `folder` is `None`.
    fn command(&self, folder: Option<&Utf8Path>) -> Result<Command, EngineError> {
        let Self { engine, capabilities, request, list, row: _ } = self;
        let [read, written] = self.caches()?;
        let platforms: Vec<&str> = request.platforms.iter().map(Platform::as_str).collect();
        let mut command = engine.command(capabilities.build_arguments(request))?;
        command.environment = capabilities.environment();
        let mut add = |flag: &str, value: String| command.arguments.extend([flag.to_owned(), value]);
        match list {
            Some(list) => add("--manifest", list.name().to_owned()),
            None => request.tags.iter().for_each(|tag| add("--tag", tag.to_string())),
        }
        request.build_args.iter().for_each(|(name, value)| add("--build-arg", format!("{name}={value}")));
        request.secrets.iter().for_each(|secret| add("--secret", secret.to_string()));
        if !platforms.is_empty() {
            add("--platform", platforms.join(","));
        }
        request.network.iter().for_each(|network| add("--network", network.to_string()));
        request.add_host.iter().for_each(|host| add("--add-host", host.to_string()));
        request.build_contexts.iter().for_each(|(name, from)| add("--build-context", format!("{name}={from}")));
        for (option, caches) in [("--cache-from", read), ("--cache-to", written)] {
            for cache in caches {
                add(option, cache);
            }
        }
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

    /// Returns the caches to read and the caches to write, in the form of the builder.
    fn caches(&self) -> Result<[Vec<String>; 2], EngineError> {
        let form = |cache: &CacheLocation, usage| cache::argument(self.engine.name, &self.capabilities, cache, usage);
        let read = self.request.cache_from.iter().map(|cache| form(cache, CacheUse::Read));
        let written = self.request.cache_to.iter().map(|cache| form(cache, CacheUse::Write));
        Ok([read.collect::<Result<_, _>>()?, written.collect::<Result<_, _>>()?])
    }

    fn pushes_itself(&self) -> bool {
        self.capabilities.pushes_itself(self.request)
    }
}

/// Pushes the image of a request to the registries of its tags. Returns the digest in the first one.
pub(super) fn push(
    row: &'static EngineRow,
    engine: &Installed,
    request: &BuildRequest,
    control: &mut Control<'_>,
) -> Result<Option<String>, EngineError> {
    let mut digests = Vec::new();
    for mut command in push_commands(row, engine, request)? {
        let mut digest = DigestReader::new(row.push_digest, control)?;
        let push = command.arguments.iter().position(|word| word == "push").map_or(0, |push| push + 1);
        command.arguments.splice(push..push, digest.options());
        let ended = run::follow_with(&command, Stop::Group, Input::Nothing, &mut digest, control)?;
        // The output of a push looks like that of a pull.
        succeeded(engine, Ended { cause: digest.cause(), ..ended })?;
        let said = digest.last_error().unwrap_or("no output").to_owned();
        let digest = digest.into_digest();
        // `buildah manifest push` 1.28 exits with 0 although a registry refused an image of the list.
        if digest.is_none() && is_list(row, request) {
            let (engine, question) = (engine.name.to_owned(), "the digest of the list that it pushed");
            return Err(EngineError::NoAnswer { engine, question, detail: said });
        }
        digests.push(digest);
    }
    Ok(digests.into_iter().next().flatten())
}

fn push_commands(
    row: &'static EngineRow,
    engine: &Installed,
    request: &BuildRequest,
) -> Result<Vec<Command>, EngineError> {
    let is_list = request.platforms.len() > 1;
    request.tags.iter().map(|tag| engine.command((row.push)(tag, is_list))).collect()
}

/// Returns whether the image of a request is a list.
fn is_list(row: &EngineRow, request: &BuildRequest) -> bool {
    row.makes_lists && request.platforms.len() > 1
}

/// Runs an operation. Returns the number of bytes of context that it was sent.
fn follow(
    engine: &Installed,
    command: &Command,
    stop: Stop,
    context: Option<&Context<'_>>,
    control: &mut Control<'_>,
) -> Result<u64, EngineError> {
    succeeded(engine, run::follow(command, stop, context, control)?)
}

/// Returns the number of bytes of context that an operation was sent, or the error if it failed.
fn succeeded(engine: &Installed, ended: Ended) -> Result<u64, EngineError> {
    if ended.code == 0 {
        return Ok(ended.context_bytes);
    }
    Err(EngineError::Failed { engine: engine.name.to_owned(), code: ended.code, cause: ended.cause })
}

/// Returns the capabilities with the builder of buildx that a request is for: the one that it names, or docker's own if the
/// selected one does not see a base image.
fn aimed<'c>(
    engine: &Installed,
    capabilities: &'c Capabilities,
    request: &BuildRequest,
    cancel: &Cancel,
) -> Result<Cow<'c, Capabilities>, EngineError> {
    let with = |buildx| Ok(Cow::Owned(capabilities.clone().with_buildx(Some(buildx))));
    match (&request.builder, &request.local_base) {
        (None, Some(_)) if capabilities.builds_elsewhere() => with(buildx_query::own(engine, cancel)?),
        (None, _) => Ok(Cow::Borrowed(capabilities)),
        (Some(name), base) => {
            let named = buildx_query::named(engine, name, cancel)?;
            match base {
                Some(image) if named.is_elsewhere() => {
                    let BuildxBuilder { name: builder, driver, .. } = named;
                    Err(EngineError::LocalBase { builder, driver, image: image.clone().into() })
                }
                _ => with(named),
            }
        }
    }
}
