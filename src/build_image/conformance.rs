//! A conformance kit: checks that any engine keeps the promises of [`Engine`].
//!
//! [`Conformance::run`] builds small images and inspects them. The checks never trust an engine's word alone: what must be in
//! an image, or must not, is tested by a step of a second build that starts from it.

mod checks;
mod kit;
mod verdict;

use std::time::Instant;

use crate::context::ScratchFolder;
use crate::engine::{Capabilities, Control, Engine, EngineError};
use crate::value::ImageRef;
use kit::Kit;

pub use checks::{CHECKS, Check};
pub use verdict::{CheckResult, Verdict};

/// The conformance kit for one engine.
#[derive(Debug, Clone, Copy)]
pub struct Conformance<'a> {
    engine: &'a dyn Engine,
    base_image: &'a ImageRef,
}

impl<'a> Conformance<'a> {
    /// Returns the kit for an engine. The base image must be a [runtime image](crate::dockerfile::render_runtime) that the
    /// engine has.
    pub fn new(engine: &'a dyn Engine, base_image: &'a ImageRef) -> Self {
        Self { engine, base_image }
    }

    /// Runs all [`CHECKS`] in their order and passes each result to `report`. The images stay in the engine, under the names
    /// `agentix-conformance/CHECK:TAG`, with a tag of their own in each run, which is returned.
    ///
    /// # Errors
    ///
    /// Returns an error if the engine cannot be probed, or if the caller cancels. An engine that breaks a promise gives no
    /// error, but a result.
    pub fn run(&self, control: &mut Control<'_>, report: &mut dyn FnMut(&CheckResult)) -> Result<String, EngineError> {
        let capabilities: Capabilities = self.engine.probe(&control.cancel)?;
        // The name of the folder is unique: `agentix-gen.TAG.agentix-scratch`.
        let folder = ScratchFolder::new(&control.scratch, "agentix-gen.")?;
        let tag = folder.path().file_name().and_then(|name| name.split('.').nth(1)).unwrap_or_default();
        for check in CHECKS {
            let started = Instant::now();
            let mut kit = Kit::new(self.engine, self.base_image, &capabilities, check.name, tag, control);
            let verdict = check.run(&mut kit);
            if control.cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            let Check { name, promise, .. } = *check;
            report(&CheckResult { name, promise, verdict, duration: started.elapsed() });
        }
        Ok(tag.to_owned())
    }
}
