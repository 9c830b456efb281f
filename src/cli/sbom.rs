//! The `sbom` command: the bill of materials of a project's lock.

use agentix_gen::bundle::Sbom;

use serde_json::Value;

use super::arguments::SbomArguments;
use super::error::CommandError;
use super::{in_tree, output, project, text_file};

pub(crate) fn sbom(arguments: &SbomArguments) -> Result<(), CommandError> {
    let bundle = project::bundle_for_dockerfile(&arguments.project)?;
    output::warnings(&bundle.warnings());
    let document = Sbom::new(&bundle)?.to_json(arguments.format.into())?;
    match &arguments.output {
        Some(file) => {
            text_file::read_own(file, is_bill_of_this_tool)?;
            text_file::replace(file, &document).map_err(in_tree::unwritable(file))
        }
        None => output::data(document.as_bytes()),
    }
}

/// Returns whether a text is a bill of materials, in either format, that names this tool as its author.
fn is_bill_of_this_tool(text: &str) -> bool {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    let names = |pointer: &str, name: &str| {
        document.pointer(pointer).and_then(Value::as_str).is_some_and(|author| author.starts_with(name))
    };
    names("/metadata/tools/components/0/name", env!("CARGO_PKG_NAME"))
        || names("/creationInfo/creators/0", concat!("Tool: ", env!("CARGO_PKG_NAME"), "-"))
}
