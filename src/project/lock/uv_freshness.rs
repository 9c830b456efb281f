//! Check of a `uv.lock` against `pyproject.toml`.
//!
//! The lock repeats the requirements of each local project at the time of locking. Both sides are converted to the same
//! form: a map from name, extras and versions or URL to the environments of the requirement.

mod comparison;
mod entry;
mod options;
mod requested;
mod root;
mod settings;
mod sources;
mod time;

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::release_specifiers_to_ranges;
use pep508_rs::MarkerTree;

use comparison::Comparison;
use requested::asked_by_manifest;
pub(super) use requested::has_largest;
pub(crate) use root::LockRoot;

use super::error::{LockError, LockErrorKind};
use super::marker::with_extras;
use super::marker::{self, Environments, both};
use super::uv::{LockedPackage, LockedRequirement, REMEDY, UvLock};
use crate::project::manifest::Project;
use crate::value::ProjectName;

impl UvLock {
    /// Checks that the lock matches the manifest of a local project: its version, Python versions, dependencies, extras,
    /// dependency groups and sources. If the lock is in the folder of the project, the settings that it repeats are
    /// compared too. Markers, specifiers and names are compared by meaning.
    ///
    /// Every lock that passes `uv lock --check` passes this check too. This check ignores data
    /// that is not in this manifest (members of the workspace, dynamic metadata), sources with conditions, and settings
    /// that the version of uv which wrote the lock did not store.
    ///
    /// # Errors
    ///
    /// [`LockErrorKind::Stale`] with the first difference.
    pub fn check(&self, project: &Project) -> Result<(), LockError> {
        let root = LockRoot::of(project);
        self.check_project(project, None)?;
        if self.local(project.name()).is_some_and(|package| package.source.folder() == Some(".")) {
            self.check_settings(&root)?;
        }
        Ok(())
    }

    /// Like [`UvLock::check`], but without the settings. `root` is the manifest beside the lock.
    pub(crate) fn check_project(&self, project: &Project, root: Option<&LockRoot>) -> Result<(), LockError> {
        let project = project.as_uv_reads();
        let stale = |difference| self.stale(difference);
        let package = self.local(project.name());
        let package = package.ok_or_else(|| stale(format!("it does not contain project `{}`", project.name())))?;
        let own = LockRoot::of(project);
        let is_alone = package.source.folder() == Some(".") || !self.members().contains(project.name());
        let root = root.filter(|_| !is_alone);
        let freshness = Freshness {
            lock: self,
            project,
            package,
            manifest: &own,
            are_sources_known: is_alone || root.is_some(),
            compared: Comparison {
                environments: Environments::of(self.requires_python()),
                tables: [Some(&own), root].into_iter().flatten().collect(),
            },
        };
        freshness.check().map_err(stale)
    }

    fn stale(&self, difference: String) -> LockError {
        LockError::new(self.file(), LockErrorKind::Stale { difference, remedy: REMEDY })
    }
}

struct Freshness<'a> {
    lock: &'a UvLock,
    project: &'a Project,
    package: &'a LockedPackage,
    manifest: &'a LockRoot,
    /// Whether each source of a dependency is in a known manifest: a workspace root has sources for its members.
    are_sources_known: bool,
    compared: Comparison<'a>,
}

