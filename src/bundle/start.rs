//! What a bundle starts from: a runtime image, or an image with Python alone.

use pep440_rs::Version;

use super::{BundleError, DEFAULT_RUNTIME_IMAGE, Dependencies, built_in};
use crate::config::Config;
use crate::image::ImageRef;
use crate::workspace::Workspace;

/// The version of `agentixx` that an image gets where nobody names another.
pub const DEFAULT_AGENTIX_VERSION: &str = "0.1.0";

/// The image to start from and, where that has Python alone, the version of `agentixx` that is installed on it.
pub(super) fn of(
    workspace: &Workspace,
    dependencies: &Dependencies,
    config: &Config,
) -> Result<(ImageRef, Option<Version>), BundleError> {
    if !config.standalone.unwrap_or(false) {
        let image = config.runtime_image.clone().map_or_else(|| built_in(DEFAULT_RUNTIME_IMAGE), Ok)?;
        return Ok((image, None));
    }
    if let Some(image) = &config.runtime_image {
        return Err(BundleError::StandaloneOnRuntime { image: image.clone() });
    }
    let python = match &config.python_image {
        Some(image) => image.clone(),
        None => {
            let python = workspace.python(dependencies.requires_python());
            let python = python.map_err(|error| BundleError::Python(Box::new(error)))?;
            built_in(&format!("python:{python}-slim"))?
        }
    };
    let agentix = config.agentix_version.clone().map_or_else(|| DEFAULT_AGENTIX_VERSION.parse(), Ok)?;
    Ok((python, Some(agentix)))
}
