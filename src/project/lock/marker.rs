//! Comparison of environment markers by their meaning.
//!
//! A lock does not contain a marker as the manifest spells it: uv resolves `python_version` to `python_full_version`,
//! removes conditions that the Python versions of the project imply, and knows which platforms exist. Markers are
//! therefore compared by meaning, for the Python versions of the lock and on existing platforms.

use std::str::FromStr;
use std::sync::LazyLock;

use pep440_rs::VersionSpecifiers;
use pep508_rs::{MarkerExpression, MarkerOperator, MarkerTree, MarkerValueString, MarkerValueVersion};

use crate::value::ProjectName;

/// The environments in which markers are compared.
#[derive(Debug)]
pub(super) struct Environments(MarkerTree);

impl Environments {
    /// Returns all existing platforms with these Python versions.
    pub(super) fn of(python: Option<&VersionSpecifiers>) -> Self {
        let mut environments = PLATFORMS.clone();
        for specifier in python.into_iter().flat_map(|versions| versions.iter()) {
            let key = MarkerValueVersion::PythonFullVersion;
            environments.and(MarkerTree::expression(MarkerExpression::Version { key, specifier: specifier.clone() }));
        }
        Self(environments)
    }

    /// Returns those of the environments in which a condition is true.
    pub(super) fn restricted_to(self, condition: MarkerTree) -> Self {
        Self(both(self.0, condition))
    }

    /// Returns whether a marker is true in at least one of the environments.
    pub(super) fn may_hold(&self, marker: &MarkerTree) -> bool {
        !self.0.is_disjoint(marker)
    }

    /// Returns whether two markers are true in the same environments. Two markers that order strings cannot be compared
    /// and count as equal.
    pub(super) fn agree(&self, one: &MarkerTree, other: &MarkerTree) -> bool {
        one == other
            || is_read_otherwise(one)
            || is_read_otherwise(other)
            || orders_texts(one) && orders_texts(other)
            || !self.may_hold(&both(one.clone(), other.negate())) && !self.may_hold(&both(one.negate(), other.clone()))
    }
}

pub(super) fn both(mut one: MarkerTree, other: MarkerTree) -> MarkerTree {
    one.and(other);
    one
}

/// Returns whether a marker orders strings (`platform_release > '5.0'`). uv stores such markers in its own form.
fn orders_texts(marker: &MarkerTree) -> bool {
    marker.to_dnf().iter().flatten().any(|expression| ordered(expression).is_some())
}

/// Returns whether a marker orders strings that have no order (`sys_platform > 'a'`). uv has its own interpretation:
/// some of these markers are always false, others always true.
pub(super) fn is_read_otherwise(marker: &MarkerTree) -> bool {
    use MarkerValueString::{PlatformRelease, PlatformVersion};
    marker.to_dnf().iter().flatten().filter_map(ordered).any(|key| !matches!(key, PlatformRelease | PlatformVersion))
}

/// Returns the key that an expression orders as a string. The marker parser already drops string comparisons with `~=`.
fn ordered(expression: &MarkerExpression) -> Option<&MarkerValueString> {
    use MarkerOperator::{GreaterEqual, GreaterThan, LessEqual, LessThan};
    match expression {
        MarkerExpression::String { key, operator: GreaterEqual | GreaterThan | LessEqual | LessThan, .. } => Some(key),
        _ => None,
    }
}

/// Pairs of `platform_system` and `sys_platform` in which each value implies the other.
const SAME_PLATFORM: [(&str, &str); 6] = [
    ("AIX", "aix"),
    ("Android", "android"),
    ("Darwin", "darwin"),
    ("Emscripten", "emscripten"),
    ("Linux", "linux"),
    ("Windows", "win32"),
];

/// Pairs of `os_name` and `sys_platform` that never occur together.
const OTHER_KERNEL: [(&str, &str); 4] = [("nt", "linux"), ("nt", "darwin"), ("nt", "ios"), ("posix", "win32")];

/// Values of `platform_system` that are not in [`SAME_PLATFORM`], each with its `sys_platform` if that is in
/// [`SYS_PLATFORMS`].
const OTHER_SYSTEMS: [(&str, Option<&str>); 6] = [
    ("FreeBSD", None),
    ("NetBSD", None),
    ("OpenBSD", None),
    ("SunOS", None),
    ("iOS", Some("ios")),
    ("iPadOS", Some("ios")),
];

