//! What the checks have in common: a sample project, builds of it, and builds of a Dockerfile by hand.

use std::error::Error;
use std::fmt::Display;
use std::iter::successors;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use camino::Utf8Path;

use super::verdict::Verdict;
use crate::build_image::{BuildError, BuildOptions, Built, build};
use crate::bundle::Bundle;
use crate::context;
use crate::engine::{BuildRequest, Capabilities, Control, Engine, EngineError, Event, Outcome};
use crate::files::Listing;
use crate::project::{Config, Project};
use crate::value::{Cancel, Dialect, ImageRef};

/// A project that builds without downloads: its build backend is a file of its own.
const MANIFEST: &str = "[project]\nname = 'conformance'\nversion = '1'\n\
                        [build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n";

const BACKEND: &str = "\
import os, zipfile


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = 'conformance-1-py3-none-any.whl'
    with zipfile.ZipFile(os.path.join(wheel_directory, name), 'w') as wheel:
        info = 'conformance-1.dist-info/'
        wheel.writestr('conformance.py', '')
        wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: conformance\\nVersion: 1\\n')
        wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
        wheel.writestr(info + 'RECORD', '')
    return name
";

/// Why a check ends without passing.
pub(super) enum Stopped {
    Failed(String),
    Skipped(String),
}

/// The result of a step of a check.
pub(super) type Checked<T = ()> = Result<T, Stopped>;

/// Ends a check: the engine broke the promise.
pub(super) fn failed<T>(reason: impl Display) -> Checked<T> {
    Err(Stopped::Failed(reason.to_string()))
}

impl From<Checked> for Verdict {
    fn from(checked: Checked) -> Self {
        match checked {
            Ok(()) => Self::Passed,
            Err(Stopped::Failed(reason)) => Self::Failed(reason),
            Err(Stopped::Skipped(reason)) => Self::Skipped(reason),
        }
    }
}

/// The tools of one check.
pub(super) struct Kit<'a, 'c> {
    pub(super) engine: &'a dyn Engine,
    pub(super) capabilities: &'a Capabilities,
    base_image: &'a ImageRef,
    check: &'static str,
    /// The tag of the images of this run, so that runs at the same time do not meet.
    tag: &'a str,
    control: &'a mut Control<'c>,
}

impl<'a, 'c> Kit<'a, 'c> {
    pub(super) fn new(
        engine: &'a dyn Engine,
        base_image: &'a ImageRef,
        capabilities: &'a Capabilities,
        check: &'static str,
        tag: &'a str,
        control: &'a mut Control<'c>,
    ) -> Self {
        Self { engine, capabilities, base_image, check, tag, control }
    }

    pub(super) fn scratch(&self) -> &Utf8Path {
        &self.control.scratch
    }

    /// Returns the reference of an image of this check.
    pub(super) fn image(&self, suffix: &str) -> Checked<ImageRef> {
        format!("agentix-conformance/{}{suffix}:{}", self.check, self.tag).parse().or_else(failed)
    }

    /// Returns the sample project with further files.
    fn bundle(&self, files: &[(&str, &str)]) -> Checked<Bundle> {
        let own = [("pyproject.toml", MANIFEST), ("backend.py", BACKEND)];
        let files = own.into_iter().chain(files.iter().copied());
        let listing = Listing::from_files(files).or_else(failed)?;
        let runtime_image = Some(self.base_image.clone());
        let config = Config { runtime_image, tag: vec![self.image("")?], ..Config::default() };
        Bundle::new(MANIFEST.parse::<Project>().or_else(failed)?, listing, config).or_else(failed)
    }

    /// Renders the sample project in a dialect and builds it, as `agentix-gen build` does.
    pub(super) fn build_project(&mut self, dialect: Dialect, force: bool) -> Checked<Built> {
        let bundle = self.bundle(&[])?;
        let options = BuildOptions { dialect: Some(dialect), force, ..BuildOptions::default() };
        build(&bundle, self.engine, &options, self.control).or_else(|error| match error {
            BuildError::Engine(error) => failed(describe(&error)),
            error => failed(error),
        })
    }

    /// Builds a Dockerfile. `BASE` in its text is the base image, whose user may be another than root. The lines that the engine prints go to `on_line`.
    pub(super) fn build(
        &mut self,
        dockerfile: &str,
        files: &[(&str, &str)],
        request: &BuildRequest,
        mut on_line: impl FnMut(&str) + Send,
    ) -> Result<Result<Outcome, EngineError>, Stopped> {
        let bundle = self.bundle(files)?;
        let text = dockerfile.replace("BASE", &format!("{}\nUSER 0", self.base_image));
        let context = context::stage(&bundle, Dialect::Classic).or_else(failed)?.with_dockerfile(text);
        let mut forward = |event: Event<'_>| {
            if let Event::Line(line) = event {
                on_line(line);
            }
            (self.control.events)(event);
        };
        let mut control = Control::new(&self.control.scratch, &mut forward).with_cancel(self.control.cancel.clone());
        control.memory_folder.clone_from(&self.control.memory_folder);
        Ok(self.engine.build(self.capabilities, request, &context, &mut control))
    }

    /// Builds a Dockerfile that must build.
    pub(super) fn must_build(&mut self, dockerfile: &str, request: &BuildRequest, what: &str) -> Checked<Outcome> {
        self.build(dockerfile, &[], request, |_| {})?.or_else(|error| failed(format!("{what}: {}", describe(&error))))
    }

    /// Returns whether the engine does not refuse a request before the build.
    pub(super) fn accepts(&self, request: &BuildRequest) -> bool {
        self.engine.check(self.capabilities, request, &self.control.cancel).is_ok()
    }

    /// Builds a Dockerfile and cancels the build after `delay`. Returns the build's result.
    pub(super) fn build_cancelled(
        &mut self,
        dockerfile: &str,
        request: &BuildRequest,
        delay: Duration,
    ) -> Result<Result<Outcome, EngineError>, Stopped> {
        let own = Cancel::default();
        let outer = std::mem::replace(&mut self.control.cancel, own.clone());
        let (done, ended) = mpsc::channel::<()>();
        let built = thread::scope(|scope| {
            let cancel = move || {
                if ended.recv_timeout(delay).is_err() {
                    own.cancel();
                }
            };
            let started = thread::Builder::new().spawn_scoped(scope, cancel);
            started.map_err(|error| Stopped::Skipped(format!("no thread can cancel the build: {error}")))?;
            let built = self.build(dockerfile, &[], request, |_| {});
            let _ = done.send(());
            built
        });
        self.control.cancel = outer;
        built
    }

    /// Returns the IDs of images, or skips the check if the engine cannot inspect images.
    pub(super) fn ids(&self, images: &[ImageRef]) -> Checked<Vec<Option<String>>> {
        match self.engine.inspect(images, &self.control.cancel) {
            Ok(found) => Ok(found.into_iter().map(|image| image.map(|image| image.id)).collect()),
            Err(error @ EngineError::Unsupported { .. }) => Err(Stopped::Skipped(error.to_string())),
            Err(error) => failed(describe(&error)),
        }
    }
}

/// Returns an error with its causes.
pub(super) fn describe(error: &(dyn Error + 'static)) -> String {
    let causes = successors(Some(error), |cause| (*cause).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
