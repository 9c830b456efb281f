//! The packages of a `uv.lock` that are installed for one project: a walk along the dependencies from the project.

use std::collections::BTreeSet;

use super::uv::{LockedDependency, LockedPackage, UvLock};
use crate::project::requirement::may_hold_on_linux;
use crate::value::ProjectName;

/// A package of the lock, or one of its extras.
pub(super) type Node<'a> = (usize, Option<&'a ProjectName>);

impl UvLock {
    /// Returns the packages that uv may install on Linux for a local project with these extras and dependency groups, in the
    /// order of the lock. There are none if the lock does not have the project.
    ///
    /// ```
    /// use agentix_gen::project::UvLock;
    /// let lock: UvLock = "version = 1\n\
    ///     [[package]]\nname = 'hello'\nsource = { virtual = '.' }\n\
    ///     dependencies = [{ name = 'rich' }, { name = 'colorama', marker = \"sys_platform == 'win32'\" }]\n\
    ///     [[package]]\nname = 'rich'\nsource = { registry = 'https://pypi.example.org/simple' }\n\
    ///     [[package]]\nname = 'colorama'\nsource = { registry = 'https://pypi.example.org/simple' }".parse()?;
    /// let names: Vec<&str> = lock.selected(&"hello".parse()?, &[], &[]).map(|package| package.name.as_str()).collect();
    /// assert_eq!(names, ["hello", "rich"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn selected(
        &self,
        project: &ProjectName,
        extras: &[ProjectName],
        groups: &[ProjectName],
    ) -> impl Iterator<Item = &LockedPackage> + use<'_> {
        let nodes = self.nodes(project, extras, groups, &may_hold_on_linux);
        let installed: BTreeSet<usize> = nodes.into_iter().map(|(index, _)| index).collect();
        installed.into_iter().map(|index| &self.packages()[index])
    }

    /// Returns the packages and their extras that are installed for a local project. `holds` decides on markers.
    pub(super) fn nodes<'a>(
        &'a self,
        project: &ProjectName,
        extras: &'a [ProjectName],
        groups: &[ProjectName],
        holds: &dyn Fn(&str) -> bool,
    ) -> BTreeSet<Node<'a>> {
        let packages = self.packages();
        let start = packages.iter().position(|package| package.name == *project && package.source.folder().is_some());
        let mut open: Vec<Node<'_>> = Vec::new();
        if let Some(start) = start {
            open.push((start, None));
            open.extend(extras.iter().map(|extra| (start, Some(extra))));
            let of_groups = groups.iter().filter_map(|group| packages[start].dev_dependencies.get(group)).flatten();
            open.extend(of_groups.flat_map(|edge| self.targets(edge, holds)));
        }
        let mut found = BTreeSet::new();
        while let Some(node) = open.pop() {
            if found.insert(node) {
                let package = &packages[node.0];
                let edges = match node.1 {
                    None => Some(&package.dependencies),
                    Some(extra) => package.optional_dependencies.get(extra),
                };
                open.extend(edges.into_iter().flatten().flat_map(|edge| self.targets(edge, holds)));
            }
        }
        found
    }

    /// Returns what an edge leads to. It names a version if the lock has several.
    fn targets<'a>(&'a self, edge: &'a LockedDependency, holds: &dyn Fn(&str) -> bool) -> Vec<Node<'a>> {
        if !edge.marker.as_deref().is_none_or(holds) {
            return Vec::new();
        }
        let is_meant = |package: &LockedPackage| {
            package.name == edge.name && (edge.version.is_none() || edge.version == package.version)
        };
        let packages = self.packages().iter().enumerate().filter(|(_, package)| is_meant(package));
        let nodes = packages.flat_map(|(index, _)| {
            [None].into_iter().chain(edge.extras.iter().map(Some)).map(move |extra| (index, extra))
        });
        nodes.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::UvLock;

    const LOCK: &str = "version = 1\n\
        [[package]]\nname = 'app'\nsource = { editable = '.' }\ndependencies = [{ name = 'a', extra = ['x'] }]\n\
        [package.optional-dependencies]\nweb = [{ name = 'b' }]\n\
        [package.dev-dependencies]\ndev = [{ name = 'c', version = '2' }]\n\
        [[package]]\nname = 'a'\nsource = { git = 'https://git.example.org/a#0' }\ndependencies = [{ name = 'app' }]\n\
        [package.optional-dependencies]\nx = [{ name = 'd' }]\ny = [{ name = 'e' }]\n\
        [[package]]\nname = 'b'\nsource = { registry = 'r' }\n\
        [[package]]\nname = 'c'\nversion = '1'\nsource = { registry = 'r' }\n\
        [[package]]\nname = 'c'\nversion = '2'\nsource = { registry = 'r' }\n\
        [[package]]\nname = 'd'\nsource = { registry = 'r' }\n\
        [[package]]\nname = 'e'\nsource = { registry = 'r' }\n";

    #[test]
    fn extras_and_groups_select_packages() {
        let lock: UvLock = LOCK.parse().unwrap();
        let names = |extras: &[&str], groups: &[&str]| {
            let parse = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect::<Vec<_>>();
            let selected = lock.selected(&"app".parse().unwrap(), &parse(extras), &parse(groups));
            let shown = |version: &Option<pep440_rs::Version>| version.as_ref().map(ToString::to_string);
            let names =
                selected.map(|package| format!("{}{}", package.name, shown(&package.version).unwrap_or_default()));
            names.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(&[], &[]), "app a d");
        assert_eq!(names(&["web"], &[]), "app a b d");
        assert_eq!(names(&[], &["dev"]), "app a c2 d");
        assert_eq!(lock.selected(&"other".parse().unwrap(), &[], &[]).count(), 0);
    }
}
