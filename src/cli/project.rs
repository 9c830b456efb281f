//! From a folder and options to a bundle.

use agentix_gen::{Bundle, Config, read_workspace, walk_workspace};
use camino::Utf8Path;

use super::arguments::ProjectArguments;
use super::error::CommandError;

pub(crate) fn bundle(arguments: &ProjectArguments) -> Result<Bundle, CommandError> {
    bundle_of(&arguments.path, arguments.config())
}

pub(crate) fn bundle_of(folder: &Utf8Path, flags: Config) -> Result<Bundle, CommandError> {
    let workspace = read_workspace(folder, &flags)?;
    let listing = walk_workspace(&workspace, &flags)?;
    Ok(Bundle::new(workspace, listing, flags)?)
}
