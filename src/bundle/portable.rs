//! Portable bundles: the environment and its interpreter are under `/nix`, which another image can mount.

use super::dependencies::Dependencies;
use super::error::BundleError;
use super::installer::DEFAULT_UV_IMAGE;
use super::portable_error::PortableError;
use crate::project::{Config, PythonVersion, Workspace};
use crate::value::ImageRef;

/// The folder that a portable bundle consists of.
pub(crate) const PORTABLE_FOLDER: &str = "/nix";

/// Where the interpreter of a portable bundle comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Interpreter {
    /// Its version: `3.X`.
    pub version: PythonVersion,
    /// The image with uv, which downloads it and checks its hash.
    pub uv: ImageRef,
}

/// Returns whether a bundle is portable.
pub(super) fn is_wanted(config: &Config) -> bool {
    config.portable.unwrap_or(false)
}

/// Returns the interpreter of a portable bundle, or `None` if the bundle is not portable. `image` is the image that the
/// bundle starts from.
pub(super) fn interpreter(
    workspace: &Workspace,
    dependencies: &Dependencies,
    image: &ImageRef,
    config: &Config,
) -> Result<Option<Interpreter>, BundleError> {
    if !is_wanted(config) {
        return Ok(None);
    }
    let texts = config.texts_of_containers();
    if let Some((_, program)) = texts.iter().find(|(key, _)| *key == "entrypoint") {
        let below = program.strip_prefix(PORTABLE_FOLDER).is_some_and(|rest| rest.starts_with('/'));
        if !below || program.split('/').any(|part| part == "..") {
            return Err(PortableError::EntryPoint { program: program.clone() }.into());
        }
    }
    let version = match PythonVersion::of_image(image) {
        Some(version) => version,
        None => workspace.python(config, dependencies.requires_python())?,
    };
    let uv = match &config.uv_image {
        Some(image) => image.clone(),
        None => DEFAULT_UV_IMAGE.parse()?,
    };
    Ok(Some(Interpreter { version, uv }))
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::bundle::tests::{bundle_of, manifest};

    fn portable(manifest: &str, flags: &str) -> Result<Bundle, String> {
        bundle_of(manifest, &[], &format!("portable = true\n{flags}")).map_err(|error| error.to_string())
    }

    #[test]
    fn the_interpreter_is_what_the_project_asks_for() {
        let version = |more: &str, flags: &str| {
            portable(&manifest(more), flags).unwrap().interpreter().unwrap().version.to_string()
        };
        assert_eq!(version("", ""), "3.11");
        assert_eq!(version("requires-python = '==3.12.*'", ""), "3.12");
        assert_eq!(version("", "python-image = 'python:3.13-slim'"), "3.13");
        assert_eq!(version("requires-python = '==3.12.*'", "python-image = 'debian:12-slim'"), "3.12");
        assert_eq!(bundle_of(&manifest(""), &[], "standalone = true").unwrap().interpreter(), None);
    }

    #[test]
    fn a_portable_bundle_is_standalone() {
        let bundle = portable(&manifest(""), "").unwrap();
        assert_eq!(bundle.agentix_version().unwrap().to_string(), "0.1.0");
        let images: Vec<String> = bundle.base_images().map(ToString::to_string).collect();
        assert_eq!(images, ["python:3.11-slim", "ghcr.io/astral-sh/uv:0.13.9"]);
        let refused = portable(&manifest(""), "runtime-image = 'own:1'").unwrap_err();
        assert!(refused.ends_with("remove `portable` or `runtime-image`"), "{refused}");
    }

    #[test]
    fn the_entry_point_is_in_the_folder() {
        for program in ["/nix/runtime/bin/hello", "/nix/store/abc/bin/hello"] {
            portable(&manifest(""), &format!("entrypoint = ['{program}', 'x']")).unwrap();
        }
        for program in ["python", "/usr/bin/hello", "/nix", "/nixos/hello", "/nix/../usr/bin/hello"] {
            let refused = portable(&manifest(""), &format!("entrypoint = ['{program}']")).unwrap_err();
            assert!(refused.contains("must be a program under /nix"), "{refused}");
        }
    }

    #[test]
    fn debian_packages_are_named_because_a_task_image_has_none() {
        let warnings = |flags: &str| {
            let bundle = portable(&manifest(""), flags).unwrap();
            bundle.warnings().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(warnings(""), [""; 0]);
        assert!(warnings("apt = ['git']")[0].starts_with("the Debian package git is not under /nix"));
    }
}
