//! Chooses the base image of a bundle: a runtime image, or a Python image for a standalone bundle.

use pep440_rs::Version;

use super::dependencies::Dependencies;
use super::error::BundleError;
use crate::project::{Config, PythonVersion, Workspace};
use crate::value::ImageRef;

/// The default base image of a bundle.
pub const DEFAULT_RUNTIME_IMAGE: &str = "agentix/runtime:0.1.0";

/// The default version of `agentixx` in a standalone image.
pub const DEFAULT_AGENTIX_VERSION: &str = "0.1.0";

/// Returns the base image. For a standalone bundle, also returns the version of `agentixx` to install on it.
pub(super) fn choose(
    workspace: &Workspace,
    dependencies: &Dependencies,
    config: &Config,
) -> Result<(ImageRef, Option<Version>), BundleError> {
    if !config.standalone.unwrap_or(false) {
        let image = match &config.runtime_image {
            Some(image) => image.clone(),
            None => DEFAULT_RUNTIME_IMAGE.parse()?,
        };
        return Ok((image, None));
    }
    if let Some(image) = &config.runtime_image {
        return Err(BundleError::StandaloneOnRuntime { image: image.clone() });
    }
    let python = match &config.python_image {
        Some(image) => image.clone(),
        None => slim_python_image(workspace.python(dependencies.requires_python())?)?,
    };
    let agentix = config.agentix_version.clone().map_or_else(|| DEFAULT_AGENTIX_VERSION.parse(), Ok)?;
    Ok((python, Some(agentix)))
}

/// Returns the base image for the runtime image of a project: `named` if set, otherwise the key `python-image` of the
/// project, otherwise the slim image for the project's Python version.
///
/// # Errors
///
/// Returns [`BundleError::Python`] if no Python version satisfies the project.
pub fn python_image(workspace: &Workspace, named: Option<&ImageRef>) -> Result<ImageRef, BundleError> {
    match named.or(workspace.project().config().python_image.as_ref()) {
        Some(image) => Ok(image.clone()),
        None => slim_python_image(workspace.python(None)?),
    }
}

/// Returns the official slim image for a Python version: `python:3.X-slim`.
///
/// # Errors
///
/// Never fails for a valid Python version.
pub fn slim_python_image(python: PythonVersion) -> Result<ImageRef, BundleError> {
    Ok(format!("python:{python}-slim").parse()?)
}
