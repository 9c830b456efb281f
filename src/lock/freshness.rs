//! Whether a `uv.lock` says what `pyproject.toml` says.
//!
//! The lock repeats what each local project asked for when it was made. Both sides are brought to one form: for each
//! name, with its extras and the versions or the place that are asked for, the environments in which it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use pep440_rs::{Operator, Version, VersionSpecifiers, release_specifiers_to_ranges};
use pep508_rs::{MarkerTree, VersionOrUrl};
use toml::{Table, Value};
use url::Url;

use super::error::{LockError, LockErrorKind};
use super::marker::{self, Environments, both};
use super::uv::{LockedPackage, LockedRequirement, REMEDY, UvLock};
use crate::name::ProjectName;
use crate::project::Project;

/// What is asked for by one name, but for the environments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    name: ProjectName,
    extras: BTreeSet<ProjectName>,
    from: From,
}

/// Where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum From {
    /// An index, in these versions.
    Index(Vec<(Operator, Version)>),
    /// A URL.
    Place(String),
    /// A place that `[tool.uv.sources]` names, here or at the root of the workspace; the versions do not matter then.
    Source,
}

type Requirements = BTreeMap<Asked, MarkerTree>;

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
        let checked = freshness.python().and_then(|()| freshness.extras());
        checked.and_then(|()| freshness.dependencies()).and_then(|()| freshness.groups()).map_err(stale)
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
    fn python(&self) -> Result<(), String> {
        // Where the project says nothing, uv takes what it runs on.
        let Some(asked) = self.project.requires_python() else { return Ok(()) };
        let Some(locked) = self.lock.requires_python() else {
            return Err(format!("it is for any Python, and `{}` for `{asked}`", self.project.name()));
        };
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
        let Some(locked) = &self.package.provides_extras else { return Ok(()) };
        if self.is_left_to_build() {
            return Ok(());
        }
        let asked: BTreeSet<_> = self.project.optional_dependencies().keys().cloned().collect();
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
        // Where the build decides the version, uv may have opened what the project asks of itself.
        let asks_itself = asked.iter().any(|(text, _)| names(text, self.project.name()));
        if self.package.version.is_none() && asks_itself {
            return Ok(());
        }
        self.compare("", &asked, &self.package.requires_dist)
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
            let (asked, marker) = asked_by_manifest(text, &sourced)?;
            add(&mut ours, asked, both(marker, condition.clone()));
        }
        let by_url: BTreeSet<_> =
            ours.keys().filter(|one| matches!(one.from, From::Place(_))).map(|one| &one.name).collect();
        let mut theirs = Requirements::new();
        for one in locked {
            let (asked, marker) = asked_by_lock(one, by_url.contains(&one.name))?;
            add(&mut theirs, asked, marker);
        }
        for map in [&mut ours, &mut theirs] {
            map.retain(|_, marker| self.environments.may_hold(marker));
        }
        if let Some(added) = ours.keys().find(|one| !theirs.contains_key(one)) {
            return Err(format!("{place}`{added}` is asked for and not in it"));
        }
        if let Some(removed) = theirs.keys().find(|one| !ours.contains_key(one)) {
            return Err(format!("{place}it holds `{removed}`, which is not asked for"));
        }
        // Groups with Python versions of their own carry these in every marker of the lock.
        if !place.is_empty() && self.uv.contains_key("dependency-groups") {
            return Ok(());
        }
        let changed = ours.iter().find(|(one, marker)| !self.environments.agree(marker, &theirs[one]));
        changed.map_or(Ok(()), |(one, _)| Err(format!("{place}`{one}` is asked for under other conditions")))
    }
}

impl LockedRequirement {
    /// Whether it comes from elsewhere than an index.
    fn has_place(&self) -> bool {
        let places = [&self.url, &self.git, &self.path, &self.directory, &self.editable, &self.virtual_project];
        places.into_iter().any(Option::is_some)
    }
}

