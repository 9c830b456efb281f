//! Chooses a Python version that satisfies all constraints of a project.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers, release_specifiers_to_ranges};
use version_ranges::Ranges;

use super::config::Config;
use super::workspace::Workspace;
use crate::value::{Escaped, ImageRef, OneLine, ProjectName};

/// The minor versions of Python 3 that have images.
const KNOWN: RangeInclusive<u64> = 8..=14;

/// The minor version that is preferred if the constraints allow it.
const USUAL: u64 = 11;

/// Stands for the newest patch release of a minor version, which its image has, whatever its number is.
const NEWEST_PATCH: u64 = 99;

/// A minor version of Python, displayed as `3.11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PythonVersion {
    minor: u64,
}

impl PythonVersion {
    /// Returns the `X` of `3.X`.
    pub fn minor(self) -> u64 {
        self.minor
    }
}

impl PythonVersion {
    /// Returns the Python of an official Python image: `python:3.12-slim` has 3.12.
    pub(crate) fn of_image(image: &ImageRef) -> Option<Self> {
        let version = image.tag().filter(|_| image.base_name() == "python")?.split('-').next()?;
        Self::from_release(version)
    }

    /// Returns the minor version of a release of Python 3: `3.12.4` gives `3.12`.
    pub(crate) fn from_release(version: &str) -> Option<Self> {
        match *Version::from_str(version).ok()?.release() {
            [3, minor, ..] => Some(Self { minor }),
            _ => None,
        }
    }
}

impl Default for PythonVersion {
    /// Returns the version of the runtime image if no project requires another: 3.11.
    fn default() -> Self {
        Self { minor: USUAL }
    }
}

impl fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "3.{}", self.minor)
    }
}

/// A constraint on the Python version, displayed as its origin and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PythonConstraint {
    /// Where the constraint is written.
    pub place: String,
    /// The constraint as written.
    pub text: String,
}

impl fmt::Display for PythonConstraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", OneLine(&self.place), Escaped(&self.text))
    }
}

/// A constraint that excludes a Python version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExcludedPython {
    /// The constraint.
    pub constraint: PythonConstraint,
    /// Whether the constraint only prefers another version, as `.python-version` does.
    pub is_preference: bool,
}

/// Why no Python version can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PythonError {
    /// Two constraints exclude each other.
    #[error(
        "no version of Python 3.{first} to 3.{last} satisfies both {0} and {1}; change one",
        first = KNOWN.start(),
        last = KNOWN.end()
    )]
    Conflict(PythonConstraint, PythonConstraint),
    /// All constraints together exclude every version, but no two of them do.
    #[error(
        "no version of Python 3.{first} to 3.{last} satisfies all of {}; change one",
        all(.0),
        first = KNOWN.start(),
        last = KNOWN.end()
    )]
    NoneLeft(Vec<PythonConstraint>),
    /// One constraint alone excludes every version.
    #[error(
        "the newest patch releases of Python 3.{first} to 3.{last} do not satisfy {0}; change it, or choose an image",
        first = KNOWN.start(),
        last = KNOWN.end()
    )]
    Unknown(PythonConstraint),
    /// The constraint names an interpreter other than the standard `CPython`.
    #[error("{0} is not a version of standard CPython, which all images use; change it, or choose an image")]
    OtherInterpreter(PythonConstraint),
    /// The text is not a Python version.
    #[error("{0} is not a Python version; write one such as `3.12`")]
    NoVersion(PythonConstraint),
}

