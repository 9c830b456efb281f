//! The arguments of the commands that show what is decided, and why: `plan`, `files`, `explain`.

use clap::{Args, ValueEnum};

use super::arguments::{Format, ProjectArguments};

#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// The output format: the decisions and stages as text or JSON, or a picture of the stages [default: text on a
    /// terminal, json otherwise]
    #[arg(long, value_enum)]
    pub(crate) format: Option<PlanFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    Text,
    Json,
    Mermaid,
    Dot,
    Svg,
}

#[derive(Debug, Args)]
pub(crate) struct FilesArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// Print a tree with sizes, the largest first
    #[arg(long, conflicts_with = "format")]
    pub(crate) tree: bool,
    /// The output format of the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// A key of [tool.agentix], a rule that `files` shows, or the message of an error in quotes
    #[arg(value_name = "KEY|RULE|ERROR", allow_hyphen_values = true)]
    pub(crate) asked: String,
}
