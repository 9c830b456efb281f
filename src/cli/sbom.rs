//! The `sbom` command: the bill of materials of a project's lock.

use agentix_gen::bundle::Sbom;

use super::arguments::SbomArguments;
use super::error::CommandError;
use super::{in_tree, output, project, text_file};

pub(crate) fn sbom(arguments: &SbomArguments) -> Result<(), CommandError> {
    let bundle = project::bundle_for_dockerfile(&arguments.project)?;
    output::warnings(&bundle.warnings());
    let document = Sbom::new(&bundle)?.to_json(arguments.format.into());
    match &arguments.output {
        Some(file) => text_file::replace(file, &document).map_err(in_tree::unwritable(file)),
        None => output::data(document.as_bytes()),
    }
}
