//! Which Python a project runs on: the one that all agree on who have a say.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};

use super::workspace::Workspace;
use crate::value::{Escaped, OneLine};

/// The minor versions of Python 3 that there are images of.
const KNOWN: RangeInclusive<u64> = 8..=14;

/// The one that is taken where nobody asks for another.
const USUAL: u64 = 11;

/// An image of a minor version has its newest patch release, whatever its number is.
const NEWEST_PATCH: u64 = 99;

/// A minor version of Python, `3.11`: displayed as that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PythonVersion {
    minor: u64,
}

impl PythonVersion {
    /// The `X` of `3.X`.
    pub fn minor(self) -> u64 {
        self.minor
    }
}

impl Default for PythonVersion {
    /// The version of the runtime image where no project asks for another.
    fn default() -> Self {
        Self { minor: USUAL }
    }
}

impl fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "3.{}", self.minor)
    }
}

/// Something that restricts the versions, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PythonConstraint {
    /// Where it is written.
    pub place: String,
    /// What is written.
    pub text: String,
}

impl fmt::Display for PythonConstraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} says {}", OneLine(&self.place), Escaped(&self.text))
    }
}

/// Why no version can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PythonError {
    /// Two exclude each other.
    #[error("{0}, and {1}, which no Python from 3.{first} to 3.{last} satisfies; change one", first = KNOWN.start(), last = KNOWN.end())]
    Conflict(PythonConstraint, PythonConstraint),
    /// All together exclude every version, though no two of them do.
    #[error("{}, which no Python from 3.{first} to 3.{last} satisfies; change one", all(.0), first = KNOWN.start(), last = KNOWN.end())]
    NoneLeft(Vec<PythonConstraint>),
    /// One alone excludes every version.
    #[error("{0}, which the newest release of no Python from 3.{first} to 3.{last} satisfies; change it, or name an image", first = KNOWN.start(), last = KNOWN.end())]
    Unknown(PythonConstraint),
    /// Another interpreter is asked for.
    #[error("{0}, and images are made of CPython alone; name a version of CPython there, or an image")]
    OtherInterpreter(PythonConstraint),
    /// It is no version.
    #[error("{0}, which is no version of Python; write one such as `3.12`")]
    NoVersion(PythonConstraint),
}

fn all(claims: &[PythonConstraint]) -> String {
    claims.iter().map(ToString::to_string).collect::<Vec<_>>().join(", and ")
}

/// A claim, and the versions that it leaves.
struct Restriction {
    claim: PythonConstraint,
    minors: Vec<u64>,
    /// It names one version rather than a range.
    is_exact: bool,
}

impl Workspace {
    /// The Python that the project runs on: allowed by its `requires-python` and those of its siblings, by
    /// `.python-version` and by that of a lock, if there is one.
    ///
    /// A version that `.python-version` names is taken. Otherwise it is 3.11 where that is allowed, and else the newest
    /// one. Versions are minor ones, each with its newest patch release: `==3.12.4` allows none, and of `3.12.4` in
    /// `.python-version` only `3.12` counts.
    ///
    /// # Errors
    ///
    /// A conflict names those who exclude each other.
    pub fn python(&self, lock: Option<&VersionSpecifiers>) -> Result<PythonVersion, PythonError> {
        let siblings = self.members().iter().map(|member| &member.project);
        let projects = [self.project()].into_iter().chain(siblings);
        let required = projects.filter_map(|project| {
            Some((format!("requires-python of `{}`", project.name()), project.requires_python()?))
        });
        let locked = lock.map(|versions| ("requires-python of the lock".to_owned(), versions));
        let mut restrictions: Vec<Restriction> =
            required.chain(locked).map(|(place, versions)| of_specifiers(place, versions)).collect();
        if let Some(file) = self.python_version() {
            restrictions.extend(of_file(file.path.as_str(), &file.text)?);
        }
        choose(&restrictions)
    }
}