const SYS_PLATFORMS: [&str; 9] = ["aix", "android", "cygwin", "darwin", "emscripten", "ios", "linux", "wasi", "win32"];

/// The condition that is true on every platform. uv uses the same knowledge to compare markers.
static PLATFORMS: LazyLock<MarkerTree> = LazyLock::new(|| {
    use MarkerValueString::{OsName, PlatformSystem, SysPlatform};
    let mut holds = MarkerTree::TRUE;
    for (system, platform) in SAME_PLATFORM {
        let (system, platform) = (is(PlatformSystem, system), is(SysPlatform, platform));
        let mut same = both(system.clone(), platform.clone());
        same.or(both(system.negate(), platform.negate()));
        holds.and(same);
    }
    for (name, platform) in OTHER_KERNEL {
        holds.and(both(is(OsName, name), is(SysPlatform, platform)).negate());
    }
    for (system, own) in OTHER_SYSTEMS {
        for platform in SYS_PLATFORMS.into_iter().filter(|platform| own != Some(platform)) {
            holds.and(both(is(PlatformSystem, system), is(SysPlatform, platform)).negate());
        }
    }
    holds
});

fn is(key: MarkerValueString, value: &str) -> MarkerTree {
    MarkerTree::expression(MarkerExpression::String { key, operator: MarkerOperator::Equal, value: value.to_owned() })
}

/// Returns the marker of the requirements of an extra.
pub(super) fn for_extra(name: &ProjectName) -> MarkerTree {
    // A normalised name needs no escaping.
    MarkerTree::from_str(&format!("extra == '{name}'")).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::{Environments, MarkerTree};

    fn agree(one: &str, other: &str) -> bool {
        let python = ">=3.10, <4".parse().unwrap();
        Environments::of(Some(&python))
            .agree(&MarkerTree::from_str(one).unwrap(), &MarkerTree::from_str(other).unwrap())
    }

    #[test]
    fn equivalent_markers_agree() {
        for (one, other) in [
            ("python_version >= '3.12'", "python_full_version >= '3.12'"),
            ("python_version >= '3.9' and os_name == 'nt'", "os_name == 'nt'"),
            ("python_version < '3.9'", "python_version < '0'"),
            ("python_version in '3.10 3.11'", "python_full_version < '3.12'"),
            ("platform_system == 'Windows'", "sys_platform == 'win32'"),
            ("platform_system == 'Linux' and sys_platform == 'win32'", "python_version < '0'"),
            ("os_name == 'nt' and sys_platform != 'darwin'", "os_name == 'nt'"),
            ("extra == 'A_b' and os_name == 'nt'", "os_name == 'nt' and extra == 'a-b'"),
            ("sys_platform > 'a'", "python_version < '0'"),
            ("platform_system == 'FreeBSD' and sys_platform == 'wasi'", "python_version < '0'"),
            ("platform_release > '5.0'", "platform_release > '5'"),
            ("platform_release > '5.0' and os_name == 'nt'", "platform_release > '5' and os_name == 'nt'"),
        ] {
            assert!(agree(one, other) && agree(other, one), "{one} and {other}");
        }
    }

    #[test]
    fn different_markers_do_not_agree() {
        for (one, other) in [
            ("python_version >= '3.12'", "python_full_version >= '3.12.1'"),
            ("python_version >= '3.11'", "python_version >= '3.12'"),
            ("platform_system == 'FreeBSD'", "sys_platform == 'freebsd'"),
            ("platform_system == 'iPadOS' and sys_platform == 'ios'", "python_version < '0'"),
            ("os_name == 'nt'", "sys_platform == 'win32'"),
            ("platform_machine == 'arm64'", "platform_machine == 'aarch64'"),
            ("extra == 'a'", "extra == 'b'"),
            ("platform_release > '5'", "python_version >= '3.9'"),
            ("extra == 'a'", "python_version >= '3.9'"),
        ] {
            assert!(!agree(one, other) && !agree(other, one), "{one} and {other}");
        }
    }
}
