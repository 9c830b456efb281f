//! Comparison of a list of requirements in a manifest with its copy in a lock.

use std::collections::BTreeSet;

use pep508_rs::MarkerTree;

use super::requested::{Conditions, Origin, Requested, Requirements, add, asked_by_lock, asked_by_manifest};
use super::root::LockRoot;
use crate::project::lock::marker::{self, Environments, both};
use crate::project::lock::uv::LockedRequirement;
use crate::project::manifest::Sources;
use crate::value::ProjectName;

pub(super) struct Comparison<'a> {
    pub(super) environments: Environments,
    /// The manifests whose sources apply: that of the project, before that of the workspace root.
    pub(super) tables: Vec<&'a LockRoot>,
}

/// The first requirement that differs.
pub(super) enum Difference {
    Missing(Requested, Conditions),
    Surplus(Requested, Conditions),
    Marker(Requested, Conditions),
}

impl Difference {
    pub(super) fn marker(&self) -> &MarkerTree {
        let (Self::Missing(_, conditions) | Self::Surplus(_, conditions) | Self::Marker(_, conditions)) = self;
        &conditions.marker
    }

    /// Returns the difference as a message shows it. `by` asks for the requirement.
    pub(super) fn told(&self, by: &str) -> String {
        match self {
            Self::Missing(one, Conditions { versions, .. }) => {
                format!("`{one}{versions}` is missing, which {by} requires")
            }
            Self::Surplus(one, Conditions { versions, .. }) => {
                format!("it contains `{one}{versions}`, which {by} does not require")
            }
            Self::Marker(one, _) => format!("{by} requires `{one}` with a different marker"),
        }
    }
}

impl<'a> Comparison<'a> {
    /// Returns the sources of a dependency. Those of the project override those of the workspace root.
    pub(super) fn sources_of(&self, name: &ProjectName) -> Option<&'a Sources> {
        self.tables.iter().find_map(|table| table.sources.get(name))
    }

    /// Returns the first difference. `asked` has the condition of each requirement beside its own marker.
    ///
    /// # Errors
    ///
    /// Why a requirement cannot be read.
    pub(super) fn difference(
        &self,
        asked: &[(String, MarkerTree)],
        locked: &[LockedRequirement],
        with_markers: bool,
    ) -> Result<Option<Difference>, String> {
        let redirected = self.redirected(asked)?;
        let placed = locked.iter().filter(|one| one.has_place()).map(|one| &one.name);
        let sourced: BTreeSet<_> = placed.chain(redirected.iter()).collect();
        let ours = requested(asked, &sourced, &redirected)?;
        let by_url: BTreeSet<_> =
            ours.keys().filter(|one| matches!(one.origin, Origin::Place(_))).map(|one| &one.name).collect();
        let mut theirs = Requirements::new();
        for one in locked {
            let (asked, conditions) = asked_by_lock(one, &by_url, &sourced)?;
            add(&mut theirs, asked, conditions);
        }
        Ok(self.first_difference(ours, theirs, with_markers))
    }

    /// Returns whether two lists of plain requirements have the same meaning.
    pub(super) fn are_same(&self, one: &[String], other: &[String]) -> Result<bool, String> {
        let plain = |list: &[String]| {
            let list: Vec<_> = list.iter().map(|text| (text.clone(), MarkerTree::TRUE)).collect();
            requested(&list, &BTreeSet::new(), &BTreeSet::new())
        };
        Ok(self.first_difference(plain(one)?, plain(other)?, true).is_none())
    }

    fn first_difference(
        &self,
        mut ours: Requirements,
        mut theirs: Requirements,
        with_markers: bool,
    ) -> Option<Difference> {
        for map in [&mut ours, &mut theirs] {
            map.retain(|_, conditions| self.environments.may_hold(&conditions.marker));
        }
        let is_added =
            |one: &Requested, ours: &Conditions| !theirs.contains_key(one) && !marker::is_read_otherwise(&ours.marker);
        if let Some((one, conditions)) = ours.extract_if(.., |one, ours| is_added(one, ours)).next() {
            return Some(Difference::Missing(one, conditions));
        }
        if let Some((one, conditions)) = theirs.extract_if(.., |one, _| !ours.contains_key(one)).next() {
            return Some(Difference::Surplus(one, conditions));
        }
        let is_changed = |one: &Requested, ours: &Conditions| {
            theirs.get(one).is_some_and(|theirs| !self.environments.agree(&ours.marker, &theirs.marker))
        };
        let mut changed = ours.into_iter().filter(|(one, conditions)| with_markers && is_changed(one, conditions));
        changed.next().map(|(one, conditions)| Difference::Marker(one, conditions))
    }

    /// Returns what is required by URL, and has an entry in `[tool.uv.sources]` too: the entry comes first.
    fn redirected(&self, asked: &[(String, MarkerTree)]) -> Result<BTreeSet<ProjectName>, String> {
        let has_sources = self.tables.iter().any(|table| !table.sources.is_empty());
        let mut redirected = BTreeSet::new();
        for (text, _) in asked.iter().filter(|(text, _)| text.contains('@') && has_sources) {
            let (one, _) = asked_by_manifest(text, &BTreeSet::new(), &BTreeSet::new())?;
            if matches!(one.origin, Origin::Place(_)) && self.sources_of(&one.name).is_some() {
                redirected.insert(one.name);
            }
        }
        Ok(redirected)
    }
}

fn requested(
    asked: &[(String, MarkerTree)],
    sourced: &BTreeSet<&ProjectName>,
    redirected: &BTreeSet<ProjectName>,
) -> Result<Requirements, String> {
    let mut requirements = Requirements::new();
    for (text, condition) in asked {
        let (one, conditions) = asked_by_manifest(text, sourced, redirected)?;
        let marker = both(conditions.marker, condition.clone());
        add(&mut requirements, one, Conditions { marker, ..conditions });
    }
    Ok(requirements)
}
