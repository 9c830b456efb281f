//! The arguments of the commands that set up a project or a machine: `init`, `schema`, `completions`, `man`.

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};
use clap_complete::Shell;

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// The folder of the project
    #[arg(default_value = ".")]
    pub(crate) path: Utf8PathBuf,
    /// Print the table instead of writing it
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArguments {
    /// What the schema describes: the configuration, or the JSON that a command prints
    #[arg(value_enum, default_value_t = SchemaName::Config)]
    pub(crate) name: SchemaName,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell that reads them
    #[arg(value_enum, required_unless_present = "values", conflicts_with = "values")]
    pub(crate) shell: Option<Shell>,
    /// Print what a script offers for --engine, or for --extra or --group of the project in this folder
    #[arg(long, value_enum)]
    pub(crate) values: Option<Values>,
}

#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// Write one page for each command to this folder instead
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Option<Utf8PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaName {
    /// The table `[tool.agentix]`
    Config,
    /// A whole pyproject.toml; only `[tool.agentix]` is described
    Pyproject,
    /// What `plan` prints
    Plan,
    /// What `files` prints
    Files,
    /// What `build` prints
    Build,
    /// What `build --dry-run` prints
    DryRun,
    /// What `build --print-command` prints
    PrintCommand,
    /// What `engines` prints
    Engines,
    /// What `engines --conformance` prints
    Conformance,
    /// What `check` prints
    Check,
    /// What `run` prints
    Run,
    /// What `ps` prints
    Ps,
}

/// The values that a script for a shell asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Values {
    Engines,
    Extras,
    Groups,
}
