//! What a project needs: its requirements with those of the chosen extras and groups, and those of its siblings.

use std::collections::BTreeSet;

use super::{Archive, Asked, Decision, Member, Owner, Scope, Workspace};
use crate::project::config::Config;
use crate::project::manifest::{Project, Sources, UvSource, UvTable};
use crate::project::requirement::Requirement;
use crate::value::{Escaped, ProjectName};

mod available_names;

pub use available_names::AvailableNames;
use available_names::Kind;

/// Extras or groups that cannot be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// There is no such extra.
    #[error("[project.optional-dependencies] has no extra `{extra}`; {offered}")]
    NoExtra {
        /// The extra.
        extra: ProjectName,
        /// What could be meant.
        offered: AvailableNames,
    },
    /// What an extra needs is not known before the project is built.
    #[error("what extra `{extra}` needs is left to the build; write it into [project.optional-dependencies]")]
    ExtraLeftToBuild {
        /// The extra.
        extra: ProjectName,
    },
    /// The project requires extras of itself under a condition.
    #[error("{} asks for extras of the project itself under a condition; put the condition on what they hold", Escaped(.requirement))]
    ConditionalExtras {
        /// The requirement.
        requirement: String,
    },
    /// There is no such dependency group.
    #[error("[dependency-groups] has no group `{group}`; {offered}")]
    NoGroup {
        /// The group.
        group: ProjectName,
        /// What could be meant.
        offered: AvailableNames,
    },
}

/// All that is known to be needed before anything is built.
#[derive(Debug, Default)]
pub(crate) struct Closure<'a> {
    /// What comes from elsewhere, each requirement once, in the order they are met.
    pub(crate) requirements: Vec<&'a Requirement>,
    /// The members that are needed, by their index.
    pub(crate) members: BTreeSet<usize>,
    /// The archives that are needed, by their index, with the extras asked of them.
    pub(crate) archives: BTreeSet<(usize, Vec<ProjectName>)>,
    /// The same again, each with the project that asks for it.
    asked: Vec<(&'a Project, Scope, &'a Requirement)>,
    /// What nobody has decided yet.
    pub(super) undecided: Vec<Undecided<'a>>,
}

/// A requirement of which it is not known where it comes from.
#[derive(Debug)]
pub(super) struct Undecided<'a> {
    pub(super) asked: Asked,
    pub(super) requirement: &'a Requirement,
    /// The key in the manifest of its owner.
    pub(super) key: String,
}

impl<'a> Closure<'a> {
    /// The closure of the workspace's target.
    pub(crate) fn resolve(workspace: &'a Workspace, config: &Config) -> Result<Self, SelectionError> {
        let mut walk = Walk { workspace, opened: BTreeSet::new(), found: Self::default() };
        walk.open(Owner::Target, &Scope::Dependencies)?;
        for extra in &config.extra {
            walk.open(Owner::Target, &Scope::Extra(extra.clone()))?;
        }
        for group in &config.group {
            walk.open(Owner::Target, &Scope::Group(group.clone()))?;
        }
        Ok(walk.found)
    }

    /// The members that are needed, of the workspace that this is the closure of.
    pub(crate) fn members_of<'w>(&self, workspace: &'w Workspace) -> impl Iterator<Item = &'w Member> {
        self.members.iter().filter_map(|index| workspace.members.get(*index))
    }

    /// The archives that are needed, of the same.
    pub(crate) fn archives_of<'w>(&self, workspace: &'w Workspace) -> impl Iterator<Item = &'w Archive> {
        self.archives.iter().filter_map(|(index, _)| workspace.archives.get(*index))
    }

    /// The sources of what comes from elsewhere, as far as they say more than the name: those of the project that asks for
    /// it, or else of the workspace's root.
    pub(crate) fn sources(&self, root: Option<&'a UvTable>) -> Vec<(&'a ProjectName, &'a UvSource)> {
        let asked = self.asked.iter();
        asked.flat_map(|(project, scope, requirement)| elsewhere(project, root, scope, requirement.name())).collect()
    }

    /// The same for what the build backends of the project and its siblings need.
    pub(crate) fn build_sources(
        &self,
        workspace: &'a Workspace,
        root: Option<&'a UvTable>,
    ) -> Vec<(&'a ProjectName, &'a UvSource)> {
        let projects = self.members_of(workspace).map(|member| &member.project).chain([&workspace.project]);
        let sources = projects.flat_map(|project| {
            let requires = project.build_system().requires.iter();
            requires.flat_map(move |requirement| elsewhere(project, root, &Scope::Dependencies, requirement.name()))
        });
        sources.collect()
    }

    /// A requirement that names a local path, though nobody looked at what is there.
    pub(crate) fn unread(&self, workspace: &Workspace) -> Option<&'a Requirement> {
        let is_local = |undecided: &&Undecided<'_>| {
            let of_source = workspace.project_of(undecided.asked.by).is_some_and(|project| {
                let sources = project.uv().sources.get(undecided.requirement.name());
                let mut applying = sources.into_iter().flat_map(|sources| undecided.asked.scope.applying(sources));
                applying.any(UvSource::is_local)
            });
            undecided.requirement.file().is_some() || of_source
        };
        self.undecided.iter().find(is_local).map(|undecided| undecided.requirement)
    }
}

