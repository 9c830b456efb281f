//! A sandbox that is replaced whenever its image has changed.

use std::num::NonZeroU16;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use agentix_gen::sandbox::session;
use agentix_gen::{Cancel, Control, EngineDeployment, SandboxConfig};

use super::{follow, print_line, print_started};
use crate::cli::arguments::Format;
use crate::cli::error::CommandError;
use crate::cli::{output, project};

/// How often a cancellation is looked for.
const TICK: Duration = Duration::from_millis(50);

/// The sandbox of the last round. It is removed when this is dropped.
#[derive(Default)]
pub(super) struct Replaced {
    running: Option<Running>,
    /// The port of this machine that led to the last sandbox. The next one gets it too, so that its URL stays the same.
    host_port: Option<NonZeroU16>,
}

impl Replaced {
    /// Returns whether no sandbox has been started yet.
    pub(super) fn is_first(&self) -> bool {
        self.host_port.is_none()
    }

    /// Starts a sandbox of an image in place of the last one, unless that runs and has the same image.
    pub(super) fn replace(
        &mut self,
        deployment: EngineDeployment,
        image_id: String,
        mut wanted: SandboxConfig,
        format: Format,
        cancel: &Cancel,
    ) -> Result<(), CommandError> {
        if self.running.as_ref().is_some_and(|running| running.is_of(&image_id)) {
            return Ok(());
        }
        self.running = None;
        wanted.host_port = self.host_port;
        let (running, started) = Running::start(deployment, image_id, wanted, format, cancel)?;
        self.running = Some(running);
        self.host_port = started.or(self.host_port);
        Ok(())
    }
}

/// A sandbox that a thread starts and follows. It is removed when this is dropped.
struct Running {
    image_id: String,
    cancel: Cancel,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Starts a sandbox and waits until its server answers. Returns the port of this machine that leads to it, or `None`
    /// if it did not start; the reason is printed.
    fn start(
        deployment: EngineDeployment,
        image_id: String,
        wanted: SandboxConfig,
        format: Format,
        cancel: &Cancel,
    ) -> Result<(Self, Option<NonZeroU16>), CommandError> {
        let scratch = project::scratch()?;
        let own = Cancel::default();
        let (sender, started) = channel();
        let of_thread = own.clone();
        let work = move || {
            let mut print = print_line;
            let mut control = Control::new(scratch, &mut print).with_cancel(of_thread.clone());
            let done = run(&deployment, &wanted, format, sender, &mut control);
            if let Err(error) = done
                && !of_thread.is_cancelled()
            {
                output::error(&error);
            }
        };
        let running = Self { image_id, cancel: own, thread: Some(thread::spawn(work)) };
        let port = loop {
            match started.recv_timeout(TICK) {
                Ok(port) => break port,
                Err(RecvTimeoutError::Disconnected) => break None,
                Err(RecvTimeoutError::Timeout) if cancel.is_cancelled() => break None,
                Err(RecvTimeoutError::Timeout) => {}
            }
        };
        Ok((running, port))
    }

    fn is_of(&self, image_id: &str) -> bool {
        self.image_id == image_id && self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cancel.cancel();
        // A panic of the thread has been reported, and its sandbox is removed all the same.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Runs a sandbox until it ends, and sends its port once its server answers.
fn run(
    deployment: &EngineDeployment,
    wanted: &SandboxConfig,
    format: Format,
    started: Sender<Option<NonZeroU16>>,
    control: &mut Control<'_>,
) -> Result<(), CommandError> {
    session(deployment, wanted, control, |sandbox, control| {
        print_started(sandbox, format)?;
        let port = sandbox.runtime_url.rsplit(':').next().and_then(|port| port.parse().ok());
        // The receiver has gone if the command ends meanwhile.
        let _ = started.send(port);
        drop(started);
        follow(deployment, sandbox, control)
    })
}
