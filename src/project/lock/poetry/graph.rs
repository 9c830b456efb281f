//! Which packages of a lock are needed, and where: a walk from the project's requirements along the dependencies of the
//! locked packages. Locks before format 2.1 do not state it.

use std::collections::BTreeMap;
use std::str::FromStr;

use pep440_rs::Version;
use pep508_rs::MarkerTree;
use serde::Deserialize;

use super::{Package, invalid, marker};
use crate::project::lock::error::LockError;
use crate::project::lock::reach::{self, reach};
use crate::project::manifest::Project;
use crate::project::poetry::Constraint;
use crate::value::ProjectName;

/// The dependencies of a package on one other: one, or several for different environments.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Edges {
    Version(String),
    One(Box<Edge>),
    Several(Vec<Edge>),
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Edge {
    version: Option<String>,
    markers: Option<String>,
    extras: Vec<String>,
    optional: bool,
}

impl Edge {
    /// Returns the environments in which a package of this name is needed.
    fn condition(&self, name: &ProjectName) -> Result<MarkerTree, LockError> {
        self.markers.as_ref().map_or(Ok(MarkerTree::TRUE), |text| Ok(without_extras(&marker(name, text)?)))
    }
}

impl Edges {
    fn all(&self) -> Vec<Edge> {
        match self {
            Self::Version(version) => vec![Edge { version: Some(version.clone()), ..Edge::default() }],
            Self::One(edge) => vec![(**edge).clone()],
            Self::Several(edges) => edges.clone(),
        }
    }
}

/// The packages of each name: one, or several for different environments.
type Named<'a> = BTreeMap<&'a ProjectName, Vec<usize>>;

/// A package, or one of its extras.
type Node = (usize, Option<String>);

/// Returns for each package the environments in which it is needed.
pub(super) fn conditions(
    packages: &[Package],
    project: &Project,
    extras: &[ProjectName],
    groups: &[ProjectName],
) -> Result<Vec<MarkerTree>, LockError> {
    let mut named = Named::new();
    for (index, package) in packages.iter().enumerate() {
        named.entry(&package.name).or_default().push(index);
    }
    let mut starts = Vec::new();
    for requirement in project.selected(extras, groups) {
        let condition = match requirement.as_str().split_once(';') {
            Some((_, text)) => marker(requirement.name(), text.trim())?,
            None => MarkerTree::TRUE,
        };
        let extras: Vec<String> = requirement.extras().iter().map(ToString::to_string).collect();
        starts.extend(needed(packages, &named, requirement.name(), None, &extras, &condition));
    }
    let found = reach(starts, |node| edges(packages, &named, node))?;
    let of_package = |index| found.get(&(index, None)).cloned().unwrap_or(MarkerTree::FALSE);
    Ok((0..packages.len()).map(of_package).collect())
}

/// Returns what a package needs, or what an extra of it needs in addition.
fn edges(packages: &[Package], named: &Named<'_>, (index, extra): &Node) -> Result<Vec<reach::Edge<Node>>, LockError> {
    let package = &packages[*index];
    let of_extra: Option<Vec<ProjectName>> = extra.as_ref().map(|extra| {
        let listed = package.extras.iter().filter(|(name, _)| normalized(name) == normalized(extra));
        listed.flat_map(|(_, specs)| specs.iter().filter_map(|spec| name_of(spec))).collect()
    });
    let mut edges = Vec::new();
    for (name, listed) in &package.dependencies {
        let name: ProjectName = name.parse().map_err(|error| invalid(&package.name, &error))?;
        let is_listed = of_extra.as_ref().map(|names| names.contains(&name));
        for edge in listed.all().into_iter().filter(|edge| is_listed.unwrap_or(!edge.optional)) {
            let condition = edge.condition(&name)?;
            edges.extend(needed(packages, named, &name, edge.version.as_deref(), &edge.extras, &condition));
        }
    }
    Ok(edges)
}

/// Returns the packages that a package, or one of its extras, depends on, each with its environments.
pub(super) fn required_by(package: &Package) -> Result<Vec<(ProjectName, MarkerTree)>, LockError> {
    let mut required = Vec::new();
    for (name, listed) in &package.dependencies {
        let name: ProjectName = name.parse().map_err(|error| invalid(&package.name, &error))?;
        for edge in listed.all() {
            required.push((name.clone(), edge.condition(&name)?));
        }
    }
    Ok(required)
}

/// Returns the versions of a package that satisfy a constraint, or all locked ones if none does, and their extras.
fn needed(
    packages: &[Package],
    named: &Named<'_>,
    name: &ProjectName,
    constraint: Option<&str>,
    extras: &[String],
    condition: &MarkerTree,
) -> Vec<reach::Edge<Node>> {
    let constraint = constraint.and_then(|text| Constraint::parse(text).ok());
    let named = named.get(name).cloned().unwrap_or_default();
    let satisfies = |at: &&usize| match (&constraint, Version::from_str(&packages[**at].version)) {
        (Some(constraint), Ok(version)) => constraint.allows(&version),
        _ => true,
    };
    let fitting: Vec<usize> = named.iter().filter(satisfies).copied().collect();
    let chosen = if fitting.is_empty() { named } else { fitting };
    let nodes = |index| [None].into_iter().chain(extras.iter().cloned().map(Some)).map(move |extra| (index, extra));
    chosen.into_iter().flat_map(nodes).map(|node| (node, condition.clone())).collect()
}

/// An extra in the marker of an edge belongs to the package itself, and was decided before.
fn without_extras(marker: &MarkerTree) -> MarkerTree {
    marker.clone().simplify_extras_with(|_| true)
}

fn normalized(extra: &str) -> String {
    extra.to_ascii_lowercase().replace(['_', '.'], "-")
}

/// The name in `PySocks (>=1.5.6,!=1.5.7)`.
fn name_of(spec: &str) -> Option<ProjectName> {
    let end = spec.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(spec.len());
    spec[..end].parse().ok()
}
