//! The arguments of the commands that start, list and end sandboxes.

#![expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]

use std::num::NonZeroU16;

use agentix_gen::ImageRef;
use agentix_gen::project::Config;
use agentix_gen::sandbox::SandboxId;
use agentix_gen::value::{ByteSize, Network, SingleLine, VariableName};
use camino::Utf8PathBuf;
use clap::Args;

use super::arguments::{Format, OUTPUT, ProjectArguments};
use super::flags::{EngineFlags, RunBuildFlags};

/// The help heading of the flags that define a container.
const SANDBOX: &str = "The sandbox";

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    #[command(flatten)]
    engine: EngineFlags,
    #[command(flatten)]
    build: RunBuildFlags,
    /// Run in this image, which mounts the environment of the built one; implies --portable
    #[arg(long, value_name = "REF", help_heading = SANDBOX)]
    pub(crate) task_image: Option<ImageRef>,
    /// Start the sandbox and leave it running; print its ID
    #[arg(short, long, help_heading = SANDBOX)]
    pub(crate) detach: bool,
    /// Set an environment variable; without `=V`, to its value here
    #[arg(short, long, value_name = "K=V", help_heading = SANDBOX)]
    pub(crate) env: Vec<Variable>,
    /// Set the environment variables of a file with lines of K=V
    #[arg(long, value_name = "FILE", help_heading = SANDBOX)]
    pub(crate) env_file: Vec<Utf8PathBuf>,
    /// Publish a further port, in the engine's syntax: 127.0.0.1:9000:9000
    #[arg(long, value_name = "PORT", help_heading = SANDBOX)]
    pub(crate) publish: Vec<SingleLine>,
    /// The network of the sandbox; with `host`, the server listens on --port of this machine
    #[arg(long, value_name = "NAME", help_heading = SANDBOX)]
    pub(crate) network: Option<Network>,
    /// The port that the server listens on [default: 8000]
    #[arg(long, value_name = "PORT", help_heading = SANDBOX)]
    pub(crate) port: Option<NonZeroU16>,
    /// The number of processors that the sandbox may use
    #[arg(long, value_name = "N", value_parser = positive, help_heading = SANDBOX)]
    pub(crate) cpus: Option<f64>,
    /// The memory that the sandbox may use, such as 512MiB
    #[arg(long, value_name = "SIZE", help_heading = SANDBOX)]
    pub(crate) memory: Option<ByteSize>,
    /// How long the server may take until it answers, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = clap::value_parser!(u32).range(1..), help_heading = SANDBOX)]
    pub(crate) timeout: u32,
    /// Build again whenever something changes that is in the context, and replace the sandbox, until Ctrl-C
    #[arg(long, conflicts_with = "detach")]
    pub(crate) watch: bool,
    /// Show the engine's output of the build only if it fails
    #[arg(short, long, help_heading = OUTPUT)]
    pub(crate) quiet: bool,
    /// Show the whole output of the engine; on a terminal, only the steps are shown without it
    #[arg(short, long, conflicts_with = "quiet", help_heading = OUTPUT)]
    pub(crate) verbose: bool,
    /// The output format of the result
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = OUTPUT)]
    pub(crate) format: Format,
}

impl RunArguments {
    /// Returns the flags as a configuration that overrides the keys of the project.
    pub(crate) fn config(&self) -> Config {
        let mut config = self.build.0.clone().overlay(self.engine.0.clone()).overlay(self.project.config());
        if self.task_image.is_some() {
            config.portable = Some(true);
        }
        config
    }
}

#[derive(Debug, Args)]
pub(crate) struct PsArguments {
    #[command(flatten)]
    pub(crate) engine: EngineFlags,
    /// The output format of the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
#[command(override_usage = "agentix-gen stop [OPTIONS] <ID>...\n       agentix-gen stop [OPTIONS] --stale")]
pub(crate) struct StopArguments {
    /// The sandboxes to end and remove; the start of an ID is enough
    #[arg(value_name = "ID", required_unless_present = "stale")]
    pub(crate) ids: Vec<SandboxId>,
    #[command(flatten)]
    pub(crate) engine: EngineFlags,
    /// Remove the sandboxes that have ended, those whose `agentix-gen run` was killed, and what carries bundles for no sandbox
    #[arg(long, conflicts_with = "ids")]
    pub(crate) stale: bool,
}

/// `NAME=VALUE`, or `NAME` for the value in the environment of the command.
#[derive(Clone)]
pub(crate) struct Variable {
    pub(crate) name: VariableName,
    pub(crate) value: Option<String>,
}

/// Shows no value, because it may be a secret.
impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.name.as_str())
    }
}

impl std::str::FromStr for Variable {
    type Err = <VariableName as std::str::FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        Ok(Self { name: name.parse()?, value: value.map(str::to_owned) })
    }
}

fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| "expected a number above zero, such as 1.5".to_owned())
}
