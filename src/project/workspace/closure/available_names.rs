//! The available extras or dependency groups, for an error about a missing one.

use std::fmt;

use crate::value::ProjectName;

/// The maximum number of names in a message.
const MOST: usize = 20;

/// The extras or dependency groups of a project, displayed as alternatives to a missing one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvailableNames {
    pub(super) kind: Kind,
    pub(super) names: Vec<ProjectName>,
    /// Whether the missing extra is a dependency group of the project, or the missing group an extra.
    pub(super) is_other_kind: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Extra,
    Group,
}

impl AvailableNames {
    /// Returns the names, in alphabetical order.
    pub fn names(&self) -> &[ProjectName] {
        &self.names
    }
}

impl fmt::Display for AvailableNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_other_kind, self.kind) {
            (true, Kind::Extra) => return f.write_str("it is a dependency group; select it with `group`"),
            (true, Kind::Group) => return f.write_str("it is an extra; select it with `extra`"),
            (false, _) if self.names.is_empty() => return f.write_str("the project defines none"),
            (false, _) => f.write_str("available: ")?,
        }
        for (index, name) in self.names.iter().take(MOST).enumerate() {
            write!(f, "{}`{name}`", if index == 0 { "" } else { ", " })?;
        }
        match self.names.len().saturating_sub(MOST) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AvailableNames, Kind};

    fn shown(count: usize) -> String {
        let names = (0..count).map(|number| format!("x{number:02}").parse().unwrap()).collect();
        AvailableNames { kind: Kind::Extra, names, is_other_kind: false }.to_string()
    }

    #[test]
    fn at_most_twenty_names_are_displayed() {
        let names = vec!["b".parse().unwrap()];
        assert_eq!(AvailableNames { kind: Kind::Group, names: names.clone(), is_other_kind: false }.names(), names);
        assert_eq!(shown(0), "the project defines none");
        assert_eq!(shown(2), "available: `x00`, `x01`");
        assert!(shown(20).ends_with("`x19`"));
        assert!(shown(23).ends_with("`x19` and 3 more"));
    }
}
