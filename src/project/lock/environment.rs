//! The environment of an image, in which the packages of a lock are selected.

use std::fmt::Write;
use std::str::FromStr;

use pep508_rs::MarkerTree;

use super::marker::{Environments, with_extras};
use crate::project::PythonVersion;
use crate::project::requirement::{Requirement, is_too_complex};
use crate::value::{Platform, ProjectName};

/// The environment of an image, as far as it is known before the build.
#[derive(Debug)]
pub(crate) struct ImageEnvironment(Environments);

impl ImageEnvironment {
    /// Returns the environment of `CPython` on Linux, on any of these platforms. Without a platform, every machine is
    /// possible.
    pub(crate) fn new(python: Option<PythonVersion>, platforms: &[Platform]) -> Self {
        let mut known = "sys_platform == 'linux' and os_name == 'posix' and platform_system == 'Linux' and \
                         implementation_name == 'cpython' and platform_python_implementation == 'CPython'"
            .to_owned();
        if let Some(python) = python {
            let next = python.minor() + 1;
            // Writing to a string cannot fail.
            _ = write!(known, " and python_full_version >= '{python}' and python_full_version < '3.{next}'");
        }
        let machines: Option<Vec<&str>> = platforms.iter().map(|platform| machine(platform.as_str())).collect();
        if let Some(machines) = machines.filter(|machines| !machines.is_empty()) {
            let machines: Vec<String> = machines.iter().map(|name| format!("platform_machine == '{name}'")).collect();
            _ = write!(known, " and ({})", machines.join(" or "));
        }
        // The text has only plain versions and names.
        let known = MarkerTree::from_str(&known).unwrap_or_default();
        Self(Environments::of(None).restricted_to(known))
    }

    /// Returns whether every such image needs a requirement: its marker, if it has one, is true in all of them.
    pub(crate) fn always_needs(&self, requirement: &Requirement) -> bool {
        !self.may_hold(&requirement.marker().negate())
    }

    /// Returns whether an image may need a requirement.
    pub(crate) fn may_need(&self, requirement: &Requirement) -> bool {
        self.may_hold(requirement.marker())
    }

    pub(super) fn may_hold(&self, marker: &MarkerTree) -> bool {
        self.0.may_hold(marker)
    }

    /// Returns whether a marker may be true. `extras` are the extras that are selected. Returns `true` for a marker that
    /// cannot be read.
    pub(super) fn may_hold_text(&self, marker: &str, extras: &[ProjectName]) -> bool {
        // The parser panics on some other characters.
        let is_readable = marker.chars().all(|c| c.is_ascii_graphic() || c == ' ') && !is_too_complex(marker);
        let parsed = is_readable.then(|| MarkerTree::from_str(marker).ok()).flatten();
        parsed.is_none_or(|marker| self.may_hold(&with_extras(&marker, extras)))
    }
}

/// Returns `platform_machine` of a platform, if all its machines have the same.
fn machine(platform: &str) -> Option<&'static str> {
    match platform.split('/').nth(1)? {
        "amd64" => Some("x86_64"),
        "arm64" => Some("aarch64"),
        "ppc64le" => Some("ppc64le"),
        "riscv64" => Some("riscv64"),
        "s390x" => Some("s390x"),
        _ => None,
    }
}
