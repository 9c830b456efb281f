//! The common form of the requirements of a manifest and of a lock.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{MarkerTree, VersionOrUrl};
use url::Url;
use version_ranges::Ranges;

use crate::project::lock::error::first_line;
use crate::project::lock::uv::LockedRequirement;
use crate::project::requirement::is_too_complex;
use crate::value::ProjectName;

/// A requirement without its environments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Requested {
    pub(super) name: ProjectName,
    pub(super) extras: BTreeSet<ProjectName>,
    pub(super) origin: Origin,
}

/// The origin of a required package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// An index, with the start and end of each range of allowed versions.
    Index(Vec<[(Bound, Option<Version>); 2]>),
    /// A URL.
    Place(String),
    /// An entry of `[tool.uv.sources]`, in this manifest or in that of the workspace root. The versions are ignored.
    Source,
}

/// The kind of one end of a version range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bound {
    Open,
    Excluded,
    Included,
}

pub(super) type Requirements = BTreeMap<Requested, Conditions>;

/// The marker of a requirement and its versions for display.
#[derive(Debug)]
pub(super) struct Conditions {
    pub(super) marker: MarkerTree,
    pub(super) versions: String,
}

impl LockedRequirement {
    /// Returns whether the source is not an index.
    pub(super) fn has_place(&self) -> bool {
        let sources = [&self.url, &self.git, &self.path, &self.directory, &self.editable, &self.virtual_project];
        sources.into_iter().any(Option::is_some)
    }
}

pub(super) fn add(requirements: &mut Requirements, asked: Requested, conditions: Conditions) {
    match requirements.entry(asked) {
        Entry::Vacant(entry) => drop(entry.insert(conditions)),
        Entry::Occupied(entry) => entry.into_mut().marker.or(conditions.marker),
    }
}

/// Converts a requirement of the manifest. For the names in `redirected`, `[tool.uv.sources]` replaces its URL.
pub(super) fn asked_by_manifest(
    text: &str,
    sourced: &BTreeSet<&ProjectName>,
    redirected: &BTreeSet<ProjectName>,
) -> Result<(Requested, Conditions), String> {
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
        Some(VersionOrUrl::Url(url)) if url.scheme() == "file" || redirected.contains(&name) => Origin::Source,
        Some(VersionOrUrl::Url(url)) => Origin::Place(manifest_url(url)),
        _ if sourced.contains(&name) => Origin::Source,
        _ => Origin::index(&versions),
    };
    Ok(asked(name, extras, origin, &versions, parsed.marker))
}

/// Converts a requirement of the lock. Its URL is compared with the URL in the manifest if the manifest has one for
/// this name (`by_url`), otherwise it counts as an entry of `[tool.uv.sources]`.
pub(super) fn asked_by_lock(
    locked: &LockedRequirement,
    by_url: &BTreeSet<&ProjectName>,
    sourced: &BTreeSet<&ProjectName>,
) -> Result<(Requested, Conditions), String> {
    let is_by_url = by_url.contains(&locked.name);
    let versions = locked.specifier.as_deref().map(VersionSpecifiers::from_str).transpose();
    let versions = versions.map_err(|error| first_line(&error))?.unwrap_or_else(VersionSpecifiers::empty);
    let origin = match (&locked.url, &locked.git) {
        (Some(url), _) if is_by_url => Origin::Place(lock_url(url)?),
        (None, Some(git)) if is_by_url => Origin::Place(lock_url(&format!("git+{git}"))?),
        _ if sourced.contains(&locked.name) => Origin::Source,
        _ => Origin::index(&versions),
    };
    let marker = locked.marker.as_deref().map(marker_of).transpose()?.unwrap_or(MarkerTree::TRUE);
    let extras = locked.extras.iter().cloned().collect();
    Ok(asked(locked.name.clone(), extras, origin, &versions, marker))
}

/// Reads a marker.
pub(super) fn marker_of(text: &str) -> Result<MarkerTree, String> {
    if is_too_complex(text) {
        return Err("a marker is too complex".to_owned());
    }
    MarkerTree::parse_str::<Url>(text).map_err(|error| first_line(&error))
}

fn asked(
    name: ProjectName,
    extras: BTreeSet<ProjectName>,
    origin: Origin,
    versions: &VersionSpecifiers,
    marker: MarkerTree,
) -> (Requested, Conditions) {
    let versions = match origin {
        Origin::Index(_) => versions.to_string().replace(' ', ""),
        Origin::Place(_) | Origin::Source => String::new(),
    };
    (Requested { name, extras, origin }, Conditions { marker, versions })
}

impl Origin {
    /// Returns an index as the origin. Versions that cannot be converted to ranges are compared as text.
    fn index(versions: &VersionSpecifiers) -> Self {
        if has_largest(versions) { Self::Place(versions.to_string()) } else { Self::Index(ranges(versions)) }
    }
}

/// Returns whether a version contains the largest number, `u64::MAX`. No range can end after it.
pub(in crate::project::lock) fn has_largest(versions: &VersionSpecifiers) -> bool {
    let largest = u64::MAX.to_string();
    versions.iter().any(|specifier| specifier.version().to_string().contains(&largest))
}

/// Returns the ranges of allowed versions. `>=1,!=0.1` and `>=1` have the same ranges.
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

/// Normalises a URL of a manifest, such as `git+https://host/x@v1#subdirectory=y`: removes the fragment and
/// credentials.
fn manifest_url(mut url: Url) -> String {
    url.set_fragment(None);
    without_credentials(url, None)
}

/// Normalises a URL of a lock, such as `git+https://host/x?subdirectory=y&rev=v1`, to the form of a manifest URL.
fn lock_url(text: &str) -> Result<String, String> {
    let mut url: Url = text.parse().map_err(|error| first_line(&error))?;
    url.set_fragment(None);
    if url.scheme().starts_with("git+") {
        let reference = url.query_pairs().find(|(key, _)| matches!(&**key, "rev" | "tag" | "branch"));
        let reference = reference.map(|(_, value)| value.into_owned());
        url.set_query(None);
        return Ok(without_credentials(url, reference.as_deref()));
    }
    Ok(without_credentials(url, None))
}

fn without_credentials(mut url: Url, reference: Option<&str>) -> String {
    // Both fail only for URLs that cannot contain credentials.
    let _ = (url.set_username(""), url.set_password(None));
    reference.map_or(url.to_string(), |reference| format!("{url}@{reference}"))
}

impl fmt::Display for Requested {
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
