//! What a bundle starts from: a runtime image, or an image with Python alone.

use pep440_rs::Version;

use super::dependencies::Dependencies;
use super::error::BundleError;
use crate::project::{Config, PythonVersion, Workspace};
use crate::value::ImageRef;

/// The image that a bundle starts from where nobody names another.
pub const DEFAULT_RUNTIME_IMAGE: &str = "agentix/runtime:0.1.0";

/// The version of `agentixx` that an image gets where nobody names another.
pub const DEFAULT_AGENTIX_VERSION: &str = "0.1.0";

/// The image to start from and, where that has Python alone, the version of `agentixx` that is installed on it.
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

/// The Python image for the runtime image of a project: `named`, else the key `python-image` of the project, else the
/// slim image of the project's Python.
///
/// # Errors
///
/// A project that no Python satisfies: [`BundleError::Python`].
pub fn python_image(workspace: &Workspace, named: Option<&ImageRef>) -> Result<ImageRef, BundleError> {
    match named.or(workspace.project().config().python_image.as_ref()) {
        Some(image) => Ok(image.clone()),
        None => slim_python_image(workspace.python(None)?),
    }
}

/// The official slim image of a Python version: `python:3.X-slim`.
///
/// # Errors
///
/// None for a version of Python.
pub fn slim_python_image(python: PythonVersion) -> Result<ImageRef, BundleError> {
    Ok(format!("python:{python}-slim").parse()?)
}
