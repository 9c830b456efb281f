//! Build arguments for an image with a fixed timestamp, so that build steps record no other time in it.

use super::error::BundleError;
use super::installer::Installer;
use crate::project::Config;

/// Adds the build arguments for the configured `source-date-epoch`, if it is set.
pub(super) fn set_build_arguments(config: &mut Config, installer: &Installer) -> Result<(), BundleError> {
    let Some(epoch) = config.source_date_epoch else { return Ok(()) };
    // With this variable, Python writes hash-based instead of timestamp-based bytecode, and build backends use this
    // time in wheels.
    config.build_arg.insert("SOURCE_DATE_EPOCH".parse()?, epoch.seconds().to_string().parse()?);
    if matches!(installer, Installer::Uv { .. }) {
        // Otherwise uv records the time of the wheel next to each installed package.
        config.build_arg.insert("UV_NO_INSTALLER_METADATA".parse()?, "1".parse()?);
    }
    Ok(())
}
