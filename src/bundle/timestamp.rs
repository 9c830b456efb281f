//! What the build steps are told where an image has a time of its own, so that they leave no other in it.

use super::error::BundleError;
use super::installer::Installer;
use crate::project::Config;

/// Tells the build steps of the time, as build arguments.
pub(super) fn set_build_arguments(config: &mut Config, installer: &Installer) -> Result<(), BundleError> {
    let Some(epoch) = config.source_date_epoch else { return Ok(()) };
    // Python then writes bytecode that knows its source by a hash and not by its time, and backends write wheels of that
    // time.
    config.build_arg.insert("SOURCE_DATE_EPOCH".parse()?, epoch.seconds().to_string().parse()?);
    if matches!(installer, Installer::Uv { .. }) {
        // Beside what it installs, uv notes when the wheel was made.
        config.build_arg.insert("UV_NO_INSTALLER_METADATA".parse()?, "1".parse()?);
    }
    Ok(())
}
