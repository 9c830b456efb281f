//! The `build` command.

use std::sync::Arc;

use agentix_gen::build_image::{Build, BuildError, BuildOptions, Built, with_engine};
use agentix_gen::engine::EngineError;
use agentix_gen::load::PinPolicy;
use agentix_gen::{Bundle, Cancel, Config, Control, Engine};
use camino::Utf8Path;

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
        let (registry, scratch) = (engines::registry(cancel), project::scratch()?);
        let commands = with_engine(
            bundle,
            &registry,
            cancel,
            |_| Ok(()),
            |engine, images| {
                let build = Build::new(bundle, &**engine, images, &options, cancel)?;
                follow(bundle, detail, &scratch, cancel, |control| {
                    build.report_warnings(control);
                    build.prepare(control)?.commands()
                })
            },
        );
        return output::json(&commands?);
    }
    let (_, image) = image(bundle, &options, detail, |_| Ok(()), |_| Ok(()), cancel)?;
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

/// Builds the image of a bundle unless it is up to date, with an engine that passes `check`. `before` is called with the
/// chosen one before the build.
pub(crate) fn image(
    bundle: &Bundle,
    options: &BuildOptions,
    detail: Detail,
    check: impl Fn(&dyn Engine) -> Result<(), EngineError>,
    before: impl Fn(&Arc<dyn Engine>) -> Result<(), CommandError>,
    cancel: &Cancel,
) -> Result<(Arc<dyn Engine>, Built), CommandError> {
    let (registry, scratch) = (engines::registry(cancel), project::scratch()?);
    with_engine(bundle, &registry, cancel, check, |engine, images| {
        if let Err(refused) = before(engine) {
            return Ok(Err(refused));
        }
        let build = Build::new(bundle, &**engine, images, options, cancel)?;
        Ok(Ok((Arc::clone(engine), run(build, bundle, detail, &scratch, cancel)?)))
    })?
}

fn run(
    build: Build<'_>,
    bundle: &Bundle,
    detail: Detail,
    scratch: &Utf8Path,
    cancel: &Cancel,
) -> Result<Built, BuildError> {
    let image = follow(bundle, detail, scratch, cancel, |control: &mut Control<'_>| build.run(control))?;
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