fn all(constraints: &[PythonConstraint]) -> String {
    constraints.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

/// A constraint and the minor versions that it allows.
struct Restriction {
    constraint: PythonConstraint,
    minors: Vec<u64>,
    /// Whether it names one version instead of a range.
    is_exact: bool,
    /// Whether an image may have another version.
    is_preference: bool,
}

impl Workspace {
    /// Returns the Python version that the project runs on. It satisfies the `requires-python` of the project, of its
    /// siblings, of the lock and of the dependency groups that `config` selects, and `.python-version`. `lock` is the `requires-python`
    /// of the lock, if it has one.
    ///
    /// If `.python-version` names a version, it is chosen. Otherwise, the result is 3.11 if it is allowed, else the
    /// newest allowed version. Only minor versions are considered, each with its newest patch release: `==3.12.4`
    /// allows none, and `3.12.4` in `.python-version` means `3.12`.
    ///
    /// # Errors
    ///
    /// Fails if no version satisfies all constraints, or if `.python-version` does not name a version of `CPython`. The
    /// error contains the conflicting constraints.
    pub fn python(&self, config: &Config, lock: Option<&VersionSpecifiers>) -> Result<PythonVersion, PythonError> {
        choose(&self.python_restrictions(config, lock)?)
    }

    /// Returns the first constraint that a Python version does not satisfy, with preferences last. `config` and `lock` are
    /// as for [`python`](Self::python).
    ///
    /// A version that is newer than those with images satisfies all constraints. A `.python-version` that names no version of
    /// `CPython` excludes none.
    pub fn excludes(
        &self,
        python: PythonVersion,
        config: &Config,
        lock: Option<&VersionSpecifiers>,
    ) -> Option<ExcludedPython> {
        if !KNOWN.contains(&python.minor) {
            return None;
        }
        let preferred = self.preferred_python().ok().flatten();
        let mut restrictions = self.required_python(config, lock).into_iter().chain(preferred);
        let excluding = restrictions.find(|restriction| !restriction.minors.contains(&python.minor))?;
        Some(ExcludedPython { constraint: excluding.constraint, is_preference: excluding.is_preference })
    }

    /// Returns why `.python-version` cannot be followed: it names no version of `CPython`.
    pub(crate) fn python_version_fault(&self) -> Option<PythonError> {
        self.preferred_python().err()
    }

    /// Returns the constraints that a Python version must satisfy, and the versions that all of them allow together, such as
    /// `>=3.13, <4`. `config` and `lock` are as for [`python`](Self::python).
    pub(crate) fn python_range(
        &self,
        config: &Config,
        lock: Option<&VersionSpecifiers>,
    ) -> (Vec<PythonConstraint>, String) {
        let written = self.written_python(config, lock);
        let ranges = written.iter().map(|(_, versions)| release_specifiers_to_ranges((*versions).clone()));
        let range = ranges.fold(Ranges::full(), |all: Ranges<Version>, one| all.intersection(&one));
        (written.into_iter().map(|(place, versions)| constraint(place, versions)).collect(), range.to_string())
    }

    fn python_restrictions(
        &self,
        config: &Config,
        lock: Option<&VersionSpecifiers>,
    ) -> Result<Vec<Restriction>, PythonError> {
        let mut restrictions = self.required_python(config, lock);
        restrictions.extend(self.preferred_python()?);
        Ok(restrictions)
    }

    /// Returns what the manifests and the lock require.
    fn required_python(&self, config: &Config, lock: Option<&VersionSpecifiers>) -> Vec<Restriction> {
        let written = self.written_python(config, lock).into_iter();
        written.map(|(place, versions)| of_specifiers(place, versions)).collect()
    }

    /// Returns the versions that the manifests and the lock require, each with its place. A group counts in each sibling, as
    /// in a workspace of uv.
    fn written_python<'a>(
        &'a self,
        config: &'a Config,
        lock: Option<&'a VersionSpecifiers>,
    ) -> Vec<(String, &'a VersionSpecifiers)> {
        let (_, groups) = config.selection();
        let mut written = Vec::new();
        for project in [self.project()].into_iter().chain(self.members().iter().map(|member| &member.project)) {
            let name = project.name();
            written
                .extend(project.requires_python().map(|versions| (format!("requires-python of `{name}`"), versions)));
            let of_groups: BTreeMap<_, _> = groups.iter().flat_map(|group| project.python_of_group(group)).collect();
            let place = |group: &ProjectName| format!("requires-python of group `{group}` of `{name}`");
            written.extend(of_groups.into_iter().map(|(group, versions)| (place(group), versions)));
        }
        written.extend(lock.map(|versions| ("requires-python of the lock".to_owned(), versions)));
        written
    }

    /// Returns what `.python-version` asks for.
    fn preferred_python(&self) -> Result<Option<Restriction>, PythonError> {
        let Some(file) = self.python_version() else { return Ok(None) };
        let of_file = of_file(file.path.as_str(), &file.text)?;
        Ok(of_file.map(|restriction| Restriction { is_preference: true, ..restriction }))
    }
}

