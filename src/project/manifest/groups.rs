//! Dependency groups (PEP 735). A group lists requirements and other groups.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::VersionSpecifiers;

use super::Project;
use super::error::{ProjectError, ProjectErrorKind};
use super::uv::UvTable;
use crate::project::described::GroupContent;
use crate::project::poetry::enriched;
use crate::project::requirement::{Requirement, RequirementError};
use crate::value::ProjectName;

/// An item of a dependency group.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum GroupItem {
    /// A requirement.
    Requirement(Requirement),
    /// `{include-group = "name"}`: all items of another group.
    Include(ProjectName),
    /// A requirement of `dev-dependencies` of `[tool.uv]`: an include of the group does not mean it.
    Own(Requirement),
}

type Groups = BTreeMap<ProjectName, Vec<GroupItem>>;

impl GroupContent {
    /// Returns the items of the group.
    pub(super) fn into_items(self) -> impl Iterator<Item = GroupItem> {
        let requirements = self.requirements.into_iter().map(GroupItem::Requirement);
        requirements.chain(self.includes.into_iter().map(GroupItem::Include))
    }
}

/// Adds the groups of Poetry. A group that exists and lists requirements is only enriched: Poetry installs nothing else
/// for it.
pub(super) fn add(groups: &mut Groups, of_poetry: BTreeMap<ProjectName, GroupContent>) -> Result<(), RequirementError> {
    for (name, content) in of_poetry {
        let items = groups.entry(name).or_default();
        let is_listed = items.iter().any(|item| matches!(item, GroupItem::Requirement(_)));
        if !is_listed {
            items.extend(content.into_items());
            continue;
        }
        for item in std::mem::take(items) {
            match item {
                GroupItem::Requirement(own) => {
                    items.extend(enriched(vec![own], &content.requirements)?.into_iter().map(GroupItem::Requirement));
                }
                other => items.push(other),
            }
        }
        items.extend(content.includes.into_iter().map(GroupItem::Include));
    }
    Ok(())
}

/// Fails if a group includes a group that does not exist, or includes itself. Each group is visited once, without
/// recursion: a manifest decides how deep and how wide its groups are.
pub(super) fn check(groups: &Groups) -> Result<(), ProjectError> {
    let mut done: BTreeSet<&ProjectName> = BTreeSet::new();
    for start in groups.keys() {
        // The path from `start` to the current group, each with the includes that are left to visit.
        let mut path: Vec<(&ProjectName, Vec<&ProjectName>)> = Vec::new();
        let mut on_path: BTreeSet<&ProjectName> = BTreeSet::new();
        let mut next = Some(start);
        loop {
            if let Some(group) = next.take().filter(|group| !done.contains(group)) {
                if !on_path.insert(group) {
                    return Err(ProjectError::new(ProjectErrorKind::GroupCycle(group.to_string())));
                }
                let included: Vec<&ProjectName> = includes(groups, group).rev().collect();
                if let Some(missing) = included.iter().rev().find(|included| !groups.contains_key(*included)) {
                    let (group, missing) = (group.to_string(), missing.to_string());
                    return Err(ProjectError::new(ProjectErrorKind::GroupMissing { group, missing }));
                }
                path.push((group, included));
            }
            let Some((group, left)) = path.last_mut() else { break };
            next = left.pop();
            if next.is_none() {
                on_path.remove(*group);
                done.insert(*group);
                path.pop();
            }
        }
    }
    Ok(())
}

/// Fails if `[tool.uv]` has settings for a group that does not exist.
pub(super) fn check_settings(groups: &Groups, uv: Option<&UvTable>) -> Result<(), ProjectError> {
    let mut named = uv.into_iter().flat_map(|uv| uv.dependency_groups.keys());
    match named.find(|name| !groups.contains_key(*name)) {
        Some(name) => {
            let reason = format!("there is no group `{name}`; add it to [dependency-groups]");
            Err(ProjectError::value("tool.uv.dependency-groups", &reason))
        }
        None => Ok(()),
    }
}

fn includes<'a>(groups: &'a Groups, name: &ProjectName) -> impl DoubleEndedIterator<Item = &'a ProjectName> {
    groups.get(name).into_iter().flatten().filter_map(|item| match item {
        GroupItem::Include(included) => Some(included),
        GroupItem::Requirement(_) | GroupItem::Own(_) => None,
    })
}

/// Returns the requirements of a group, with included groups expanded in place, each group once. The groups must have
/// passed [`check`].
pub(super) fn resolve<'a>(groups: &'a Groups, name: &ProjectName) -> Option<Vec<&'a Requirement>> {
    let mut requirements = Vec::new();
    let mut expanded: BTreeSet<&ProjectName> = BTreeSet::new();
    let mut open: Vec<&'a GroupItem> = groups.get(name)?.iter().rev().collect();
    while let Some(item) = open.pop() {
        match item {
            GroupItem::Requirement(requirement) | GroupItem::Own(requirement) => requirements.push(requirement),
            GroupItem::Include(included) => {
                if included != name && expanded.insert(included) {
                    let is_included = |item: &&GroupItem| !matches!(item, GroupItem::Own(_));
                    open.extend(groups.get(included)?.iter().filter(is_included).rev());
                }
            }
        }
    }
    Some(requirements)
}

