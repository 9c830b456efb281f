//! The `build` command.

#![expect(clippy::disallowed_methods, reason = "this is where the environment is read")]

use std::collections::VecDeque;
use std::env;
use std::sync::Arc;
use std::time::Instant;

use agentix_gen::engine::{
    BUILT_IN, BuildRequest, Capabilities, Control, Engine, EngineError, Event, Outcome, Settings,
};
use agentix_gen::{Bundle, Cancel, Dialect, Registry, context, folder};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use super::arguments::{BuildArguments, Format};
use super::error::CommandError;
use super::signals::Signals;
use super::{output, project};

/// How many lines of an engine's output are shown after the fact, where it was to be quiet and failed.
const TAIL: usize = 50;

pub(crate) fn build(arguments: &BuildArguments) -> Result<(), CommandError> {
    let signals = Signals::listen()?;
    let done = build_until(arguments, &signals.cancel());
    signals.unless_received(done)
}

fn build_until(arguments: &BuildArguments, cancel: &Cancel) -> Result<(), CommandError> {
    let bundle = project::bundle_of(&arguments.project.path, arguments.config())?;
    if arguments.dry_run {
        return dry_run(arguments, &bundle, cancel);
    }
    let (engine, capabilities) = choose_engine(arguments, &bundle, cancel)?;
    let mut request = BuildRequest::of(&bundle);
    request.pull = arguments.pull;
    request.no_cache = arguments.no_cache;
    request.push = arguments.push;
    if arguments.print_command {
        return output::json(&engine.commands(&capabilities, &request));
    }
    let dialect = dialect(arguments, &*engine, &capabilities)?;
    if !arguments.pull && engine.image_id(bundle.runtime_image(), cancel)?.is_none() {
        let (engine, image) = (engine.name().to_owned(), bundle.runtime_image().clone());
        return Err(CommandError::NoRuntimeImage { engine, image });
    }
    output::kept_out(&bundle);
    let image = &request.tags[0];
    let builder = capabilities.builder;
    let (name, version) = (engine.name(), &capabilities.version);
    output::note(&format!("building {image} on {} with {name} {version} ({builder})", bundle.runtime_image()));
    let started = Instant::now();
    let context = context::stage(&bundle, dialect)?;
    let outcome = follow(arguments.quiet, cancel, |control| engine.build(&capabilities, &request, &context, control))?;
    output::note(&format!("built {image} in {:.1} s", started.elapsed().as_secs_f64()));
    match arguments.format {
        Format::Text => output::data(format!("{image}\n").as_bytes()),
        Format::Json => output::json(&Built::new(&*engine, &request, &outcome)),
    }
}

/// What a build gave, for a program.
#[derive(Serialize)]
struct Built {
    image: String,
    tags: Vec<String>,
    id: String,
    engine: String,
    context_bytes: u64,
}

impl Built {
    fn new(engine: &dyn Engine, request: &BuildRequest, outcome: &Outcome) -> Self {
        let tags: Vec<String> = request.tags.iter().map(ToString::to_string).collect();
        Self {
            image: tags[0].clone(),
            tags,
            id: outcome.image_id.clone(),
            engine: engine.name().to_owned(),
            context_bytes: outcome.context_bytes,
        }
    }
}

/// Runs something with an engine, its output on stderr as it comes, or only once it failed.
fn follow<T>(
    quiet: bool,
    cancel: &Cancel,
    work: impl FnOnce(&mut Control<'_>) -> Result<T, EngineError>,
) -> Result<T, CommandError> {
    let mut tail = VecDeque::with_capacity(TAIL);
    let mut hear = |event: Event<'_>| match event {
        Event::Line(line) if quiet => {
            if tail.len() == TAIL {
                tail.pop_front();
            }
            tail.push_back(line.to_owned());
        }
        Event::Line(line) => output::note(line),
        Event::LeftBehind(left) => output::warning(left),
        _ => {}
    };
    let scratch = Utf8PathBuf::from_path_buf(env::temp_dir()).map_err(|_| CommandError::TemporaryFolder)?;
    let mut control = Control::new(&scratch, &mut hear).stopped_by(cancel.clone());
    let done = work(&mut control);
    if done.is_err() {
        for line in &tail {
            output::note(line);
        }
    }
    Ok(done?)
}

