//! Poetry's alternatives (`six = "1.0 || 2.0"`) that no requirement of pip and uv expresses. A lock says which version is
//! installed; without one, an installer would take another.

use crate::bundle::not_locked_error::NotLockedError;
use crate::project::{Alternatives, Project, Requirement};

/// Returns an error if the text of a requirement does not name the versions that it allows.
pub(super) fn can_be_resolved(project: &Project, requirement: &Requirement) -> Result<(), NotLockedError> {
    let Some(Alternatives { text, .. }) = requirement.alternatives() else { return Ok(()) };
    let (project, name) = (project.name().clone(), requirement.name().clone());
    Err(NotLockedError::Alternatives { project, name, constraint: text.clone() })
}

#[cfg(test)]
mod tests {
    use crate::bundle::{Bundle, Dependencies};
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    const MANIFEST: &str = "[tool.poetry]\nname = 'notes'\nversion = '1'\npackage-mode = false\n\
                            [tool.poetry.dependencies]\nsix = '1.15.0 || 1.16.0'\n\
                            idna = { version = '2.0 || 3.0', optional = true }\n\
                            [tool.poetry.extras]\nx = ['idna']\n\
                            [tool.poetry.group.dev.dependencies]\nattrs = '21.0 || 23.0'\n";

    /// Poetry's content hash of the manifest.
    const HASH: &str = "f9641fb2ea0b6f970a8332a6f6f33a8757529e08a2711500066b52812ebac7c1";

    fn bundle_of(manifest: &str, files: &[(&str, &str)], flags: &str) -> Result<Bundle, String> {
        let files = files.iter().copied().chain([("pyproject.toml", manifest)]);
        let listing = Listing::from_files(files).unwrap();
        let flags: Config = toml::from_str(flags).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &flags).map_err(|error| error.to_string())?;
        Bundle::new(workspace, listing, flags).map_err(|error| error.to_string())
    }

    fn refusal(name: &str, constraint: &str) -> String {
        format!(
            "tool.poetry: `notes` requires `{name}` with the alternatives `{constraint}`, which pip and uv cannot express; run \
             `poetry lock`, or write one range with exclusions (`>=1,!=1.5,<2`)"
        )
    }

    /// pip and uv would install any version of the text of the requirement.
    #[test]
    fn without_a_lock_what_is_selected_is_refused() {
        let refused = |manifest: &str, flags: &str| bundle_of(manifest, &[], flags).unwrap_err();
        assert_eq!(refused(MANIFEST, ""), refusal("six", "1.15.0 || 1.16.0"));
        let open = MANIFEST.replace("'1.15.0 || 1.16.0'", "'^1.15'");
        let bundle = bundle_of(&open, &[], "").unwrap();
        assert!(matches!(bundle.dependencies(), Dependencies::Listed(list) if list.len() == 1));
        assert_eq!(refused(&open, "extra = ['x']"), refusal("idna", "2.0 || 3.0"));
        assert_eq!(refused(&open, "group = ['dev']"), refusal("attrs", "21.0 || 23.0"));
        // The same name without a version does not hide it.
        let grouped =
            open.replace("21.0 || 23.0", "*").replace("attrs", "six").replace("'^1.15'", "'1.15.0 || 1.16.0'");
        assert_eq!(refused(&grouped, "group = ['dev']"), refusal("six", "1.15.0 || 1.16.0"));
    }

    #[test]
    fn a_list_is_checked_against_the_alternatives() {
        let with = |list: &str| bundle_of(MANIFEST, &[("requirements.txt", list)], "");
        assert!(matches!(with("six==1.16.0\n").unwrap().dependencies(), Dependencies::Requirements(_)));
        assert!(
            with("six==1.17.0\n")
                .unwrap_err()
                .contains("requires `six (1.15.0 || 1.16.0)`, but the lock has version 1.17.0")
        );
        assert_eq!(with("rich\n").unwrap_err(), refusal("six", "1.15.0 || 1.16.0"));
    }

    #[test]
    fn a_lock_decides_what_is_installed() {
        let lock = format!(
            "[[package]]\nname = 'six'\nversion = '1.16.0'\ngroups = ['main']\nfiles = []\n\
             [metadata]\nlock-version = '2.1'\ncontent-hash = '{HASH}'\n"
        );
        let bundle = bundle_of(MANIFEST, &[("poetry.lock", &lock)], "group = ['dev']").unwrap();
        assert!(matches!(bundle.dependencies(), Dependencies::Exported { list, .. } if list.text() == "six==1.16.0\n"));
        let changed = MANIFEST.replace("1.15.0 ||", "1.15.1 ||");
        assert!(bundle_of(&changed, &[("poetry.lock", &lock)], "").unwrap_err().contains("has changed since"));
    }
}