/// Returns the groups that make up a group: itself, and those that it includes directly or indirectly.
fn parts<'a>(groups: &'a Groups, name: &'a ProjectName) -> BTreeSet<&'a ProjectName> {
    let mut found = BTreeSet::new();
    let mut open = vec![name];
    while let Some(group) = open.pop() {
        if found.insert(group) {
            open.extend(includes(groups, group));
        }
    }
    found
}

impl Project {
    /// Returns the groups that make up a group: itself, and those that it includes.
    pub(crate) fn parts_of_group<'a>(&'a self, name: &'a ProjectName) -> BTreeSet<&'a ProjectName> {
        parts(&self.groups, name)
    }

    /// Returns the Python versions that `[tool.uv]` sets for a group and for those that it includes, each with the name of
    /// the group.
    pub(crate) fn python_of_group<'a>(
        &'a self,
        name: &'a ProjectName,
    ) -> impl Iterator<Item = (&'a ProjectName, &'a VersionSpecifiers)> {
        let settings = &self.uv.dependency_groups;
        parts(&self.groups, name)
            .into_iter()
            .filter_map(|part| Some((part, settings.get(part)?.requires_python.as_ref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Project;

    fn project(groups: &str) -> Result<Project, String> {
        let manifest = format!("[project]\nname = 'a'\nversion = '1'\n[dependency-groups]\n{groups}");
        manifest.parse().map_err(|error: super::ProjectError| error.to_string())
    }

    #[test]
    fn a_group_has_the_python_of_those_that_it_includes() {
        let groups = "run = ['six', { include-group = 'Base' }]\nbase = ['idna']\nother = []\n\
                      [tool.uv.dependency-groups]\nbase = { requires-python = '>=3.13' }\nother = { requires-python = '<4' }";
        let project = project(groups).unwrap();
        let python = |name: &str| {
            let name = name.parse().unwrap();
            let found = project.python_of_group(&name).map(|(group, versions)| format!("{group} {versions}"));
            found.collect::<Vec<_>>()
        };
        assert_eq!(python("run"), ["base >=3.13"]);
        assert_eq!(python("other"), ["other <4"]);
        assert_eq!(python("missing"), [""; 0]);
    }

    #[test]
    fn settings_of_a_group_that_does_not_exist_are_refused() {
        assert_eq!(
            project("run = []\n[tool.uv.dependency-groups]\nrn = { requires-python = '>=3.13' }").unwrap_err(),
            "pyproject.toml: tool.uv.dependency-groups: there is no group `rn`; add it to [dependency-groups]"
        );
    }

    /// Two includes of the next group on each of 40 levels are 2⁴⁰ paths, and 41 groups.
    #[test]
    fn each_group_is_visited_once() {
        let level =
            |n: usize| format!("g{n} = [{{ include-group = 'g{0}' }}, 'p{n}', {{ include-group = 'g{0}' }}]\n", n + 1);
        let groups: String = (0..40).map(level).chain(["g40 = ['last']".to_owned()]).collect();
        let project = project(&groups).unwrap();
        let found = project.group(&"g0".parse().unwrap()).unwrap();
        assert_eq!(found.len(), 41);
        assert_eq!(found[0].as_str(), "last");
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        const LENGTH: usize = 20_000;
        let level = |n: usize| format!("g{n} = [{{ include-group = 'g{}' }}]\n", n + 1);
        let groups: String = (0..LENGTH).map(level).chain([format!("g{LENGTH} = ['last']")]).collect();
        let project = project(&groups).unwrap();
        assert_eq!(project.group(&"g0".parse().unwrap()).unwrap().len(), 1);
        let cycle = groups.replace("['last']", "[{ include-group = 'g7' }]");
        assert_eq!(self::project(&cycle).unwrap_err(), "pyproject.toml: dependency group `g7` includes itself");
    }

    /// uv installs `dev-dependencies` with the group `dev`, but not with a group that includes it.
    #[test]
    fn an_include_does_not_mean_the_dev_dependencies_of_uv() {
        let project =
            project("dev = ['a']\ntest = [{ include-group = 'dev' }, 'b']\n[tool.uv]\ndev-dependencies = ['c']\n")
                .unwrap();
        let names = |group: &str| -> Vec<&str> {
            project.group(&group.parse().unwrap()).unwrap().iter().map(|requirement| requirement.as_str()).collect()
        };
        assert_eq!((names("dev"), names("test")), (vec!["a", "c"], vec!["a", "b"]));
    }

    #[test]
    fn a_missing_group_is_named() {
        let error = project("a = [{ include-group = 'b' }]").unwrap_err();
        assert_eq!(error, "pyproject.toml: dependency group `a` includes `b`, which does not exist");
    }
}
