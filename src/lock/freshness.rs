//! Whether a `uv.lock` says what `pyproject.toml` says.
//!
//! The lock repeats what each local project asked for when it was made. Both sides are brought to one form: for each
//! name, with its extras and the versions or the place that are asked for, the environments in which it is.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers, release_specifiers_to_ranges};
use pep508_rs::{MarkerTree, VersionOrUrl};
use toml::{Table, Value};
use url::Url;
use version_ranges::Ranges;

use super::error::{LockError, LockErrorKind, first_line};
use super::marker::{self, Environments, both};
use super::uv::{LockedPackage, LockedRequirement, REMEDY, UvLock};
use crate::name::ProjectName;
use crate::project::Project;

/// What is asked for by one name, but for the environments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    name: ProjectName,
    extras: BTreeSet<ProjectName>,
    origin: Origin,
}

/// Where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// An index, in these ranges of versions, ends included or not.
    Index(Vec<[(Bound, Option<Version>); 2]>),
    /// A URL.
    Place(String),
    /// A place that `[tool.uv.sources]` names, here or at the root of the workspace; the versions do not matter then.
    Source,
}

/// An end of a range of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bound {
    Open,
    Excluded,
    Included,
}

type Requirements = BTreeMap<Asked, Conditions>;

/// When a requirement holds, and how its versions are written.
#[derive(Debug)]
struct Conditions {
    marker: MarkerTree,
    versions: String,
}

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
            |one: &Asked, ours: &Conditions| !theirs.contains_key(one) && !marker::is_read_otherwise(&ours.marker);
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
        let is_changed = |one: &Asked, ours: &Conditions| {
            theirs.get(one).is_some_and(|theirs| !self.environments.agree(&ours.marker, &theirs.marker))
        };
        match ours.iter().find(|(one, conditions)| is_changed(one, conditions)) {
            Some((one, _)) => Err(format!("{place}`{one}` is asked for under other conditions")),
            None => Ok(()),
        }
    }
}

impl LockedRequirement {
    /// Whether it comes from elsewhere than an index.
    fn has_place(&self) -> bool {
        let places = [&self.url, &self.git, &self.path, &self.directory, &self.editable, &self.virtual_project];
        places.into_iter().any(Option::is_some)
    }
}

fn add(requirements: &mut Requirements, asked: Asked, conditions: Conditions) {
    match requirements.entry(asked) {
        Entry::Vacant(entry) => drop(entry.insert(conditions)),
        Entry::Occupied(entry) => entry.into_mut().marker.or(conditions.marker),
    }
}

fn asked_by_manifest(text: &str, sourced: &BTreeSet<&ProjectName>) -> Result<(Asked, Conditions), String> {
    let parsed: pep508_rs::Requirement<Url> =
        text.parse().map_err(|error: pep508_rs::Pep508Error<Url>| error.message.to_string())?;
    let named = |name: &dyn fmt::Display| name.to_string().parse::<ProjectName>().map_err(|error| error.to_string());
    let name = named(&parsed.name)?;
    let extras = parsed.extras.iter().map(|extra| named(extra)).collect::<Result<_, _>>()?;
    let versions = match &parsed.version_or_url {
        Some(VersionOrUrl::VersionSpecifier(versions)) => versions.clone(),
        _ => VersionSpecifiers::empty(),
    };
    let origin = match parsed.version_or_url {
        Some(VersionOrUrl::Url(url)) if url.scheme() == "file" => Origin::Source,
        Some(VersionOrUrl::Url(url)) => Origin::Place(place_of_manifest(url)),
        _ if sourced.contains(&name) => Origin::Source,
        _ => Origin::index(&versions),
    };
    Ok(asked(name, extras, origin, &versions, parsed.marker))
}

