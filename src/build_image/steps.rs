//! A build in separate steps.

use super::error::BuildError;
use super::images::KnownImages;
use super::options::BuildOptions;
use super::outcome::Built;
use super::pin;
use super::request::machine_request;
use super::size::{check_size, report_size};
use crate::bundle::Bundle;
use crate::context;
use crate::engine::{BuildRequest, Control, Engine, Event};
use crate::value::{Cancel, Dialect};

/// A build whose engine has answered. The next step is [`find_up_to_date`](Self::find_up_to_date) or
/// [`prepare`](Self::prepare).
#[derive(Debug)]
pub struct Build<'a> {
    pub(super) bundle: &'a Bundle,
    pub(super) engine: &'a dyn Engine,
    pub(super) images: KnownImages,
    pub(super) options: BuildOptions,
    pub(super) request: BuildRequest,
}

impl<'a> Build<'a> {
    /// Creates the request, with the secrets that exist on this machine.
    ///
    /// # Errors
    ///
    /// Returns an error if a secret is missing, or if the project does not run on the Python of the base image. If
    /// [`BuildOptions::locked`] is set, also returns an error if the engine's digest of an image differs from
    /// `agentix.lock`.
    pub fn new(
        bundle: &'a Bundle,
        engine: &'a dyn Engine,
        images: KnownImages,
        options: &BuildOptions,
        cancel: &Cancel,
    ) -> Result<Self, BuildError> {
        images.check_python(bundle)?;
        images.check_user(bundle)?;
        if options.locked {
            pin::check(bundle, engine, cancel)?;
        }
        let mut request = machine_request(bundle)?;
        if request.platforms.is_empty() {
            request.platforms.extend(engine.default_platform()?);
        }
        request.pull = options.pull;
        request.no_cache = options.no_cache;
        request.push = options.push;
        request.output.clone_from(&options.output);
        request.engine_options.clone_from(&options.engine_options);
        Ok(Self { bundle, engine, images, options: options.clone(), request })
    }

    /// Builds the image, unless it is up to date and no option requires a new build.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn run(self, control: &mut Control<'_>) -> Result<Built, BuildError> {
        let BuildOptions { force, pull, no_cache, output, .. } = &self.options;
        let must_build = *force || *pull || *no_cache || output.is_some();
        self.report_warnings(control);
        if !must_build && let Some(built) = self.find_up_to_date(control)? {
            return Ok(built);
        }
        self.prepare(control)?.run(control)
    }

    /// Passes the warnings of the bundle to the caller, as [`run`](Self::run) does.
    pub fn report_warnings(&self, control: &mut Control<'_>) {
        for warning in self.images.warnings(self.bundle) {
            (control.events)(Event::Warning(&warning.to_string()));
        }
    }

    /// Returns the image if the engine has exactly the image that would be built. Pushes the image if
    /// [`BuildOptions::push`] is set.
    ///
    /// The engine is not probed: the label of the image shows for which dialect it was built.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read, the context is too large, or the push fails.
    pub fn find_up_to_date(&self, control: &mut Control<'_>) -> Result<Option<Built>, BuildError> {
        let known = self.images.labelled().filter(|_| self.request.has_known_inputs());
        let Some(image) = known else { return Ok(None) };
        for dialect in self.dialects() {
            let context = context::stage(self.bundle, dialect)?;
            let digest = self.request.digest(&context, &self.images.bases, &control.cancel)?;
            if !digest.labels_all(&self.images.tagged) {
                continue;
            }
            let context = context.with_stamps(digest.file_stamps());
            check_size(&context, self.bundle)?;
            report_size(&context, control)?;
            let manifest_digest = if self.request.push { self.engine.push(&self.request, control)? } else { None };
            (control.events)(Event::UpToDate(&self.request.tags[0]));
            let request = BuildRequest { digest: Some(digest), ..self.request.clone() };
            let built = Built::up_to_date(self.engine, &request, image.id.clone());
            return Ok(Some(Built { manifest_digest, ..built }));
        }
        Ok(None)
    }

    fn dialects(&self) -> Vec<Dialect> {
        self.options.dialect.map_or_else(|| self.engine.dialects(), |dialect| vec![dialect])
    }
}
