//! The command-line arguments. Parsing checks only their syntax; other modules interpret them.

#![expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]

use std::str::FromStr;

use agentix_gen::bundle::{DEFAULT_RUNTIME_IMAGE, SbomFormat};
use agentix_gen::value::{BuildOutput, ImageRefError, SingleLine, ValueError};
use agentix_gen::{Config, Dialect, ImageRef, Version};
use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::check_arguments::CheckArguments;
use super::flags::{BuildFlags, EngineFlags, ProjectFlags};
use super::sandbox_arguments::{PsArguments, RunArguments, StopArguments};
use super::setup_arguments::{CompletionsArguments, InitArguments, ManArguments, SchemaArguments};
use super::view_arguments::{ExplainArguments, FilesArguments, PlanArguments};

const EXAMPLES: &str = "\
Examples:
  agentix-gen                                    Show the Dockerfile of the project in this folder
  agentix-gen files                              Show which files are included or excluded, and why
  agentix-gen build                              Build the image with docker, podman or buildah
  agentix-gen context | docker build -t hello -  Run the builder yourself

Most options are also keys of [tool.agentix] in pyproject.toml.
Command-line options override the keys.";

/// The help heading of the flags that define an image. It is the same as for the options of `[tool.agentix]`.
const IMAGE: &str = "The image";

/// The help heading of the flags that choose what is printed or written.
pub(super) const OUTPUT: &str = "The output";

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
    pub(crate) dockerfile: DockerfileArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write [tool.agentix] to pyproject.toml, with what the project needs and what is decided without it
    Init(InitArguments),
    /// Build the image with an engine
    Build(Box<BuildArguments>),
    /// Print the Dockerfile (the default without a command)
    Dockerfile(Box<DockerfileArguments>),
    /// Print Dockerfile.dockerignore, the ignore file for --in-tree
    Dockerignore(Box<ProjectArguments>),
    /// List every path of the project, included or excluded, with the rule that matched
    Files(Box<FilesArguments>),
    /// Print every decision about the image with its origin, and the stages of the build with what flows between them
    Plan(Box<PlanArguments>),
    /// Print the bill of materials of the lock: the packages with their versions, hashes and dependencies
    Sbom(Box<SbomArguments>),
    /// Compare a Dockerfile with the generated one; if they differ, print a diff and exit with code 1, or update it
    Check(Box<CheckArguments>),
    /// Print the build context as a tar archive: the Dockerfile, and the project in `project/`
    Context(Box<ProjectArguments>),
    /// Write the build context as a folder
    Stage(Box<StageArguments>),
    /// Write a file for `docker buildx bake`, which builds the images of many projects at once
    Bake(Box<BakeArguments>),
    /// Ask an engine for the digests of the images in use, and write them to agentix.lock
    Lock(Box<LockArguments>),
    /// Build the image unless it is up to date, start it, and print the URL of its server
    Run(Box<RunArguments>),
    /// List the sandboxes that `run` started
    Ps(PsArguments),
    /// End and remove sandboxes that `run` started
    Stop(StopArguments),
    /// List the engines with their versions and features
    Engines(EnginesArguments),
    /// Print the Dockerfile of the runtime image, the base image of bundles
    Runtime(RuntimeArguments),
    /// Print what the guide says about a key, a rule or an error
    Explain(ExplainArguments),
    /// Print the JSON Schema of the configuration, for an editor, or of the JSON that a command prints
    Schema(SchemaArguments),
    /// Print the completions of a shell
    Completions(CompletionsArguments),
    /// Print the manual page
    Man(ManArguments),
}

