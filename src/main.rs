//! The `agentix-gen` command: parses the arguments, calls the library and prints the result.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os())
}
