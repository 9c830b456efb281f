//! What installs packages in the image: pip, or uv.

use super::error::BundleError;
use crate::files::Listing;
use crate::project::{Config, InstallerChoice, Workspace};
use crate::value::ImageRef;

/// The image that uv comes from where nobody names another: a release, so that it does not change by itself.
pub const DEFAULT_UV_IMAGE: &str = "ghcr.io/astral-sh/uv:0.13.9";

/// What installs packages in the image.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Installer {
    /// The pip of the runtime image.
    Pip,
    /// uv, which is part of the build and not of the image.
    Uv {
        /// The image that holds it, at `/uv`.
        image: ImageRef,
    },
}

impl Installer {
    /// The one that was asked for; otherwise uv where the project uses it or has a lock that it reads, else pip.
    pub(super) fn choose(workspace: &Workspace, listing: &Listing, config: &Config) -> Result<Self, BundleError> {
        let is_there = |path: &str| listing.get(workspace.project_path().join(path).as_str()).is_some();
        let locks = workspace.locks();
        let is_locked = locks.uv.is_some() || locks.pylock.is_some() || is_there("uv.lock") || is_there("pylock.toml");
        let uv = match config.installer {
            Some(InstallerChoice::Uv) => true,
            Some(InstallerChoice::Pip) => false,
            _ => workspace.project().uses_uv() || workspace.uv_root().is_some() || is_locked,
        };
        if !uv {
            return Ok(Self::Pip);
        }
        let image = match &config.uv_image {
            Some(image) => image.clone(),
            None => DEFAULT_UV_IMAGE.parse()?,
        };
        Ok(Self::Uv { image })
    }
}
