//! Sandboxes of an engine.

#![expect(clippy::disallowed_methods, reason = "nothing announces that a server has begun to listen")]

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::command;
use super::config::SandboxConfig;
use super::containers::{Containers, is_absent};
use super::deployment::Deployment;
use super::error::SandboxError;
use super::health;
use super::id::SandboxId;
use super::info::{Sandbox, SandboxInfo, Status};
use super::owner::Owner;
use super::state::{self, STARTING};
use super::task::{self, Task};
use super::variables::{self, Variables};
use crate::engine::{Answer, Control, Engine, EngineError, Stop, ask_last, follow, no_answer};
use crate::value::{Cancel, Redacted, VariableName};

/// How often the server is asked.
const TICK: Duration = Duration::from_millis(25);

/// How often the engine is asked whether the container still runs.
const CHECK: Duration = Duration::from_millis(500);

/// The number of lines that the error of a failed start shows.
const LAST_LINES: usize = 20;

/// Sandboxes that are containers of docker or podman on this machine.
#[derive(Debug, Clone)]
pub struct EngineDeployment {
    containers: Containers,
}

impl EngineDeployment {
    /// Returns the deployment of an engine.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError::Unsupported`] if the engine does not run containers, such as buildah, and
    /// [`EngineError::Missing`] if it is not installed.
    pub fn new(engine: Arc<dyn Engine>) -> Result<Self, EngineError> {
        Self::check(&*engine)?;
        Ok(Self { containers: Containers::new(engine) })
    }

    /// Checks that an engine runs containers, before anything is built with it.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn check(engine: &dyn Engine) -> Result<(), EngineError> {
        engine.container_command(Vec::new()).map(|_| ())
    }

    /// Checks what is known before the image of a sandbox is built: the values of its variables, the port of this machine
    /// with the network `host`, and whether the engine has the task image. [`create`](Deployment::create) checks it too.
    ///
    /// # Errors
    ///
    /// Returns [`SandboxError::Value`], [`SandboxError::PortInUse`], [`SandboxError::NoImage`], or an error if the engine does
    /// not answer.
    pub fn check_without_image(&self, config: &SandboxConfig) -> Result<(), SandboxError> {
        check_values_and_port(config)?;
        config.task_image.as_ref().map_or(Ok(()), |image| task::check_presence(&self.containers, image))
    }

    /// Returns the name of the engine.
    pub fn engine(&self) -> &str {
        self.containers.engine()
    }

    /// Returns all sandboxes of the engine, whoever created them, in its order.
    ///
    /// # Errors
    ///
    /// Returns an error if the engine does not answer.
    pub fn list(&self) -> Result<Vec<SandboxInfo>, SandboxError> {
        let listed = self.containers.ask(command::list())?;
        if listed.code != 0 {
            return Err(no_answer(self.engine(), "its containers", &listed).into());
        }
        let ids: Vec<&str> = listed.stdout.split_whitespace().collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        // A container that is removed meanwhile makes the command fail, but it reports the others.
        let answer = self.containers.ask(command::inspect(ids.iter().copied()))?;
        answer.stdout.lines().filter_map(|line| self.parse(line, &answer).transpose()).collect()
    }

    /// Passes on the lines that a sandbox prints, as [events](crate::Event::Line), until it ends. Returns its exit code.
    ///
    /// # Errors
    ///
    /// Returns an error if the operation is cancelled, or if the sandbox is deleted meanwhile.
    pub fn follow(&self, id: &SandboxId, control: &mut Control<'_>) -> Result<i32, SandboxError> {
        loop {
            follow(&self.containers.command(command::follow(id))?, Stop::Group, None, control)?;
            if control.cancel.is_cancelled() {
                return Err(EngineError::Cancelled.into());
            }
            if let Some(code) = self.get(id)?.exit_code {
                return Ok(code);
            }
            thread::sleep(CHECK);
        }
    }

    /// Removes the containers that carry a bundle for task images and that no sandbox uses. Returns their names.
    ///
    /// A sandbox that is being created with one of them creates it again.
    ///
    /// # Errors
    ///
    /// Returns an error if the engine does not answer, or does not remove a container.
    pub fn remove_unused_carriers(&self) -> Result<Vec<SandboxId>, SandboxError> {
        let mut unused = task::carriers(&self.containers)?;
        let used: Vec<SandboxId> = self.list()?.into_iter().filter_map(|info| info.carrier).collect();
        unused.retain(|carrier| !used.contains(carrier));
        unused.iter().try_for_each(|carrier| self.containers.remove(carrier))?;
        Ok(unused)
    }

    /// Starts the container. With a task image, the container that carries the bundle is created first, and once more if
    /// it was removed in between.
    fn start(&self, config: &SandboxConfig, task: Option<&Task>, variables: &Variables) -> Result<(), SandboxError> {
        let owner = config.owner.clone().or_else(Owner::this_process);
        let id = starting(config, &variables.id)?;
        let mount = task.map(|task| &task.mount);
        let run = command::run(config, mount, &id, owner.as_ref(), variables.path()?);
        let mut answer = None;
        for _ in 0..2 {
            task.map_or(Ok(()), |task| task.carry(&self.containers))?;
            let started = answer.insert(self.containers.ask(run.clone())?);
            let lacks_carrier = mount.is_some_and(|mount| started.stderr.contains(mount.carrier.as_str()));
            if started.code == 0 || !lacks_carrier {
                break;
            }
            self.containers.remove(&id)?;
        }
        match answer {
            Some(answer) if answer.code != 0 => Err(self.containers.start_error(&answer)),
            _ => Ok(()),
        }
    }

    /// Waits until the server of a started container answers.
    fn wait(&self, id: &SandboxId, config: &SandboxConfig, cancel: &Cancel) -> Result<Sandbox, SandboxError> {
        let deadline = Instant::now() + config.timeout;
        loop {
            let info = self.get(id)?;
            if let Some(code) = info.exit_code {
                return Err(SandboxError::Exited { code, lines: self.last_lines(id)? });
            }
            if info.status == Status::Running && info.runtime_url.is_none() {
                return Err(SandboxError::NoPort);
            }
            let asked = Instant::now();
            while asked.elapsed() < CHECK {
                if cancel.is_cancelled() {
                    return Err(EngineError::Cancelled.into());
                }
                let port = info.runtime_url.as_deref().and_then(port_of);
                if let (Some(port), Some(url)) = (port, &info.runtime_url)
                    && health::is_healthy(port)
                {
                    let agentix_version = info.agentix_version.clone();
                    return Ok(Sandbox { agentix_version, ..Sandbox::new(id.clone(), url.clone()) });
                }
                if Instant::now() > deadline {
                    return Err(SandboxError::Timeout { timeout: config.timeout, lines: self.last_lines(id)? });
                }
                thread::sleep(TICK);
            }
        }
    }

    /// Gives a container that nobody owns its final name.
    fn give_name(&self, sandbox: Sandbox, name: SandboxId) -> Result<Sandbox, SandboxError> {
        if sandbox.sandbox_id == name {
            return Ok(sandbox);
        }
        let answer = self.containers.ask(command::rename(&sandbox.sandbox_id, &name))?;
        if answer.code != 0 {
            return Err(self.containers.start_error(&answer));
        }
        Ok(Sandbox { sandbox_id: name, ..sandbox })
    }

    fn last_lines(&self, id: &SandboxId) -> Result<Vec<String>, SandboxError> {
        let command = self.containers.command(command::lines(id))?;
        let lines = ask_last(&command, LAST_LINES, &Cancel::default())?;
        Ok(lines.iter().map(|line| Redacted(line).text().into_owned()).collect())
    }

    fn parse(&self, line: &str, answer: &Answer) -> Result<Option<SandboxInfo>, SandboxError> {
        state::parse(line).map_err(|_| no_answer(self.engine(), "the state of a container", answer).into())
    }
}