/// The engines there are, as this process's environment has them.
pub(crate) fn registry() -> Registry {
    let mut settings = Settings::default();
    settings.docker_buildkit = env::var("DOCKER_BUILDKIT").ok().and_then(|value| match value.as_str() {
        "0" | "false" => Some(false),
        "1" | "true" => Some(true),
        _ => None,
    });
    Registry::discover(&env::var_os("PATH").unwrap_or_default(), settings)
}

/// The engine that was asked for, or the first that can be used.
fn choose_engine(
    arguments: &BuildArguments,
    bundle: &Bundle,
    cancel: &Cancel,
) -> Result<(Arc<dyn Engine>, Capabilities), CommandError> {
    let registry = registry();
    let flag = arguments.engine.as_ref().map(ToString::to_string);
    let environment = || env::var("AGENTIX_ENGINE").ok().filter(|name| !name.is_empty());
    let file = || bundle.config().engine.as_ref().map(ToString::to_string);
    let wanted = flag.or_else(environment).or_else(file).filter(|name| name != "auto");
    if let Some(name) = wanted {
        let engine = registry.get(&name)?;
        let capabilities = engine.probe(cancel)?;
        return Ok((engine, capabilities));
    }
    let mut reasons = Vec::new();
    for name in BUILT_IN {
        let engine = registry.get(name)?;
        match engine.probe(cancel) {
            Ok(capabilities) => return Ok((engine, capabilities)),
            Err(error) => reasons.push(error),
        }
    }
    Err(CommandError::NoEngine(reasons))
}

/// The dialect that was asked for, if the engine understands it.
fn dialect(
    arguments: &BuildArguments,
    engine: &dyn Engine,
    capabilities: &Capabilities,
) -> Result<Dialect, CommandError> {
    let understood = capabilities.dialect();
    match arguments.project.dialect.chosen() {
        Some(Dialect::BuildKit) if understood == Dialect::Classic => {
            Err(CommandError::Dialect { engine: engine.name().to_owned(), builder: capabilities.builder })
        }
        chosen => Ok(chosen.unwrap_or(understood)),
    }
}

/// Stages the context and reports what would be built.
fn dry_run(arguments: &BuildArguments, bundle: &Bundle, cancel: &Cancel) -> Result<(), CommandError> {
    output::kept_out(bundle);
    let image = &bundle.tags()[0];
    let place = Utf8Path::new("build").join(image.base_name());
    let dialect = arguments.project.dialect.chosen().unwrap_or(Dialect::BuildKit);
    let left = folder::write_folder(&context::stage(bundle, dialect)?, &place, cancel)?;
    left.iter().for_each(output::warning);
    let report = DryRun {
        staged: place,
        would_build: image.to_string(),
        extends: bundle.runtime_image().to_string(),
        project: bundle.project().name().short().to_owned(),
        nix_derivation: bundle.nix().map(|nix| nix.file.to_string()),
    };
    match arguments.format {
        Format::Text => output::data(report.text().as_bytes()),
        Format::Json => output::json(&report),
    }
}

#[derive(Serialize)]
struct DryRun {
    staged: Utf8PathBuf,
    would_build: String,
    extends: String,
    project: String,
    nix_derivation: Option<String>,
}

impl DryRun {
    fn text(&self) -> String {
        format!(
            "staged build context  {}\nwould build           {}\nextends               {}\nproject               {}\n\
             nix derivation        {}\n",
            self.staged,
            self.would_build,
            self.extends,
            self.project,
            self.nix_derivation.as_deref().unwrap_or("no"),
        )
    }
}
