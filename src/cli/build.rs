//! The `build` command.

use agentix_gen::build_image::{Build, BuildOptions, Built, KnownImages, choose_engine};
use agentix_gen::load::PinPolicy;
use agentix_gen::{Bundle, Cancel, Config, Control};

use super::arguments::{BuildArguments, Format};
use super::error::CommandError;
use super::follow::follow;
use super::signals::Signals;
use super::{dry_run, engines, output, project};

pub(crate) fn build(arguments: &BuildArguments) -> Result<(), CommandError> {
    let signals = Signals::listen()?;
    let done = build_until(arguments, &signals.cancel());
    signals.unless_received(done)
}

fn build_until(arguments: &BuildArguments, cancel: &Cancel) -> Result<(), CommandError> {
    let pins = if arguments.project.locked { PinPolicy::Require } else { PinPolicy::Use };
    let bundle = project::bundle_with(&arguments.project, config(arguments)?, pins, cancel)?;
    if arguments.dry_run {
        output::warnings(&bundle.warnings());
        return dry_run::dry_run(arguments, &bundle, cancel);
    }
    let registry = engines::registry(cancel);
    let (engine, images) = choose_engine(&bundle, &registry, |engine| KnownImages::inspect(&bundle, engine, cancel))?;
    output::warnings(&images.warnings(&bundle));
    let build = Build::new(&bundle, &*engine, images, &options(arguments), cancel)?;
    if arguments.print_command {
        let commands = follow(&bundle, arguments.quiet, cancel, |control| build.prepare(control)?.commands())?;
        return output::json(&commands);
    }
    let image = run(build, &bundle, arguments.quiet, cancel)?;
    match arguments.format {
        Format::Text => output::data(format!("{}\n", image.image).as_bytes()),
        Format::Json => output::json(&image),
    }
}

fn run(build: Build<'_>, bundle: &Bundle, quiet: bool, cancel: &Cancel) -> Result<Built, CommandError> {
    let image = follow(bundle, quiet, cancel, |control: &mut Control<'_>| build.run(control))?;
    if !image.up_to_date {
        output::note(&format!("built {} in {:.1} s", image.image, image.duration.as_secs_f64()));
    }
    Ok(image)
}

/// Returns the flags as a configuration. The variable [`SOURCE_DATE_EPOCH`] applies if the flags set no timestamp.
///
/// [`SOURCE_DATE_EPOCH`]: https://reproducible-builds.org/specs/source-date-epoch/
fn config(arguments: &BuildArguments) -> Result<Config, CommandError> {
    let mut config = arguments.config();
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
