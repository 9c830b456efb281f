//! The extras, dependency groups and packages that exclude each other in the settings of uv.

use std::collections::BTreeSet;

use super::dependencies::Dependencies;
use super::error::BundleError;
use super::installer::Installer;
use super::uv_rule_error::UvRuleError;
use crate::project::{Closure, Config, Conflicting, PossibleRoot, Project, Workspace};
use crate::value::ProjectName;

/// Returns an error if the selection has two elements of a set in `conflicts`. uv refuses it.
///
/// As in uv, the name of a selected extra or group counts for each sibling that the project needs, and so do the extras of
/// requirements such as `lib[web]`, except if an extra of the project refers to another one of the project.
pub(super) fn check(
    workspace: &Workspace,
    closure: &Closure<'_>,
    dependencies: &Dependencies,
    installer: &Installer,
    config: &Config,
) -> Result<(), BundleError> {
    let sets = match (dependencies, installer) {
        (Dependencies::UvLock { lock, .. }, _) => lock.conflicts().to_vec(),
        (Dependencies::None | Dependencies::Listed(_), Installer::Uv { .. }) => of_manifests(workspace)?,
        _ => return Ok(()),
    };
    let members = closure.members_of(workspace).map(|member| &member.project);
    let projects: Vec<&Project> = [workspace.project()].into_iter().chain(members).collect();
    let (extras, groups) = config.selection();
    let is_named = |one: &&Conflicting| {
        let Some(project) = projects.iter().find(|project| one.package.as_ref() == Some(project.name())) else {
            return false;
        };
        match (&one.extra, &one.group) {
            (Some(extra), _) => extras.contains(extra),
            (None, Some(group)) => groups.iter().any(|selected| project.parts_of_group(selected).contains(group)),
            (None, None) => true,
        }
    };
    let required: BTreeSet<(&ProjectName, &ProjectName)> = closure.extras_of_projects(workspace).collect();
    let is_required = |one: &&Conflicting| match (&one.package, &one.extra) {
        (Some(package), Some(extra)) => required.contains(&(package, extra)),
        _ => false,
    };
    for set in &sets {
        let named: Vec<&Conflicting> = set.iter().filter(is_named).collect();
        let required: Vec<&Conflicting> = set.iter().filter(is_required).collect();
        if let [one, other, ..] = named[..] {
            return Err(refusal(workspace, one, other).into());
        }
        if let [one, other, ..] = required[..] {
            return Err(refusal(workspace, one, other).into());
        }
    }
    Ok(())
}

/// Returns the conflicts that the manifests state: those of the workspace's root, the project and its siblings. Each element
/// names its package.
fn of_manifests(workspace: &Workspace) -> Result<Vec<BTreeSet<Conflicting>>, BundleError> {
    let root = workspace.uv_root().map(|root| PossibleRoot::read(&root.manifest)).transpose()?;
    let of_root = root.iter().map(|root| (root.name.as_ref(), &root.uv));
    let projects = [workspace.project()].into_iter().chain(workspace.members().iter().map(|member| &member.project));
    let tables = of_root.chain(projects.map(|project| (Some(project.name()), project.uv())));
    let sets = tables.flat_map(|(name, uv)| {
        let with_package = move |one: &Conflicting| Conflicting {
            package: one.package.clone().or_else(|| name.cloned()),
            ..one.clone()
        };
        uv.conflicts.iter().map(move |set| set.iter().map(with_package).collect())
    });
    Ok(sets.collect())
}

