//! Which packages of a lock are needed, and where: a walk from the project's requirements along the dependencies of the
//! locked packages.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use pep440_rs::Version;
use pep508_rs::{MarkerTree, VersionOrUrl};
use url::Url;

use super::{Package, of_package, parsed};
use crate::project::lock::error::LockError;
use crate::project::lock::reach::{Edge, reach};
use crate::project::manifest::Project;
use crate::project::requirement::{Requirement, allows};
use crate::value::ProjectName;

/// The name and the extras of an entry. Entries for different environments may have the same.
type Key = (ProjectName, BTreeSet<String>);

/// Returns for each package the environments in which it is needed.
pub(super) fn conditions(
    packages: &[Package],
    project: &Project,
    extras: &[ProjectName],
    groups: &[ProjectName],
) -> Result<Vec<MarkerTree>, LockError> {
    let mut entries: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (index, package) in packages.iter().enumerate() {
        let extras = package.extras.iter().map(|extra| normalized(extra)).collect();
        entries.entry((parsed("name", &package.name)?, extras)).or_default().push(index);
    }
    let entries = Entries { packages, entries };
    let mut starts = Vec::new();
    for requirement in project.selected(extras, groups) {
        starts.extend(entries.needed(requirement)?);
    }
    let found = reach(starts, |index: &usize| {
        let mut edges = Vec::new();
        for line in &packages[*index].dependencies {
            let requirement: Requirement = line.parse().map_err(|error| of_package(&packages[*index].name, &error))?;
            edges.extend(entries.needed(&requirement)?);
        }
        Ok::<_, LockError>(edges)
    })?;
    Ok((0..packages.len()).map(|index| found.get(&index).cloned().unwrap_or(MarkerTree::FALSE)).collect())
}

struct Entries<'a> {
    packages: &'a [Package],
    entries: BTreeMap<Key, Vec<usize>>,
}

impl Entries<'_> {
    /// Returns the entries that satisfy a requirement; all of its name and extras if none does.
    fn needed(&self, requirement: &Requirement) -> Result<Vec<Edge<usize>>, LockError> {
        let name = requirement.name();
        let parsed = pep508_rs::Requirement::<Url>::from_str(requirement.as_str());
        let parsed = parsed.map_err(|error| of_package(name.as_str(), &error.message))?;
        let extras: BTreeSet<String> = requirement.extras().iter().map(ToString::to_string).collect();
        let of_key = self.entries.get(&(name.clone(), extras));
        let named = of_key.or_else(|| self.entries.get(&(name.clone(), BTreeSet::new())));
        let named: Vec<usize> = named.cloned().unwrap_or_default();
        let satisfies = |index: &&usize| match (&parsed.version_or_url, &self.packages[**index].version) {
            (Some(VersionOrUrl::VersionSpecifier(versions)), Some(version)) => {
                Version::from_str(version).is_ok_and(|version| allows(versions, &version))
            }
            _ => true,
        };
        let fitting: Vec<usize> = named.iter().filter(satisfies).copied().collect();
        let chosen = if fitting.is_empty() { named } else { fitting };
        // An extra in the marker belongs to the package that has the dependency, and is selected.
        let marker = parsed.marker.simplify_extras_with(|_| true);
        Ok(chosen.into_iter().map(|index| (index, marker.clone())).collect())
    }
}

/// Returns the packages that a package depends on, each with its environments. An entry with extras also depends on its
/// package without.
pub(super) fn required_by(package: &Package) -> Result<Vec<(ProjectName, MarkerTree)>, LockError> {
    let own = parsed("name", &package.name)?;
    let mut required = Vec::new();
    for line in &package.dependencies {
        let requirement: Requirement = line.parse().map_err(|error| of_package(&package.name, &error))?;
        let parsed = pep508_rs::Requirement::<Url>::from_str(line);
        let marker = parsed.map_err(|error| of_package(&package.name, &error.message))?.marker;
        if *requirement.name() != own {
            required.push((requirement.name().clone(), marker.simplify_extras_with(|_| true)));
        }
    }
    Ok(required)
}

fn normalized(extra: &str) -> String {
    extra.parse().map_or_else(|_| extra.to_owned(), |extra: ProjectName| extra.to_string())
}