impl Freshness<'_> {
    /// Returns the first difference as the error.
    fn check(&self) -> Result<(), String> {
        self.entry()?;
        self.python()?;
        self.extras()?;
        self.dependencies()?;
        self.groups()?;
        self.python_of_groups()?;
        self.sources()?;
        self.conflicts()
    }

    fn python(&self) -> Result<(), String> {
        // If the project does not set `requires-python`, uv derives it from the interpreter.
        let Some(asked) = self.project.requires_python() else { return Ok(()) };
        let Some(locked) = self.lock.requires_python() else {
            return Err(format!("it is locked for any Python, but `{}` requires `{asked}`", self.project.name()));
        };
        if has_largest(locked) || has_largest(asked) {
            return Ok(());
        }
        let locked_range = release_specifiers_to_ranges(locked.clone());
        let asked_range = release_specifiers_to_ranges(asked.clone());
        let is_narrowed_by_others = !self.lock.members().is_empty()
            || self.package.source.folder() != Some(".")
            || self.manifest.has_python_of_groups();
        let agree = if is_narrowed_by_others {
            // The locked range is the intersection of several ranges, so it must lie within the range of the project.
            locked_range.subset_of(&asked_range)
        } else {
            locked_range == asked_range
        };
        if agree {
            Ok(())
        } else {
            Err(format!("it is locked for Python `{locked}`, but `{}` requires `{asked}`", self.project.name()))
        }
    }

    fn extras(&self) -> Result<(), String> {
        // Locks of revision 0 do not list extras.
        if self.has_dynamic_dependencies() || self.lock.revision() == 0 {
            return Ok(());
        }
        let asked: BTreeSet<_> = self.project.optional_dependencies().keys().cloned().collect();
        let locked = &self.package.provides_extras;
        match (asked.difference(locked).next(), locked.difference(&asked).next()) {
            (Some(added), _) => Err(format!("extra `{added}` of `{}` is missing", self.project.name())),
            (None, Some(removed)) => {
                Err(format!("it has extra `{removed}`, which `{}` no longer defines", self.project.name()))
            }
            (None, None) => Ok(()),
        }
    }

    fn has_dynamic_dependencies(&self) -> bool {
        ["dependencies", "optional-dependencies"].iter().any(|field| self.project.is_dynamic(field))
    }

    fn dependencies(&self) -> Result<(), String> {
        if self.has_dynamic_dependencies() {
            return Ok(());
        }
        let own = self.project.dependencies().iter().map(|requirement| (requirement.as_str(), MarkerTree::TRUE));
        let extras = self.project.optional_dependencies().iter().flat_map(|(extra, requirements)| {
            requirements.iter().map(|requirement| (requirement.as_str(), marker::for_extra(extra)))
        });
        let asked: Vec<_> = own.chain(extras).map(|(text, condition)| (text.to_owned(), condition)).collect();
        let compared = self.compare(None, &asked, &self.package.requires_dist);
        // If the version is dynamic, the lock may repeat the built metadata, in which the requirements of `web` replace
        // `app[web]`.
        if compared.is_err() && self.package.version.is_none() {
            let expanded = self.expand_extras(&asked)?;
            return self.compare(None, &expanded, &self.package.requires_dist).or(compared);
        }
        compared
    }

    /// Replaces each requirement of the project itself, such as `app[web]`, with the requirements of its extras.
    fn expand_extras(&self, asked: &[(String, MarkerTree)]) -> Result<Vec<(String, MarkerTree)>, String> {
        let mut expansion = Expansion::new(self.project.name());
        for (text, condition) in asked {
            expansion.add(text, condition)?;
        }
        while let Some(extra) = expansion.open.pop() {
            let condition = expansion.selected.get(&extra).cloned().unwrap_or(MarkerTree::TRUE);
            for requirement in self.project.optional_dependencies().get(&extra).into_iter().flatten() {
                expansion.add(requirement.as_str(), &condition)?;
            }
        }
        Ok(expansion.expanded)
    }

    fn groups(&self) -> Result<(), String> {
        let mut asked: BTreeMap<&ProjectName, Vec<(String, MarkerTree)>> = BTreeMap::new();
        for name in self.project.groups() {
            let requirements = self.project.group(name).into_iter().flatten();
            let texts = requirements.map(|requirement| (requirement.as_str().to_owned(), MarkerTree::TRUE));
            asked.entry(name).or_default().extend(texts);
        }
        let locked = &self.package.requires_dev;
        let names: BTreeSet<_> = asked.keys().copied().chain(locked.keys()).collect();
        names.into_iter().try_for_each(|name| {
            let (asked, locked) = (asked.get(name), locked.get(name));
            let requirements = asked.map(Vec::as_slice).unwrap_or_default();
            self.compare(Some(name), requirements, locked.map(Vec::as_slice).unwrap_or_default())?;
            // A group without requirements is in the lock too.
            match (asked, locked) {
                (Some(_), None) => Err(format!("dependency group `{name}` of `{}` is missing", self.project.name())),
                (None, Some(_)) => {
                    Err(format!("it has dependency group `{name}`, which `{}` no longer defines", self.project.name()))
                }
                _ => Ok(()),
            }
        })
    }

    /// Returns an error for the first requirement that differs between manifest and lock.
    fn compare(
        &self,
        group: Option<&ProjectName>,
        asked: &[(String, MarkerTree)],
        locked: &[LockedRequirement],
    ) -> Result<(), String> {
        // If a dependency group sets its own Python versions, the lock repeats them in every marker of the group.
        let with_markers = group.is_none() || !self.manifest.has_python_of_groups();
        let difference = self.compared.difference(asked, locked, with_markers)?;
        match difference {
            Some(difference) => Err(difference.told(&self.asker(group, difference.marker()))),
            None => Ok(()),
        }
    }

    /// Returns who asks for a requirement with this marker: a dependency group, an extra, or the project.
    fn asker(&self, group: Option<&ProjectName>, marker: &MarkerTree) -> String {
        let project = self.project.name();
        if let Some(group) = group {
            return format!("dependency group `{group}` of `{project}`");
        }
        let holds = |extras: &[ProjectName]| self.compared.environments.may_hold(&with_extras(marker, extras));
        let mut extras = self.project.optional_dependencies().keys().chain(&self.package.provides_extras);
        match extras.find(|extra| !holds(&[]) && holds(&[(*extra).clone()])) {
            Some(extra) => format!("extra `{extra}` of `{project}`"),
            None => format!("`{project}`"),
        }
    }
}

/// The expansion of a project's own extras. Each is expanded again only if more conditions select it.
struct Expansion<'a> {
    own: &'a ProjectName,
    expanded: Vec<(String, MarkerTree)>,
    selected: BTreeMap<ProjectName, MarkerTree>,
    open: Vec<ProjectName>,
}

impl<'a> Expansion<'a> {
    fn new(own: &'a ProjectName) -> Self {
        Self { own, expanded: Vec::new(), selected: BTreeMap::new(), open: Vec::new() }
    }

    fn add(&mut self, text: &str, condition: &MarkerTree) -> Result<(), String> {
        let (one, conditions) = asked_by_manifest(text, &BTreeSet::new(), &BTreeSet::new())?;
        if one.name != *self.own {
            self.expanded.push((text.to_owned(), condition.clone()));
            return Ok(());
        }
        let condition = both(condition.clone(), conditions.marker);
        for extra in one.extras {
            let before = self.selected.get(&extra).cloned().unwrap_or(MarkerTree::FALSE);
            let mut after = before.clone();
            after.or(condition.clone());
            if after != before {
                self.selected.insert(extra.clone(), after);
                self.open.push(extra);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
