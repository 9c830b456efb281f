//! The settings in a `uv.toml`, which uv reads in place of `[tool.uv]`, and this crate does not.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::dependencies::Dependencies;
use super::installer::Installer;
use super::source_error::UvSourceError;
use super::uv::OF_UV_PIP;
use super::wheel::Package;
use crate::project::{Config, ProjectKind, TextFile, Workspace};
use crate::value::ProjectName;

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

/// The keys that count for resolution only: a lock repeats what they decided, and uv applies none to build requirements.
const FOR_RESOLUTION: [&str; 4] = ["dependency-metadata", "fork-strategy", "prerelease", "resolution"];

/// The keys that decide which file of a locked package is installed.
const OF_FILES: [&str; 2] = ["no-binary", "no-binary-package"];

/// What uv does with the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// It resolves a list of requirements.
    List,
    /// It resolves the dependencies of manifests.
    Manifests,
    /// It installs a lock, and resolves what builds require.
    Builds,
    /// It installs the files that a lock names.
    Files,
    /// Nothing, or the tool of the lock is not uv.
    Nothing,
}

/// Returns an error if a `uv.toml` has a setting that decides which packages uv installs in the image, or in a build.
pub(super) fn check(
    workspace: &Workspace,
    dependencies: &Dependencies,
    installer: &Installer,
    packages: &[Package],
    config: &Config,
) -> Result<(), UvSourceError> {
    let (Some(file), Installer::Uv { .. }) = (workspace.uv_toml(), installer) else { return Ok(()) };
    let locks = workspace.locks();
    let locked = |lock: Option<&TextFile>, selected: Option<BTreeSet<&ProjectName>>| {
        let builds = !packages.is_empty() || lock.is_some_and(|lock| has_source_only(&lock.text, selected.as_ref()));
        if builds { Use::Builds } else { Use::Files }
    };
    let (extras, groups) = config.selection();
    let how = match dependencies {
        Dependencies::UvLock { lock, .. } => {
            let selected = lock.selected(workspace.project().name(), extras, groups);
            locked(locks.uv.as_ref(), Some(selected.map(|package| &package.name).collect()))
        }
        Dependencies::Pylock(_) => locked(locks.pylock.as_ref(), None),
        Dependencies::Exported { .. } => Use::Nothing,
        // There is nothing to resolve.
        Dependencies::None if workspace.project().kind() == ProjectKind::Scripts => Use::Nothing,
        Dependencies::Requirements(_) => Use::List,
        Dependencies::None | Dependencies::Listed(_) => Use::Manifests,
    };
    // uv reports a file that is no TOML.
    let settings: Table = file.text.parse().unwrap_or_default();
    let pip = settings.get("pip").and_then(Value::as_table).filter(|_| how == Use::List);
    let of_pip = pip.into_iter().flat_map(Table::keys).filter(|key| OF_UV_PIP.contains(&key.as_str()));
    let own = settings.keys().filter(|key| how.counts(key)).cloned();
    match own.chain(of_pip.map(|key| format!("pip.{key}"))).next() {
        Some(key) => Err(UvSourceError::SettingInUvToml { file: file.path.to_string(), key }),
        None => Ok(()),
    }
}

impl Use {
    /// Returns whether a key decides what is installed.
    fn counts(self, key: &str) -> bool {
        match self {
            Self::List | Self::Manifests => OF_UV_TOML.contains(&key),
            Self::Builds => OF_UV_TOML.contains(&key) && !FOR_RESOLUTION.contains(&key),
            Self::Files => OF_FILES.contains(&key),
            Self::Nothing => false,
        }
    }
}

