//! The commands `ps` and `stop`.

use agentix_gen::engine::{BUILT_IN_ENGINES, EngineError};
use agentix_gen::sandbox::{SandboxError, SandboxId, SandboxInfo, Status};
use agentix_gen::value::SingleLine;
use agentix_gen::{Cancel, Config, Deployment, EngineDeployment};

use super::arguments::Format;
use super::error::CommandError;
use super::flags::EngineFlags;
use super::sandbox_arguments::{PsArguments, StopArguments};
use super::{engines, output};

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
                print(&info.sandbox_id)?;
            }
            for carrier in deployment.remove_unused_carriers()? {
                print(&carrier)?;
            }
        }
    }
    // All are tried before the first failure is reported.
    let stopped: Vec<_> = arguments.ids.iter().map(|id| end(&deployments, id)).collect();
    stopped.into_iter().collect()
}

/// Ends the sandbox with an ID, on each engine that has one, and prints the ID. The start of an ID is enough if no other
/// sandbox has it.
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
        None if !is_found => end_by_start(deployments, id),
        _ => print(id),
    }
}

fn end_by_start(deployments: &[EngineDeployment], start: &SandboxId) -> Result<(), CommandError> {
    let mut found = Vec::new();
    for deployment in deployments {
        let ids = deployment.list()?.into_iter().map(|info| info.sandbox_id);
        found.extend(ids.filter(|id| id.as_str().starts_with(start.as_str())).map(|id| (deployment, id)));
    }
    match &found[..] {
        [] => {
            output::note(&format!("there is no sandbox {start}; it may have ended already"));
            Ok(())
        }
        [(deployment, id)] => {
            deployment.delete(id)?;
            print(id)
        }
        _ => Err(CommandError::SeveralSandboxes { start: start.clone(), count: found.len() }),
    }
}

fn print(id: &SandboxId) -> Result<(), CommandError> {
    output::data(format!("{id}\n").as_bytes())
}

/// Returns the deployment of the named engine, or of all tested engines that are installed and answer.
fn deployments(flags: &EngineFlags) -> Result<Vec<EngineDeployment>, CommandError> {
    let registry = engines::registry(&Cancel::default());
    let Config { engine, .. } = &flags.0;
    if let Some(name) = engine.as_ref().map(SingleLine::as_str).filter(|name| *name != "auto") {
        return Ok(vec![EngineDeployment::new(registry.get(name)?)?]);
    }
    let mut found = Vec::new();
    for name in BUILT_IN_ENGINES {
        let engine = registry.get(name)?;
        if engine.is_tested() == Some(false) {
            continue;
        }
        match EngineDeployment::new(engine) {
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
