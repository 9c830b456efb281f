//! A build that is ready to run.

use std::time::Instant;

use super::error::BuildError;
use super::outcome::Built;
use super::size::{check_size, report_size};
use super::steps::Build;
use crate::context::{self, Context};
use crate::engine::{BuildRequest, Capabilities, Command, Control, Event};
use crate::value::Dialect;

/// A build that is ready to run: the engine is probed, the context is staged, and the digest is computed.
#[derive(Debug)]
pub struct Prepared<'a> {
    build: Build<'a>,
    capabilities: Capabilities,
    context: Context<'a>,
    request: BuildRequest,
}

impl<'a> Build<'a> {
    /// Probes the engine, stages the context for it and computes the digest.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn prepare(self, control: &mut Control<'_>) -> Result<Prepared<'a>, BuildError> {
        Prepared::new(self, control)
    }
}

impl<'a> Prepared<'a> {
    fn new(build: Build<'a>, control: &mut Control<'_>) -> Result<Self, BuildError> {
        let capabilities = build.engine.probe(&control.cancel)?;
        let context = context::stage(build.bundle, dialect(&build, &capabilities)?)?;
        check_size(&context, build.bundle)?;
        let digest = build.request.digest(&context, &build.images.bases, &control.cancel)?;
        let context = context.with_stamps(digest.file_stamps());
        report_size(&context, control)?;
        let mut request = BuildRequest { digest: Some(digest), ..build.request.clone() };
        if request.builder.is_some() || capabilities.builds_elsewhere() {
            request.local_base = build.images.local_base(build.bundle, build.engine, &control.cancel)?;
        }
        build.engine.check(&capabilities, &request, &control.cancel)?;
        Ok(Self { build, capabilities, context, request })
    }

    /// Returns the commands that [`run`](Self::run) would run.
    ///
    /// # Errors
    ///
    /// Returns an error if the engine does not support this.
    pub fn commands(&self) -> Result<Vec<Command>, BuildError> {
        Ok(self.build.engine.commands(&self.capabilities, &self.request)?)
    }

    /// Returns the context, including its Dockerfile.
    pub fn context(&self) -> &Context<'a> {
        &self.context
    }

    /// Builds the image, and pushes it if the request says so.
    ///
    /// # Errors
    ///
    /// Returns an error if the engine does not have the runtime image and does not pull it, or if the build fails.
    pub fn run(&self, control: &mut Control<'_>) -> Result<Built, BuildError> {
        let Build { bundle, engine, images, options, .. } = &self.build;
        let base = bundle.runtime_image();
        // The engine pulls all other base images from a registry.
        let is_own_runtime = bundle.agentix_version().is_none();
        // A builder elsewhere pulls what it builds on, and does not see the images of the engine.
        let is_elsewhere = self.request.builder.is_some() || self.capabilities.builds_elsewhere();
        let is_pulled = options.pull || base.digest().is_some() || is_elsewhere && base.domain().is_some();
        if is_own_runtime && !is_pulled && images.lacks_base() {
            return Err(BuildError::NoRuntimeImage { engine: engine.name().to_owned(), image: base.clone() });
        }
        if is_own_runtime && !is_pulled {
            let keeps_one = self.capabilities.keeps_one_platform();
            images.check_platform(bundle, *engine, &self.request.platforms, keeps_one, &control.cancel)?;
        }
        let (image, capabilities) = (&self.request.tags[0], &self.capabilities);
        (control.events)(Event::Building { image, base, engine: engine.name(), capabilities });
        let started = Instant::now();
        let outcome = engine.build(capabilities, &self.request, &self.context, control)?;
        Ok(Built::of_build(*engine, capabilities, &self.request, outcome, started.elapsed()))
    }
}

/// Returns the requested dialect if the engine understands it. If none is requested, returns the best dialect that the
/// engine understands.
fn dialect(build: &Build<'_>, capabilities: &Capabilities) -> Result<Dialect, BuildError> {
    let understood = capabilities.dialect();
    match build.options.dialect {
        Some(Dialect::BuildKit) if understood == Dialect::Classic => {
            Err(BuildError::Dialect { engine: build.engine.name().to_owned(), builder: capabilities.builder.clone() })
        }
        chosen => Ok(chosen.unwrap_or(understood)),
    }
}
