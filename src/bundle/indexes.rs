//! The package indexes that a bundle installs from.

use super::BundleError;
use crate::index::Index;
use crate::project::indexes_of_root;
use crate::workspace::{Closure, Workspace};

/// The indexes of the project, of the workspace that it belongs to, and of its siblings: uv looks for them there.
pub(super) fn collect(workspace: &Workspace, closure: &Closure<'_>) -> Result<Vec<Index>, BundleError> {
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