impl Deployment for EngineDeployment {
    fn create(&self, config: &SandboxConfig, control: &mut Control<'_>) -> Result<Sandbox, SandboxError> {
        check_values_and_port(config)?;
        let task =
            config.task_image.as_ref().map(|image| Task::of(&self.containers, &config.image, image)).transpose()?;
        let mut wanted = config.clone();
        if let Some(task) = &task {
            let variables = task.variables.iter().filter_map(|(name, value)| Some((name.parse().ok()?, value.clone())));
            wanted.env.splice(0..0, variables.collect::<Vec<(VariableName, String)>>());
        }
        let variables = Variables::write(&wanted, &control.scratch)?;
        let id = starting(config, &variables.id)?;
        if control.cancel.is_cancelled() {
            return Err(EngineError::Cancelled.into());
        }
        let started = self.start(config, task.as_ref(), &variables);
        let name = variables.id.clone();
        drop(variables);
        let created = started.and_then(|()| self.wait(&id, config, &control.cancel));
        let created = created.and_then(|sandbox| self.give_name(sandbox, name));
        created.map_err(|error| {
            let may_be_libc = matches!(error, SandboxError::Exited { .. } | SandboxError::Start { .. });
            let cause = task.filter(|_| may_be_libc).and_then(|task| task.wrong_libc(&self.containers, &id));
            // The first error says more than that of a removal. What is left has the label, and `list` reports it.
            let _ = self.containers.remove(&id);
            cause.unwrap_or(error)
        })
    }

    fn get(&self, id: &SandboxId) -> Result<SandboxInfo, SandboxError> {
        let answer = self.containers.ask(command::inspect([id.as_str()]))?;
        let not_sandbox = || SandboxError::NotSandbox { engine: self.engine().to_owned(), id: id.clone() };
        match answer.code {
            0 => self.parse(answer.stdout.trim(), &answer)?.ok_or_else(not_sandbox),
            _ if is_absent(&answer) => Err(SandboxError::NotFound { id: id.clone() }),
            _ => Err(no_answer(self.engine(), "the state of a container", &answer).into()),
        }
    }

    fn delete(&self, id: &SandboxId) -> Result<(), SandboxError> {
        match self.get(id) {
            Ok(found) => self.containers.remove(&found.sandbox_id),
            Err(SandboxError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn check_values_and_port(config: &SandboxConfig) -> Result<(), SandboxError> {
    variables::text(config)?;
    if config.is_on_host() && health::is_taken(config.port.get()) {
        return Err(SandboxError::PortInUse { port: config.port.get() });
    }
    Ok(())
}

/// Returns the name of a container until its server answers. A container that nobody owns afterwards has another one, by
/// which `stop --stale` finds it if its creation was killed.
fn starting(config: &SandboxConfig, id: &SandboxId) -> Result<SandboxId, SandboxError> {
    if config.owner.is_some() {
        return Ok(id.clone());
    }
    let name = format!("{id}{STARTING}").parse();
    name.map_err(|error| SandboxError::Variables(std::io::Error::other(error)))
}

fn port_of(url: &str) -> Option<u16> {
    url.rsplit_once(':')?.1.parse().ok()
}