fn refusal(workspace: &Workspace, one: &Conflicting, other: &Conflicting) -> UvRuleError {
    let told = |one: &Conflicting| {
        let package = one.package.as_ref().filter(|package| *package != workspace.project().name());
        let of_package = package.map(|package| format!(" of `{package}`")).unwrap_or_default();
        match (&one.extra, &one.group, &one.package) {
            (Some(extra), ..) => format!("extra `{extra}`{of_package}"),
            (None, Some(group), _) => format!("group `{group}`{of_package}"),
            (None, None, Some(package)) => format!("package `{package}`"),
            (None, None, None) => "the project".to_owned(),
        }
    };
    UvRuleError::Conflict { one: told(one), other: told(other) }
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    fn refusal(files: &[(&str, &str)], folder: &str, flags: &str) -> Option<String> {
        let listing = Listing::from_files(files.iter().copied()).unwrap();
        let flags: Config = toml::from_str(flags).unwrap();
        let workspace = Workspace::in_listing(&listing, folder, &flags).unwrap();
        Bundle::new(workspace, listing, flags).err().map(|error| error.to_string())
    }

    fn told(one: &str, other: &str) -> String {
        format!("[tool.uv] conflicts: {one} and {other} exclude each other; select one of them")
    }

    const MANIFEST: &str = "[project]\nname = 'a'\nversion = '1'\n[project.optional-dependencies]\ncpu = ['idna']\n\
                            gpu = ['idna']\nall = ['a[cpu]']\n[dependency-groups]\nx = ['attrs']\ny = ['attrs']\n\
                            z = [{ include-group = 'x' }]\nself = ['a[cpu]']\n[tool.uv]\nconflicts = [[{ extra = 'cpu' }, \
                            { extra = 'gpu' }], [{ group = 'x' }, { group = 'y' }], [{ group = 'y' }, { extra = 'gpu' }]]\n";

    /// Each verdict is that of `uv sync` 0.13.9 for the same selection.
    #[test]
    fn a_selection_must_not_conflict() {
        let with = |flags: &str| refusal(&[("pyproject.toml", MANIFEST)], "", flags);
        let extras = Some(told("extra `cpu`", "extra `gpu`"));
        assert_eq!(with("extra = ['cpu', 'gpu']"), extras);
        assert_eq!(with("extra = ['gpu']\ngroup = ['self']"), extras);
        assert_eq!(with("group = ['x', 'y']"), Some(told("group `x`", "group `y`")));
        assert_eq!(with("group = ['z', 'y']"), Some(told("group `x`", "group `y`")));
        assert_eq!(with("extra = ['gpu']\ngroup = ['y']"), Some(told("group `y`", "extra `gpu`")));
        for allowed in ["extra = 'cpu'", "group = ['x', 'z']", "extra = ['gpu', 'all']", "extra = 'cpu'\ngroup = 'y'"] {
            assert_eq!(with(allowed), None, "{allowed}");
        }
        assert_eq!(with("extra = ['cpu', 'gpu']\ninstaller = 'pip'"), None);
    }

    #[test]
    fn the_conflicts_of_a_workspace_count() {
        let root = "[tool.uv.workspace]\nmembers = ['*']\n[tool.uv]\nconflicts = [[{ package = 'app', extra = 'x' }, \
                    { package = 'lib', extra = 'x' }], [{ package = 'app', extra = 'q' }, { package = 'lib' }]]\n";
        let app = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['lib[e]']\n[project.optional-dependencies]\n\
                   x = []\nq = []\nh = ['lib[f]']\nk = ['app[h]']\n[tool.uv.sources]\nlib = { workspace = true }\n";
        let lib = "[project]\nname = 'lib'\nversion = '1'\noptional-dependencies = { e = [], f = [], x = [] }\n[tool.uv]\n\
                   conflicts = [[{ extra = 'e' }, { extra = 'f' }]]\n";
        let files = [("pyproject.toml", root), ("app/pyproject.toml", app), ("lib/pyproject.toml", lib)];
        let with = |flags: &str| refusal(&files, "app", flags);
        assert_eq!(with("extra = 'x'"), Some(told("extra `x`", "extra `x` of `lib`")));
        assert_eq!(with("extra = 'q'"), Some(told("extra `q`", "package `lib`")));
        let of_lib = Some(told("extra `e` of `lib`", "extra `f` of `lib`"));
        assert_eq!(with("extra = 'h'"), of_lib);
        assert_eq!(with("extra = 'k'"), of_lib);
        assert_eq!(with(""), None);
    }

    #[test]
    fn the_conflicts_of_a_lock_count() {
        let lock = "version = 1\nrevision = 5\nconflicts = [[{ package = 'a', extra = 'cpu' }, { package = 'a', extra = 'gpu' }]]\n\
                    [[package]]\nname = 'a'\nversion = '1'\nsource = { virtual = '.' }\n[package.metadata]\n\
                    provides-extras = ['cpu', 'gpu']\n";
        let manifest = "[project]\nname = 'a'\nversion = '1'\noptional-dependencies = { cpu = [], gpu = [] }\n[tool.uv]\n\
                        conflicts = [[{ extra = 'cpu' }, { extra = 'gpu' }]]\n";
        let files = [("pyproject.toml", manifest), ("uv.lock", lock)];
        assert_eq!(refusal(&files, "", "extra = ['cpu', 'gpu']"), Some(told("extra `cpu`", "extra `gpu`")));
        assert_eq!(refusal(&files, "", "extra = 'gpu'"), None);
    }
}
