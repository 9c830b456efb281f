//! All that a project needs: the requirements of the project, of the selected extras and groups, and of its siblings.

use std::collections::BTreeSet;

use super::{Archive, Asked, Decision, LIST, Member, Owner, Scope, Workspace};
use crate::project::config::Config;
use crate::project::manifest::{Project, Sources, UvSource, UvTable};
use crate::project::pipfile::FILE as PIPFILE;
use crate::project::requirement::Requirement;
use crate::value::ProjectName;

mod available_names;
mod selection_error;

pub use available_names::AvailableNames;
pub use selection_error::SelectionError;
use selection_error::{no_extra, no_group};

pub(super) const MANIFEST: &str = "pyproject.toml";

/// All dependencies that are known before a build.
#[derive(Debug, Default)]
pub(crate) struct Closure<'a> {
    /// The requirements that are not siblings, each once, in order of discovery.
    pub(crate) requirements: Vec<&'a Requirement>,
    /// The indices of the needed members.
    pub(crate) members: BTreeSet<usize>,
    /// The indices of the needed archives, with their required extras.
    pub(crate) archives: BTreeSet<(usize, Vec<ProjectName>)>,
    /// The extras of the target and of members that are selected, or that a requirement names.
    extras: BTreeSet<(Owner, ProjectName)>,
    /// All occurrences of `requirements`, with duplicates, each with its project and list.
    asked: Vec<(&'a Project, Scope, &'a Requirement)>,
    /// The requirements without a [`Decision`].
    pub(super) undecided: Vec<Undecided<'a>>,
}

/// A requirement whose source is not decided.
#[derive(Debug)]
pub(super) struct Undecided<'a> {
    pub(super) asked: Asked,
    pub(super) requirement: &'a Requirement,
    /// The manifest of the owner, and the key in it.
    pub(super) manifest: &'static str,
    pub(super) key: String,
}

impl<'a> Closure<'a> {
    /// Returns the closure of the target of the workspace.
    pub(crate) fn resolve(workspace: &'a Workspace, config: &Config) -> Result<Self, SelectionError> {
        let mut walk = Walk::new(workspace, BTreeSet::new());
        let starts = starts(config);
        walk.found.add_extras(&starts);
        starts.into_iter().try_for_each(|node| walk.visit(node))?;
        Ok(walk.found)
    }

    fn add_extras(&mut self, nodes: &[Node]) {
        let extras = nodes.iter().filter_map(|(owner, scope)| match scope {
            Scope::Extra(extra) => Some((*owner, extra.clone())),
            _ => None,
        });
        self.extras.extend(extras);
    }

    /// Returns the needed members. `workspace` must be the one of this closure.
    pub(crate) fn members_of<'w>(&self, workspace: &'w Workspace) -> impl Iterator<Item = &'w Member> {
        self.members.iter().filter_map(|index| workspace.members.get(*index))
    }

    /// Returns the needed archives. `workspace` must be the one of this closure.
    pub(crate) fn archives_of<'w>(&self, workspace: &'w Workspace) -> impl Iterator<Item = &'w Archive> {
        self.archives.iter().filter_map(|(index, _)| workspace.archives.get(*index))
    }

    /// Returns the requirements that are not siblings, each with its project.
    pub(crate) fn asked(&self) -> impl Iterator<Item = (&'a Project, &'a Requirement)> {
        self.asked.iter().map(|(project, _, requirement)| (*project, *requirement))
    }

    /// Returns the requirements that are not siblings and come from the dependencies or an extra of a project, each with
    /// its project.
    pub(crate) fn asked_by_projects(&self) -> impl Iterator<Item = (&'a Project, &'a Requirement)> {
        let asked = self.asked.iter().filter(|(_, scope, _)| !matches!(scope, Scope::Group(_)));
        asked.map(|(project, _, requirement)| (*project, *requirement))
    }

    /// Returns the remote sources of the requirements that are not siblings. The sources of the requiring project
    /// override those of the workspace root.
    pub(crate) fn sources(&self, root: Option<&'a UvTable>) -> Vec<(&'a ProjectName, &'a UvSource)> {
        let asked = self.asked.iter();
        asked.flat_map(|(project, scope, requirement)| remote(project, root, scope, requirement.name())).collect()
    }

    /// Returns the remote sources of the build requirements of the project and its siblings.
    pub(crate) fn build_sources(
        &self,
        workspace: &'a Workspace,
        root: Option<&'a UvTable>,
    ) -> Vec<(&'a ProjectName, &'a UvSource)> {
        let projects = self.members_of(workspace).map(|member| &member.project).chain([&workspace.project]);
        let sources = projects.flat_map(|project| {
            let requires = project.build_system().requires.iter();
            requires.flat_map(move |requirement| remote(project, root, &Scope::Dependencies, requirement.name()))
        });
        sources.collect()
    }

    /// Returns the extras of the project and its siblings that are selected, or that a requirement names, each with its
    /// project. An extra that an extra of the same project refers to is not among them.
    pub(crate) fn extras_of_projects<'w>(
        &'w self,
        workspace: &'w Workspace,
    ) -> impl Iterator<Item = (&'w ProjectName, &'w ProjectName)> {
        let extras = self.extras.iter();
        extras.filter_map(|(owner, extra)| Some((workspace.project_of(*owner)?.name(), extra)))
    }

    /// Returns a requirement with a local path that no discovery has read.
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

