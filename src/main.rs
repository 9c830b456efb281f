//! The `agentix-gen` command. All it does is in the library; this reads arguments and prints.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os())
}
