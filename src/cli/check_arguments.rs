//! The arguments of `check`.

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

use super::arguments::ProjectArguments;

#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// The Dockerfile to compare; `-` reads it from stdin
    pub(crate) dockerfile: Utf8PathBuf,
    /// Compare with the Dockerfile of --in-tree, and check the ignore file beside it
    #[arg(long)]
    pub(crate) in_tree: bool,
    /// Write the current Dockerfile, if it differs or does not exist, and exit with code 0
    #[arg(long)]
    pub(crate) fix: bool,
    /// The output format of the result: a diff, JSON, SARIF 2.1.0, or annotations of GitHub Actions
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(crate) format: CheckFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    Text,
    Json,
    Sarif,
    Github,
}