/// A closure that is found in rounds: the decisions about the requirements of one open the lists of the next. Each list is
/// read once.
#[derive(Debug)]
pub(super) struct Rounds {
    visited: BTreeSet<Node>,
    next: Vec<Node>,
}

impl Rounds {
    pub(super) fn new(config: &Config) -> Self {
        Self { visited: BTreeSet::new(), next: starts(config) }
    }

    /// Returns the requirements of the lists that were opened since the last round, if they are not decided.
    pub(super) fn undecided<'a>(&mut self, workspace: &'a Workspace) -> Result<Vec<Undecided<'a>>, SelectionError> {
        let mut walk = Walk::new(workspace, std::mem::take(&mut self.visited));
        self.next.drain(..).try_for_each(|node| walk.visit(node))?;
        self.visited = walk.visited;
        Ok(walk.found.undecided)
    }

    /// Opens the lists that a requirement refers to.
    pub(super) fn decided(&mut self, requirement: &Requirement, decision: Decision) {
        self.next.extend(referred(requirement, decision));
    }
}

/// Returns the lists that the closure of the target starts with.
fn starts(config: &Config) -> Vec<Node> {
    let locks = [true, false].map(|is_package| Scope::Lock { is_package });
    let extras = config.extra.iter().cloned().map(Scope::Extra);
    let groups = config.group.iter().cloned().map(Scope::Group);
    let scopes = [Scope::Dependencies, Scope::List].into_iter().chain(locks).chain(extras).chain(groups);
    scopes.map(|scope| (Owner::Target, scope)).collect()
}

/// Returns the lists that a requirement of a sibling refers to, in order.
fn referred(requirement: &Requirement, decision: Decision) -> Vec<Node> {
    match decision {
        _ if !requirement.is_for_linux() => Vec::new(),
        // A sibling requires the target.
        Decision::Target => extras_of(Owner::Target, requirement),
        Decision::Member(member) => {
            let owner = Owner::Member(member);
            [vec![(owner, Scope::Dependencies)], extras_of(owner, requirement)].concat()
        }
        _ => Vec::new(),
    }
}

fn extras_of(owner: Owner, requirement: &Requirement) -> Vec<Node> {
    requirement.extras().iter().map(|extra| (owner, Scope::Extra(extra.clone()))).collect()
}

/// Returns the remote sources that apply to a dependency in a list of a project.
fn remote<'a>(
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

/// A walk over lists of requirements. A manifest decides how deep lists refer to each other, so the walk keeps its own
/// stack. The order is that of a recursive walk.
struct Walk<'a> {
    workspace: &'a Workspace,
    visited: BTreeSet<Node>,
    /// The requirements that are found already, as their text and their alternatives.
    listed: BTreeSet<(&'a str, Option<&'a str>)>,
    open: Vec<Step<'a>>,
    found: Closure<'a>,
}

/// One list of requirements: the project that owns it, and the list's name in the project.
type Node = (Owner, Scope);

enum Step<'a> {
    /// Visits a list, unless it was visited before.
    Visit(Node),
    /// Goes on with the requirements of a list, from an index on.
    Continue { node: Node, project: &'a Project, requirements: Vec<&'a Requirement>, index: usize },
}

impl<'a> Walk<'a> {
    fn new(workspace: &'a Workspace, visited: BTreeSet<Node>) -> Self {
        Self { workspace, visited, listed: BTreeSet::new(), open: Vec::new(), found: Closure::default() }
    }

    /// Visits a list and all lists that it refers to.
    fn visit(&mut self, node: Node) -> Result<(), SelectionError> {
        self.open.push(Step::Visit(node));
        while let Some(step) = self.open.pop() {
            match step {
                Step::Visit(node) => self.open_list(node)?,
                Step::Continue { node, project, requirements, index } => {
                    let Some(requirement) = requirements.get(index).copied() else { continue };
                    let referred = self.add(&node, project, index, requirement)?;
                    self.open.push(Step::Continue { node, project, requirements, index: index + 1 });
                    self.open.extend(referred.into_iter().rev().map(Step::Visit));
                }
            }
        }
        Ok(())
    }

    fn open_list(&mut self, node: Node) -> Result<(), SelectionError> {
        let (owner, scope) = &node;
        let Some(project) = self.workspace.project_of(*owner) else { return Ok(()) };
        if !self.visited.insert(node.clone()) {
            return Ok(());
        }
        let requirements: Vec<&Requirement> = match scope {
            Scope::Dependencies => project.dependencies().iter().collect(),
            Scope::List => self.workspace.listed.iter().collect(),
            Scope::Lock { is_package } => {
                let locked = self.workspace.locked.iter().filter(|sibling| sibling.is_package == *is_package);
                locked.map(|sibling| &sibling.requirement).collect()
            }
            Scope::Extra(extra) => match project.optional_dependencies().get(extra) {
                Some(requirements) => requirements.iter().collect(),
                None if *owner == Owner::Target => return Err(no_extra(project, extra)),
                // Installers only warn about a missing extra of a dependency.
                None => Vec::new(),
            },
            Scope::Group(group) => project.group(group).ok_or_else(|| no_group(project, group))?,
        };
        self.open.push(Step::Continue { node, project, requirements, index: 0 });
        Ok(())
    }

