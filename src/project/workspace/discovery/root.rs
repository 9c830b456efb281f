//! The roots of uv workspaces, and their members.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};

use super::manifests::read_root;
use super::tree::{PathState, Tree};
use crate::project::manifest::{PossibleRoot, UvTable, WorkspaceTable};
use crate::project::workspace::glob::Glob;
use crate::project::workspace::{SiblingFault, WorkspaceError};
use crate::value::ProjectName;

/// The root of a uv workspace.
pub(super) struct Root {
    pub(super) folder: Utf8PathBuf,
    pub(super) manifest: String,
    pub(super) uv: UvTable,
    globs: Globs,
    /// The folders of the members, including the root if it is a project.
    members: BTreeMap<ProjectName, Vec<Utf8PathBuf>>,
    /// The members that are not packages.
    virtual_members: BTreeSet<ProjectName>,
}

impl Root {
    /// Returns whether a member is not a package, as uv decides it: it has no build system, and no manifest but its own names it
    /// as a source. The key `package` of a manifest overrides this.
    pub(super) fn is_virtual(&self, name: &ProjectName) -> bool {
        self.virtual_members.contains(name)
    }

    /// Returns the folder of the member with this name, or `None` if there is no such member.
    pub(super) fn member(&self, name: &ProjectName) -> Result<Option<&Utf8Path>, SiblingFault> {
        match self.members.get(name).map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([only]) => Ok(Some(only)),
            Some([first, second, ..]) => {
                let (first, second) = (first.clone(), second.clone());
                Err(SiblingFault::TwoMembers { name: name.clone(), first, second })
            }
        }
    }
}

/// A cache of roots. Each root is read once.
pub(super) struct Roots<'a, T> {
    tree: &'a T,
    read: BTreeMap<Utf8PathBuf, Rc<Root>>,
}

impl<'a, T: Tree> Roots<'a, T> {
    pub(super) fn new(tree: &'a T) -> Self {
        Self { tree, read: BTreeMap::new() }
    }

    /// Returns the root of the workspace that a project belongs to: the project itself, or the nearest folder above it
    /// with a manifest, if that is the root of a workspace that includes the project. `uv` is the table of the project.
    pub(super) fn above(&mut self, folder: &Utf8Path, uv: &UvTable) -> Result<Option<Rc<Root>>, T::Error> {
        if uv.managed == Some(false) {
            return Ok(None);
        }
        for above in folder.ancestors() {
            if let Some(known) = self.read.get(above) {
                let belongs = above == folder || known.globs.match_member(above, folder);
                return Ok(belongs.then(|| Rc::clone(known)));
            }
            // A project that is not a root does not own the projects in its folder.
            if above == folder && uv.workspace.is_none() {
                continue;
            }
            let Some((manifest, found)) = read_root(self.tree, above)? else { continue };
            let Some(table) = &found.uv.workspace else { return Ok(None) };
            let globs = Globs::of(above, table)?;
            if above != folder && !globs.match_member(above, folder) {
                return Ok(None);
            }
            let mut kinds = Kinds::default();
            let members = self.members(above, &found, &globs, &mut kinds)?;
            let virtual_members = kinds.virtual_members();
            let folder = above.to_owned();
            let root = Rc::new(Root { folder, manifest, uv: found.uv, globs, members, virtual_members });
            self.read.insert(above.to_owned(), Rc::clone(&root));
            return Ok(Some(root));
        }
        Ok(None)
    }

    fn members(
        &self,
        root: &Utf8Path,
        found: &PossibleRoot,
        globs: &Globs,
        kinds: &mut Kinds,
    ) -> Result<BTreeMap<ProjectName, Vec<Utf8PathBuf>>, T::Error> {
        let mut members: BTreeMap<ProjectName, Vec<Utf8PathBuf>> = BTreeMap::new();
        kinds.add(found);
        if let Some(name) = &found.name {
            members.entry(name.clone()).or_default().push(root.to_owned());
        }
        let mut ahead = globs.bases(root);
        let mut seen = BTreeSet::new();
        while let Some(folder) = ahead.pop() {
            for path in self.tree.folders(&folder)?.into_iter().map(|name| folder.join(name)) {
                if !seen.insert(path.clone()) {
                    continue;
                }
                if path != *root
                    && globs.match_member(root, &path)
                    && let Some((_, member)) = read_root(self.tree, &path)?
                {
                    kinds.add(&member);
                    if let Some(name) = member.name {
                        members.entry(name).or_default().push(path.clone());
                    }
                }
                if globs.may_match_below(root, &path) && self.tree.standing(&path)? == PathState::Folder {
                    ahead.push(path);
                }
            }
        }
        Ok(members)
    }
}

/// What decides which members are packages.
#[derive(Default)]
struct Kinds {
    without_build_system: BTreeSet<ProjectName>,
    /// The members that the sources of another manifest name.
    required: BTreeSet<ProjectName>,
}

impl Kinds {
    fn add(&mut self, manifest: &PossibleRoot) {
        let own = manifest.name.as_ref();
        let named = manifest.uv.sources.iter().filter(|(name, sources)| {
            Some(*name) != own && sources.as_slice().iter().any(|source| source.workspace == Some(true))
        });
        self.required.extend(named.map(|(name, _)| name.clone()));
        if !manifest.has_build_system && manifest.uv.package.is_none() {
            self.without_build_system.extend(own.cloned());
        }
    }

    fn virtual_members(self) -> BTreeSet<ProjectName> {
        &self.without_build_system - &self.required
    }
}

/// The globs that select the member folders.
struct Globs {
    members: Vec<Glob>,
    exclude: Vec<Glob>,
}

impl Globs {
    fn of(root: &Utf8Path, table: &WorkspaceTable) -> Result<Self, WorkspaceError> {
        let parse = |key: &str, texts: &[String]| -> Result<Vec<Glob>, WorkspaceError> {
            let glob = |(index, text): (usize, &String)| {
                Glob::parse(text).map_err(|reason| WorkspaceError::Sibling {
                    manifest: root.join("pyproject.toml"),
                    key: format!("tool.uv.workspace.{key}[{index}]"),
                    fault: Box::new(SiblingFault::Glob { glob: text.clone(), reason }),
                })
            };
            texts.iter().enumerate().map(glob).collect()
        };
        Ok(Self { members: parse("members", &table.members)?, exclude: parse("exclude", &table.exclude)? })
    }

    /// Returns the folders below which members may be.
    fn bases(&self, root: &Utf8Path) -> Vec<Utf8PathBuf> {
        let bases: BTreeSet<&Utf8Path> = self.members.iter().filter_map(|glob| glob.base(root)).collect();
        bases.into_iter().map(Utf8Path::to_owned).collect()
    }

    fn match_member(&self, root: &Utf8Path, folder: &Utf8Path) -> bool {
        self.members.iter().any(|glob| glob.matches(root, folder))
            && !self.exclude.iter().any(|glob| glob.excludes(root, folder))
    }

    fn may_match_below(&self, root: &Utf8Path, folder: &Utf8Path) -> bool {
        self.members.iter().any(|glob| glob.may_match_below(root, folder))
    }
}
