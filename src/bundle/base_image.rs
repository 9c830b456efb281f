//! Chooses the base image of a bundle: a runtime image, or a Python image for a standalone bundle.

use pep440_rs::Version;

use super::dependencies::Dependencies;
use super::error::BundleError;
use super::framework::Wanted;
use super::installer::Installer;
use super::portable;
use super::portable_error::PortableError;
use crate::project::{Closure, Config, PythonVersion, Workspace};
use crate::value::ImageRef;

/// The default base image of a bundle.
pub const DEFAULT_RUNTIME_IMAGE: &str = "agentix/runtime:0.1.0";

/// The default version of `agentixx`.
pub const DEFAULT_AGENTIX_VERSION: &str = "0.1.0";

/// Returns the base image. For a standalone bundle, also returns the version of `agentixx` to install on it.
pub(super) fn choose(
    workspace: &Workspace,
    dependencies: &Dependencies,
    framework: Option<&Wanted>,
    config: &Config,
) -> Result<(ImageRef, Option<Version>), BundleError> {
    let agentix = framework_version(framework, config)?;
    let is_portable = portable::is_wanted(config);
    if !is_portable && !config.standalone.unwrap_or(false) {
        let image = match &config.runtime_image {
            Some(image) => image.clone(),
            None => default_runtime_image(&agentix)?,
        };
        return Ok((image, None));
    }
    if let Some(image) = &config.runtime_image {
        if is_portable {
            return Err(PortableError::OnRuntime { image: image.clone() }.into());
        }
        return Err(BundleError::StandaloneOnRuntime { image: image.clone() });
    }
    let python = match &config.python_image {
        Some(image) => image.clone(),
        None => slim_python_image(workspace.python(config, dependencies.requires_python())?)?,
    };
    Ok((python, Some(agentix)))
}

/// Returns the version of the framework that the base image has: the configured one, or the one that the project pins.
fn framework_version(framework: Option<&Wanted>, config: &Config) -> Result<Version, BundleError> {
    match config.agentix_version.as_ref().or(framework.and_then(Wanted::pinned)) {
        Some(version) => Ok(version.clone()),
        None => Ok(DEFAULT_AGENTIX_VERSION.parse()?),
    }
}

/// Returns the default runtime image with a version of the framework. A tag has no `+` and no `!`.
fn default_runtime_image(agentix: &Version) -> Result<ImageRef, BundleError> {
    let image: ImageRef = DEFAULT_RUNTIME_IMAGE.parse()?;
    let tag = agentix.to_string().replace(['+', '!'], "-");
    Ok(image.to_string().replace(DEFAULT_AGENTIX_VERSION, &tag).parse()?)
}

/// Returns whether an image is the default runtime image, with whatever version of the framework.
pub(super) fn is_default_runtime(image: &ImageRef) -> bool {
    DEFAULT_RUNTIME_IMAGE.parse::<ImageRef>().is_ok_and(|default| image.is_same_repository(&default))
}

/// Returns the version of `agentixx` for the runtime image of a project: the key `agentix-version`, or else the version
/// that the project's lock or manifest pins, or else the default.
///
/// # Errors
///
/// Returns a [`BundleError`] if the lock cannot be used.
pub fn agentix_version(workspace: &Workspace) -> Result<Version, BundleError> {
    let config = workspace.project().config();
    let closure = Closure::resolve(workspace, config)?;
    let installer = Installer::choose(workspace, |_| false, config)?;
    let dependencies = Dependencies::choose(workspace, &closure, &installer, config)?;
    framework_version(Wanted::find(workspace, &closure, &dependencies).as_ref(), config)
}

/// Returns the base image for the runtime image of a project: `named` if set, otherwise the key `python-image` of the
/// project, otherwise the slim image for the project's Python version.
///
/// # Errors
///
/// Returns [`BundleError::Python`] if no Python version satisfies the project.
pub fn python_image(workspace: &Workspace, named: Option<&ImageRef>) -> Result<ImageRef, BundleError> {
    let config = workspace.project().config();
    match named.or(config.python_image.as_ref()) {
        Some(image) => Ok(image.clone()),
        None => slim_python_image(workspace.python(config, None)?),
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