    /// Adds a requirement. Returns the lists that it refers to, in order.
    fn add(
        &mut self,
        (owner, scope): &Node,
        project: &'a Project,
        index: usize,
        requirement: &'a Requirement,
    ) -> Result<Vec<Node>, SelectionError> {
        // A requirement of the project itself (`hello[all]`) selects the extras that it names. In a list, a path says which
        // project is meant.
        if requirement.name() == project.name() && *scope != Scope::List {
            if requirement.has_marker() && *owner == Owner::Target {
                return Err(SelectionError::ConditionalExtras { requirement: requirement.to_string() });
            }
            let referred = extras_of(*owner, requirement);
            if matches!(scope, Scope::Group(_)) {
                self.found.add_extras(&referred);
            }
            return Ok(referred);
        }
        let asked = Asked { by: *owner, scope: scope.clone(), requirement: requirement.as_str().to_owned() };
        match self.workspace.decisions.get(&asked).copied() {
            Some(Decision::Target | Decision::Member(_) | Decision::Archive(_)) if !requirement.is_for_linux() => {}
            Some(decision @ (Decision::Target | Decision::Member(_))) => {
                if let Decision::Member(member) = decision {
                    self.found.members.insert(member);
                }
                let referred = referred(requirement, decision);
                self.found.add_extras(&referred);
                return Ok(referred);
            }
            Some(Decision::Archive(archive)) => {
                self.found.archives.insert((archive, requirement.extras().to_vec()));
            }
            decided => {
                if decided.is_none() {
                    let (manifest, key) = scope.key(project, requirement, index);
                    self.found.undecided.push(Undecided { asked, requirement, manifest, key });
                }
                self.found.asked.push((project, scope.clone(), requirement));
                let alternatives = requirement.alternatives().map(|one| one.text.as_str());
                if self.listed.insert((requirement.as_str(), alternatives)) {
                    self.found.requirements.push(requirement);
                }
            }
        }
        Ok(Vec::new())
    }
}

impl Scope {
    /// Returns the sources that apply to the requirements of this list.
    pub(super) fn applying<'a>(&self, sources: &'a Sources) -> impl Iterator<Item = &'a UvSource> {
        sources.as_slice().iter().filter(move |source| match (&source.extra, &source.group) {
            (None, None) => true,
            (extra, group) => match self {
                Self::Dependencies | Self::List | Self::Lock { .. } => false,
                Self::Extra(chosen) => extra.as_ref() == Some(chosen),
                Self::Group(chosen) => group.as_ref() == Some(chosen),
            },
        })
    }

    /// Returns the manifest with a requirement of this list, and its key there.
    fn key(&self, project: &Project, requirement: &Requirement, index: usize) -> (&'static str, String) {
        let name = requirement.name();
        match self {
            Self::Lock { .. } => ("uv.lock", name.to_string()),
            Self::List => (LIST, requirement.file().unwrap_or(requirement.as_str()).to_owned()),
            Self::Dependencies if project.is_described_by_pipfile() => (PIPFILE, format!("packages.{name}")),
            Self::Group(group) if project.is_pipfile_category(group) => (PIPFILE, format!("{group}.{name}")),
            Self::Dependencies | Self::Extra(_) if project.poetry_places(requirement) => {
                (MANIFEST, format!("tool.poetry.dependencies.{name}"))
            }
            Self::Dependencies => (MANIFEST, format!("project.dependencies[{index}]")),
            Self::Extra(extra) => (MANIFEST, format!("project.optional-dependencies.{extra}[{index}]")),
            // A group may include others, so an index in the group is not an index in the manifest.
            Self::Group(group) => (MANIFEST, format!("dependency-groups.{group}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Decision, Rounds};
    use crate::project::config::Config;
    use crate::project::manifest::Project;
    use crate::project::workspace::Workspace;

    /// A chain of siblings takes a round for each. The time must not grow with the square of their number.
    #[test]
    fn each_round_reads_only_the_lists_that_the_last_one_opened() {
        let project: Project = "[project]\nname = 'a'\nversion = '1'\ndependencies = ['b[x]', 'a[x]']\n\
                                [project.optional-dependencies]\nx = ['c']"
            .parse()
            .unwrap();
        let workspace = Workspace::from(project);
        let mut rounds = Rounds::new(&Config::default());
        let first = rounds.undecided(&workspace).unwrap();
        let names: Vec<&str> = first.iter().map(|open| open.requirement.name().as_str()).collect();
        assert_eq!(names, ["b", "c"]);
        // The extra `x` was read in the first round.
        rounds.decided(first[0].requirement, Decision::Target);
        assert!(rounds.undecided(&workspace).unwrap().is_empty());
    }
}
