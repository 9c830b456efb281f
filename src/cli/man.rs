//! The `man` command: prints the manual page, or writes a page for each command.

#![expect(clippy::disallowed_methods, reason = "the pages are written here")]

use std::fs;
use std::io;

use camino::Utf8Path;
use clap::CommandFactory;
use clap_mangen::Man;

use super::arguments::Arguments;
use super::error::CommandError;
use super::output;
use super::setup_arguments::ManArguments;

pub(crate) fn print(arguments: &ManArguments) -> Result<(), CommandError> {
    if let Some(folder) = &arguments.into {
        return write(folder).map_err(|source| CommandError::Unwritable { path: folder.to_string(), source });
    }
    let mut page = Vec::new();
    Man::new(Arguments::command()).render(&mut page).map_err(CommandError::Output)?;
    output::data(&page)
}

/// Writes `agentix-gen.1`, and `agentix-gen-COMMAND.1` for each command.
fn write(folder: &Utf8Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(Arguments::command(), folder)
}