fn choose(restrictions: &[Restriction]) -> Result<PythonVersion, PythonError> {
    if let Some(alone) = restrictions.iter().find(|restriction| restriction.minors.is_empty()) {
        return Err(PythonError::Unknown(alone.constraint.clone()));
    }
    let allowed: Vec<u64> = KNOWN.filter(|minor| restrictions.iter().all(|r| r.minors.contains(minor))).collect();
    let Some(newest) = allowed.last() else {
        return Err(conflict(restrictions));
    };
    let is_usual_allowed = allowed.contains(&USUAL) && !restrictions.iter().any(|restriction| restriction.is_exact);
    Ok(PythonVersion { minor: if is_usual_allowed { USUAL } else { *newest } })
}

fn conflict(restrictions: &[Restriction]) -> PythonError {
    for (index, one) in restrictions.iter().enumerate() {
        for other in &restrictions[index + 1..] {
            if !one.minors.iter().any(|minor| other.minors.contains(minor)) {
                return PythonError::Conflict(one.constraint.clone(), other.constraint.clone());
            }
        }
    }
    PythonError::NoneLeft(restrictions.iter().map(|restriction| restriction.constraint.clone()).collect())
}

fn of_specifiers(place: String, versions: &VersionSpecifiers) -> Restriction {
    Restriction {
        constraint: constraint(place, versions),
        minors: allowed(versions),
        is_exact: false,
        is_preference: false,
    }
}

fn constraint(place: String, versions: &VersionSpecifiers) -> PythonConstraint {
    PythonConstraint { place, text: versions.to_string() }
}

fn allowed(versions: &VersionSpecifiers) -> Vec<u64> {
    KNOWN.filter(|minor| versions.contains(&Version::new([3, *minor, NEWEST_PATCH]))).collect()
}

/// Reads a `.python-version` as pyenv and uv write it: the first line that is neither blank nor a comment. Returns
/// `None` if it has no such line.
fn of_file(path: &str, text: &str) -> Result<Option<Restriction>, PythonError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(line) = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')) else {
        return Ok(None);
    };
    let constraint = PythonConstraint { place: path.to_owned(), text: line.to_owned() };
    let written = without_interpreter(line);
    if let Ok(versions) = VersionSpecifiers::from_str(written) {
        return Ok(Some(Restriction { constraint, minors: allowed(&versions), is_exact: false, is_preference: false }));
    }
    if written.starts_with(|c: char| c.is_ascii_alphabetic()) || is_variant(written) {
        return Err(PythonError::OtherInterpreter(constraint));
    }
    // Drops the suffix of `3.12-dev`, and the platform that uv appends: `3.12.4-linux-x86_64-gnu`.
    let version = written.split(['-', '+']).next().unwrap_or(written);
    match Version::from_str(version).map(|version| version.release().to_vec()).as_deref() {
        Ok([3]) => Ok(Some(Restriction { constraint, minors: KNOWN.collect(), is_exact: false, is_preference: false })),
        Ok([3, minor, ..]) => {
            let minors = KNOWN.filter(|known| known == minor).collect();
            Ok(Some(Restriction { constraint, minors, is_exact: true, is_preference: false }))
        }
        Ok(_) => Ok(Some(Restriction { constraint, minors: Vec::new(), is_exact: true, is_preference: false })),
        Err(_) => Err(PythonError::NoVersion(constraint)),
    }
}

/// Strips the name of `CPython`: `cpython-3.12`, `cpython@3.12`, `python3.12`.
fn without_interpreter(text: &str) -> &str {
    let names = ["cpython", "python", "cp"];
    let rest = names.iter().find_map(|name| text.strip_prefix(name)).unwrap_or(text);
    if rest.len() < text.len() { rest.trim_start_matches(['-', '@']) } else { text }
}

/// Returns whether the text names a build of `CPython` that has no images: `3.13t`, `3.13+freethreaded`.
fn is_variant(text: &str) -> bool {
    let version = text.split(['-', '@']).next().unwrap_or(text);
    version.ends_with('t') && version.starts_with(|c: char| c.is_ascii_digit()) || version.contains('+')
}

#[cfg(test)]
mod tests;
