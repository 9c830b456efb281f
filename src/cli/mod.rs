//! The command: parses the arguments, runs the command and returns the exit code. Only this module prints.

mod arguments;
mod bake;
mod build;
mod build_log;
mod check;
mod check_arguments;
mod closed_stdout;
mod completions;
mod conformance;
mod dry_run;
mod engine_list;
mod engines;
mod error;
mod excerpt;
mod explain;
mod files;
mod flags;
mod follow;
mod id_file;
mod in_tree;
mod init;
mod lock;
mod man;
mod output;
mod plan;
mod progress;
mod project;
mod run;
mod sandbox;
mod sandbox_arguments;
mod sbom;
mod schema;
mod setup_arguments;
mod signals;
mod steps;
mod suggest;
mod text_file;
mod view_arguments;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use agentix_gen::context::{self, ContextSize};
use agentix_gen::dockerfile;
use agentix_gen::value::{ByteSize, Cancel, Dialect};
use clap::Parser;

use arguments::{Arguments, Command, ProjectArguments, RuntimeArguments, StageArguments};
use error::CommandError;
use progress::Progress;
use signals::Signals;

/// Runs the command and returns its exit code.
///
/// The exit code is 0 for success, 1 for an error, 2 for wrong usage, the engine's own code if the engine failed, and
/// 128 plus the signal number if a signal stopped the command.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&arguments) {
        Ok(arguments) => arguments,
        Err(error) => return output::usage(&suggest::usage(suggest::visible(error), &arguments)),
    };
    match dispatch(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            error.exit_code()
        }
    }
}

fn dispatch(arguments: Arguments) -> Result<(), CommandError> {
    signals::survive_size_limit()?;
    match arguments.command {
        None => in_tree::dockerfile(&arguments.dockerfile).map_err(CommandError::without_command),
        Some(Command::Init(arguments)) => init::init(&arguments),
        Some(Command::Dockerfile(arguments)) => in_tree::dockerfile(&arguments),
        Some(Command::Dockerignore(project)) => in_tree::ignore_file(&project),
        Some(Command::Context(project)) => print_context(&project),
        Some(Command::Stage(arguments)) => stage(&arguments),
        Some(Command::Files(arguments)) => files::print(&arguments),
        Some(Command::Plan(arguments)) => plan::print(&arguments),
        Some(Command::Sbom(arguments)) => sbom::sbom(&arguments),
        Some(Command::Check(arguments)) => check::check(&arguments),
        Some(Command::Lock(arguments)) => lock::lock(&arguments),
        Some(Command::Build(arguments)) => build::build(&arguments),
        Some(Command::Engines(arguments)) => match &arguments.conformance {
            Some(engine) => conformance::check(engine, &arguments),
            None => engine_list::print(&arguments),
        },
        Some(Command::Bake(arguments)) => bake::bake(&arguments),
        Some(Command::Run(arguments)) => run::run(&arguments),
        Some(Command::Ps(arguments)) => sandbox::ps(&arguments),
        Some(Command::Stop(arguments)) => sandbox::stop(&arguments),
        Some(Command::Runtime(arguments)) => print_runtime(&arguments),
        Some(Command::Explain(arguments)) => explain::explain(&arguments),
        Some(Command::Schema(arguments)) => schema::print(&arguments),
        Some(Command::Completions(arguments)) => completions::print(&arguments),
        Some(Command::Man(arguments)) => man::print(&arguments),
    }
}

fn print_context(arguments: &ProjectArguments) -> Result<(), CommandError> {
    if output::is_terminal() {
        return Err(CommandError::TarOnTerminal);
    }
    let signals = Signals::listen()?;
    let written = print_context_until(arguments, &signals.cancel());
    signals.unless_received(written)
}

fn print_context_until(arguments: &ProjectArguments, cancel: &Cancel) -> Result<(), CommandError> {
    let bundle = project::bundle_without_search(arguments, cancel)?;
    output::warnings(&bundle.warnings());
    output::excluded_secrets(&bundle);
    let context = context::stage(&bundle, dialect(arguments))?;
    project::refuse_too_large(&context, &bundle)?;
    // The source code is read once: it is searched when it is written.
    let warn = |token| output::warnings(bundle.warning_of(token).as_slice());
    let written = output::stream(|out| Ok(context::write_tar_and_search(&context, out, cancel, warn)?))?;
    // Measuring every context before writing it would take too long.
    if ByteSize::new(written) > ContextSize::LARGE {
        project::warn_if_large(&context)?;
    }
    Ok(())
}

fn stage(arguments: &StageArguments) -> Result<(), CommandError> {
    let signals = Signals::listen()?;
    let staged = stage_until(arguments, &signals.cancel());
    signals.unless_received(staged)
}

fn stage_until(arguments: &StageArguments, cancel: &Cancel) -> Result<(), CommandError> {
    let bundle = project::bundle_until(&arguments.project, cancel)?;
    output::warnings(&bundle.warnings());
    output::excluded_secrets(&bundle);
    let context = context::stage(&bundle, dialect(&arguments.project))?;
    project::refuse_too_large(&context, &bundle)?;
    let mut progress = Progress::new(true);
    progress.set_total(project::warn_if_large(&context)?);
    let mut report = |bytes| progress.report(bytes, "staged");
    let written = context::write_folder_with_progress(&context, &arguments.into, cancel, &mut report);
    drop(progress);
    let leftovers = written?;
    leftovers.iter().for_each(output::warning);
    Ok(())
}

/// Returns the dialect of a command that asks no engine. `auto` is then `buildkit`, which every builder except docker's
/// legacy builder understands.
fn dialect(arguments: &ProjectArguments) -> Dialect {
    arguments.dialect.chosen().unwrap_or(Dialect::BuildKit)
}

fn print_runtime(arguments: &RuntimeArguments) -> Result<(), CommandError> {
    let python_image = project::python_image(arguments)?;
    let text = dockerfile::render_runtime(&python_image, &project::agentix_version(arguments)?)?;
    output::data(text.as_bytes())
}
