//! The Python of the base image, and what the project asks for.

use super::dependencies::Dependencies;
use super::error::BundleError;
use crate::project::{Config, PythonError, PythonVersion, Workspace};
use crate::value::ImageRef;

/// Returns an error if the required Python versions exclude each other or the Python of the base image, as far as its name
/// shows it. A requirement that no known version satisfies is not an error here: it is left to the build.
pub(super) fn check(
    workspace: &Workspace,
    dependencies: &Dependencies,
    config: &Config,
    image: &ImageRef,
) -> Result<(), BundleError> {
    let lock = dependencies.requires_python();
    match workspace.python(config, lock) {
        Err(conflict @ (PythonError::Conflict(..) | PythonError::NoneLeft(_))) => return Err(conflict.into()),
        Err(_) => return Ok(()),
        Ok(_) => {}
    }
    let Some(python) = PythonVersion::of_image(image) else { return Ok(()) };
    match workspace.excludes(python, config, lock) {
        Some(excluded) if !excluded.is_preference => {
            let image = Box::new(image.clone());
            Err(BundleError::PythonImage { image, python, constraint: Box::new(excluded.constraint) })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::bundle::tests::bundle_of;
    use crate::bundle::{Bundle, Warning};
    use crate::files::Listing;
    use crate::project::{Config, PythonVersion, Workspace};

    fn bundle(manifest: &str, version: &str) -> Bundle {
        let manifest = format!("[project]\nname = 'a'\nversion = '1'\n{manifest}");
        let listing = Listing::from_files([("pyproject.toml", &*manifest), (".python-version", version)]).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
        Bundle::new(workspace, listing, Config::default()).unwrap()
    }

    fn shown(warnings: &[Warning]) -> Vec<String> {
        warnings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_the_engine_reports_decides() {
        let bundle = bundle("", "3.12");
        let on = |version: &str| shown(&bundle.warnings_on(PythonVersion::from_release(version), None));
        assert_eq!(on("3.12.1"), [""; 0]);
        assert!(on("3.13.0")[0].ends_with("has 3.13; to get one: agentix-gen runtime PATH"));
    }

    #[test]
    fn a_python_that_the_default_image_lacks_is_named() {
        let with = |manifest: &str, version: &str| shown(&bundle(manifest, version).warnings());
        let found = with("", "3.12");
        assert!(
            found[0].starts_with(".python-version asks for Python 3.12, but `agentix/runtime:0.1.0` has 3.11 unless")
        );
        assert_eq!(with("", "3.11.4"), [""; 0]);
        assert!(
            with("requires-python = '>=3.13'", "")[0].starts_with("requires-python of `a` asks for Python >=3.13, but")
        );
    }

    #[test]
    fn a_selected_group_may_need_another_python() {
        let manifest = "[project]\nname = 'a'\nversion = '1'\nrequires-python = '>=3.9'\n[dependency-groups]\nrun = ['six']\n\
                        [tool.uv.dependency-groups]\nrun = { requires-python = '>=3.13' }\n";
        let on = |flags: &str| bundle_of(manifest, &[], &format!("standalone = true\n{flags}"));
        let refused = on("group = 'run'\npython-image = 'python:3.11-slim'").unwrap_err().to_string();
        assert!(refused.contains("which requires-python of group `run` of `a` (`>=3.13`) excludes"), "{refused}");
        on("python-image = 'python:3.11-slim'").unwrap();
        assert_eq!(on("group = 'run'").unwrap().runtime_image().to_string(), "python:3.14-slim");
        let conflicting = manifest.replace("'>=3.9'", "'<3.13'");
        let refused = bundle_of(&conflicting, &[], "group = 'run'").unwrap_err().to_string();
        assert!(refused.ends_with("and requires-python of group `run` of `a` (`>=3.13`); change one"), "{refused}");
        bundle_of(&conflicting, &[], "").unwrap();
        let bundle = bundle_of(manifest, &[], "group = 'run'").unwrap();
        assert!(
            bundle.warnings()[0]
                .to_string()
                .starts_with("requires-python of group `run` of `a` asks for Python >=3.13")
        );
        assert!(bundle.excludes_python(PythonVersion::default()).is_some());
    }

    #[test]
    fn a_python_image_that_the_project_excludes_is_refused() {
        let manifest = "[project]\nname = 'a'\nversion = '1'\nrequires-python = '>=3.12'\n";
        let on = |image: &str| bundle_of(manifest, &[], &format!("standalone = true\npython-image = '{image}'"));
        let refused = on("python:3.11.9-slim").unwrap_err().to_string();
        assert!(refused.starts_with("`python:3.11.9-slim` has Python 3.11, which requires-python of `a`"), "{refused}");
        for allowed in ["python:3.13", "python:latest", "own/python3.11:1", "python:3.99"] {
            on(allowed).unwrap();
        }
    }

    /// The project asks for a range, and `.python-version` for what one likes to have.
    #[test]
    fn a_preference_is_no_reason_to_refuse_an_image() {
        let listing = Listing::from_files([
            ("pyproject.toml", "[project]\nname = 'a'\nversion = '1'\n"),
            (".python-version", "3.12"),
        ]);
        let listing = listing.unwrap();
        let flags: Config = toml::from_str("standalone = true\npython-image = 'python:3.11-slim'").unwrap();
        let workspace = Workspace::in_listing(&listing, "", &flags).unwrap();
        Bundle::new(workspace, listing, flags).unwrap();
    }

    #[test]
    fn a_python_image_that_the_lock_excludes_is_refused() {
        let manifest = "[project]\nname = 'a'\nversion = '1'\n";
        let on = |lock: &str, text: &str, image: &str| {
            let listing = Listing::from_files([("pyproject.toml", manifest), (lock, text)]).unwrap();
            let flags: Config = toml::from_str(&format!("standalone = true\npython-image = '{image}'")).unwrap();
            let workspace = Workspace::in_listing(&listing, "", &flags).unwrap();
            Bundle::new(workspace, listing, flags).map(|_| ()).map_err(|error| error.to_string())
        };
        let pylock = "lock-version = '1.0'\nrequires-python = '>=3.12'\ncreated-by = 'x'\npackages = []\n";
        let uv = "version = 1\nrequires-python = '>=3.12'\n[[package]]\nname = 'a'\nversion = '1'\nsource = { virtual = '.' }\n";
        for (lock, text) in [("pylock.toml", pylock), ("uv.lock", uv)] {
            let refused = on(lock, text, "python:3.11-slim").unwrap_err();
            assert!(refused.starts_with("`python:3.11-slim` has Python 3.11, which"), "{refused}");
            assert_eq!(on(lock, text, "python:3.13-slim"), Ok(()), "{lock}");
        }
    }
}
