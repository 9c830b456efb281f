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
    /// Returns the packages that are installed in an environment, or the first requirement that does not fix a package
    /// and its version.
    pub(crate) fn components(&self, environment: &ImageEnvironment) -> Result<Vec<LockedComponent>, String> {
        let mut components = Vec::new();
        for listed in self.all_requirements() {
            let files = listed.hashes().iter();
            let files = files.map(|hash| LockedFile { location: None, hashes: vec![hash.clone()] }).collect();
            components.extend(match listed {
                FileRequirement::Specifier { requirement, .. } => of_requirement(requirement, files, environment)?,
                FileRequirement::Url { url, .. } => Some(of_url(url, files).ok_or_else(|| url.clone())?),
                FileRequirement::LocalPath { path, .. } => return Err(path.to_string()),
            });
        }
        Ok(merge(components))
    }
}

/// Returns `None` for a requirement that is not for the environment.
fn of_requirement(
    requirement: &Requirement,
    files: Vec<LockedFile>,
    environment: &ImageEnvironment,
) -> Result<Option<LockedComponent>, String> {
    let refused = || requirement.to_string();
    let parsed = pep508_rs::Requirement::<Url>::from_str(requirement.as_str()).map_err(|_| refused())?;
    if !environment.may_hold(&parsed.marker) {
        return Ok(None);
    }
    let (version, origin) = match parsed.version_or_url {
        Some(VersionOrUrl::Url(url)) => (None, ComponentOrigin::of_url(url.as_str())),
        Some(VersionOrUrl::VersionSpecifier(versions)) => {
            let is_pin = |operator: &Operator| matches!(operator, Operator::Equal | Operator::ExactEqual);
            let pin = versions.iter().find(|specifier| is_pin(specifier.operator())).ok_or_else(refused)?;
            (Some(pin.version().to_string()), ComponentOrigin::Index(None))
        }
        None => return Err(refused()),
    };
    Ok(Some(LockedComponent { name: requirement.name().clone(), version, origin, files, requires: None }))
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
