//! From a folder and options to a bundle.

use agentix_gen::{Bundle, Config, Rules, read_docker_ignore, read_project, walk};
use camino::Utf8Path;

use super::arguments::ProjectArguments;
use super::error::CommandError;

pub(crate) fn bundle(arguments: &ProjectArguments) -> Result<Bundle, CommandError> {
    bundle_of(&arguments.path, arguments.config())
}

pub(crate) fn bundle_of(folder: &Utf8Path, flags: Config) -> Result<Bundle, CommandError> {
    let project = read_project(folder)?;
    let rules = Rules::new(&flags.clone().over(project.config().clone()), read_docker_ignore(folder)?);
    let listing = walk(folder, &rules)?;
    Ok(Bundle::new(project, listing, flags)?)
}
