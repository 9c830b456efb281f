//! Errors in the selection of extras and dependency groups.

use super::available_names::{AvailableNames, Kind};
use crate::project::manifest::Project;
use crate::value::{Escaped, ProjectName};

/// An error in the selection of extras or dependency groups.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// The project does not define the extra.
    #[error("[project.optional-dependencies] has no extra `{extra}`; {offered}")]
    NoExtra {
        /// The extra.
        extra: ProjectName,
        /// The available extras.
        offered: AvailableNames,
    },
    /// The extra is dynamic: its requirements are known only after a build.
    #[error("the requirements of extra `{extra}` are dynamic; list them in [project.optional-dependencies]")]
    ExtraLeftToBuild {
        /// The extra.
        extra: ProjectName,
    },
    /// The project requires extras of itself with a marker.
    #[error(
        "{} requires extras of the project itself with a marker; move the marker to the requirements of the extras",
        Escaped(.requirement)
    )]
    ConditionalExtras {
        /// The requirement.
        requirement: String,
    },
    /// The project does not define the dependency group.
    #[error("[dependency-groups] has no group `{group}`; {offered}")]
    NoGroup {
        /// The dependency group.
        group: ProjectName,
        /// The available dependency groups.
        offered: AvailableNames,
    },
}

/// Returns the error of an extra that a project does not define.
pub(super) fn no_extra(project: &Project, extra: &ProjectName) -> SelectionError {
    let extra = extra.clone();
    if project.is_dynamic("optional-dependencies") {
        SelectionError::ExtraLeftToBuild { extra }
    } else {
        let is_other_kind = project.group(&extra).is_some();
        let names = project.optional_dependencies().keys().cloned().collect();
        SelectionError::NoExtra { extra, offered: AvailableNames { kind: Kind::Extra, names, is_other_kind } }
    }
}

/// Returns the error of a dependency group that a project does not define.
pub(super) fn no_group(project: &Project, group: &ProjectName) -> SelectionError {
    let is_other_kind = project.optional_dependencies().contains_key(group);
    let names = project.groups().cloned().collect();
    let offered = AvailableNames { kind: Kind::Group, names, is_other_kind };
    SelectionError::NoGroup { group: group.clone(), offered }
}
