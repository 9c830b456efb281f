//! Decides the source of each requirement and collects the siblings.

use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};

use super::manifests::read_project;
use super::paths::{common_ancestor, without_dots};
use super::root::{Root, Roots};
use super::tree::{PathState, Tree};
use crate::project::config::Config;
use crate::project::manifest::UvSource;
use crate::project::requirement::Requirement;
use crate::project::workspace::closure::{MANIFEST, Rounds};
use crate::project::workspace::{
    Archive, Asked, Decision, Member, Owner, Scope, SiblingFault, Workspace, WorkspaceError,
};
use crate::value::{ProjectName, Version};

pub(super) struct Siblings<'a, T> {
    tree: &'a T,
    roots: Roots<'a, T>,
    /// The workspace roots of the target and of each member.
    root_of_target: Option<Rc<Root>>,
    root_of_member: Vec<Option<Rc<Root>>>,
}

/// The key in a manifest that names a sibling.
pub(super) struct Key<'a> {
    /// The folder of the manifest. Paths in the manifest are relative to it.
    pub(super) folder: &'a Utf8Path,
    pub(super) manifest: &'static str,
    pub(super) name: String,
}

impl Key<'_> {
    pub(super) fn refuse(&self, fault: SiblingFault) -> WorkspaceError {
        WorkspaceError::Sibling {
            manifest: self.folder.join(self.manifest),
            key: self.name.clone(),
            fault: Box::new(fault),
        }
    }
}

/// The path and name of a sibling in a manifest.
struct Named {
    path: Utf8PathBuf,
    name: ProjectName,
    /// The key `package` of the manifest.
    package: Option<bool>,
    /// The root of the workspace that it is a member of, if it is named as a member.
    root: Option<Rc<Root>>,
}

/// An applicable source, and the folder of its manifest.
struct Found {
    folder: Utf8PathBuf,
    /// `None` if the source is remote.
    local: Option<UvSource>,
}

impl<'a, T: Tree> Siblings<'a, T> {
    pub(super) fn new(tree: &'a T, roots: Roots<'a, T>, root_of_target: Option<Rc<Root>>) -> Self {
        Self { tree, roots, root_of_target, root_of_member: Vec::new() }
    }

