//! Dependency groups (PEP 735). A group lists requirements and other groups.

use std::collections::BTreeMap;

use super::error::{ProjectError, ProjectErrorKind};
use crate::project::requirement::Requirement;
use crate::value::ProjectName;

/// An item of a dependency group.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum GroupItem {
    /// A requirement.
    Requirement(Requirement),
    /// `{include-group = "name"}`: all items of another group.
    Include(ProjectName),
}

type Groups = BTreeMap<ProjectName, Vec<GroupItem>>;

/// Fails if a group includes a group that does not exist, or includes itself.
pub(super) fn check(groups: &Groups) -> Result<(), ProjectError> {
    groups.keys().try_for_each(|name| check_group(groups, name, &mut Vec::new()))
}

fn check_group<'a>(
    groups: &'a Groups,
    name: &'a ProjectName,
    ancestors: &mut Vec<&'a ProjectName>,
) -> Result<(), ProjectError> {
    if ancestors.contains(&name) {
        return Err(ProjectError::new(ProjectErrorKind::GroupCycle(name.to_string())));
    }
    ancestors.push(name);
    for item in groups.get(name).into_iter().flatten() {
        let GroupItem::Include(included) = item else { continue };
        if !groups.contains_key(included) {
            let kind = ProjectErrorKind::GroupMissing { group: name.to_string(), missing: included.to_string() };
            return Err(ProjectError::new(kind));
        }
        check_group(groups, included, ancestors)?;
    }
    ancestors.pop();
    Ok(())
}

/// Returns the requirements of a group, with included groups expanded in place. The groups must have passed [`check`].
pub(super) fn resolve<'a>(groups: &'a Groups, name: &ProjectName) -> Option<Vec<&'a Requirement>> {
    let mut requirements = Vec::new();
    for item in groups.get(name)? {
        match item {
            GroupItem::Requirement(requirement) => requirements.push(requirement),
            GroupItem::Include(included) => requirements.extend(resolve(groups, included)?),
        }
    }
    Some(requirements)
}
