//! Which packages of a lock are needed, and where: a walk from the project's requirements along the dependencies of the
//! locked packages. Locks before format 2.1 do not state it.

use std::collections::BTreeMap;
use std::str::FromStr;

use pep440_rs::Version;
use pep508_rs::MarkerTree;
use serde::Deserialize;

use super::{Package, invalid, marker};
use crate::project::lock::error::LockError;
use crate::project::manifest::Project;
use crate::project::poetry::Constraint;
use crate::project::requirement::Requirement;
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

impl Edges {
    fn all(&self) -> Vec<Edge> {
        match self {
            Self::Version(version) => vec![Edge { version: Some(version.clone()), ..Edge::default() }],
            Self::One(edge) => vec![(**edge).clone()],
            Self::Several(edges) => edges.clone(),
        }
    }
}

/// A package, or one of its extras.
type Node = (usize, Option<String>);

/// Returns for each package the environments in which it is needed.
pub(super) fn conditions(
    packages: &[Package],
    project: &Project,
    extras: &[ProjectName],
    groups: &[ProjectName],
) -> Result<Vec<MarkerTree>, LockError> {
    let mut walk = Walk { packages, found: BTreeMap::new(), open: Vec::new() };
    let of_extras = extras.iter().filter_map(|extra| project.optional_dependencies().get(extra)).flatten();
    let of_groups = groups.iter().filter_map(|group| project.group(group)).flatten();
    for requirement in project.dependencies().iter().chain(of_extras).chain(of_groups) {
        walk.start(requirement)?;
    }
    while let Some(node) = walk.open.pop() {
        walk.follow(&node)?;
    }
    let needed = |index| walk.found.get(&(index, None)).cloned().unwrap_or(MarkerTree::FALSE);
    Ok((0..packages.len()).map(needed).collect())
}

struct Walk<'a> {
    packages: &'a [Package],
    found: BTreeMap<Node, MarkerTree>,
    /// The nodes whose environments have grown since they were followed.
    open: Vec<Node>,
}

impl Walk<'_> {
    fn start(&mut self, requirement: &Requirement) -> Result<(), LockError> {
        let text = requirement.as_str();
        let condition = match text.split_once(';') {
            Some((_, text)) => marker(requirement.name(), text.trim())?,
            None => MarkerTree::TRUE,
        };
        let extras: Vec<String> = requirement.extras().iter().map(ToString::to_string).collect();
        self.need(requirement.name(), None, &extras, &condition);
        Ok(())
    }

    fn follow(&mut self, node: &Node) -> Result<(), LockError> {
        let (index, extra) = node;
        let package = &self.packages[*index];
        let condition = self.found[node].clone();
        let of_extra: Option<Vec<ProjectName>> = extra.as_ref().map(|extra| {
            let listed = package.extras.iter().filter(|(name, _)| normalized(name) == normalized(extra));
            listed.flat_map(|(_, specs)| specs.iter().filter_map(|spec| name_of(spec))).collect()
        });
        for (name, edges) in &package.dependencies {
            let name: ProjectName = name.parse().map_err(|error| invalid(&package.name, &error))?;
            let is_listed = of_extra.as_ref().map(|names| names.contains(&name));
            for edge in edges.all().into_iter().filter(|edge| is_listed.unwrap_or(!edge.optional)) {
                let mut condition = condition.clone();
                if let Some(text) = &edge.markers {
                    condition.and(without_extras(&marker(&name, text)?));
                }
                self.need(&name, edge.version.as_deref(), &edge.extras, &condition);
            }
        }
        Ok(())
    }

    /// Needs the versions of a package that satisfy a constraint; all locked ones if none does.
    fn need(&mut self, name: &ProjectName, constraint: Option<&str>, extras: &[String], condition: &MarkerTree) {
        let specifiers =
            constraint.and_then(|text| Constraint::parse(text).ok()).and_then(|parsed| parsed.specifiers());
        let named: Vec<usize> = (0..self.packages.len()).filter(|at| self.packages[*at].name == *name).collect();
        let satisfies = |at: &&usize| match (&specifiers, Version::from_str(&self.packages[**at].version)) {
            (Some(specifiers), Ok(version)) => specifiers.contains(&version),
            _ => true,
        };
        let fitting: Vec<usize> = named.iter().filter(satisfies).copied().collect();
        for index in if fitting.is_empty() { named } else { fitting } {
            let nodes = [None].into_iter().chain(extras.iter().cloned().map(Some));
            for node in nodes.map(|extra| (index, extra)) {
                let before = self.found.get(&node).cloned().unwrap_or(MarkerTree::FALSE);
                let mut after = before.clone();
                after.or(condition.clone());
                if after != before {
                    self.found.insert(node.clone(), after);
                    self.open.push(node);
                }
            }
        }
    }
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
