//! Which packages of a lock are needed, and in which environments: a walk along the dependencies. Locks that do not state
//! it are read this way.

use std::collections::BTreeMap;

use pep508_rs::MarkerTree;

use super::marker::both;

/// A dependency: what is needed, and in which environments.
pub(super) type Edge<N> = (N, MarkerTree);

/// Returns everything that can be reached from `starts`, with the environments in which it is needed. `edges` returns the
/// dependencies of a node and is called once for each.
pub(super) fn reach<N: Ord + Clone, E>(
    starts: Vec<Edge<N>>,
    edges: impl Fn(&N) -> Result<Vec<Edge<N>>, E>,
) -> Result<BTreeMap<N, MarkerTree>, E> {
    let mut dependencies: BTreeMap<N, Vec<Edge<N>>> = BTreeMap::new();
    let mut found: BTreeMap<N, MarkerTree> = BTreeMap::new();
    // What is needed in more environments than `found` says.
    let mut open: BTreeMap<N, MarkerTree> = BTreeMap::new();
    for (node, condition) in starts {
        open.entry(node).or_insert(MarkerTree::FALSE).or(condition);
    }
    while let Some((node, condition)) = open.pop_first() {
        let before = found.entry(node.clone()).or_insert(MarkerTree::FALSE);
        let mut after = before.clone();
        after.or(condition);
        if after == *before {
            continue;
        }
        *before = after.clone();
        if !dependencies.contains_key(&node) {
            dependencies.insert(node.clone(), edges(&node)?);
        }
        for (needed, marker) in &dependencies[&node] {
            open.entry(needed.clone()).or_insert(MarkerTree::FALSE).or(both(after.clone(), marker.clone()));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::str::FromStr;

    use super::{MarkerTree, reach};

    fn marker(text: &str) -> MarkerTree {
        MarkerTree::from_str(text).unwrap()
    }

    /// `a` needs `b` on Linux, and `c` needs it with Python 3.12; `b` needs `a`.
    #[test]
    fn conditions_add_up_along_all_paths() {
        let (linux, new) = (marker("sys_platform == 'linux'"), marker("python_version >= '3.12'"));
        let edges = |node: &char| {
            Ok::<_, Infallible>(match node {
                'a' => vec![('b', linux.clone())],
                'b' => vec![('a', MarkerTree::TRUE)],
                _ => vec![('b', new.clone())],
            })
        };
        let found = reach(vec![('c', MarkerTree::TRUE)], edges).unwrap();
        assert_eq!(found[&'b'], new);
        assert_eq!(found[&'a'], new);
        let Ok(found) = reach(vec![('a', MarkerTree::TRUE), ('c', MarkerTree::TRUE)], edges);
        let mut either = linux;
        either.or(new);
        assert_eq!((&found[&'a'], &found[&'b']), (&MarkerTree::TRUE, &either));
    }
}
