//! The `build` command.

use std::sync::Arc;

use agentix_gen::build_image::{Build, BuildError, BuildOptions, Built, EngineChoice, KnownImages, choose_engine};
use agentix_gen::engine::EngineError;
use agentix_gen::load::PinPolicy;
use agentix_gen::{Bundle, Cancel, Config, Control, Engine};

use super::arguments::{BuildArguments, Format, ProjectArguments};
use super::error::CommandError;
use super::follow::{Detail, follow};
use super::signals::Signals;
use super::watch::watch;
use super::{dry_run, engines, id_file, output, project};

pub(crate) fn build(arguments: &BuildArguments) -> Result<(), CommandError> {
    let signals = Signals::listen()?;
    let done = build_until(arguments, &signals.cancel());
    signals.unless_received(done)
}

fn build_until(arguments: &BuildArguments, cancel: &Cancel) -> Result<(), CommandError> {
    // Before the files are listed: it may be in the folder of the project, and is no part of it.
    if let Some(file) = &arguments.iidfile {
        id_file::remove(file, arguments.output().is_some())?;
    }
    let load = || load(&arguments.project, arguments.config(), cancel);
    if arguments.watch {
        if arguments.output().is_some() {
            return Err(CommandError::WatchOutput);
        }
        let template = project::template(&arguments.project)?;
        return watch(template.as_deref(), cancel, load, |bundle| build_bundle(arguments, bundle, cancel));
    }
    let bundle = load()?;
    if arguments.dry_run {
        output::warnings(&bundle.warnings());
        return dry_run::dry_run(arguments, &bundle, cancel);
    }
    build_bundle(arguments, &bundle, cancel)
}

fn build_bundle(arguments: &BuildArguments, bundle: &Bundle, cancel: &Cancel) -> Result<(), CommandError> {
    let detail = Detail::new(arguments.quiet, arguments.verbose);
    let options = options(arguments);
    if arguments.print_command {
        let print = |engine: &Arc<dyn Engine>, images| {
            let build = Build::new(bundle, &**engine, images, &options, cancel)?;
            follow(bundle, detail, cancel, |control| build.prepare(control)?.commands())
        };
        return output::json(&with_engine(bundle, |_| Ok(()), cancel, print)?);
    }
    let build = |engine: &Arc<dyn Engine>, images| {
        run(Build::new(bundle, &**engine, images, &options, cancel)?, bundle, detail, cancel)
    };
    let image = with_engine(bundle, |_| Ok(()), cancel, build)?;
    if let Some(file) = &arguments.iidfile {
        id_file::write(file, &image)?;
    }
    match arguments.format {
        Format::Text => output::data(format!("{}\n", image.image).as_bytes()),
        Format::Json => output::json(&image),
    }
}

/// Loads a project for a build.
pub(crate) fn load(project: &ProjectArguments, flags: Config, cancel: &Cancel) -> Result<Bundle, CommandError> {
    let pins = if project.locked { PinPolicy::Require } else { PinPolicy::Use };
    project::bundle_with(project, with_epoch(flags)?, pins, cancel)
}

/// Builds the image of a bundle unless it is up to date, with an engine that passes `check`.
pub(crate) fn image(
    bundle: &Bundle,
    options: &BuildOptions,
    detail: Detail,
    check: impl Fn(&dyn Engine) -> Result<(), EngineError>,
    cancel: &Cancel,
) -> Result<(Arc<dyn Engine>, Built), CommandError> {
    let build = |engine: &Arc<dyn Engine>, images| {
        let image = run(Build::new(bundle, &**engine, images, options, cancel)?, bundle, detail, cancel)?;
        Ok((Arc::clone(engine), image))
    };
    with_engine(bundle, check, cancel, build)
}

/// Chooses an engine that passes `check`, and builds with it.
///
/// If no engine is named, and the chosen one turns out to be another one in disguise, the next one is taken. Only the probe
/// before a build shows that, and an image that is up to date needs no probe.
fn with_engine<T>(
    bundle: &Bundle,
    check: impl Fn(&dyn Engine) -> Result<(), EngineError>,
    cancel: &Cancel,
    build: impl Fn(&Arc<dyn Engine>, KnownImages) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let mut registry = engines::registry(cancel);
    let mut disguised = None;
    loop {
        let chosen = choose_engine(bundle, &registry, |engine| {
            check(engine)?;
            KnownImages::inspect(bundle, engine, cancel)
        });
        let (engine, images) = match (chosen, disguised.take()) {
            (Ok(chosen), _) => chosen,
            (Err(_), Some(first)) => return Err(first),
            (Err(error), None) => return Err(error.into()),
        };
        output::warnings(&images.warnings(bundle));
        match build(&engine, images) {
            Err(error @ CommandError::Build(BuildError::Engine(EngineError::Disguised { .. })))
                if EngineChoice::resolve(bundle).is_none() =>
            {
                registry = registry.without(engine.name());
                disguised = Some(error);
            }
            done => return done,
        }
    }
}

fn run(build: Build<'_>, bundle: &Bundle, detail: Detail, cancel: &Cancel) -> Result<Built, CommandError> {
    let image = follow(bundle, detail, cancel, |control: &mut Control<'_>| build.run(control))?;
    if !image.up_to_date {
        output::note(&format!("built {} in {:.1} s", image.image, image.duration.as_secs_f64()));
        if image.image_id.is_empty() {
            output::note(&format!("{} is not in the store of {}", image.image, image.engine));
        }
    }
    Ok(image)
}

/// Returns the flags as a configuration. The variable [`SOURCE_DATE_EPOCH`] applies if the flags set no timestamp.
///
/// [`SOURCE_DATE_EPOCH`]: https://reproducible-builds.org/specs/source-date-epoch/
fn with_epoch(mut config: Config) -> Result<Config, CommandError> {
    if config.source_date_epoch.is_none() {
        config.source_date_epoch = project::environment().source_date_epoch().map_err(CommandError::SourceDateEpoch)?;
    }
    Ok(config)
}

fn options(arguments: &BuildArguments) -> BuildOptions {
    let mut options = BuildOptions::default();
    options.dialect = arguments.project.dialect.chosen();
    options.locked = arguments.project.locked;
    options.force = arguments.force;
    options.pull = arguments.pull;
    options.no_cache = arguments.no_cache;
    options.push = arguments.push;
    options.output = arguments.output();
    options.engine_options.clone_from(&arguments.engine_options);
    options
}