/// Returns whether a lock of uv has a remote package without wheels, so that it is built. `selected`: the names that count.
fn has_source_only(lock: &str, selected: Option<&BTreeSet<&ProjectName>>) -> bool {
    let lock: Table = lock.parse().unwrap_or_default();
    let packages = ["package", "packages"].iter().filter_map(|key| lock.get(*key)?.as_array()).flatten();
    packages.filter_map(Value::as_table).any(|package| {
        let name: Option<ProjectName> = package.get("name").and_then(Value::as_str).and_then(|name| name.parse().ok());
        let counts = selected.is_none_or(|selected| name.is_none_or(|name| selected.contains(&name)));
        let source = package.get("source").and_then(Value::as_table);
        let has_source = |key: &str| source.is_some_and(|source| source.contains_key(key));
        let is_local =
            ["virtual", "editable", "directory"].into_iter().any(has_source) || package.contains_key("directory");
        let has_wheel = package.get("wheels").and_then(Value::as_array).is_some_and(|wheels| !wheels.is_empty());
        counts && !is_local && !has_wheel
    })
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
                error
                    .starts_with(&format!("`uv.toml`: `{key}` decides which packages uv installs or builds with, but")),
                "{error}"
            );
            assert!(bundle(&[("uv.toml", settings)], "installer = 'pip'").is_ok(), "pip reads none");
        }
        let of_pip = ("uv.toml", "[pip]\nindex-url = 'https://i.example.org/simple'");
        assert!(bundle(&[of_pip], "").is_ok(), "it counts for lists only");
        let error = bundle(&[of_pip, ("requirements.txt", "six")], "installer = 'uv'").unwrap_err();
        assert!(error.starts_with("`uv.toml`: `pip.index-url` decides"), "{error}");
    }

    #[test]
    fn a_build_resolves_what_it_requires() {
        let outcome = |build_system: &str| {
            let manifest = format!("[project]\nname = 'notes'\nversion = '1'\n{build_system}");
            let files = [("pyproject.toml", &*manifest), ("uv.toml", "resolution = 'lowest'"), ("notes.py", "")];
            let listing = Listing::from_files(files).unwrap();
            let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
            Bundle::new(workspace, listing, Config::default()).map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(outcome(""), Ok(()), "there is nothing to resolve");
        let built = outcome("[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'").unwrap_err();
        assert!(built.starts_with("`uv.toml`: `resolution` decides"), "{built}");
    }

    /// As for `uv sync`: what a lock pins is fixed, and what a build requires is not.
    #[test]
    fn beside_a_lock_settings_count_for_builds() {
        let wheel =
            "wheels = [{ name = 'six-1-py3-none-any.whl', url = 'https://f.example.org/six-1-py3-none-any.whl' }]";
        let of = |settings: &str, files: &str| {
            let lock = format!("lock-version = '1.0'\n[[packages]]\nname = 'six'\nversion = '1'\n{files}");
            bundle(&[("uv.toml", settings), ("pylock.toml", &lock)], "").map(|_| ())
        };
        let index = "[[index]]\nurl = 'https://i.example.org/simple'";
        assert_eq!(of(index, wheel), Ok(()));
        assert!(of(index, "").unwrap_err().starts_with("`uv.toml`: `index` decides"), "it is built");
        assert_eq!(of("resolution = 'lowest'", ""), Ok(()));
        assert!(of("no-binary = true", wheel).unwrap_err().starts_with("`uv.toml`: `no-binary` decides"));
        let lock = "version = 1\nrevision = 3\n[[package]]\nname = 'notes'\nversion = '1'\nsource = { SOURCE = '.' }\n\
                    dependencies = [{ name = 'six' }]\n[package.metadata]\nrequires-dist = [{ name = 'six' }]\n\
                    [[package]]\nname = 'six'\nversion = '1'\nsource = { registry = 'https://i.example.org/simple' }\n\
                    wheels = [{ url = 'https://f.example.org/six-1-py3-none-any.whl' }]\n\
                    [[package]]\nname = 'idna'\nversion = '1'\nsource = { registry = 'https://i.example.org/simple' }\n";
        let virtual_lock = lock.replace("SOURCE", "virtual");
        assert!(bundle(&[("uv.toml", index), ("uv.lock", &virtual_lock)], "").is_ok(), "idna is not selected");
        let unbuilt = virtual_lock.replace("wheels", "other");
        let error = bundle(&[("uv.toml", index), ("uv.lock", &unbuilt)], "").unwrap_err();
        assert!(error.starts_with("`uv.toml`: `index` decides"), "{error}");
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
