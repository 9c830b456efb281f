//! Which stages a Dockerfile has, and in which of them the environment and the project are installed.

use crate::bundle::{Bundle, Dependencies, Installer};
use crate::value::{Dialect, ProjectName};

/// The stages of a Dockerfile.
pub(super) struct Stages<'a> {
    /// The stage from which the image copies its environment, or `None` if dependencies are installed in the image itself.
    pub(super) environment: Option<&'static str>,
    /// Whether there is a stage in which the project is built.
    pub(super) has_build: bool,
    /// Whether that stage installs the project in a folder of its own, from which the image copies it.
    pub(super) installs_apart: bool,
    /// The distributions that are removed from the environment before that copy, if they are there: copying does not
    /// remove the files of another version.
    pub(super) replaced: Vec<&'a ProjectName>,
}

impl<'a> Stages<'a> {
    pub(super) fn of(bundle: &'a Bundle, dialect: Dialect) -> Self {
        let names = bundle.packages().iter().map(|package| &package.name);
        let installed: Vec<_> = names.chain(bundle.archives().map(|(archive, _)| &archive.name)).collect();
        let installs_apart = bundle.dependencies_are_complete() && !installed.is_empty();
        let asks_backend = !bundle.dependencies_are_complete() && !installed.is_empty();
        let environment = environment(bundle, dialect, asks_backend, installs_apart);
        Self {
            environment,
            has_build: installs_apart || environment == Some("build") || !bundle.packages().is_empty(),
            replaced: if installs_apart { installed } else { Vec::new() },
            installs_apart,
        }
    }
}

/// Returns the stage from which the image copies its environment.
///
/// A standalone image gets its environment from stages in any case. The classic dialect has no mounts: the stage keeps uv
/// out of the image. Debian packages of the build stay in the stages that have them. What is known only after the
/// project's wheel is built is installed where it is built, and so is what settings of uv apply to.
fn environment(bundle: &Bundle, dialect: Dialect, asks_backend: bool, replaces: bool) -> Option<&'static str> {
    let has_tools = !bundle.build_apt().is_empty();
    let is_standalone = bundle.agentix_version().is_some();
    let brings_uv = matches!(bundle.installer(), Installer::Uv { .. }) && dialect == Dialect::Classic;
    let has_settings = bundle.uv_manifests().run.is_some();
    let installs = !matches!(bundle.dependencies(), Dependencies::None);
    match () {
        () if (has_tools || is_standalone || brings_uv || has_settings) && asks_backend => Some("build"),
        () if (brings_uv || is_standalone) && (installs || replaces) => Some("dependencies"),
        () if has_tools && installs => Some("dependencies"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::dockerfile::render;
    use crate::files::Listing;
    use crate::project::{Config, Workspace};
    use crate::value::Dialect;

    fn text(project: &str, flags: &str) -> String {
        let manifest = format!("[project]\nversion = '1'\n{project}");
        let listing = Listing::from_files([("pyproject.toml", &*manifest)]).unwrap();
        let flags: Config = toml::from_str(flags).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &flags).unwrap();
        render(&Bundle::new(workspace, listing, flags).unwrap(), Dialect::BuildKit).unwrap()
    }

    #[test]
    fn modules_in_src_are_on_the_path() {
        let text = |flags: &str| {
            let manifest = "[project]\nname = 'a'\nversion = '1'\n[tool.uv]\n";
            let listing = Listing::from_files([("pyproject.toml", manifest), ("src/app.py", "")]).unwrap();
            let flags: Config = toml::from_str(flags).unwrap();
            let workspace = Workspace::in_listing(&listing, "", &flags).unwrap();
            render(&Bundle::new(workspace, listing, flags).unwrap(), Dialect::BuildKit).unwrap()
        };
        assert!(text("").contains("printf '%s\\n' /src/project /src/project/src > "));
        assert!(text("portable = true").contains(" printf '%s\\n' /nix/project /nix/project/src > "));
    }

    #[test]
    fn the_digest_changes_with_the_requirements_alone() {
        let line = |project: &str| {
            let text = text(project, "");
            text.lines().find(|line| line.contains("REQUIREMENTS_DIGEST=")).unwrap().to_owned()
        };
        let first = line("name = 'a'\ndependencies = ['rich']");
        assert_ne!(line("name = 'a'\ndependencies = ['rich>13']"), first);
        assert_eq!(line("name = 'b'\ndependencies = ['rich']\ndescription = 'x'\n[tool.ruff]\nselect = []"), first);
    }

    /// Copying another project does not remove the server, so the check is part of a step that stays in the cache.
    #[test]
    fn the_server_is_checked_where_it_may_be_removed() {
        let stages = |name: &str, more: &str| {
            let text = text(&format!("name = '{name}'\n{more}"), "");
            let (build, image) = text.split_once("\n# The image.").unwrap();
            [build, image].map(|stage| stage.contains("/bin/agentix-server ]"))
        };
        assert_eq!(stages("hello", ""), [false, true]);
        assert_eq!(stages("hello", "dynamic = ['dependencies']"), [false, true]);
        assert_eq!(stages("agentixx", ""), [true, false]);
        assert!(text("name = 'agentixx'", "").contains("[ ! -x /mnt/project/bin/agentix-server ]"));
    }

    #[test]
    fn a_standalone_environment_is_made_in_stages() {
        for (flags, installer) in [("installer = 'uv'", "uv pip "), ("", "/mnt/pip/bin/pip ")] {
            let text = text("name = 'hello'\ndependencies = ['rich']", &format!("standalone = true\n{flags}"));
            let (stages, image) = text.split_once("\n# The image.").unwrap();
            assert!(!text.contains("/nix/runtime/bin/pip"), "{text}");
            assert!(stages.contains(installer) && !image.contains(installer), "{text}");
        }
    }
}
