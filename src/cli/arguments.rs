//! The arguments. Reading them only checks their form; what they mean is settled later.

#![expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]

use agentix_gen::bundle::DEFAULT_AGENTIX_VERSION;
use agentix_gen::{Config, Dialect, ImageRef, Version};
use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::flags::{BuildFlags, EngineFlags, ProjectFlags};

const EXAMPLES: &str = "\
Examples:
  agentix-gen                                    Show the Dockerfile of the project in this folder
  agentix-gen files                              Show what goes into its image, what is kept out, and why
  agentix-gen build                              Build the image with docker, podman or buildah
  agentix-gen context | docker build -t hello -  Build it by hand

Most options are keys of [tool.agentix] in pyproject.toml as well; an option goes over its key.";

/// The heading of the flags that decide an image, as the options of `[tool.agentix]` have it.
const IMAGE: &str = "The image";

/// Turns a Python project into the container image that agents run in
#[derive(Debug, Parser)]
#[command(
    name = "agentix-gen",
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100,
    after_help = EXAMPLES
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build the image with an engine
    Build(Box<BuildArguments>),
    /// Print the Dockerfile (this is what happens without a command)
    Dockerfile(Box<ProjectArguments>),
    /// List every path of the project: in the context or out of it, and the rule that decided
    Files(Box<FilesArguments>),
    /// Print all that is decided about the image, and where each decision comes from, as JSON
    Plan(Box<ProjectArguments>),
    /// Compare a Dockerfile with the one the project has now; exit 1 and a diff if they differ
    Check(Box<CheckArguments>),
    /// Print the build context as a tar archive: the Dockerfile, and the project under `project/`
    Context(Box<ProjectArguments>),
    /// Write the build context as a folder
    Stage(Box<StageArguments>),
    /// Record the digests of the images in use in agentix.lock, as an engine knows them
    Lock(Box<LockArguments>),
    /// List the engines, with their versions and what they can do
    Engines(EnginesArguments),
    /// Print the Dockerfile of the runtime image that bundles start from
    Runtime(RuntimeArguments),
}

/// What decides an image.
#[derive(Debug, Args)]
pub(crate) struct ProjectArguments {
    /// The folder of the project: the one with its pyproject.toml
    #[arg(default_value = ".")]
    pub(crate) path: Utf8PathBuf,
    #[command(flatten)]
    pub(crate) flags: ProjectFlags,
    /// What the builder understands; `auto` asks the engine, and is `buildkit` where none is asked
    #[arg(long, value_enum, default_value_t = DialectChoice::Auto, help_heading = IMAGE)]
    pub(crate) dialect: DialectChoice,
    /// A template that extends the Dockerfile, block by block
    #[arg(long, value_name = "FILE", help_heading = IMAGE)]
    pub(crate) template: Option<Utf8PathBuf>,
    /// Fail if agentix.lock is missing an image or the engine has a different digest
    #[arg(long, help_heading = IMAGE)]
    pub(crate) locked: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StageArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// The folder to write; one that agentix-gen wrote before is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Utf8PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct FilesArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// How the list is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// The Dockerfile to compare; `-` reads it from stdin
    pub(crate) dockerfile: Utf8PathBuf,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct LockArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    #[command(flatten)]
    pub(crate) engine: EngineFlags,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// The same as --tag
    #[arg(short, long = "output", value_name = "REF")]
    output: Vec<ImageRef>,
    #[command(flatten)]
    engine: EngineFlags,
    #[command(flatten)]
    flags: BuildFlags,
    /// Stage the context in ./build/<name>/ and tell what would be built
    #[arg(long, conflicts_with_all = ["push", "print_command"])]
    pub(crate) dry_run: bool,
    /// Print the commands that would be run, as JSON
    #[arg(long)]
    pub(crate) print_command: bool,
    /// Send the image to its registry
    #[arg(long)]
    pub(crate) push: bool,
    /// Look for newer base images in their registries
    #[arg(long)]
    pub(crate) pull: bool,
    /// Build every step anew
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Build even if the image is up to date
    #[arg(long)]
    pub(crate) force: bool,
    /// Show the engine's output only if it fails
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct EnginesArguments {
    /// How the list is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct RuntimeArguments {
    /// A project that the image is to run: its requires-python and .python-version choose the Python
    pub(crate) path: Option<Utf8PathBuf>,
    /// Refuse if agentix.lock of the project does not have the Python image
    #[arg(long, requires = "path")]
    pub(crate) locked: bool,
    /// The Python image to start from [default: python:3.X-slim, of the project's Python, or else of 3.11]
    #[arg(long, value_name = "REF")]
    pub(crate) python_image: Option<ImageRef>,
    /// The version of agentixx to install
    #[arg(long, value_name = "V", default_value = DEFAULT_AGENTIX_VERSION)]
    pub(crate) agentix_version: Version,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DialectChoice {
    Auto,
    #[value(name = "buildkit")]
    BuildKit,
    Classic,
}

impl DialectChoice {
    pub(crate) fn chosen(self) -> Option<Dialect> {
        match self {
            Self::Auto => None,
            Self::BuildKit => Some(Dialect::BuildKit),
            Self::Classic => Some(Dialect::Classic),
        }
    }
}

impl ProjectArguments {
    /// The flags, to override the project's own configuration.
    pub(crate) fn config(&self) -> Config {
        self.flags.0.clone()
    }
}

impl LockArguments {
    pub(crate) fn config(&self) -> Config {
        self.engine.0.clone().overlay(self.project.config())
    }
}

impl BuildArguments {
    pub(crate) fn config(&self) -> Config {
        let mut config = self.flags.0.clone().overlay(self.engine.0.clone()).overlay(self.project.config());
        config.tag.extend(self.output.iter().cloned());
        config
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
