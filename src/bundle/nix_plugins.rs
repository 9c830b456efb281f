//! Nix expressions that packages of the project bring, and that are not built because nothing asks for it.
//!
//! Those of other dependencies are known after their installation only.

use camino::Utf8Path;
use toml::Value;

use super::warnings::Warning;
use crate::files::Listing;
use crate::project::{Closure, Config, Project, ProjectKind, Workspace};

/// The tables with entry points, each with the group of Nix expressions.
const ENTRY_POINTS: [[&str; 3]; 2] = [["project", "entry-points", GROUP], ["tool.poetry", "plugins", GROUP]];

const GROUP: &str = "agentix.nix";

/// Returns a warning for each such expression, unless the configuration decides.
pub(super) fn warnings(
    workspace: &Workspace,
    closure: &Closure<'_>,
    listing: &Listing,
    config: &Config,
) -> Vec<Warning> {
    if config.nix_plugins.is_some() {
        return Vec::new();
    }
    let is_package = workspace.project().kind() == ProjectKind::Package;
    let own = is_package.then(|| (workspace.project_path(), workspace.project()));
    let members = closure.members_of(workspace).filter(|member| member.is_package);
    let packages = own.into_iter().chain(members.map(|member| (member.place.as_path(), &member.project)));
    let packages: Vec<(&Utf8Path, &Project)> = packages.collect();
    let named = packages.iter().filter(|(_, project)| has_entry_points(project));
    let named = named.map(|(folder, _)| format!("{} [entry points {GROUP}]", folder.join("pyproject.toml")));
    let is_beside_module = |folder: &Utf8Path| listing.get(folder.join("__init__.py").as_str()).is_some();
    let is_installed =
        |folder: &Utf8Path| packages.iter().any(|(package, _)| folder != *package && folder.starts_with(package));
    let beside = listing.entries().iter().map(|entry| Utf8Path::new(entry.path())).filter(|path| {
        let folder = path.parent().filter(|_| path.file_name() == Some("default.nix"));
        folder.is_some_and(|folder| is_beside_module(folder) && is_installed(folder))
    });
    let reason = "the Nix expressions of packages are built with nix-plugins = true only";
    named.chain(beside.map(ToString::to_string)).map(|input| Warning::Unused { input, reason }).collect()
}

/// Returns whether a manifest declares entry points for Nix expressions.
fn has_entry_points(project: &Project) -> bool {
    let manifest = project.whole();
    ENTRY_POINTS.iter().any(|[table, key, group]| {
        let mut parts = table.split('.');
        let first = parts.next().and_then(|part| manifest.get(part));
        let table = first.and_then(|first| parts.try_fold(first, |value: &Value, part| value.get(part)));
        table.and_then(|table| table.get(key)?.get(group)).is_some()
    })
}

#[cfg(test)]
mod tests {
    use crate::bundle::tests::{bundle_of, manifest};

    fn unused(more: &str, files: &[&str], flags: &str) -> Vec<String> {
        let bundle = bundle_of(&manifest(more), files, flags).unwrap();
        let reason = " is not used: the Nix expressions of packages are built with nix-plugins = true only";
        bundle.warnings().iter().map(|warning| warning.to_string().strip_suffix(reason).unwrap().to_owned()).collect()
    }

    #[test]
    fn an_expression_of_the_project_s_own_package_is_told() {
        let files =
            ["default.nix", "__init__.py", "src/hello/__init__.py", "src/hello/default.nix", "data/default.nix"];
        assert_eq!(unused("", &files, ""), ["src/hello/default.nix"]);
        let named = "[project.entry-points.'agentix.nix']\ntools = 'hello'\n";
        assert_eq!(unused(named, &[], ""), ["pyproject.toml [entry points agentix.nix]"]);
        assert_eq!(unused("[tool.poetry.plugins.'agentix.nix']\ntools = 'hello'\n", &[], "").len(), 1);
        assert_eq!(unused("description = 'agentix.nix'\n", &[], ""), [""; 0]);
        for flags in ["nix-plugins = true", "nix-plugins = false"] {
            assert_eq!(unused(named, &files, flags), [""; 0], "{flags}");
        }
    }
}
