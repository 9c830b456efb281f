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
    let packages = || project.packages().iter().filter(|package| !is_beside(package));
    let excluded_package =
        || ignored().find(|(_, path)| packages().any(|package| package == path || is_below(package, path)));
    if kept.any(is_module) { None } else { excluded_package().map(|(excluded, _)| excluded) }
}

/// Returns whether a file may be a module of the project.
fn is_module(path: &str) -> bool {
    let has_end = Utf8Path::new(path).extension().is_some_and(|end| ENDS.contains(&end));
    has_end && !OF_TOOLS.contains(&path) && !is_beside(path)
}

/// Returns whether a path is a folder beside the modules, or in one.
pub(super) fn is_beside(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or(path);
    first.starts_with('.') || BESIDE.iter().any(|name| first == *name || is_below(path, name))
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::files::{Excluded, ExclusionReason, Listing};
    use crate::project::{Config, Workspace};

    /// Returns the error for files, if an ignore file excludes one of them or a folder.
    fn refused(files: &[&str], path: &str) -> Option<String> {
        let manifest = "[project]\nname = 'my-app'\nversion = '1'\n[build-system]\nrequires = ['setuptools']\n";
        let files = files.iter().map(|path| (format!("app/{path}"), ""));
        let own = [("app/pyproject.toml".into(), manifest), ("app/.dockerignore".into(), "")];
        let all = Listing::from_files(files.chain(own)).unwrap();
        let path = format!("app/{path}");
        let kept = all.entries().iter().filter(|entry| !entry.path().starts_with(&path)).cloned().collect();
        let reason = ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: "*".parse().unwrap() };
        let is_folder = !path.contains('.');
        let listing = Listing::new("".into(), kept, vec![Excluded { path, is_folder, reason }]);
        let workspace = Workspace::in_listing(&all, "app", &Config::default()).unwrap();
        Bundle::new(workspace, listing, Config::default()).err().map(|error| error.to_string())
    }

    #[test]
    fn an_ignore_file_cannot_exclude_the_modules() {
        for (files, excluded) in [
            (&["setup.py", "docs/conf.py", "src/other/__init__.py"][..], "src"),
            (&["other/__init__.py", "tests/__init__.py"], "other"),
            (&["helper.py", "my_app/a.py"], "my_app"),
            (&["helper.py", "src/x.py", "src/my_app.py"], "src/my_app.py"),
        ] {
            let message = format!(
                "`app/{excluded}` is required by `my-app`: without it, the image has no module of it, but excluded (.dockerignore: *)"
            );
            let error = refused(files, excluded).unwrap_or_else(|| panic!("{excluded:?}"));
            assert!(error.starts_with(&message), "{error}");
        }
        for (files, excluded) in [
            (&["my_app/__init__.py", "src/index.js"][..], "src"),
            (&["src/my_app/__init__.py", "my_app/__init__.py"], "my_app"),
            (&["core.py", "lib/__init__.py"], "lib"),
            (&["docs/__init__.py"], "docs"),
            (&["data/a"], "data"),
            (&["README.md"], "README.md"),
        ] {
            assert_eq!(refused(files, excluded), None, "{excluded:?}");
        }
    }
}