/// The sources outside of this machine that hold for a dependency in a list of a project.
fn elsewhere<'a>(
    project: &'a Project,
    root: Option<&'a UvTable>,
    scope: &Scope,
    name: &'a ProjectName,
) -> Vec<(&'a ProjectName, &'a UvSource)> {
    let mut tables = [Some(project.uv()), root].into_iter().flatten();
    let sources = tables.find_map(|table| table.sources.get(name));
    let applying = sources.into_iter().flat_map(|sources| scope.applying(sources));
    applying.filter(|source| source.is_elsewhere()).map(|source| (name, source)).collect()
}

struct Walk<'a> {
    workspace: &'a Workspace,
    opened: BTreeSet<(Owner, Scope)>,
    found: Closure<'a>,
}

impl<'a> Walk<'a> {
    /// Meets the requirements of one list, unless they were met already.
    fn open(&mut self, owner: Owner, scope: &Scope) -> Result<(), SelectionError> {
        let Some(project) = self.workspace.project_of(owner) else { return Ok(()) };
        if !self.opened.insert((owner, scope.clone())) {
            return Ok(());
        }
        let requirements: Vec<&Requirement> = match scope {
            Scope::Dependencies => project.dependencies().iter().collect(),
            Scope::Extra(extra) => match project.optional_dependencies().get(extra) {
                Some(requirements) => requirements.iter().collect(),
                None if owner == Owner::Target => return Err(no_extra(project, extra)),
                // An installer warns of an extra that a dependency does not have, and goes on.
                None => Vec::new(),
            },
            Scope::Group(group) => project.group(group).ok_or_else(|| no_group(project, group))?,
        };
        for (index, requirement) in requirements.into_iter().enumerate() {
            self.meet(owner, project, scope, index, requirement)?;
        }
        Ok(())
    }

    fn meet(
        &mut self,
        owner: Owner,
        project: &'a Project,
        scope: &Scope,
        index: usize,
        requirement: &'a Requirement,
    ) -> Result<(), SelectionError> {
        // One of the project itself (`hello[all]`) stands for the extras that it names.
        if requirement.name() == project.name() {
            if requirement.has_marker() && owner == Owner::Target {
                return Err(SelectionError::ConditionalExtras { requirement: requirement.to_string() });
            }
            return self.open_extras(owner, requirement);
        }
        let asked = Asked { by: owner, scope: scope.clone(), requirement: requirement.as_str().to_owned() };
        match self.workspace.decisions.get(&asked).copied() {
            Some(Decision::Target | Decision::Member(_) | Decision::Archive(_)) if !requirement.is_for_linux() => {}
            // A sibling that needs the project in turn.
            Some(Decision::Target) => self.open_extras(Owner::Target, requirement)?,
            Some(Decision::Member(member)) => {
                self.found.members.insert(member);
                self.open(Owner::Member(member), &Scope::Dependencies)?;
                self.open_extras(Owner::Member(member), requirement)?;
            }
            Some(Decision::Archive(archive)) => {
                self.found.archives.insert((archive, requirement.extras().to_vec()));
            }
            decided => {
                if decided.is_none() {
                    let key = scope.key(index);
                    self.found.undecided.push(Undecided { asked, requirement, key });
                }
                self.found.asked.push((project, scope.clone(), requirement));
                if !self.found.requirements.contains(&requirement) {
                    self.found.requirements.push(requirement);
                }
            }
        }
        Ok(())
    }

    fn open_extras(&mut self, owner: Owner, requirement: &Requirement) -> Result<(), SelectionError> {
        requirement.extras().iter().try_for_each(|extra| self.open(owner, &Scope::Extra(extra.clone())))
    }
}

fn no_extra(project: &Project, extra: &ProjectName) -> SelectionError {
    let extra = extra.clone();
    if project.is_dynamic("optional-dependencies") {
        SelectionError::ExtraLeftToBuild { extra }
    } else {
        let is_other_kind = project.group(&extra).is_some();
        let names = project.optional_dependencies().keys().cloned().collect();
        SelectionError::NoExtra { extra, offered: AvailableNames { kind: Kind::Extra, names, is_other_kind } }
    }
}

fn no_group(project: &Project, group: &ProjectName) -> SelectionError {
    let is_other_kind = project.optional_dependencies().contains_key(group);
    let names = project.groups().cloned().collect();
    let offered = AvailableNames { kind: Kind::Group, names, is_other_kind };
    SelectionError::NoGroup { group: group.clone(), offered }
}

impl Scope {
    /// The sources that hold for what it requires.
    pub(super) fn applying<'a>(&self, sources: &'a Sources) -> impl Iterator<Item = &'a UvSource> {
        sources.as_slice().iter().filter(move |source| match (&source.extra, &source.group) {
            (None, None) => true,
            (extra, group) => match self {
                Self::Dependencies => false,
                Self::Extra(chosen) => extra.as_ref() == Some(chosen),
                Self::Group(chosen) => group.as_ref() == Some(chosen),
            },
        })
    }

    /// The key of one of its requirements.
    fn key(&self, index: usize) -> String {
        match self {
            Self::Dependencies => format!("project.dependencies[{index}]"),
            Self::Extra(extra) => format!("project.optional-dependencies.{extra}[{index}]"),
            // A group includes others, so that a place in it is none in the manifest.
            Self::Group(group) => format!("dependency-groups.{group}"),
        }
    }
}
