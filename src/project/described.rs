//! What the tables of a tool say, in the terms of `[project]` and `[dependency-groups]`.

use std::collections::BTreeMap;

use pep440_rs::VersionSpecifiers;

use super::requirement::Requirement;
use crate::value::{NameError, ProjectName};

/// What the tables of a tool say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Described {
    pub(crate) requires_python: Option<VersionSpecifiers>,
    pub(crate) dependencies: Vec<Requirement>,
    /// All dependencies that `[tool.poetry]` names, also those that only extras ask for.
    pub(crate) stated: Vec<Requirement>,
    pub(crate) extras: BTreeMap<ProjectName, Vec<Requirement>>,
    pub(crate) groups: BTreeMap<ProjectName, GroupContent>,
}

/// The requirements of a group, and the groups that it includes.
#[derive(Debug, Clone, Default)]
pub(crate) struct GroupContent {
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) includes: Vec<ProjectName>,
}

/// A value that cannot be used: its key below the tool's tables, and why.
pub(crate) type Fault = (String, String);

/// Parses a name that is the value of a key.
pub(crate) fn name(key: &str, name: &str) -> Result<ProjectName, Fault> {
    name.parse().map_err(|error: NameError| (key.to_owned(), error.to_string()))
}
