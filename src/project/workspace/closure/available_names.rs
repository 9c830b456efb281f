//! The extras or groups that there are, where one was asked for that is not.

use std::fmt;

use crate::value::ProjectName;

/// How many names a message has room for.
const MOST: usize = 20;

/// The extras or dependency groups of a project, displayed as what could be meant instead of one that it does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvailableNames {
    pub(super) kind: Kind,
    pub(super) names: Vec<ProjectName>,
    /// Whether an extra is a group of the project, or a group an extra.
    pub(super) is_other_kind: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Extra,
    Group,
}

impl AvailableNames {
    /// The names, in alphabetical order.
    pub fn names(&self) -> &[ProjectName] {
        &self.names
    }
}

impl fmt::Display for AvailableNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_other_kind, self.kind) {
            (true, Kind::Extra) => return f.write_str("it is a dependency group; choose it with `group`"),
            (true, Kind::Group) => return f.write_str("it is an extra; choose it with `extra`"),
            (false, _) if self.names.is_empty() => return f.write_str("there are none"),
            (false, _) => f.write_str("there are ")?,
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
    fn as_many_are_named_as_a_line_has_room_for() {
        assert_eq!(shown(0), "there are none");
        assert_eq!(shown(2), "there are `x00`, `x01`");
        assert!(shown(20).ends_with("`x19`"));
        assert!(shown(23).ends_with("`x19` and 3 more"));
    }
}