fn choose(restrictions: &[Restriction]) -> Result<PythonVersion, PythonError> {
    if let Some(alone) = restrictions.iter().find(|restriction| restriction.minors.is_empty()) {
        return Err(PythonError::Unknown(alone.claim.clone()));
    }
    let left: Vec<u64> = KNOWN.filter(|minor| restrictions.iter().all(|r| r.minors.contains(minor))).collect();
    let Some(newest) = left.last() else {
        return Err(conflict(restrictions));
    };
    let is_usual = left.contains(&USUAL) && !restrictions.iter().any(|restriction| restriction.is_exact);
    Ok(PythonVersion { minor: if is_usual { USUAL } else { *newest } })
}

fn conflict(restrictions: &[Restriction]) -> PythonError {
    for (index, one) in restrictions.iter().enumerate() {
        for other in &restrictions[index + 1..] {
            if !one.minors.iter().any(|minor| other.minors.contains(minor)) {
                return PythonError::Conflict(one.claim.clone(), other.claim.clone());
            }
        }
    }
    PythonError::NoneLeft(restrictions.iter().map(|restriction| restriction.claim.clone()).collect())
}

fn of_specifiers(place: String, versions: &VersionSpecifiers) -> Restriction {
    let claim = PythonConstraint { place, text: versions.to_string() };
    Restriction { claim, minors: allowed(versions), is_exact: false }
}

fn allowed(versions: &VersionSpecifiers) -> Vec<u64> {
    KNOWN.filter(|minor| versions.contains(&Version::new([3, *minor, NEWEST_PATCH]))).collect()
}

/// Reads a `.python-version`: the first line that is neither blank nor a comment, as pyenv and uv write it. One that
/// holds nothing says nothing.
fn of_file(path: &str, text: &str) -> Result<Option<Restriction>, PythonError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(line) = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')) else {
        return Ok(None);
    };
    let claim = PythonConstraint { place: path.to_owned(), text: line.to_owned() };
    let written = without_interpreter(line);
    if let Ok(versions) = VersionSpecifiers::from_str(written) {
        return Ok(Some(Restriction { claim, minors: allowed(&versions), is_exact: false }));
    }
    if written.starts_with(|c: char| c.is_ascii_alphabetic()) || is_variant(written) {
        return Err(PythonError::OtherInterpreter(claim));
    }
    // `3.12-dev`, and the platform that uv writes after the version: `3.12.4-linux-x86_64-gnu`.
    let version = written.split(['-', '+']).next().unwrap_or(written);
    match Version::from_str(version).map(|version| version.release().to_vec()).as_deref() {
        Ok([3]) => Ok(Some(Restriction { claim, minors: KNOWN.collect(), is_exact: false })),
        Ok([3, minor, ..]) => {
            let minors = KNOWN.filter(|known| known == minor).collect();
            Ok(Some(Restriction { claim, minors, is_exact: true }))
        }
        Ok(_) => Ok(Some(Restriction { claim, minors: Vec::new(), is_exact: true })),
        Err(_) => Err(PythonError::NoVersion(claim)),
    }
}

/// What follows the name of `CPython`: `cpython-3.12`, `cpython@3.12`, `python3.12`.
fn without_interpreter(text: &str) -> &str {
    let names = ["cpython", "python", "cp"];
    let rest = names.iter().find_map(|name| text.strip_prefix(name)).unwrap_or(text);
    if rest.len() < text.len() { rest.trim_start_matches(['-', '@']) } else { text }
}

/// A build of `CPython` that there are no images of: `3.13t`, `3.13+freethreaded`.
fn is_variant(text: &str) -> bool {
    let version = text.split(['-', '@']).next().unwrap_or(text);
    version.ends_with('t') && version.starts_with(|c: char| c.is_ascii_digit()) || version.contains('+')
}

#[cfg(test)]
mod tests;
