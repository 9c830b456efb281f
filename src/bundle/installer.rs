//! Chooses the package installer: pip or uv.

use pep440_rs::{Version, VersionSpecifiers};

use super::error::BundleError;
use crate::project::{Config, InstallerChoice, Workspace};
use crate::value::ImageRef;

/// The default image that contains uv. It is a fixed release, so that builds do not change unexpectedly.
pub const DEFAULT_UV_IMAGE: &str = "ghcr.io/astral-sh/uv:0.13.9";

/// The installer of Python packages in the image.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Installer {
    /// pip, from the runtime image.
    Pip,
    /// uv, which is used during the build and is not part of the image.
    Uv {
        /// The image that contains uv, at `/uv`.
        image: ImageRef,
    },
}

impl Installer {
    /// Returns the configured installer. By default, returns uv if the project uses uv or has a lock that uv reads, and
    /// pip otherwise. `exists` says whether the context has a file in the project's folder.
    pub(super) fn choose(
        workspace: &Workspace,
        exists: impl Fn(&str) -> bool,
        config: &Config,
    ) -> Result<Self, BundleError> {
        let locks = workspace.locks();
        let has_file_of_uv =
            workspace.project().is_read_by_uv() && (exists("uv.lock") || workspace.uv_toml().is_some());
        let is_locked = locks.uv.is_some() || locks.pylock.is_some() || exists("pylock.toml");
        let uv = match config.installer {
            Some(InstallerChoice::Uv) => true,
            Some(InstallerChoice::Pip) => false,
            _ => workspace.project().uses_uv() || workspace.uv_root().is_some() || has_file_of_uv || is_locked,
        };
        if !uv {
            return Ok(Self::Pip);
        }
        let image = match &config.uv_image {
            Some(image) => image.clone(),
            None => DEFAULT_UV_IMAGE.parse()?,
        };
        check_version(workspace, &image)?;
        Ok(Self::Uv { image })
    }
}

/// Returns an error if the tag of the uv image is a version that `required-version` excludes.
fn check_version(workspace: &Workspace, image: &ImageRef) -> Result<(), BundleError> {
    let Some(required) = &workspace.project().uv().required_version else { return Ok(()) };
    // uv reads a version without an operator as that version.
    let is_bare = required.starts_with(|c: char| c.is_ascii_digit());
    let specifiers = if is_bare { format!("=={required}") } else { required.clone() };
    let specifiers: Result<VersionSpecifiers, _> = specifiers.parse();
    let version = image.tag().and_then(|tag| tag.parse::<Version>().ok());
    match (specifiers, version) {
        (Ok(specifiers), Some(version)) if !specifiers.contains(&version) => {
            Err(BundleError::UvVersion { required: required.clone(), image: Box::new(image.clone()) })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::Installer;
    use crate::bundle::tests::{bundle_of, manifest};

    #[test]
    fn a_lock_of_the_listing_chooses_uv() {
        for (file, is_uv) in [("pylock.toml", true), ("uv.lock", true), ("requirements.txt", false)] {
            let bundle = bundle_of(&manifest(""), &[file], "").unwrap();
            assert_eq!(matches!(bundle.installer(), Installer::Uv { .. }), is_uv, "{file}");
        }
    }
}
