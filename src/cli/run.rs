//! The command `run`.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the values of variables are read from this environment and from files"
)]

mod replaced;

use std::env::{self, VarError};
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use agentix_gen::build_image::{BuildOptions, Built};
use agentix_gen::sandbox::{Sandbox, SandboxError, session};
use agentix_gen::value::VariableName;
use agentix_gen::{Bundle, Cancel, Control, Deployment, Engine, EngineDeployment, Event, SandboxConfig};

use super::arguments::Format;
use super::error::CommandError;
use super::follow::Detail;
use super::sandbox_arguments::{RunArguments, Variable};
use super::signals::Signals;
use super::watch::watch;
use super::{build, output, project, text_file};
use replaced::Replaced;

pub(crate) fn run(arguments: &RunArguments) -> Result<(), CommandError> {
    let signals = Signals::listen()?;
    let done = run_until(arguments, &signals.cancel());
    signals.unless_received(done)
}

fn run_until(arguments: &RunArguments, cancel: &Cancel) -> Result<(), CommandError> {
    let env = variables(arguments)?;
    let load = || build::load(&arguments.project, arguments.config(), cancel);
    let detail = Detail::new(arguments.quiet, arguments.verbose);
    if arguments.watch {
        let template = project::template(&arguments.project)?;
        let mut replaced = Replaced::default();
        return watch(template.as_deref(), cancel, load, |bundle| {
            // From the second round on, the output of the sandbox is on the screen.
            let detail = if replaced.is_first() || arguments.verbose { detail } else { Detail::Quiet };
            let wanted = config(arguments, bundle, &env);
            // Later, the port is that of the running sandbox.
            let checked = replaced.is_first().then_some(&wanted);
            let (deployment, built) = image(arguments, bundle, checked, detail, cancel)?;
            replaced.replace(deployment, built.image_id, wanted, arguments.format, cancel)
        });
    }
    let bundle = load()?;
    let wanted = config(arguments, &bundle, &env);
    let (deployment, _) = image(arguments, &bundle, Some(&wanted), detail, cancel)?;
    let mut print = print_line;
    let mut control = Control::new(project::scratch()?, &mut print).with_cancel(cancel.clone());
    if arguments.detach {
        let sandbox = deployment.create(&wanted, &mut control)?;
        note_version(&sandbox);
        output::note(&format!("the server answers at {}", sandbox.runtime_url));
        return match arguments.format {
            Format::Text => output::data(format!("{}\n", sandbox.sandbox_id).as_bytes()),
            Format::Json => output::json(&sandbox),
        };
    }
    session(&deployment, &wanted, &mut control, |sandbox, control| {
        print_started(sandbox, arguments.format)?;
        follow(&deployment, sandbox, control)
    })
}

/// Builds the image unless it is up to date. `wanted` is checked before, as far as it is possible without the image.
fn image(
    arguments: &RunArguments,
    bundle: &Bundle,
    wanted: Option<&SandboxConfig>,
    detail: Detail,
    cancel: &Cancel,
) -> Result<(EngineDeployment, Built), CommandError> {
    let mut options = BuildOptions::default();
    options.dialect = arguments.project.dialect.chosen();
    options.locked = arguments.project.locked;
    let before = |engine: &Arc<dyn Engine>| {
        let deployment = EngineDeployment::new(Arc::clone(engine))?;
        Ok(wanted.map_or(Ok(()), |wanted| deployment.check_without_image(wanted))?)
    };
    let (engine, built) = build::image(bundle, &options, detail, EngineDeployment::check, before, cancel)?;
    Ok((EngineDeployment::new(engine)?, built))
}

/// Returns what the sandbox of a bundle is made of.
fn config(arguments: &RunArguments, bundle: &Bundle, env: &[(VariableName, String)]) -> SandboxConfig {
    let mut wanted = SandboxConfig::new(bundle.tags()[0].clone());
    wanted.task_image.clone_from(&arguments.task_image);
    wanted.env = env.to_vec();
    wanted.publish.clone_from(&arguments.publish);
    wanted.network.clone_from(&arguments.network);
    wanted.port = arguments.port.unwrap_or(wanted.port);
    wanted.cpus = arguments.cpus;
    wanted.memory = arguments.memory;
    wanted.timeout = Duration::from_secs(arguments.timeout.into());
    wanted
}

fn print_line(event: Event<'_>) {
    if let Event::Line(line) = event {
        output::note(line);
    }
}

/// Prints what a sandbox prints, until it ends.
fn follow(deployment: &EngineDeployment, sandbox: &Sandbox, control: &mut Control<'_>) -> Result<(), CommandError> {
    match deployment.follow(&sandbox.sandbox_id, control)? {
        0 => Ok(()),
        code => Err(SandboxError::Exited { code, lines: Vec::new() }.into()),
    }
}

/// Names the version of the server, because a client of another one may wait for ever.
fn note_version(sandbox: &Sandbox) {
    if let Some(version) = &sandbox.agentix_version {
        output::note(&format!("the server is agentixx {version}; call it with a client of that version"));
    }
}

fn print_started(sandbox: &Sandbox, format: Format) -> Result<(), CommandError> {
    note_version(sandbox);
    match format {
        Format::Text => output::data(format!("{}\n", sandbox.runtime_url).as_bytes()),
        Format::Json => output::json(sandbox),
    }
}

/// Returns the variables of the files, and then those of the arguments, which override them.
fn variables(arguments: &RunArguments) -> Result<Vec<(VariableName, String)>, CommandError> {
    let mut variables = Vec::new();
    for path in &arguments.env_file {
        let fail = |source| CommandError::EnvFile { path: path.to_string(), source };
        // A shell passes the output of a program as a pipe: `--env-file <(…)`.
        let text = File::open(path).and_then(text_file::read_all).map_err(fail)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let variable =
                line.parse().map_err(|_| CommandError::EnvLine { path: path.to_string(), line: number + 1 })?;
            variables.extend(resolve(variable)?);
        }
    }
    for variable in arguments.env.iter().cloned() {
        variables.extend(resolve(variable)?);
    }
    Ok(variables)
}

/// Returns a variable with its value. A variable without one that is not set here is not set in the sandbox, as docker
/// does it.
fn resolve(Variable { name, value }: Variable) -> Result<Option<(VariableName, String)>, CommandError> {
    let value = match value {
        Some(value) => Some(value),
        None => match env::var(name.as_str()) {
            Ok(value) => Some(value),
            Err(VarError::NotPresent) => None,
            Err(VarError::NotUnicode(_)) => return Err(CommandError::EnvNotUtf8(name)),
        },
    };
    Ok(value.map(|value| (name, value)))
}
