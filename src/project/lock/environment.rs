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
    pub(crate) fn may_hold_text(&self, marker: &str, extras: &[ProjectName]) -> bool {
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

#[cfg(test)]
mod tests {
    use super::ImageEnvironment;
    use crate::project::{PythonVersion, Requirement};

    fn environment(platforms: &[&str]) -> ImageEnvironment {
        let platforms: Vec<_> = platforms.iter().map(|platform| platform.parse().unwrap()).collect();
        ImageEnvironment::new(PythonVersion::from_release("3.12"), &platforms)
    }

    #[test]
    fn a_requirement_is_needed_where_its_marker_is_true() {
        for (marker, may_need, always_needs) in [
            ("os_name == 'posix'", true, true),
            ("python_version == '3.12'", true, true),
            ("python_full_version >= '3.12.4'", true, false),
            ("platform_machine == 'x86_64'", true, false),
            ("python_version < '3.12'", false, false),
            ("python_version >= '3.13'", false, false),
            ("sys_platform == 'win32'", false, false),
        ] {
            let requirement: Requirement = format!("six; {marker}").parse().unwrap();
            let of_any = environment(&[]);
            assert_eq!(
                (of_any.may_need(&requirement), of_any.always_needs(&requirement)),
                (may_need, always_needs),
                "{marker}"
            );
        }
    }

    /// The machines are those that Python names on each platform: `platform.machine()`.
    #[test]
    fn a_platform_has_one_machine() {
        let machines = [
            ("linux/amd64", "x86_64"),
            ("linux/arm64", "aarch64"),
            ("linux/ppc64le", "ppc64le"),
            ("linux/riscv64", "riscv64"),
            ("linux/s390x", "s390x"),
        ];
        for (platform, own) in machines {
            for (_, machine) in machines {
                let marker = format!("platform_machine == '{machine}'");
                assert_eq!(
                    environment(&[platform]).may_hold_text(&marker, &[]),
                    machine == own,
                    "{platform}: {machine}"
                );
            }
        }
        assert!(environment(&["linux/mips64le"]).may_hold_text("platform_machine == 'mips64'", &[]));
    }

    #[test]
    fn a_marker_that_cannot_be_read_may_be_true() {
        let web = ["web".parse().unwrap()];
        let holds = |marker: &str| environment(&[]).may_hold_text(marker, &web);
        for (marker, may_hold) in [
            ("extra == 'web'", true),
            ("extra == 'other'", false),
            ("os_name == 'nt'", false),
            ("os_name  == 'nt'", false),
            ("os_name == 'nt", true),
            ("os_name == 'nt' and", true),
            ("os_name\t== 'nt'", true),
            ("os_name == 'nt\u{e9}'", true),
            ("", true),
        ] {
            assert_eq!(holds(marker), may_hold, "{marker:?}");
        }
    }
}