/// A place in the lock answers to a URL of the manifest, where that has one, and else to a source.
fn asked_by_lock(
    locked: &LockedRequirement,
    by_url: &BTreeSet<&ProjectName>,
    sourced: &BTreeSet<&ProjectName>,
) -> Result<(Asked, Conditions), String> {
    let is_by_url = by_url.contains(&locked.name);
    let versions = locked.specifier.as_deref().map(VersionSpecifiers::from_str).transpose();
    let versions = versions.map_err(|error| first_line(&error))?.unwrap_or_else(VersionSpecifiers::empty);
    let origin = match (&locked.url, &locked.git) {
        (Some(url), _) if is_by_url => Origin::Place(place_of_lock(url)?),
        (None, Some(git)) if is_by_url => Origin::Place(place_of_lock(&format!("git+{git}"))?),
        _ if sourced.contains(&locked.name) => Origin::Source,
        _ => Origin::index(&versions),
    };
    let marker = locked.marker.as_deref().map(MarkerTree::parse_str::<Url>).transpose();
    let marker = marker.map_err(|error| first_line(&error))?.unwrap_or(MarkerTree::TRUE);
    let extras = locked.extras.iter().cloned().collect();
    Ok(asked(locked.name.clone(), extras, origin, &versions, marker))
}

fn asked(
    name: ProjectName,
    extras: BTreeSet<ProjectName>,
    origin: Origin,
    versions: &VersionSpecifiers,
    marker: MarkerTree,
) -> (Asked, Conditions) {
    let versions = match origin {
        Origin::Index(_) => versions.to_string().replace(' ', ""),
        Origin::Place(_) | Origin::Source => String::new(),
    };
    (Asked { name, extras, origin }, Conditions { marker, versions })
}

impl Origin {
    /// An index, asked for these versions. Such that no range can tell are taken as they are written.
    fn index(versions: &VersionSpecifiers) -> Self {
        if has_largest(versions) { Self::Place(versions.to_string()) } else { Self::Index(ranges(versions)) }
    }
}

/// Whether a number in it is the largest there is, after which no range can end.
pub(super) fn has_largest(versions: &VersionSpecifiers) -> bool {
    let largest = u64::MAX.to_string();
    versions.iter().any(|specifier| specifier.version().to_string().contains(&largest))
}

/// The versions that a specifier allows: `>=1,!=0.1` and `>=1` are the same.
fn ranges(versions: &VersionSpecifiers) -> Vec<[(Bound, Option<Version>); 2]> {
    let ranges = Ranges::from(versions.clone());
    ranges.iter().map(|(start, end)| [bound(start), bound(end)]).collect()
}

fn bound(bound: &std::ops::Bound<Version>) -> (Bound, Option<Version>) {
    match bound {
        std::ops::Bound::Unbounded => (Bound::Open, None),
        std::ops::Bound::Excluded(version) => (Bound::Excluded, Some(version.clone())),
        std::ops::Bound::Included(version) => (Bound::Included, Some(version.clone())),
    }
}

/// `git+https://host/x@v1#subdirectory=y`, and any other URL, without hashes and credentials.
fn place_of_manifest(mut url: Url) -> String {
    url.set_fragment(None);
    place(url, None)
}

/// `git+https://host/x?subdirectory=y&rev=v1`, and any other URL.
fn place_of_lock(text: &str) -> Result<String, String> {
    let mut url: Url = text.parse().map_err(|error| first_line(&error))?;
    url.set_fragment(None);
    if url.scheme().starts_with("git+") {
        let reference = url.query_pairs().find(|(key, _)| matches!(&**key, "rev" | "tag" | "branch"));
        let reference = reference.map(|(_, value)| value.into_owned());
        url.set_query(None);
        return Ok(place(url, reference.as_deref()));
    }
    Ok(place(url, None))
}

fn place(mut url: Url, reference: Option<&str>) -> String {
    // Both fail only on URLs that cannot hold credentials.
    let _ = (url.set_username(""), url.set_password(None));
    reference.map_or(url.to_string(), |reference| format!("{url}@{reference}"))
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

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if !self.extras.is_empty() {
            let extras: Vec<_> = self.extras.iter().map(ProjectName::as_str).collect();
            write!(f, "[{}]", extras.join(","))?;
        }
        match &self.origin {
            Origin::Place(place) => write!(f, " @ {place}"),
            Origin::Index(_) | Origin::Source => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
