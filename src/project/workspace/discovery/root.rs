//! The roots of uv workspaces, and their members.

use std::collections::BTreeMap;
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
}

impl Root {
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
    /// with a manifest, if that is the root of a workspace that includes the project.
    pub(super) fn above(&mut self, folder: &Utf8Path, uv: &UvTable) -> Result<Option<Rc<Root>>, T::Error> {
        if uv.managed == Some(false) {
            return Ok(None);
        }
        for above in folder.ancestors() {
            if let Some(known) = self.read.get(above) {
                let belongs = above == folder || known.globs.include(above, folder);
                return Ok(belongs.then(|| Rc::clone(known)));
            }
            let Some((manifest, found)) = read_root(self.tree, above)? else { continue };
            let Some(table) = &found.uv.workspace else {
                // A project that is not a root does not own the projects in its folder.
                if above == folder {
                    continue;
                }
                return Ok(None);
            };
            let globs = Globs::of(above, table)?;
            if above != folder && !globs.include(above, folder) {
                return Ok(None);
            }
            let members = self.members(above, &found, &globs)?;
            let root = Rc::new(Root { folder: above.to_owned(), manifest, uv: found.uv, globs, members });
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
    ) -> Result<BTreeMap<ProjectName, Vec<Utf8PathBuf>>, T::Error> {
        let mut members: BTreeMap<ProjectName, Vec<Utf8PathBuf>> = BTreeMap::new();
        if let Some(name) = &found.name {
            members.entry(name.clone()).or_default().push(root.to_owned());
        }
        let mut ahead = vec![String::new()];
        while let Some(folder) = ahead.pop() {
            for name in self.tree.folders(&root.join(&folder))? {
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                if globs.match_member(&path)
                    && let Some((_, member)) = read_root(self.tree, &root.join(&path))?
                    && let Some(name) = member.name
                {
                    members.entry(name).or_default().push(root.join(&path));
                }
                if globs.may_match_below(&path) && self.tree.standing(&root.join(&path))? == PathState::Folder {
                    ahead.push(path);
                }
            }
        }
        Ok(members)
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

    fn include(&self, root: &Utf8Path, folder: &Utf8Path) -> bool {
        folder.strip_prefix(root).is_ok_and(|path| self.match_member(path.as_str()))
    }

    fn match_member(&self, path: &str) -> bool {
        self.members.iter().any(|glob| glob.matches(path)) && !self.exclude.iter().any(|glob| glob.excludes(path))
    }

    fn may_match_below(&self, path: &str) -> bool {
        self.members.iter().any(|glob| glob.may_match_below(path))
    }
}
