//! Sources in `[tool.uv.sources]` of dependencies that only a build knows. uv applies them when it builds the project itself;
//! this tool builds a wheel, whose metadata does not name them.

use super::dependencies::Dependencies;
use super::error::BundleError;
use super::installer::Installer;
use super::source_error::UvSourceError;
use crate::project::{Closure, PossibleRoot, Project, ProjectKind, UvTable, Workspace};
use crate::value::ProjectName;

/// Returns an error if a source may belong to a dependency that only a build knows: without a `uv.lock`, the package would
/// come from an index.
pub(super) fn check(
    workspace: &Workspace,
    closure: &Closure<'_>,
    dependencies: &Dependencies,
    installer: &Installer,
) -> Result<(), BundleError> {
    if matches!(dependencies, Dependencies::UvLock { .. }) {
        return Ok(());
    }
    let root = workspace.uv_root().map(|root| PossibleRoot::read(&root.manifest)).transpose()?;
    let members = closure.members_of(workspace).map(|member| &member.project);
    for project in members.chain([workspace.project()]) {
        let is_open = project.is_dynamic("dependencies") && project.kind() == ProjectKind::Package;
        if !is_open {
            continue;
        }
        let tables = [Some(project.uv()), root.as_ref().map(|root| &root.uv)];
        for table in tables.into_iter().flatten() {
            let mut names = table.sources.keys().filter(|name| is_used(table, name, installer));
            if let Some(name) = names.find(|name| *name != project.name() && !lists(project, name)) {
                let (project, name) = (project.name().clone(), name.clone());
                return Err(UvSourceError::SourceOfDynamic { project, name }.into());
            }
        }
    }
    Ok(())
}

/// Returns whether the installer takes a package from its source. pip reads those on this machine alone, because this tool
/// brings them.
fn is_used(table: &UvTable, name: &ProjectName, installer: &Installer) -> bool {
    let is_uv = matches!(installer, Installer::Uv { .. });
    let Some(sources) = table.sources.get(name) else { return false };
    sources.as_slice().iter().any(|source| source.is_local() || is_uv && source.is_elsewhere() && source.may_apply())
}

/// Returns whether a project itself lists a requirement, so that its source is known.
fn lists(project: &Project, name: &ProjectName) -> bool {
    let extras = project.optional_dependencies().values().flatten();
    let groups = project.groups().filter_map(|group| project.group(group)).flatten();
    let listed = project.dependencies().iter().chain(&project.build_system().requires).chain(extras).chain(groups);
    listed.into_iter().any(|requirement| requirement.name() == name)
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    fn bundle(manifest: &str, flags: &str) -> Result<(), String> {
        let files =
            [("app/pyproject.toml", manifest), ("lib/pyproject.toml", "[project]\nname = 'lib'\nversion = '1'\n")];
        let listing = Listing::from_files(files).unwrap();
        let flags: Config = toml::from_str(flags).unwrap();
        let workspace = Workspace::in_listing(&listing, "app", &flags).map_err(|error| error.to_string())?;
        Bundle::new(workspace, listing, flags).map(drop).map_err(|error| error.to_string())
    }

    const DYNAMIC: &str = "[project]\nname = 'app'\nversion = '1'\ndynamic = ['dependencies']\n\
                           [build-system]\nrequires = ['setuptools']\n";

    #[test]
    fn a_source_of_a_dynamic_dependency_is_refused() {
        for source in ["{ path = '../lib' }", "{ index = 'own' }", "{ url = 'https://l.example/lib.whl' }"] {
            let manifest = format!(
                "{DYNAMIC}[tool.uv.sources]\nlib = {source}\n[[tool.uv.index]]\nname = 'own'\nurl = 'https://o.example'\n"
            );
            let error = bundle(&manifest, "").unwrap_err();
            assert!(
                error.starts_with("[tool.uv.sources] `lib` may belong to a dependency of `app`"),
                "{source}: {error}"
            );
            let listed = manifest.replace("dynamic = ['dependencies']", "dependencies = ['lib']");
            assert_eq!(bundle(&listed, ""), Ok(()), "{source}");
        }
    }

    #[test]
    fn a_source_that_does_not_apply_is_no_reason() {
        let windows = format!("{DYNAMIC}[tool.uv.sources]\nlib = {{ index = 'own', marker = \"os_name == 'nt'\" }}\n");
        assert_eq!(bundle(&windows, ""), Ok(()));
        let remote = format!("{DYNAMIC}[tool.uv.sources]\nlib = {{ index = 'own' }}\n");
        assert_eq!(bundle(&remote, "installer = 'pip'"), Ok(()));
        let of_group = format!("{remote}[dependency-groups]\ndev = ['lib']\n");
        assert_eq!(bundle(&of_group, ""), Ok(()));
    }
}
