//! Where dependency groups are defined. Each tool reads some of these places only.

use toml::{Table, Value};

use super::Project;
use crate::value::ProjectName;

/// A table or a file that defines groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupPlace {
    /// `[dependency-groups]`.
    Standard,
    /// `dev-dependencies` of `[tool.uv]`.
    Uv,
    /// `group` and `dev-dependencies` of `[tool.poetry]`.
    Poetry,
    /// `dev-dependencies` of `[tool.pdm]`.
    Pdm,
    /// A category of the `Pipfile`.
    Pipfile,
}

/// The tables that have a group by each of their keys.
const NAMED: [(GroupPlace, &[&str]); 3] = [
    (GroupPlace::Standard, &["dependency-groups"]),
    (GroupPlace::Poetry, &["tool", "poetry", "group"]),
    (GroupPlace::Pdm, &["tool", "pdm", "dev-dependencies"]),
];

/// The keys that are the group `dev`.
const DEV: [(GroupPlace, &[&str]); 2] = [
    (GroupPlace::Uv, &["tool", "uv", "dev-dependencies"]),
    (GroupPlace::Poetry, &["tool", "poetry", "dev-dependencies"]),
];

impl GroupPlace {
    /// Returns the place as a message shows it.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::Standard => "[dependency-groups]",
            Self::Uv => "[tool.uv]",
            Self::Poetry => "[tool.poetry]",
            Self::Pdm => "[tool.pdm]",
            Self::Pipfile => "the Pipfile",
        }
    }
}

impl Project {
    /// Returns the places that define a group.
    pub(crate) fn places_of_group(&self, group: &ProjectName) -> Vec<GroupPlace> {
        let is_group = |key: &String| key.parse().as_ref() == Ok(group);
        let table = |path: &[&str]| value(&self.whole, path).and_then(Value::as_table);
        let is_named = |path: &[&str]| table(path).is_some_and(|table| table.keys().any(is_group));
        let named = NAMED.iter().filter(|(_, path)| is_named(path));
        let dev = DEV.iter().filter(|(_, path)| group.as_str() == "dev" && value(&self.whole, path).is_some());
        let pipfile = self.is_pipfile_category(group).then_some(GroupPlace::Pipfile);
        named.chain(dev).map(|(place, _)| *place).chain(pipfile).collect()
    }
}

fn value<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    let found = table.get(*first)?;
    if rest.is_empty() { Some(found) } else { value(found.as_table()?, rest) }
}
