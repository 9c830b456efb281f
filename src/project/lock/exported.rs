//! Locks that neither pip nor uv reads, exported as a requirements list with hashes.

use std::fmt::Write;

use pep508_rs::{MarkerExpression, MarkerTree};

use crate::value::ProjectName;

/// A locked package.
#[derive(Debug, Clone)]
pub(super) struct ExportedPackage {
    pub(super) name: ProjectName,
    /// Where it comes from: `==1.0`, or ` @ URL`.
    pub(super) origin: String,
    /// The hashes of its files, as `ALGORITHM:DIGEST`; empty if it has none.
    pub(super) hashes: Vec<String>,
    /// The environments that need it.
    pub(super) marker: MarkerTree,
}

/// Formats a list that installers read. pip demands a hash for each requirement if one has any: without a hash for each
/// package, there are none.
pub(super) fn list(packages: &[ExportedPackage]) -> String {
    let is_hashed = packages.iter().all(|package| !package.hashes.is_empty());
    let mut lines: Vec<String> = packages.iter().map(|package| line(package, is_hashed)).collect();
    lines.sort();
    lines.concat()
}

fn line(package: &ExportedPackage, is_hashed: bool) -> String {
    let mut line = format!("{}{}", package.name, package.origin);
    if let Some(marker) = package.marker.try_to_string() {
        // Writing to a string cannot fail.
        _ = write!(line, " ; {marker}");
    }
    for hash in package.hashes.iter().filter(|_| is_hashed) {
        _ = write!(line, " --hash={hash}");
    }
    line + "\n"
}

/// Returns a marker in which each extra is true if it is selected, and false otherwise.
pub(super) fn with_extras(marker: &MarkerTree, selected: &[ProjectName]) -> MarkerTree {
    // A marker that is always true has no conjunctions.
    if marker.is_true() {
        return MarkerTree::TRUE;
    }
    let mut result = MarkerTree::FALSE;
    for conjunction in marker.to_dnf() {
        let mut all = MarkerTree::TRUE;
        for expression in conjunction {
            all.and(match &expression {
                MarkerExpression::Extra { operator, name } => {
                    let is_selected = selected.iter().any(|extra| extra.as_str() == name.to_string());
                    let is_equal = operator.to_string() == "==";
                    if is_selected == is_equal { MarkerTree::TRUE } else { MarkerTree::FALSE }
                }
                _ => MarkerTree::expression(expression),
            });
        }
        result.or(all);
    }
    result
}
