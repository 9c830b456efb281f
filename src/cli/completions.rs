//! The `completions` command: prints the script with which a shell completes the command.

use clap::CommandFactory;
use clap_complete::Shell;

use super::arguments::Arguments;
use super::error::CommandError;
use super::output;
use super::setup_arguments::CompletionsArguments;

pub(crate) fn print(arguments: &CompletionsArguments) -> Result<(), CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "agentix-gen", &mut script);
    if arguments.shell == Shell::Bash {
        script = with_one_name(&String::from_utf8_lossy(&script)).into_bytes();
    }
    output::data(&script)
}

/// Makes the script for bash use one name for each command. For a program with a hyphen in its name, `clap_complete`
/// sets the command by one name and looks it up by another (<https://github.com/clap-rs/clap/issues/6421>).
fn with_one_name(script: &str) -> String {
    script.replace("agentix__subcmd__gen", "agentix__gen")
}