    /// Decides the source of each requirement that the target needs.
    pub(super) fn decide_all(&mut self, workspace: &mut Workspace, config: &Config) -> Result<(), T::Error> {
        let mut rounds = Rounds::new(config);
        loop {
            let undecided = rounds.undecided(workspace).map_err(WorkspaceError::from)?.into_iter();
            let open: Vec<(Asked, Requirement, (&'static str, String))> =
                undecided.map(|open| (open.asked, open.requirement.clone(), (open.manifest, open.key))).collect();
            if open.is_empty() {
                return Ok(());
            }
            for (asked, requirement, key) in open {
                let decision = self.decide(workspace, &asked, &requirement, key)?;
                rounds.decided(&requirement, decision);
                workspace.decisions.insert(asked, decision);
            }
        }
    }

    fn decide(
        &mut self,
        workspace: &mut Workspace,
        asked: &Asked,
        requirement: &Requirement,
        (manifest, key): (&'static str, String),
    ) -> Result<Decision, T::Error> {
        let owner = folder_of(workspace, asked.by);
        let name = requirement.name();
        let found = self.source(workspace, asked, name);
        let key = Key { folder: &owner, manifest, name: key };
        if let Some(path) = requirement.file() {
            // No source of uv applies to a list. A lock has decided it.
            let is_of_manifest = !matches!(asked.scope, Scope::List | Scope::Lock { .. });
            if is_of_manifest && found.is_some_and(|found| found.folder == owner) {
                return Err(key.refuse(SiblingFault::TwoSources).into());
            }
            let package = (asked.scope == Scope::Lock { is_package: false }).then_some(false);
            return self.at_path(workspace, &key, path, name, package);
        }
        let root = self.root_of(asked.by).cloned();
        let Some(Found { folder, local }) = found else {
            let member = root.as_ref().map_or(Ok(None), |root| root.member(name));
            return match member.map_err(|fault| key.refuse(fault))? {
                // An index may have another package of this name.
                Some(_) if requirement.url().is_none() => Err(key.refuse(SiblingFault::NoSource(name.clone())).into()),
                _ => Ok(Decision::Elsewhere),
            };
        };
        let Some(source) = local else { return Ok(Decision::Elsewhere) };
        let key = |part| Key { folder: &folder, manifest: MANIFEST, name: format!("tool.uv.sources.{name}.{part}") };
        if let Some(path) = &source.path {
            return self.at_path(workspace, &key("path"), path, name, source.package);
        }
        let key = key("workspace");
        let root = root.ok_or_else(|| key.refuse(SiblingFault::NoWorkspace))?;
        let member = root.member(name).map_err(|fault| key.refuse(fault))?;
        let path = member.ok_or_else(|| key.refuse(SiblingFault::NoMember(name.clone())))?.to_owned();
        if self.tree.root().is_none() && common_ancestor(&path, &workspace.place) == "/" {
            return Err(key.refuse(SiblingFault::FarAway(path)).into());
        }
        let package = source.package.or_else(|| root.is_virtual(name).then_some(false));
        self.sibling(workspace, &key, &Named { path, name: name.clone(), package, root: Some(root) })
    }

    /// Returns the source of a dependency. A source of the project overrides that of its workspace root.
    fn source(&self, workspace: &Workspace, asked: &Asked, name: &ProjectName) -> Option<Found> {
        let own = workspace.project_of(asked.by).map(|project| (folder_of(workspace, asked.by), project.uv()));
        let root = self.root_of(asked.by).map(|root| (root.folder.clone(), &root.uv));
        let (folder, sources) =
            own.into_iter().chain(root).find_map(|(folder, uv)| Some((folder, uv.sources.get(name)?)))?;
        let mut applying = asked.scope.applying(sources).peekable();
        applying.peek()?;
        Some(Found { folder, local: applying.find(|source| source.is_local()).cloned() })
    }

    fn root_of(&self, owner: Owner) -> Option<&Rc<Root>> {
        match owner {
            Owner::Target => self.root_of_target.as_ref(),
            Owner::Member(index) => self.root_of_member.get(index)?.as_ref(),
        }
    }

    /// Returns the decision for a sibling at a path in a manifest.
    fn at_path(
        &mut self,
        workspace: &mut Workspace,
        key: &Key<'_>,
        written: &str,
        name: &ProjectName,
        package: Option<bool>,
    ) -> Result<Decision, T::Error> {
        if written.chars().any(char::is_control) {
            return Err(key.refuse(SiblingFault::ControlCharacter(written.to_owned())).into());
        }
        let path = without_dots(&key.folder.join(written));
        match &self.root_of_target {
            Some(root) if !path.starts_with(&root.folder) => {
                let root = root.folder.clone();
                Err(key.refuse(SiblingFault::OutsideWorkspace { path, root }).into())
            }
            None if self.tree.root().is_none() && common_ancestor(&path, &workspace.place) == "/" => {
                Err(key.refuse(SiblingFault::FarAway(path)).into())
            }
            _ => self.sibling(workspace, key, &Named { path, name: name.clone(), package, root: None }),
        }
    }

    fn sibling(&mut self, workspace: &mut Workspace, key: &Key<'_>, named: &Named) -> Result<Decision, T::Error> {
        let path = named.path.clone();
        match self.tree.standing(&path)? {
            PathState::Nothing => Err(key.refuse(SiblingFault::Missing(path)).into()),
            PathState::Link(link) => Err(key.refuse(SiblingFault::Link(link)).into()),
            PathState::File => Ok(archive(workspace, key, named)?),
            PathState::Folder => self.member(workspace, key, named),
        }
    }

    fn member(&mut self, workspace: &mut Workspace, key: &Key<'_>, named: &Named) -> Result<Decision, T::Error> {
        let known = workspace.members.iter().position(|member| member.place == named.path);
        let found = match known {
            _ if workspace.place == named.path => (workspace.project.name().clone(), Decision::Target),
            Some(index) => (workspace.members[index].project.name().clone(), Decision::Member(index)),
            None => {
                let project = read_project(self.tree, &named.path, Some(&named.name))?
                    .ok_or_else(|| key.refuse(SiblingFault::NoProject(named.path.clone())))?;
                // A member beside the root does not find it above itself.
                let root = self.roots.above(&named.path, project.uv())?.or_else(|| named.root.clone());
                let index = workspace.members.len();
                let name = project.name().clone();
                let is_package = named.package.or(project.uv().package).unwrap_or(true);
                workspace.members.push(Member { place: named.path.clone(), project, is_package });
                self.root_of_member.push(root);
                self.check_build_requirements(workspace, Owner::Member(index))?;
                (name, Decision::Member(index))
            }
        };
        check_name(key, named, found.0)?;
        Ok(found.1)
    }

    /// Returns an error if a build requirement is a sibling, because build requirements are installed before the
    /// project is copied.
    pub(super) fn check_build_requirements(&self, workspace: &Workspace, owner: Owner) -> Result<(), T::Error> {
        let Some(project) = workspace.project_of(owner) else { return Ok(()) };
        for (index, requirement) in project.build_system().requires.iter().enumerate() {
            let asked = Asked { by: owner, scope: Scope::Dependencies, requirement: String::new() };
            let source = self.source(workspace, &asked, requirement.name());
            if requirement.file().is_some() || source.is_some_and(|source| source.local.is_some()) {
                let folder = folder_of(workspace, owner);
                let key = Key { folder: &folder, manifest: MANIFEST, name: format!("build-system.requires[{index}]") };
                return Err(key.refuse(SiblingFault::BuildRequirement(requirement.name().clone())).into());
            }
        }
        Ok(())
    }
}

fn folder_of(workspace: &Workspace, owner: Owner) -> Utf8PathBuf {
    match owner {
        Owner::Target => workspace.place.clone(),
        Owner::Member(index) => workspace.members[index].place.clone(),
    }
}

fn check_name(key: &Key<'_>, named: &Named, found: ProjectName) -> Result<(), WorkspaceError> {
    if found == named.name {
        return Ok(());
    }
    Err(key.refuse(SiblingFault::Name { path: named.path.clone(), found, wanted: named.name.clone() }))
}

fn archive(workspace: &mut Workspace, key: &Key<'_>, named: &Named) -> Result<Decision, WorkspaceError> {
    let file = named.path.file_name().unwrap_or_default();
    let name = match ArchiveName::of(file) {
        Some(ArchiveName::Stated(name)) => name,
        Some(ArchiveName::InMetadata) => named.name.clone(),
        None if Utf8Path::new(file).extension() == Some("whl") => {
            return Err(key.refuse(SiblingFault::ArchiveName(named.path.clone())));
        }
        None => return Err(key.refuse(SiblingFault::NoArchive(named.path.clone()))),
    };
    check_name(key, named, name.clone())?;
    let known = workspace.archives.iter().position(|archive| archive.place == named.path);
    Ok(Decision::Archive(known.unwrap_or_else(|| {
        workspace.archives.push(Archive { place: named.path.clone(), name });
        workspace.archives.len() - 1
    })))
}

/// What the name of an archive says about its project.
pub(super) enum ArchiveName {
    /// The name of the project.
    Stated(ProjectName),
    /// Nothing: it is not `NAME-VERSION`. As in uv and pip, the metadata of a source archive decides.
    InMetadata,
}

impl ArchiveName {
    /// Returns `None` for a file that is neither a source archive nor a wheel with a name and a version.
    pub(super) fn of(file: &str) -> Option<Self> {
        if let Some(wheel) = file.strip_suffix(".whl") {
            return wheel.split_once('-')?.0.parse().ok().map(Self::Stated);
        }
        let stem =
            SOURCE_ARCHIVES.iter().find_map(|ending| file.strip_suffix(ending)).filter(|stem| !stem.is_empty())?;
        let name = stem.rsplit_once('-').filter(|(_, version)| version.parse::<Version>().is_ok());
        Some(name.and_then(|(name, _)| name.parse().ok()).map_or(Self::InMetadata, Self::Stated))
    }
}

/// The endings of source archives that uv and pip read.
const SOURCE_ARCHIVES: [&str; 8] = [".tar.gz", ".zip", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz"];

/// Returns whether a file has the name of a wheel or a source archive.
pub(crate) fn is_archive(file: &str) -> bool {
    ArchiveName::of(file).is_some()
}
