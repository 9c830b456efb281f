//! Whether a `uv.lock` says what `pyproject.toml` says.
//!
//! The lock repeats what each local project asked for when it was made. Both sides are brought to one form: for each
//! name, with its extras and the versions or the place that are asked for, the environments in which it is.

mod requested;

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use pep440_rs::release_specifiers_to_ranges;
use pep508_rs::MarkerTree;
use toml::{Table, Value};

pub(super) use requested::has_largest;
use requested::{Conditions, Origin, Requested, Requirements, add, asked_by_lock, asked_by_manifest};

use super::error::{LockError, LockErrorKind};
use super::marker::{self, Environments, both};
use super::uv::{LockedPackage, LockedRequirement, REMEDY, UvLock};
use crate::project::manifest::Project;
use crate::value::ProjectName;

impl UvLock {
    /// Refuses a lock that disagrees with the manifest of a local project: with its Python versions, its dependencies,
    /// its extras or its dependency groups. Markers, specifiers and names are compared by what they mean.
    ///
    /// What uv accepts with `uv lock --check` is accepted. More is, where an installation of the locked packages does
    /// not depend on it (the project's version, an empty group) or where it is not in this one manifest (sources,
    /// constraints, members of the workspace, and metadata that the build decides).
    pub fn check(&self, project: &Project) -> Result<(), LockError> {
        let stale = |difference| LockError::new(self.file(), LockErrorKind::Stale { difference, remedy: REMEDY });
        let package = self.local(project.name());
        let package = package.ok_or_else(|| stale(format!("it does not hold project `{}`", project.name())))?;
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
    /// The first difference, in words, if there is one.
    fn check(&self) -> Result<(), String> {
        self.python()?;
        self.extras()?;
        self.dependencies()?;
        self.groups()
    }

    fn python(&self) -> Result<(), String> {
        // Where the project says nothing, uv takes what it runs on.
        let Some(asked) = self.project.requires_python() else { return Ok(()) };
        let Some(locked) = self.lock.requires_python() else {
            return Err(format!("it is for any Python, and `{}` for `{asked}`", self.project.name()));
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
            // What lies beyond the project's own range is there for nobody.
            locked_range.subset_of(&asked_range)
        } else {
            locked_range == asked_range
        };
        if agree {
            Ok(())
        } else {
            Err(format!("it is for Python `{locked}`, and `{}` for `{asked}`", self.project.name()))
        }
    }

    fn extras(&self) -> Result<(), String> {
        // Locks of revision 0 do not say.
        if self.is_left_to_build() || self.lock.revision() == 0 {
            return Ok(());
        }
        let asked: BTreeSet<_> = self.project.optional_dependencies().keys().cloned().collect();
        let locked = &self.package.provides_extras;
        match (asked.difference(locked).next(), locked.difference(&asked).next()) {
            (Some(added), _) => Err(format!("extra `{added}` is not in it")),
            (None, Some(removed)) => Err(format!("it has an extra `{removed}`, which the project has no more")),
            (None, None) => Ok(()),
        }
    }

    fn is_left_to_build(&self) -> bool {
        ["dependencies", "optional-dependencies"].iter().any(|field| self.project.is_dynamic(field))
    }

    fn dependencies(&self) -> Result<(), String> {
        if self.is_left_to_build() {
            return Ok(());
        }
        let own = self.project.dependencies().iter().map(|requirement| (requirement.as_str(), MarkerTree::TRUE));
        let extras = self.project.optional_dependencies().iter().flat_map(|(extra, requirements)| {
            requirements.iter().map(|requirement| (requirement.as_str(), marker::for_extra(extra)))
        });
        let asked: Vec<_> = own.chain(extras).map(|(text, condition)| (text.to_owned(), condition)).collect();
        let compared = self.compare("", &asked, &self.package.requires_dist);
        // Where the build decides the version, the lock may hold what was built: there `app[web]` is what `web` holds.
        if compared.is_err() && self.package.version.is_none() {
            let mut opened = Vec::new();
            self.open(&asked, &mut Vec::new(), &mut opened)?;
            return self.compare("", &opened, &self.package.requires_dist).or(compared);
        }
        compared
    }

    /// Puts what an extra holds in the place of what asks for the project with this extra.
    fn open(
        &self,
        asked: &[(String, MarkerTree)],
        inside: &mut Vec<ProjectName>,
        opened: &mut Vec<(String, MarkerTree)>,
    ) -> Result<(), String> {
        for (text, condition) in asked {
            let (one, conditions) = asked_by_manifest(text, &BTreeSet::new())?;
            if one.name != *self.project.name() {
                opened.push((text.clone(), condition.clone()));
                continue;
            }
            let condition = both(condition.clone(), conditions.marker);
            for extra in one.extras {
                if inside.contains(&extra) {
                    continue;
                }
                let held = self.project.optional_dependencies().get(&extra).into_iter().flatten();
                let held: Vec<_> = held.map(|held| (held.as_str().to_owned(), condition.clone())).collect();
                inside.push(extra);
                self.open(&held, inside, opened)?;
                inside.pop();
            }
        }
        Ok(())
    }

    fn groups(&self) -> Result<(), String> {
        let mut asked: BTreeMap<&ProjectName, Vec<(String, MarkerTree)>> = BTreeMap::new();
        for name in self.project.groups() {
            let requirements = self.project.group(name).into_iter().flatten();
            let texts = requirements.map(|requirement| (requirement.as_str().to_owned(), MarkerTree::TRUE));
            asked.entry(name).or_default().extend(texts);
        }
        let dev = ProjectName::from_str("dev").map_err(|error| error.to_string())?;
        // The older place of group `dev`.
        if let Some(Value::Array(list)) = self.uv.get("dev-dependencies") {
            let texts = list.iter().filter_map(Value::as_str).map(|text| (text.to_owned(), MarkerTree::TRUE));
            asked.entry(&dev).or_default().extend(texts);
        }
        let locked = &self.package.requires_dev;
        let names: BTreeSet<_> = asked.keys().copied().chain(locked.keys()).collect();
        names.into_iter().try_for_each(|name| {
            let asked = asked.get(name).map(Vec::as_slice).unwrap_or_default();
            let locked = locked.get(name).map(Vec::as_slice).unwrap_or_default();
            self.compare(&format!("in dependency group `{name}`, "), asked, locked)
        })
    }

    /// Finds a requirement that one side has and the other has not.
    fn compare(&self, place: &str, asked: &[(String, MarkerTree)], locked: &[LockedRequirement]) -> Result<(), String> {
        let sourced: BTreeSet<_> = locked.iter().filter(|one| one.has_place()).map(|one| &one.name).collect();
        let mut ours = Requirements::new();
        for (text, condition) in asked {
            let (asked, conditions) = asked_by_manifest(text, &sourced)?;
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
            return Err(format!("{place}`{one}{}` is asked for and not in it", conditions.versions));
        }
        if let Some((one, conditions)) = theirs.iter().find(|(one, _)| !ours.contains_key(one)) {
            return Err(format!("{place}it holds `{one}{}`, which is not asked for", conditions.versions));
        }
        // Groups with Python versions of their own carry these in every marker of the lock.
        if !place.is_empty() && self.uv.contains_key("dependency-groups") {
            return Ok(());
        }
        let is_changed = |one: &Requested, ours: &Conditions| {
            theirs.get(one).is_some_and(|theirs| !self.environments.agree(&ours.marker, &theirs.marker))
        };
        match ours.iter().find(|(one, conditions)| is_changed(one, conditions)) {
            Some((one, _)) => Err(format!("{place}`{one}` is asked for under other conditions")),
            None => Ok(()),
        }
    }
}

/// `[tool.uv]`; it was read as TOML before.
fn uv_table(project: &Project) -> Table {
    let mut manifest: Table = toml::from_str(project.manifest()).unwrap_or_default();
    let Some(Value::Table(mut tools)) = manifest.remove("tool") else { return Table::new() };
    match tools.remove("uv") {
        Some(Value::Table(uv)) => uv,
        _ => Table::new(),
    }
}

#[cfg(test)]
mod tests;
