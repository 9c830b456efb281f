//! Sandboxes of an engine.

#![expect(clippy::disallowed_methods, reason = "nothing announces that a server has begun to listen")]

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::command;
use super::config::SandboxConfig;
use super::deployment::Deployment;
use super::error::SandboxError;
use super::health;
use super::id::SandboxId;
use super::info::{Sandbox, SandboxInfo};
use super::state;
use super::variables::Variables;
use crate::engine::{Answer, Control, Engine, EngineError, Stop, ask, ask_last, follow, no_answer};
use crate::value::{Cancel, Redacted};

/// How often the server is asked.
const TICK: Duration = Duration::from_millis(25);

/// How often the engine is asked whether the container still runs.
const CHECK: Duration = Duration::from_millis(500);

/// The number of lines that the error of a failed start shows.
const LAST_LINES: usize = 20;

/// What an engine says, in any case, of a container that it does not have.
const ABSENT: [&str; 2] = ["no such container", "no container with"];

/// Sandboxes that are containers of docker or podman on this machine.
#[derive(Debug, Clone)]
pub struct EngineDeployment {
    engine: Arc<dyn Engine>,
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
        Ok(Self { engine })
    }

    /// Checks that an engine runs containers, before anything is built with it.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn check(engine: &dyn Engine) -> Result<(), EngineError> {
        engine.container_command(Vec::new()).map(|_| ())
    }

    /// Returns the name of the engine.
    pub fn engine(&self) -> &str {
        self.engine.name()
    }

    /// Returns all sandboxes of the engine, whoever created them, in its order.
    ///
    /// # Errors
    ///
    /// Returns an error if the engine does not answer.
    pub fn list(&self) -> Result<Vec<SandboxInfo>, SandboxError> {
        let listed = self.ask(command::list())?;
        if listed.code != 0 {
            return Err(no_answer(self.engine(), "its containers", &listed).into());
        }
        let ids: Vec<&str> = listed.stdout.split_whitespace().collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        // A container that is removed meanwhile makes the command fail, but it reports the others.
        let answer = self.ask(command::inspect(ids.iter().copied()))?;
        answer.stdout.lines().filter_map(|line| self.parse(line, &answer).transpose()).collect()
    }

    /// Passes on the lines that a sandbox prints, as [events](crate::Event::Line), until it ends. Returns its exit code.
    ///
    /// # Errors
    ///
    /// Returns an error if the operation is cancelled, or if the sandbox is deleted meanwhile.
    pub fn follow(&self, id: &SandboxId, control: &mut Control<'_>) -> Result<i32, SandboxError> {
        loop {
            follow(&self.engine.container_command(command::follow(id))?, Stop::Group, None, control)?;
            if control.cancel.is_cancelled() {
                return Err(EngineError::Cancelled.into());
            }
            if let Some(code) = self.get(id)?.exit_code {
                return Ok(code);
            }
            thread::sleep(CHECK);
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
            let asked = Instant::now();
            while asked.elapsed() < CHECK {
                if cancel.is_cancelled() {
                    return Err(EngineError::Cancelled.into());
                }
                let port = info.runtime_url.as_deref().and_then(port_of);
                if let (Some(port), Some(url)) = (port, &info.runtime_url)
                    && health::is_healthy(port)
                {
                    return Ok(Sandbox::new(id.clone(), url.clone()));
                }
                if Instant::now() > deadline {
                    return Err(SandboxError::Timeout { timeout: config.timeout, lines: self.last_lines(id)? });
                }
                thread::sleep(TICK);
            }
        }
    }

    fn last_lines(&self, id: &SandboxId) -> Result<Vec<String>, SandboxError> {
        let command = self.engine.container_command(command::lines(id))?;
        let lines = ask_last(&command, LAST_LINES, &Cancel::default())?;
        Ok(lines.iter().map(|line| Redacted(line).text().into_owned()).collect())
    }

    /// Removes a container that is known to be a sandbox.
    fn remove(&self, id: &SandboxId) -> Result<(), SandboxError> {
        let answer = self.ask(command::remove(id))?;
        // Docker refuses a second removal while the first one goes on.
        if answer.code == 0 || is_absent(&answer) || answer.stderr.contains("already in progress") {
            return Ok(());
        }
        match no_answer(self.engine(), "a removal", &answer) {
            EngineError::NoAnswer { engine, detail, .. } => {
                Err(SandboxError::Remove { engine, id: id.clone(), detail })
            }
            error => Err(error.into()),
        }
    }

    /// Runs a command that ends soon. It is never cancelled: a container that its engine is about to create would be
    /// left.
    fn ask(&self, arguments: Vec<String>) -> Result<Answer, EngineError> {
        ask(&self.engine.container_command(arguments)?, &Cancel::default())
    }

    fn parse(&self, line: &str, answer: &Answer) -> Result<Option<SandboxInfo>, SandboxError> {
        state::parse(line).map_err(|_| no_answer(self.engine(), "the state of a container", answer).into())
    }
}

impl Deployment for EngineDeployment {
    fn create(&self, config: &SandboxConfig, control: &mut Control<'_>) -> Result<Sandbox, SandboxError> {
        if config.is_on_host() && health::is_taken(config.port.get()) {
            return Err(SandboxError::PortInUse { port: config.port.get() });
        }
        let variables = Variables::write(config, &control.scratch)?;
        let id = variables.id.clone();
        if control.cancel.is_cancelled() {
            return Err(EngineError::Cancelled.into());
        }
        let started = self.ask(command::run(config, &id, variables.path()?)).map_err(SandboxError::from);
        drop(variables);
        let created = started.and_then(|answer| match answer.code {
            0 => self.wait(&id, config, &control.cancel),
            _ => Err(match no_answer(self.engine(), "a container", &answer) {
                EngineError::NoAnswer { engine, detail, .. } => SandboxError::Start { engine, detail },
                error => error.into(),
            }),
        });
        if created.is_err() {
            // The first error says more than that of a removal. What is left has the label, and `list` reports it.
            let _ = self.remove(&id);
        }
        created
    }

    fn get(&self, id: &SandboxId) -> Result<SandboxInfo, SandboxError> {
        let answer = self.ask(command::inspect([id.as_str()]))?;
        let not_found = || SandboxError::NotFound { id: id.clone() };
        match answer.code {
            0 => self.parse(answer.stdout.trim(), &answer)?.ok_or_else(not_found),
            _ if is_absent(&answer) => Err(not_found()),
            _ => Err(no_answer(self.engine(), "the state of a container", &answer).into()),
        }
    }

    fn delete(&self, id: &SandboxId) -> Result<(), SandboxError> {
        match self.get(id) {
            Ok(found) => self.remove(&found.sandbox_id),
            Err(SandboxError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn is_absent(answer: &Answer) -> bool {
    let text = answer.stderr.to_lowercase();
    ABSENT.iter().any(|absent| text.contains(absent))
}

fn port_of(url: &str) -> Option<u16> {
    url.rsplit_once(':')?.1.parse().ok()
}
