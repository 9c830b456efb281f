//! Check of what a lock says of a project itself: its version, whether it is a package, and its conflicts.

use std::collections::BTreeSet;

use pep440_rs::VersionSpecifiers;

use super::Freshness;
use crate::project::lock::uv::PackageSource;
use crate::project::manifest::Conflicting;
use crate::value::ProjectName;

/// The first revision that surely has the Python versions of dependency groups.
const STORES_PYTHON_OF_GROUPS: u32 = 5;

impl Freshness<'_> {
    pub(super) fn entry(&self) -> Result<(), String> {
        self.version()?;
        self.kind()
    }

    fn version(&self) -> Result<(), String> {
        let name = self.project.name();
        let asked = self.project.version().filter(|_| !self.project.is_dynamic("version"));
        match (&self.package.version, asked) {
            (Some(locked), Some(asked)) if locked != asked => {
                Err(format!("it has version {locked} of `{name}`, which is now {asked}"))
            }
            (None, Some(asked)) => Err(format!("the version of `{name}` is no longer dynamic, but {asked}")),
            // Locks of revision 0 may repeat a version that a build returned.
            (Some(locked), None) if self.lock.revision() > 0 && self.project.is_dynamic("version") => {
                Err(format!("it has version {locked} of `{name}`, which is now dynamic"))
            }
            _ => Ok(()),
        }
    }

    /// Compares whether the project is a package. Other manifests decide it for a member without a build system.
    fn kind(&self) -> Result<(), String> {
        let is_root = self.package.source.folder() == Some(".");
        let is_member = self.lock.members().contains(self.project.name());
        if !is_root && !is_member {
            return Ok(());
        }
        let name = self.project.name();
        let is_package = self.project.uv().package;
        let is_locked_package = !matches!(self.package.source, PackageSource::Virtual(_));
        match is_package.or((self.manifest.has_build_system || !is_member).then_some(self.manifest.has_build_system)) {
            Some(true) if !is_locked_package => Err(format!("`{name}` is a package now")),
            // The versions of uv that wrote revision 0 built each project.
            Some(false) if is_locked_package && self.lock.revision() > 0 => {
                Err(format!("`{name}` is no package any more"))
            }
            _ => Ok(()),
        }
    }

    /// Compares the Python versions that dependency groups set. Only newer versions of uv store them.
    pub(super) fn python_of_groups(&self) -> Result<(), String> {
        let locked = &self.package.python_of_groups;
        let Some(asked) = self.manifest.python_of_groups() else { return Ok(()) };
        if locked.is_empty() && self.lock.revision() < STORES_PYTHON_OF_GROUPS {
            return Ok(());
        }
        let read = |text: Option<&String>| text.and_then(|text| text.parse::<VersionSpecifiers>().ok());
        let is_changed = |name: &&ProjectName| read(asked.get(*name)) != read(locked.get(*name));
        match asked.keys().chain(locked.keys()).find(is_changed) {
            Some(name) => Err(format!("[tool.uv.dependency-groups]: the Python of group `{name}` is another one")),
            None => Ok(()),
        }
    }

    /// Compares the conflicts within this project. uv adds those of the groups that include another one.
    pub(super) fn conflicts(&self) -> Result<(), String> {
        let locked = &self.lock.settings.conflicts;
        if locked.is_empty() && self.lock.revision() == 0 {
            return Ok(());
        }
        let name = self.project.name();
        let mut asked: Vec<BTreeSet<Conflicting>> = Vec::new();
        for table in &self.compared.tables {
            let Some(sets) = table.parsed::<Vec<BTreeSet<Conflicting>>>("conflicts") else { return Ok(()) };
            // An element without a package is of the project whose manifest has it.
            let with_package =
                |one: Conflicting| Conflicting { package: one.package.or_else(|| table.name.clone()), ..one };
            asked.extend(sets.into_iter().map(|set| set.into_iter().map(with_package).collect()));
        }
        let is_own = |set: &&BTreeSet<Conflicting>| set.iter().all(|one| one.package.as_ref() == Some(name));
        if let Some(set) = asked.iter().filter(is_own).find(|set| !locked.contains(set)) {
            return Err(format!("[tool.uv] conflicts: {} is missing", told(set)));
        }
        let has_groups = asked.iter().flatten().any(|one| one.group.is_some());
        match locked.iter().filter(is_own).find(|set| !asked.contains(set)) {
            Some(set) if !has_groups => {
                Err(format!("[tool.uv] conflicts: it contains {}, which was removed", told(set)))
            }
            _ => Ok(()),
        }
    }
}

fn told(set: &BTreeSet<Conflicting>) -> String {
    let names = set.iter().map(|one| match (&one.extra, &one.group, &one.package) {
        (Some(extra), ..) => format!("extra `{extra}`"),
        (_, Some(group), _) => format!("group `{group}`"),
        (.., Some(package)) => format!("`{package}`"),
        _ => "the project".to_owned(),
    });
    names.collect::<Vec<_>>().join(" and ")
}
