//! The environment variables of an image.

use super::error::BundleError;
use crate::project::Config;
use crate::value::VariableName;

/// Returns an error if a configured `PATH` lacks the folder of the environment, because its programs would not be
/// found.
pub(super) fn check_path(config: &Config) -> Result<(), BundleError> {
    match config.env.iter().find(|(name, _)| name.as_str() == "PATH") {
        Some((_, path)) if !path.as_str().split(':').any(|folder| folder == "/nix/runtime/bin") => {
            Err(BundleError::PathWithoutEnvironment { path: path.to_string() })
        }
        _ => Ok(()),
    }
}

/// Returns the names of the variables that the programs of a portable image need in a task image. They do not include `PATH`:
/// the task image's own programs come first.
pub(super) fn in_a_task_image(config: &Config) -> Vec<&str> {
    let names = config.env.keys().map(VariableName::as_str).filter(|name| *name != "PATH");
    ["PYTHONUNBUFFERED"].into_iter().chain(names).collect()
}
