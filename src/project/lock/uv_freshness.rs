//! Check of a `uv.lock` against `pyproject.toml`.
//!
//! The lock repeats the requirements of each local project at the time of locking. Both sides are converted to the same
//! form: a map from name, extras and versions or URL to the environments of the requirement.

mod requested;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::release_specifiers_to_ranges;
use pep508_rs::MarkerTree;
use toml::{Table, Value};

pub(super) use requested::has_largest;
use requested::{Conditions, Origin, Requested, Requirements, add, asked_by_lock, asked_by_manifest};

use super::error::{LockError, LockErrorKind};
use super::marker::with_extras;
use super::marker::{self, Environments, both};
use super::uv::{LockedPackage, LockedRequirement, REMEDY, UvLock};
use crate::project::manifest::Project;
use crate::value::ProjectName;

impl UvLock {
    /// Checks that the lock matches the manifest of a local project: its Python versions, dependencies, extras and
    /// dependency groups. Markers, specifiers and names are compared by meaning.
    ///
    /// Every lock that passes `uv lock --check` passes this check too. This check ignores differences that do not
    /// change the installation of the locked packages (the version of the project, an empty dependency group). It also
    /// ignores data that is not in this manifest (settings of another root, members of the workspace, dynamic metadata), and
    /// sources with conditions.
    ///
    /// # Errors
    ///
    /// [`LockErrorKind::Stale`] with the first difference.
    pub fn check(&self, project: &Project) -> Result<(), LockError> {
        let stale = |difference| LockError::new(self.file(), LockErrorKind::Stale { difference, remedy: REMEDY });
        let package = self.local(project.name());
        let package = package.ok_or_else(|| stale(format!("it does not contain project `{}`", project.name())))?;
        let freshness = Freshness {
            lock: self,
            project,
            package,
            uv: uv_table(project),
            environments: Environments::of(self.requires_python()),
        };
        freshness.check().map_err(stale)
    }
}

struct Freshness<'a> {
    lock: &'a UvLock,
    project: &'a Project,
    package: &'a LockedPackage,
    uv: Table,
    environments: Environments,
}

impl Freshness<'_> {
    /// Returns the first difference as the error.
    fn check(&self) -> Result<(), String> {
        self.python()?;
        self.extras()?;
        self.dependencies()?;
        self.groups()?;
        self.sources()?;
        self.settings()
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
            || self.uv.contains_key("dependency-groups");
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
            let asked = asked.get(name).map(Vec::as_slice).unwrap_or_default();
            let locked = locked.get(name).map(Vec::as_slice).unwrap_or_default();
            self.compare(Some(name), asked, locked)
        })
    }

    /// Returns an error for the first requirement that differs between manifest and lock.
    fn compare(
        &self,
        group: Option<&ProjectName>,
        asked: &[(String, MarkerTree)],
        locked: &[LockedRequirement],
    ) -> Result<(), String> {
        let redirected = self.redirected(asked)?;
        let placed = locked.iter().filter(|one| one.has_place()).map(|one| &one.name);
        let sourced: BTreeSet<_> = placed.chain(redirected.iter()).collect();
        let mut ours = Requirements::new();
        for (text, condition) in asked {
            let (asked, conditions) = asked_by_manifest(text, &sourced, &redirected)?;
            add(&mut ours, asked, Conditions { marker: both(conditions.marker, condition.clone()), ..conditions });
        }
        let by_url: BTreeSet<_> =
            ours.keys().filter(|one| matches!(one.origin, Origin::Place(_))).map(|one| &one.name).collect();
        let mut theirs = Requirements::new();
        for one in locked {
            let (asked, conditions) = asked_by_lock(one, &by_url, &sourced)?;
            add(&mut theirs, asked, conditions);
        }
        for map in [&mut ours, &mut theirs] {
            map.retain(|_, conditions| self.environments.may_hold(&conditions.marker));
        }
        let is_added =
            |one: &Requested, ours: &Conditions| !theirs.contains_key(one) && !marker::is_read_otherwise(&ours.marker);
        if let Some((one, conditions)) = ours.iter().find(|(one, conditions)| is_added(one, conditions)) {
            let by = self.asker(group, &conditions.marker);
            return Err(format!("`{one}{}` is missing, which {by} requires", conditions.versions));
        }
        if let Some((one, conditions)) = theirs.iter().find(|(one, _)| !ours.contains_key(one)) {
            let by = self.asker(group, &conditions.marker);
            return Err(format!("it contains `{one}{}`, which {by} does not require", conditions.versions));
        }
        // If a dependency group sets its own Python versions, the lock repeats them in every marker of the group.
        if group.is_some() && self.uv.contains_key("dependency-groups") {
            return Ok(());
        }
        let is_changed = |one: &Requested, ours: &Conditions| {
            theirs.get(one).is_some_and(|theirs| !self.environments.agree(&ours.marker, &theirs.marker))
        };
        match ours.iter().find(|(one, conditions)| is_changed(one, conditions)) {
            Some((one, conditions)) => {
                Err(format!("{} requires `{one}` with a different marker", self.asker(group, &conditions.marker)))
            }
            None => Ok(()),
        }
    }

    /// Returns what is required by URL, and has an entry in `[tool.uv.sources]` too: the entry comes first.
    fn redirected(&self, asked: &[(String, MarkerTree)]) -> Result<BTreeSet<ProjectName>, String> {
        let sources = &self.project.uv().sources;
        let mut redirected = BTreeSet::new();
        for (text, _) in asked.iter().filter(|(text, _)| text.contains('@') && !sources.is_empty()) {
            let (one, _) = asked_by_manifest(text, &BTreeSet::new(), &BTreeSet::new())?;
            if matches!(one.origin, Origin::Place(_)) && sources.contains_key(&one.name) {
                redirected.insert(one.name);
            }
        }
        Ok(redirected)
    }

    /// Returns who asks for a requirement with this marker: a dependency group, an extra, or the project.
    fn asker(&self, group: Option<&ProjectName>, marker: &MarkerTree) -> String {
        let project = self.project.name();
        if let Some(group) = group {
            return format!("dependency group `{group}` of `{project}`");
        }
        let holds = |extras: &[ProjectName]| self.environments.may_hold(&with_extras(marker, extras));
        let mut extras = self.project.optional_dependencies().keys().chain(&self.package.provides_extras);
        match extras.find(|extra| !holds(&[]) && holds(&[(*extra).clone()])) {
            Some(extra) => format!("extra `{extra}` of `{project}`"),
            None => format!("`{project}`"),
        }
    }
}

/// Returns the table `[tool.uv]`.
fn uv_table(project: &Project) -> Table {
    let uv = project.whole().get("tool").and_then(|tools| tools.get("uv")).and_then(Value::as_table);
    uv.cloned().unwrap_or_default()
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