/// The arguments that define an image.
#[derive(Debug, Args)]
pub(crate) struct ProjectArguments {
    /// The folder of the project, which contains pyproject.toml
    #[arg(default_value = ".")]
    pub(crate) path: Utf8PathBuf,
    #[command(flatten)]
    pub(crate) flags: ProjectFlags,
    /// The Dockerfile dialect of the builder; `auto` asks the engine, or is `buildkit` without an engine
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
pub(crate) struct DockerfileArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// Write the Dockerfile for the folder of the project: `docker build .` needs no staged context
    #[arg(long)]
    pub(crate) in_tree: bool,
    /// Write Dockerfile and Dockerfile.dockerignore to this folder instead of stdout
    #[arg(short, long, value_name = "DIR", requires = "in_tree")]
    pub(crate) output: Option<Utf8PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct StageArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// The folder to write; a folder that agentix-gen wrote before is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Utf8PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct SbomArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// The format: version 1.6 of cyclonedx, or version 2.3 of spdx, as JSON
    #[arg(long, value_enum, default_value_t = SbomFormatChoice::CycloneDx)]
    pub(crate) format: SbomFormatChoice,
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<Utf8PathBuf>,
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
    /// Alias of --tag, or with type=TYPE,dest=FILE: where buildx writes the image instead of docker's store
    #[arg(short, long = "output", value_name = "REF|type=TYPE,dest=FILE", help_heading = OUTPUT)]
    output: Vec<NameOrOutput>,
    #[command(flatten)]
    engine: EngineFlags,
    #[command(flatten)]
    flags: BuildFlags,
    /// Stage the context in ./build/<name>/ and report what would be built
    #[arg(long, conflicts_with_all = ["push", "print_command"])]
    pub(crate) dry_run: bool,
    /// Print the engine commands that would run, as JSON
    #[arg(long)]
    pub(crate) print_command: bool,
    /// Push the image to its registry
    #[arg(long)]
    pub(crate) push: bool,
    /// Pull newer base images from their registries
    #[arg(long)]
    pub(crate) pull: bool,
    /// Run every build step again, without cached layers
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Build even if the image is up to date
    #[arg(long)]
    pub(crate) force: bool,
    /// Build again whenever something changes that is in the context, until Ctrl-C
    #[arg(long, conflicts_with_all = ["dry_run", "print_command", "iidfile"])]
    pub(crate) watch: bool,
    /// Write the ID of the image to this file, which is removed first
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dry_run", "print_command"], help_heading = OUTPUT)]
    pub(crate) iidfile: Option<Utf8PathBuf>,
    /// Show the engine's output only if it fails
    #[arg(short, long, help_heading = OUTPUT)]
    pub(crate) quiet: bool,
    /// Show the whole output of the engine; on a terminal, only the steps are shown without it
    #[arg(short, long, conflicts_with = "quiet", help_heading = OUTPUT)]
    pub(crate) verbose: bool,
    /// The output format of the result
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = OUTPUT)]
    pub(crate) format: Format,
    /// Further options of the engine's build command, passed on unchanged
    #[arg(last = true, value_name = "ENGINE OPTIONS")]
    pub(crate) engine_options: Vec<SingleLine>,
}

#[derive(Debug, Args)]
pub(crate) struct BakeArguments {
    /// The folders of the projects
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<Utf8PathBuf>,
    #[command(flatten)]
    project: ProjectFlags,
    #[command(flatten)]
    flags: BuildFlags,
    /// Fail if the agentix.lock of a project is missing an image
    #[arg(long)]
    pub(crate) locked: bool,
    /// The folder for docker-bake.json and the staged contexts
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Utf8PathBuf,
}

impl BakeArguments {
    /// Returns the flags as a configuration, which overrides that of each project.
    pub(crate) fn config(&self) -> Config {
        self.flags.0.clone().overlay(self.project.0.clone())
    }
}

#[derive(Debug, Args)]
pub(crate) struct EnginesArguments {
    /// Check that an engine keeps the promises of every engine: build small images with it, and print what each check found
    #[arg(long, value_name = "NAME")]
    pub(crate) conformance: Option<String>,
    /// The runtime image that these images start from
    #[arg(long, value_name = "REF", default_value = DEFAULT_RUNTIME_IMAGE, requires = "conformance")]
    pub(crate) base_image: ImageRef,
    /// The output format of the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct RuntimeArguments {
    /// A project that the image will run: its requires-python and .python-version choose the Python version
    pub(crate) path: Option<Utf8PathBuf>,
    /// Fail if the project's agentix.lock is missing the Python image
    #[arg(long, requires = "path")]
    pub(crate) locked: bool,
    /// The Python image to start from [default: python:3.X-slim for the project's Python, or for 3.11]
    #[arg(long, value_name = "REF")]
    pub(crate) python_image: Option<ImageRef>,
    /// The version of agentixx to install [default: the version that the project pins, or 0.1.0]
    #[arg(long, value_name = "V")]
    pub(crate) agentix_version: Option<Version>,
}

/// The value of `build --output`. No image reference contains `=`.
#[derive(Debug, Clone)]
enum NameOrOutput {
    Name(ImageRef),
    Output(BuildOutput),
}

impl FromStr for NameOrOutput {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('=') {
            text.parse().map(Self::Output).map_err(|error: ValueError| error.to_string())
        } else {
            text.parse().map(Self::Name).map_err(|error: ImageRefError| error.to_string())
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SbomFormatChoice {
    #[value(name = "cyclonedx")]
    CycloneDx,
    Spdx,
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

impl From<SbomFormatChoice> for SbomFormat {
    fn from(choice: SbomFormatChoice) -> Self {
        match choice {
            SbomFormatChoice::CycloneDx => Self::CycloneDx,
            SbomFormatChoice::Spdx => Self::Spdx,
        }
    }
}

impl ProjectArguments {
    /// Returns the flags as a configuration that overrides the keys of the project.
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
        config.tag.extend(self.output.iter().filter_map(|output| match output {
            NameOrOutput::Name(name) => Some(name.clone()),
            NameOrOutput::Output(_) => None,
        }));
        config
    }

    /// Returns the last output that is not a name.
    pub(crate) fn output(&self) -> Option<BuildOutput> {
        self.output.iter().rev().find_map(|output| match output {
            NameOrOutput::Name(_) => None,
            NameOrOutput::Output(output) => Some(output.clone()),
        })
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
