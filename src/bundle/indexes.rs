//! Collects the package indexes that a bundle installs from.

use super::error::BundleError;
use crate::project::{Closure, PackageIndex, Workspace, indexes_of_root};

/// Returns the indexes of the project, of its workspace root and of its siblings, without duplicates. uv reads indexes
/// from the same manifests.
pub(super) fn collect(workspace: &Workspace, closure: &Closure<'_>) -> Result<Vec<PackageIndex>, BundleError> {
    let mut indexes = workspace.project().indexes().to_vec();
    let of_root = match workspace.uv_root() {
        Some(root) => indexes_of_root(&root.manifest)?,
        None => Vec::new(),
    };
    let members = closure.members_of(workspace);
    let of_members = members.flat_map(|member| member.project.indexes().to_vec());
    for index in of_root.into_iter().chain(of_members) {
        if !indexes.contains(&index) {
            indexes.push(index);
        }
    }
    Ok(indexes)
}

#[cfg(test)]
mod tests {
    use crate::bundle::Bundle;
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    #[test]
    fn an_index_in_several_manifests_is_listed_once() {
        let index = |name: &str| format!("[[tool.uv.index]]\nname = '{name}'\nurl = 'https://{name}.example'\n");
        let root = format!("[tool.uv.workspace]\nmembers = ['*']\n{}", index("corp"));
        let app = format!("[project]\nname = 'app'\nversion = '1'\n{}{}", index("own"), index("corp"));
        let files = [("pyproject.toml", root), ("app/pyproject.toml", app)];
        let listing = Listing::from_files(files).unwrap();
        let workspace = Workspace::in_listing(&listing, "app", &Config::default()).unwrap();
        let bundle = Bundle::new(workspace, listing, Config::default()).unwrap();
        let names: Vec<_> = bundle.indexes().iter().map(|index| index.name.as_ref().unwrap().to_string()).collect();
        assert_eq!(names, ["own", "corp"]);
    }
}
