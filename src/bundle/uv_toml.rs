//! The settings in a `uv.toml`, which uv reads in place of `[tool.uv]`, and this crate does not.

use toml::{Table, Value};

use super::dependencies::Dependencies;
use super::installer::Installer;
use super::source_error::UvSourceError;
use super::uv::OF_UV_PIP;
use crate::project::{ProjectKind, Workspace};

/// The keys of a `uv.toml` that decide which packages uv installs. In this file, uv ignores other such keys, or refuses them.
const OF_UV_TOML: [&str; 23] = [
    "config-settings",
    "config-settings-package",
    "dependency-metadata",
    "exclude-newer",
    "exclude-newer-package",
    "extra-build-dependencies",
    "extra-index-url",
    "find-links",
    "fork-strategy",
    "index",
    "index-strategy",
    "index-url",
    "no-binary",
    "no-binary-package",
    "no-build",
    "no-build-isolation",
    "no-build-isolation-package",
    "no-build-package",
    "no-index",
    "no-sources",
    "no-sources-package",
    "prerelease",
    "resolution",
];

/// Returns an error if uv resolves the dependencies, and a `uv.toml` has a setting that decides which packages it installs.
/// With a lock, packages and versions are those of the lock.
pub(super) fn check(
    workspace: &Workspace,
    dependencies: &Dependencies,
    installer: &Installer,
) -> Result<(), UvSourceError> {
    let (Some(file), Installer::Uv { .. }) = (workspace.uv_toml(), installer) else { return Ok(()) };
    let is_list = match dependencies {
        Dependencies::UvLock { .. } | Dependencies::Pylock(_) | Dependencies::Exported { .. } => return Ok(()),
        // There is nothing to resolve.
        Dependencies::None if workspace.project().kind() == ProjectKind::Scripts => return Ok(()),
        Dependencies::Requirements(_) => true,
        Dependencies::None | Dependencies::Listed(_) => false,
    };
    // uv reports a file that is no TOML.
    let settings: Table = file.text.parse().unwrap_or_default();
    let pip = settings.get("pip").and_then(Value::as_table).filter(|_| is_list);
    let of_pip = pip.into_iter().flat_map(Table::keys).filter(|key| OF_UV_PIP.contains(&key.as_str()));
    let own = settings.keys().filter(|key| OF_UV_TOML.contains(&key.as_str())).cloned();
    match own.chain(of_pip.map(|key| format!("pip.{key}"))).next() {
        Some(key) => Err(UvSourceError::SettingInUvToml { file: file.path.to_string(), key }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::bundle::{Bundle, Installer};
    use crate::files::Listing;
    use crate::project::{Config, ProjectKind, Workspace};

    fn bundle(files: &[(&str, &str)], flags: &str) -> Result<Bundle, String> {
        let has_list = files.iter().any(|(path, _)| *path == "requirements.txt");
        let dependencies = if has_list { "" } else { "dependencies = ['six']" };
        let manifest = &*format!("[project]\nname = 'notes'\nversion = '1'\n{dependencies}\n");
        let files = files.iter().copied().chain([("pyproject.toml", manifest)]);
        let listing = Listing::from_files(files).unwrap();
        let flags: Config = toml::from_str(&format!("tag = 'x:1'\n{flags}")).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &flags).unwrap();
        Bundle::new(workspace, listing, flags).map_err(|error| error.to_string())
    }

    #[test]
    fn a_setting_that_decides_what_uv_resolves_is_refused() {
        for (settings, key) in [
            ("resolution = 'lowest'", "resolution"),
            ("find-links = ['wheels']", "find-links"),
            ("[[index]]\nurl = 'https://i.example.org/simple'", "index"),
            ("link-mode = 'copy'\nno-binary = true", "no-binary"),
        ] {
            let error = bundle(&[("uv.toml", settings)], "").unwrap_err();
            assert!(
                error.starts_with(&format!("`uv.toml`: `{key}` decides which packages uv installs, but")),
                "{error}"
            );
            assert!(bundle(&[("uv.toml", settings)], "installer = 'pip'").is_ok(), "pip reads none");
            let locked = [("uv.toml", settings), ("pylock.toml", "lock-version = '1.0'\n[[packages]]\nname = 'six'")];
            assert!(bundle(&locked, "").is_ok(), "{settings}");
        }
        let of_pip = ("uv.toml", "[pip]\nindex-url = 'https://i.example.org/simple'");
        assert!(bundle(&[of_pip], "").is_ok(), "it counts for lists only");
        let error = bundle(&[of_pip, ("requirements.txt", "six")], "installer = 'uv'").unwrap_err();
        assert!(error.starts_with("`uv.toml`: `pip.index-url` decides"), "{error}");
    }

    /// Others select no packages: a warning names the file.
    #[test]
    fn a_file_with_other_settings_chooses_uv() {
        let bundle = bundle(&[("uv.toml", "link-mode = 'copy'\nconstraint-dependencies = ['six<1']")], "").unwrap();
        assert!(matches!(bundle.installer(), Installer::Uv { .. }));
        assert_eq!(bundle.project().kind(), ProjectKind::Scripts, "uv builds nothing without a build system");
        assert!(bundle.warnings()[0].to_string().starts_with("uv.toml is not used"));
    }
}
