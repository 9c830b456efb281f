//! The Python image that a runtime image starts from, and the version of `agentixx` in it.

use camino::Utf8Path;
use pep440_rs::Version;

use super::error::LoadError;
use super::pins::read_pins;
use crate::bundle::{BundleError, Drift, LOCK_FILE, agentix_version, python_image};
use crate::files::read_workspace;
use crate::project::Config;
use crate::value::ImageRef;

/// Returns the Python image for the runtime image of the project in a folder: `named`, or the slim image of the
/// project's Python. The image has a digest if `agentix.lock` contains one for it.
///
/// # Errors
///
/// Returns an error if no Python version satisfies the project. If `locked` is set, also returns an error if
/// `agentix.lock` does not contain this image.
pub fn load_python_image(folder: &Utf8Path, named: Option<&ImageRef>, locked: bool) -> Result<ImageRef, LoadError> {
    let image = match named {
        Some(image) => image.clone(),
        None => python_image(&read_workspace(folder, &Config::default())?, None).map_err(|error| match error {
            BundleError::Python(error) => LoadError::Python(*error),
            error => error.into(),
        })?,
    };
    let pins = match read_pins(folder)? {
        None if locked => {
            return Err(LoadError::NoPins { path: folder.join(LOCK_FILE), folder: folder.to_owned() });
        }
        pins => pins.unwrap_or_default(),
    };
    match pins.pinned(&image) {
        Some(pinned) => Ok(pinned),
        None if locked && image.digest().is_none() => {
            let drift = Drift { missing: vec![image], unused: Vec::new() };
            Err(LoadError::Drift { drift, folder: folder.to_owned() })
        }
        None => Ok(image),
    }
}

/// Returns the version of `agentixx` for the runtime image of the project in a folder: the one that it pins, or the default.
///
/// # Errors
///
/// Returns an error if the project or its lock cannot be read.
pub fn load_agentix_version(folder: &Utf8Path) -> Result<Version, LoadError> {
    Ok(agentix_version(&read_workspace(folder, &Config::default())?)?)
}
