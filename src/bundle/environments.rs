//! The environments that a project or its lock is limited to.

use super::dependencies::Dependencies;
use super::error::BundleError;
use super::installer::Installer;
use super::uv_rule_error::UvRuleError;
use crate::project::{Config, ImageEnvironment, PossibleRoot, PythonVersion, Workspace};
use crate::value::{ImageRef, Platform};

/// Returns an error if the image, on one of its platforms, is none of the environments that a lock or `[tool.uv]` is limited to.
/// uv refuses to install there.
pub(super) fn check(
    workspace: &Workspace,
    dependencies: &Dependencies,
    installer: &Installer,
    config: &Config,
    image: &ImageRef,
) -> Result<(), BundleError> {
    let root = workspace.uv_root().map(|root| PossibleRoot::read(&root.manifest)).transpose()?;
    let (key, environments) = match (dependencies, installer) {
        (Dependencies::UvLock { lock, .. }, _) => ("[tool.uv] environments", lock.environments()),
        (Dependencies::Pylock(lock), _) => ("pylock.toml: environments", lock.environments()),
        (Dependencies::None | Dependencies::Listed(_), Installer::Uv { .. }) => {
            let uv = root.as_ref().map_or(workspace.project().uv(), |root| &root.uv);
            ("[tool.uv] environments", uv.environments())
        }
        _ => return Ok(()),
    };
    if environments.is_empty() {
        return Ok(());
    }
    let python = match &config.runtime_image {
        Some(image) => PythonVersion::of_image(image),
        None => {
            PythonVersion::of_image(image).or_else(|| workspace.python(config, dependencies.requires_python()).ok())
        }
    };
    let platforms: Vec<Option<&Platform>> =
        if config.platform.is_empty() { vec![None] } else { config.platform.iter().map(Some).collect() };
    let is_none = |platform: Option<&Platform>| {
        let environment = ImageEnvironment::new(python, platform.map_or(&[], std::slice::from_ref));
        !environments.iter().any(|marker| environment.may_hold_text(marker, &[]))
    };
    match platforms.into_iter().find(|platform| is_none(*platform)) {
        Some(platform) => {
            let python = python.map(|python| format!(" with Python {python}")).unwrap_or_default();
            let image = platform.map_or("Linux".to_owned(), ToString::to_string) + &python;
            Err(UvRuleError::Environments { key, environments: environments.to_vec(), image }.into())
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::bundle::tests::bundle_of;
    use crate::bundle::{Bundle, BundleError};
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    const MANIFEST: &str = "[project]\nname = 'a'\nversion = '1'\ndependencies = ['six']\n";

    fn of_manifest(environments: &str, flags: &str) -> Result<(), String> {
        let manifest = format!("{MANIFEST}[tool.uv]\nenvironments = {environments}\n");
        bundle_of(&manifest, &[], flags).map(|_| ()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_image_must_be_an_environment_of_uv() {
        let darwin = "\"sys_platform == 'darwin'\"";
        assert_eq!(
            of_manifest(darwin, "").unwrap_err(),
            "[tool.uv] environments (`sys_platform == 'darwin'`) excludes the image, which is Linux with Python 3.11; add \
             its environment"
        );
        let arm = "[\"sys_platform == 'darwin'\", \"platform_machine == 'aarch64'\"]";
        let on_amd = of_manifest(arm, "platform = ['linux/arm64', 'linux/amd64']").unwrap_err();
        assert!(on_amd.contains("excludes the image, which is linux/amd64 with Python 3.11"), "{on_amd}");
        let new = "\"python_version >= '3.12'\"";
        assert!(of_manifest(new, "").unwrap_err().contains("Linux with Python 3.11"));
        for (environments, flags) in [
            ("[]", ""),
            (arm, ""),
            (arm, "platform = 'linux/arm64'"),
            (darwin, "installer = 'pip'"),
            (new, "standalone = true\npython-image = 'python:3.13'"),
            (new, "runtime-image = 'own:1'"),
            ("\"sys_platform == 'linux'\"", ""),
        ] {
            assert_eq!(of_manifest(environments, flags), Ok(()), "{environments} {flags}");
        }
    }

    fn of_files(files: &[(&str, &str)], folder: &str) -> Result<Bundle, BundleError> {
        let listing = Listing::from_files(files.iter().copied()).unwrap();
        let workspace = Workspace::in_listing(&listing, folder, &Config::default()).unwrap();
        Bundle::new(workspace, listing, Config::default())
    }

    #[test]
    fn a_workspace_has_the_environments_of_its_root() {
        let root = "[tool.uv]\nenvironments = \"sys_platform == 'win32'\"\n[tool.uv.workspace]\nmembers = ['a']\n";
        let with = |root: &str, own: &str| {
            let own = format!("{MANIFEST}{own}");
            of_files(&[("pyproject.toml", root), ("a/pyproject.toml", &own)], "a")
        };
        assert!(with(root, "").unwrap_err().to_string().contains("`sys_platform == 'win32'`"));
        let own = "[tool.uv]\nenvironments = \"sys_platform == 'win32'\"\n";
        with(&root.replace("win32", "linux"), own).unwrap();
    }

    #[test]
    fn the_image_must_be_an_environment_of_its_lock() {
        let uv = |markers: &str| {
            format!(
                "version = 1\nrevision = 5\nresolution-markers = [\"sys_platform == 'win32'\"]\n{markers}[[package]]\n\
                 name = 'a'\nversion = '1'\nsource = {{ virtual = '.' }}\n"
            )
        };
        let manifest = "[project]\nname = 'a'\nversion = '1'\n[tool.uv]\n";
        let limited = format!("{manifest}environments = \"sys_platform == 'darwin'\"\n");
        let lock = uv("supported-markers = [\"sys_platform == 'darwin'\"]\n");
        let refused = of_files(&[("pyproject.toml", &limited), ("uv.lock", &lock)], "").unwrap_err().to_string();
        assert!(refused.starts_with("[tool.uv] environments (`sys_platform == 'darwin'`) excludes"), "{refused}");
        // uv does not look at the markers of the resolution, nor at those that are only required.
        let required = uv("required-markers = [\"sys_platform == 'darwin'\"]\n");
        let requiring = format!("{manifest}required-environments = [\"sys_platform == 'darwin'\"]\n");
        of_files(&[("pyproject.toml", &requiring), ("uv.lock", &required)], "").unwrap();
        let pylock = "lock-version = '1.0'\nenvironments = [\"sys_platform == 'win32'\"]\npackages = []\n";
        let files = [("pyproject.toml", manifest), ("pylock.toml", pylock)];
        let refused = of_files(&files, "").unwrap_err().to_string();
        assert!(refused.starts_with("pylock.toml: environments (`sys_platform == 'win32'`) excludes"), "{refused}");
    }
}
