//! The commands `run`, `ps` and `stop`.

#![expect(clippy::disallowed_methods, reason = "the values of variables are read from this environment")]

use std::env;
use std::time::Duration;

use agentix_gen::build_image::BuildOptions;
use agentix_gen::engine::{BUILT_IN_ENGINES, EngineError};
use agentix_gen::sandbox::{Sandbox, SandboxError, SandboxId, SandboxInfo, Status, session};
use agentix_gen::value::{SingleLine, VariableName};
use agentix_gen::{Cancel, Config, Control, Deployment, EngineDeployment, Event, SandboxConfig};
use camino::Utf8PathBuf;

use super::arguments::Format;
use super::error::CommandError;
use super::flags::EngineFlags;
use super::follow::Detail;
use super::sandbox_arguments::{PsArguments, RunArguments, StopArguments, Variable};
use super::signals::Signals;
use super::{build, engines, output, text_file};

pub(crate) fn run(arguments: &RunArguments) -> Result<(), CommandError> {
    let signals = Signals::listen()?;
    let done = run_until(arguments, &signals.cancel());
    signals.unless_received(done)
}

fn run_until(arguments: &RunArguments, cancel: &Cancel) -> Result<(), CommandError> {
    let env = variables(arguments)?;
    let mut options = BuildOptions::default();
    options.dialect = arguments.project.dialect.chosen();
    options.locked = arguments.project.locked;
    let check = EngineDeployment::check;
    let detail = Detail::new(arguments.quiet, arguments.verbose);
    let (engine, built) = build::image(&arguments.project, arguments.config(), &options, detail, check, cancel)?;
    let deployment = EngineDeployment::new(engine)?;
    let mut wanted = SandboxConfig::new(built);
    wanted.task_image.clone_from(&arguments.task_image);
    wanted.env = env;
    wanted.publish.clone_from(&arguments.publish);
    wanted.network.clone_from(&arguments.network);
    wanted.port = arguments.port.unwrap_or(wanted.port);
    wanted.cpus = arguments.cpus;
    wanted.memory = arguments.memory;
    wanted.timeout = Duration::from_secs(arguments.timeout.into());
    let scratch = Utf8PathBuf::from_path_buf(env::temp_dir()).map_err(|_| CommandError::TemporaryFolder)?;
    let mut print = |event: Event<'_>| {
        if let Event::Line(line) = event {
            output::note(line);
        }
    };
    let mut control = Control::new(scratch, &mut print).with_cancel(cancel.clone());
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
        note_version(sandbox);
        print_started(sandbox, arguments.format)?;
        match deployment.follow(&sandbox.sandbox_id, control)? {
            0 => Ok(()),
            code => Err(SandboxError::Exited { code, lines: Vec::new() }.into()),
        }
    })
}

/// Names the version of the server, because a client of another one may wait for ever.
fn note_version(sandbox: &Sandbox) {
    if let Some(version) = &sandbox.agentix_version {
        output::note(&format!("the server is agentixx {version}; call it with a client of that version"));
    }
}

fn print_started(sandbox: &Sandbox, format: Format) -> Result<(), CommandError> {
    match format {
        Format::Text => output::data(format!("{}\n", sandbox.runtime_url).as_bytes()),
        Format::Json => output::json(sandbox),
    }
}

/// Returns the variables of the files, and then those of the arguments, which override them.
fn variables(arguments: &RunArguments) -> Result<Vec<(VariableName, String)>, CommandError> {
    let mut variables = Vec::new();
    for path in &arguments.env_file {
        let text = text_file::read(path).map_err(|source| CommandError::EnvFile { path: path.to_string(), source })?;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let variable =
                line.parse().map_err(|_| CommandError::EnvLine { path: path.to_string(), line: number + 1 })?;
            variables.extend(resolve(variable));
        }
    }
    variables.extend(arguments.env.iter().cloned().filter_map(resolve));
    Ok(variables)
}

/// Returns a variable with its value. A variable without one that is not set here is not set in the sandbox, as docker
/// does it.
fn resolve(Variable { name, value }: Variable) -> Option<(VariableName, String)> {
    let value = value.or_else(|| env::var(name.as_str()).ok())?;
    Some((name, value))
}

pub(crate) fn ps(arguments: &PsArguments) -> Result<(), CommandError> {
    let mut found = Vec::new();
    for deployment in deployments(&arguments.engine)? {
        found.extend(deployment.list()?);
    }
    if arguments.format == Format::Json {
        return output::json(&found);
    }
    let line = |info: &SandboxInfo| {
        let status = match info.status {
            Status::Running if info.is_stale() => "stale",
            Status::Running => "running",
            Status::Exited => "exited",
            _ => "starting",
        };
        format!("{}  {status:8}  {}  {}\n", info.sandbox_id, info.runtime_url.as_deref().unwrap_or("-"), info.image)
    };
    output::data(found.iter().map(line).collect::<String>().as_bytes())
}

pub(crate) fn stop(arguments: &StopArguments) -> Result<(), CommandError> {
    let deployments = deployments(&arguments.engine)?;
    for deployment in &deployments {
        if arguments.stale {
            for info in deployment.list()?.iter().filter(|info| info.is_stale()) {
                deployment.delete(&info.sandbox_id)?;
                output::data(format!("{}\n", info.sandbox_id).as_bytes())?;
            }
        }
        if arguments.stale {
            for carrier in deployment.remove_unused_carriers()? {
                output::data(format!("{carrier}\n").as_bytes())?;
            }
        }
    }
    // All are tried before the first failure is reported.
    let stopped: Vec<_> = arguments.ids.iter().map(|id| end(&deployments, id)).collect();
    stopped.into_iter().collect()
}

/// Ends the sandbox with a name, on each engine that has one.
fn end(deployments: &[EngineDeployment], id: &SandboxId) -> Result<(), CommandError> {
    let (mut is_found, mut refused) = (false, None);
    for deployment in deployments {
        match deployment.get(id) {
            Ok(_) => {
                deployment.delete(id)?;
                is_found = true;
            }
            Err(SandboxError::NotFound { .. }) => {}
            Err(error @ SandboxError::NotSandbox { .. }) => refused = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    match refused {
        Some(error) if !is_found => Err(error.into()),
        None if !is_found => {
            output::note(&format!("there is no sandbox {id}; it may have ended already"));
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Returns the deployment of the named engine, or of all engines that are installed and answer.
fn deployments(flags: &EngineFlags) -> Result<Vec<EngineDeployment>, CommandError> {
    let registry = engines::registry(&Cancel::default());
    let Config { engine, .. } = &flags.0;
    if let Some(name) = engine.as_ref().map(SingleLine::as_str).filter(|name| *name != "auto") {
        return Ok(vec![EngineDeployment::new(registry.get(name)?)?]);
    }
    let mut found = Vec::new();
    for name in BUILT_IN_ENGINES {
        match EngineDeployment::new(registry.get(name)?) {
            Ok(deployment) => match deployment.list() {
                // A daemon that does not run has no sandboxes that run.
                Err(SandboxError::Engine(EngineError::NotRunning { .. })) => {}
                _ => found.push(deployment),
            },
            Err(EngineError::Missing { .. } | EngineError::Unsupported { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}
