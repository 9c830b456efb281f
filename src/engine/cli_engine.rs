//! The built-in engines: a table with a row for each, and the one [`Engine`] implementation that uses the rows.

use camino::Utf8PathBuf;

use super::capabilities::Capabilities;
use super::cli_build::CliBuild;
use super::command::Command;
use super::error::{EngineError, RUN_CONTAINERS};
use super::installed::{EngineRow, EngineSettings, Installed};
use super::request::BuildRequest;
use super::{Control, Engine, ImageInfo, Outcome, apple_container, cli_build, docker, inspection, nerdctl, podman};
use crate::context::Context;
use crate::value::{Cancel, Dialect, ImageRef, Platform};

/// The built-in engines, in the order in which they are tried if no engine is named.
const ROWS: [&EngineRow; 5] = [&docker::ROW, &podman::PODMAN, &podman::BUILDAH, &nerdctl::ROW, &apple_container::ROW];

/// The names of the built-in engines, in the order in which they are tried if no engine is named.
pub const BUILT_IN_ENGINES: &[&str] = &{
    let mut names = [""; ROWS.len()];
    let mut row = 0;
    while row < names.len() {
        names[row] = ROWS[row].name;
        row += 1;
    }
    names
};

/// What stands for the unique part of a name in a command that is not run.
const UNIQUE: &str = "UNIQUE";

/// A built-in engine.
#[derive(Debug, Clone)]
pub(crate) struct CliEngine {
    row: &'static EngineRow,
    installed: Installed,
}

/// Returns the command line that pulls an image with a built-in engine, or `None` if its command is another one.
pub fn pull_line(engine: &str, image: &ImageRef) -> Option<String> {
    row(engine).filter(|row| row.has_pull).map(|row| format!("{} pull {image}", row.name))
}

/// Returns the command line that builds an image with a built-in engine, from the Dockerfile that the command `print`
/// prints.
///
/// ```
/// use agentix_gen::engine::{build_line, pull_line};
///
/// let image = "agentix/runtime:0.1.0".parse()?;
/// assert_eq!(build_line("podman", "agentix-gen runtime", &image).unwrap(), "agentix-gen runtime | podman build -t agentix/runtime:0.1.0 -");
/// assert_eq!(pull_line("podman", &image).unwrap(), "podman pull agentix/runtime:0.1.0");
/// assert_eq!(pull_line("own", &image), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn build_line(engine: &str, print: &str, image: &ImageRef) -> Option<String> {
    let row = row(engine)?;
    Some(if row.builds_stdin {
        format!("{print} | {} build -t {image} -", row.name)
    } else {
        format!("{print} > Dockerfile && {} build -t {image} .", row.name)
    })
}

fn row(engine: &str) -> Option<&'static EngineRow> {
    ROWS.into_iter().find(|row| row.name == engine)
}

impl CliEngine {
    /// Returns all built-in engines. `find` returns the path of a program by its name.
    pub(crate) fn all(
        find: impl Fn(&str) -> Option<Utf8PathBuf>,
        settings: EngineSettings,
    ) -> impl Iterator<Item = Self> {
        ROWS.into_iter().map(move |row| {
            let installed = Installed { name: row.name, program: find(row.name), settings: settings.clone() };
            Self { row, installed }
        })
    }
}

impl Engine for CliEngine {
    fn name(&self) -> &str {
        self.row.name
    }

    fn is_tested(&self) -> Option<bool> {
        Some(self.row.is_tested)
    }

    fn probe(&self, cancel: &Cancel) -> Result<Capabilities, EngineError> {
        (self.row.probe)(&self.installed, cancel)
    }

    fn dialects(&self) -> Vec<Dialect> {
        (self.row.dialects)(&self.installed.settings)
    }

    fn inspect(&self, images: &[ImageRef], cancel: &Cancel) -> Result<Vec<Option<ImageInfo>>, EngineError> {
        inspection::inspect(self.row, &self.installed, images, cancel)
    }

    fn digests(&self, image: &ImageRef, cancel: &Cancel) -> Result<Option<Vec<String>>, EngineError> {
        inspection::digests(self.row, &self.installed, image, cancel)
    }

    fn has_platform(
        &self,
        image: &ImageRef,
        platform: &Platform,
        cancel: &Cancel,
    ) -> Result<Option<bool>, EngineError> {
        inspection::has_platform(self.row, &self.installed, image, platform, cancel)
    }

    fn default_platform(&self) -> Result<Option<Platform>, EngineError> {
        (self.row.default_platform)(&self.installed.settings)
    }

    fn check(&self, capabilities: &Capabilities, request: &BuildRequest, cancel: &Cancel) -> Result<(), EngineError> {
        CliBuild::new(self.row, &self.installed, capabilities, request, UNIQUE, cancel).map(|_| ())
    }

    fn commands(&self, capabilities: &Capabilities, request: &BuildRequest) -> Result<Vec<Command>, EngineError> {
        CliBuild::new(self.row, &self.installed, capabilities, request, UNIQUE, &Cancel::default())?.commands()
    }

    fn build(
        &self,
        capabilities: &Capabilities,
        request: &BuildRequest,
        context: &Context<'_>,
        control: &mut Control<'_>,
    ) -> Result<Outcome, EngineError> {
        let context = match &request.digest {
            Some(digest) => context.with_stamps(digest.file_stamps()),
            None => context.clone(),
        };
        cli_build::run(self.row, &self.installed, capabilities, request, &context, control)
    }

    fn container_command(&self, arguments: Vec<String>) -> Result<Command, EngineError> {
        if self.row.runs_containers { self.installed.command(arguments) } else { Err(self.unsupported(RUN_CONTAINERS)) }
    }

    fn push(&self, request: &BuildRequest, control: &mut Control<'_>) -> Result<Option<String>, EngineError> {
        cli_build::push(self.row, &self.installed, request, control)
    }
}
