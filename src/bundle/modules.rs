//! Checks that the context has the modules of a project. setuptools builds a package without any, if there are none.

use camino::Utf8Path;

use super::error::BundleError;
use crate::files::{Excluded, ExclusionReason, Listing, is_below};
use crate::project::{Closure, Project, Workspace};

/// Modules at the root of a project that belong to its tools, and not to its package.
const OF_TOOLS: [&str; 6] = ["setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py", "hatch_build.py"];

/// Folders that setuptools takes for no package, and `.github` and the like.
const BESIDE: [&str; 21] = [
    "ci",
    "bin",
    "debian",
    "doc",
    "docs",
    "documentation",
    "test",
    "tests",
    "unit_test",
    "unit_tests",
    "example",
    "examples",
    "scripts",
    "tools",
    "util",
    "utils",
    "build",
    "benchmark",
    "benchmarks",
    "exercises",
    "htmlcov",
];

/// The ends of the names of modules, and of what they are compiled from.
const ENDS: [&str; 9] = ["py", "pyx", "pyi", "so", "c", "cpp", "rs", "f90", "ipynb"];

/// Returns an error if an ignore file excludes the module that a project is named after, or all modules.
pub(super) fn check(workspace: &Workspace, closure: &Closure<'_>, listing: &Listing) -> Result<(), BundleError> {
    let members = closure.members_of(workspace).filter(|member| member.is_package);
    let projects = members.map(|member| (&*member.place, &member.project));
    for (folder, project) in projects.chain([(workspace.project_path(), workspace.project())]) {
        if let Some(excluded) = excluded_module(folder, project, listing) {
            return Err(BundleError::NeededFileKeptOut {
                path: excluded.path.clone(),
                needed_by: format!("`{}`: without it, the image has no module of it", project.name()).into(),
                reason: excluded.reason.clone(),
            });
        }
    }
    Ok(())
}

/// Returns the module that an ignore file excludes.
fn excluded_module<'a>(folder: &Utf8Path, project: &Project, listing: &'a Listing) -> Option<&'a Excluded> {
    let inside =
        |path: &'a str| if folder == "" { Some(path) } else { path.strip_prefix(folder.as_str())?.strip_prefix('/') };
    let is_ignored = |excluded: &&Excluded| {
        matches!(excluded.reason, ExclusionReason::DockerIgnore { .. } | ExclusionReason::GitIgnore { .. })
    };
    let ignored =
        || listing.excluded().iter().filter(is_ignored).filter_map(|found| Some((found, inside(&found.path)?)));
    let name = project.name().as_str().replace('-', "_");
    let places = ["", "src/"].map(|root| [format!("{root}{name}"), format!("{root}{name}.py")]).concat();
    let is_kept = |place: &String| listing.get(folder.join(place).as_str()).is_some();
    let named = ignored().find(|(_, path)| places.iter().any(|place| place == path));
    if let Some((excluded, _)) = named.filter(|_| !places.iter().any(is_kept)) {
        return Some(excluded);
    }
    let mut kept = listing.entries().iter().filter_map(|entry| inside(entry.path()));
    let ignored_module = || ignored().find(|(found, path)| is_module(path) || found.is_folder && !is_beside(path));
    if kept.any(is_module) { None } else { ignored_module().map(|(excluded, _)| excluded) }
}

/// Returns whether a file may be a module of the project.
fn is_module(path: &str) -> bool {
    let has_end = Utf8Path::new(path).extension().is_some_and(|end| ENDS.contains(&end));
    has_end && !OF_TOOLS.contains(&path) && !is_beside(path)
}

/// Returns whether a path is a folder beside the modules, or in one.
fn is_beside(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or(path);
    first.starts_with('.') || BESIDE.iter().any(|name| first == *name || is_below(path, name))
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::files::{Excluded, ExclusionReason, Listing};
    use crate::project::{Config, Workspace};

    fn refused(files: &[&str], excluded: &[(&str, bool)]) -> Option<String> {
        let manifest = "[project]\nname = 'my-app'\nversion = '1'\n[build-system]\nrequires = ['setuptools']\n";
        let files =
            files.iter().map(|path| (format!("app/{path}"), "")).chain([("app/pyproject.toml".into(), manifest)]);
        let kept = Listing::from_files(files).unwrap().entries().to_vec();
        let excluded = excluded.iter().map(|(path, is_folder)| {
            let reason = ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: "*".parse().unwrap() };
            Excluded { path: format!("app/{path}"), is_folder: *is_folder, reason }
        });
        let listing = Listing::new("".into(), kept, excluded.collect());
        let workspace = Workspace::in_listing(&listing, "app", &Config::default()).unwrap();
        Bundle::new(workspace, listing, Config::default()).err().map(|error| error.to_string())
    }

    #[test]
    fn an_ignore_file_cannot_exclude_the_modules() {
        for (kept, excluded) in [
            (&["setup.py", "docs/conf.py"][..], ("src", true)),
            (&[], ("lib", true)),
            (&["noxfile.py"], ("core.py", false)),
            (&["helper.py"], ("my_app", true)),
            (&["helper.py", "src/x.py"], ("src/my_app.py", false)),
        ] {
            let message = format!(
                "`app/{}` is required by `my-app`: without it, the image has no module of it, but excluded (.dockerignore: *)",
                excluded.0
            );
            let error = refused(kept, &[("README.md", false), excluded]).unwrap_or_else(|| panic!("{excluded:?}"));
            assert!(error.starts_with(&message), "{error}");
        }
        for (kept, excluded) in [
            (&["my_app/__init__.py"][..], ("src", true)),
            (&["src/my_app/__init__.py"], ("my_app", true)),
            (&["core.py"], ("lib", true)),
            (&[], ("docs", true)),
            (&[], (".github", true)),
            (&[], ("README.md", false)),
        ] {
            assert_eq!(refused(kept, &[excluded]), None, "{excluded:?}");
        }
    }
}
