//! The packages of a requirements file for a bill of materials.

use std::str::FromStr;

use pep440_rs::Operator;
use pep508_rs::VersionOrUrl;
use url::Url;

use super::{FileRequirement, RequirementsFile};
use crate::project::lock::component::{ComponentOrigin, LockedComponent, LockedFile, merge};
use crate::project::lock::environment::ImageEnvironment;
use crate::project::requirement::Requirement;
use crate::value::ProjectName;

impl RequirementsFile {
    /// Returns the packages that are installed in an environment, or the first requirement whose package and version no
    /// line fixes.
    pub(crate) fn components(&self, environment: &ImageEnvironment) -> Result<Vec<LockedComponent>, String> {
        let (mut components, mut open) = (Vec::new(), Vec::new());
        for listed in self.all_requirements() {
            let files = listed.hashes().iter();
            let files = files.map(|hash| LockedFile { location: None, hashes: vec![hash.clone()] }).collect();
            match listed {
                FileRequirement::Specifier { requirement, .. } => match Line::of(requirement, files, environment) {
                    Line::Fixed(component) => components.push(component),
                    Line::Open => open.push(requirement),
                    Line::NotInstalled => {}
                },
                FileRequirement::Url { url, .. } => components.push(of_url(url, files).ok_or_else(|| url.clone())?),
                // A sibling, which the workspace has.
                FileRequirement::LocalPath { .. } => {}
            }
        }
        let is_fixed = |wanted: &Requirement| components.iter().any(|fixed| fixed.name == *wanted.name());
        match open.into_iter().find(|wanted| !is_fixed(wanted)) {
            Some(wanted) => Err(wanted.as_str().to_owned()),
            None => Ok(merge(components)),
        }
    }
}

/// What a requirement says of a package in an environment.
enum Line {
    /// The version, or the URL.
    Fixed(LockedComponent),
    /// That it is installed, in a version that the installer chooses.
    Open,
    /// Nothing: its marker is false.
    NotInstalled,
}

impl Line {
    fn of(requirement: &Requirement, files: Vec<LockedFile>, environment: &ImageEnvironment) -> Self {
        let Ok(parsed) = pep508_rs::Requirement::<Url>::from_str(requirement.as_str()) else { return Self::Open };
        if !environment.may_hold(&parsed.marker) {
            return Self::NotInstalled;
        }
        let (version, origin) = match parsed.version_or_url {
            Some(VersionOrUrl::Url(url)) => (None, ComponentOrigin::of_url(url.as_str())),
            Some(VersionOrUrl::VersionSpecifier(versions)) => {
                let is_pin = |operator: &Operator| matches!(operator, Operator::Equal | Operator::ExactEqual);
                let Some(pin) = versions.iter().find(|specifier| is_pin(specifier.operator())) else {
                    return Self::Open;
                };
                (Some(pin.version().to_string()), ComponentOrigin::Index(None))
            }
            None => return Self::Open,
        };
        Self::Fixed(LockedComponent { name: requirement.name().clone(), version, origin, files, requires: None })
    }
}

/// Returns the package at a URL, named by its fragment `egg=NAME` or by its file: `NAME-VERSION.tar.gz`.
fn of_url(url: &str, files: Vec<LockedFile>) -> Option<LockedComponent> {
    let (path, fragment) = url.split_once('#').unwrap_or((url, ""));
    let egg = fragment.split('&').find_map(|part| part.strip_prefix("egg="));
    let named: Option<(ProjectName, Option<String>)> = match egg {
        Some(egg) => egg.split('[').next()?.parse().ok().map(|name| (name, None)),
        None => {
            let file = path.split('?').next()?.rsplit('/').next()?;
            let stem = [".tar.gz", ".zip", ".whl"].iter().find_map(|end| file.strip_suffix(end))?;
            let mut parts = stem.split('-');
            let (name, version) = (parts.next()?, parts.next()?);
            name.parse().ok().map(|name| (name, Some(version.to_owned())))
        }
    };
    let (name, version) = named?;
    Some(LockedComponent { name, version, origin: ComponentOrigin::of_url(url), files, requires: None })
}