fn add(requirements: &mut Requirements, asked: Asked, marker: MarkerTree) {
    requirements.entry(asked).or_insert(MarkerTree::FALSE).or(marker);
}

fn asked_by_manifest(text: &str, sourced: &BTreeSet<&ProjectName>) -> Result<(Asked, MarkerTree), String> {
    let parsed: pep508_rs::Requirement<Url> =
        text.parse().map_err(|error: pep508_rs::Pep508Error<Url>| error.message.to_string())?;
    let named = |name: &dyn fmt::Display| name.to_string().parse::<ProjectName>().map_err(|error| error.to_string());
    let name = named(&parsed.name)?;
    let extras = parsed.extras.iter().map(|extra| named(extra)).collect::<Result<_, _>>()?;
    let from = match parsed.version_or_url {
        Some(VersionOrUrl::Url(url)) if url.scheme() == "file" => From::Source,
        Some(VersionOrUrl::Url(url)) => From::Place(place_of_manifest(url)),
        _ if sourced.contains(&name) => From::Source,
        Some(VersionOrUrl::VersionSpecifier(versions)) => From::Index(sorted(&versions)),
        None => From::Index(Vec::new()),
    };
    Ok((Asked { name, extras, from }, parsed.marker))
}

/// A place in the lock answers to a URL of the manifest, where that has one, and else to a source.
fn asked_by_lock(locked: &LockedRequirement, is_by_url: bool) -> Result<(Asked, MarkerTree), String> {
    let from = match (&locked.url, &locked.git) {
        (Some(url), _) if is_by_url => From::Place(place_of_lock(url)?),
        (None, Some(git)) if is_by_url => From::Place(place_of_lock(&format!("git+{git}"))?),
        _ if locked.has_place() => From::Source,
        _ => {
            let versions = locked.specifier.as_deref().map(VersionSpecifiers::from_str).transpose();
            From::Index(versions.map_err(|error| first_line(&error))?.as_ref().map(sorted).unwrap_or_default())
        }
    };
    let marker = locked.marker.as_deref().map(MarkerTree::parse_str::<Url>).transpose();
    let marker = marker.map_err(|error| first_line(&error))?.unwrap_or(MarkerTree::TRUE);
    let extras = locked.extras.iter().cloned().collect();
    Ok((Asked { name: locked.name.clone(), extras, from }, marker))
}

fn sorted(versions: &VersionSpecifiers) -> Vec<(Operator, Version)> {
    let mut parts: Vec<_> = versions.iter().cloned().map(pep440_rs::VersionSpecifier::into_parts).collect();
    parts.sort();
    parts.dedup();
    parts
}

/// `git+https://host/x@v1#subdirectory=y`, and any other URL, without hashes and credentials.
fn place_of_manifest(mut url: Url) -> String {
    url.set_fragment(None);
    if url.scheme().starts_with("git+") {
        let path = url.path().to_owned();
        if let Some((repository, reference)) = path.rsplit_once('@') {
            url.set_path(repository);
            return place(url, Some(reference));
        }
    }
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

/// Whether a specifier is for this name.
fn names(text: &str, name: &ProjectName) -> bool {
    asked_by_manifest(text, &BTreeSet::new()).is_ok_and(|(asked, _)| asked.name == *name)
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

fn first_line(error: &impl ToString) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if !self.extras.is_empty() {
            let extras: Vec<_> = self.extras.iter().map(ProjectName::as_str).collect();
            write!(f, "[{}]", extras.join(","))?;
        }
        match &self.from {
            From::Place(place) => write!(f, " @ {place}"),
            From::Source => Ok(()),
            From::Index(versions) => {
                for (place, (operator, version)) in versions.iter().enumerate() {
                    let star = matches!(operator, Operator::EqualStar | Operator::NotEqualStar);
                    write!(
                        f,
                        "{}{operator}{version}{}",
                        if place > 0 { "," } else { "" },
                        if star { ".*" } else { "" }
                    )?;
                }
                Ok(())
            }
        }
    }
}
