//! Checks that a lock has what the manifests ask for. The locks of most tools do not repeat the requirements of the project,
//! or only those of the project itself: what they lack would be missing in the image as well.

use pep440_rs::{Operator, Version, VersionSpecifier};

use crate::bundle::error::BundleError;
use crate::project::{
    Config, FileRequirement, ImageEnvironment, PossibleRoot, Project, Pylock, PythonVersion, Requirement,
    RequirementsFile, Workspace,
};
use crate::value::ProjectName;

/// A package that a lock installs.
struct Listed<'a> {
    /// The name; `None` for a URL, which may be any package.
    name: Option<&'a ProjectName>,
    /// The version, if the lock states it.
    version: Option<&'a Version>,
}

/// A lock, and what is needed to check it.
pub(super) struct Check {
    lock: &'static str,
    remedy: &'static str,
    /// The environment of the image. The Python of an image that the configuration names may be unknown.
    environment: ImageEnvironment,
    /// Whether settings allow other versions than the requirements.
    overrides_versions: bool,
}

impl Check {
    /// `remedy` says how to update the lock.
    pub(super) fn new(
        lock: &'static str,
        remedy: &'static str,
        workspace: &Workspace,
        config: &Config,
    ) -> Result<Self, BundleError> {
        let python = match &config.runtime_image {
            Some(image) => PythonVersion::of_image(image),
            None => workspace.python(config, None).ok(),
        };
        let root = workspace.uv_root().map(|root| PossibleRoot::read(&root.manifest)).transpose()?;
        let of_root = root.is_some_and(|root| root.uv.override_dependencies.is_some());
        Ok(Self {
            lock,
            remedy,
            environment: ImageEnvironment::new(python, &config.platform),
            overrides_versions: of_root || workspace.project().overrides_versions(),
        })
    }

    /// Returns an error if the packages do not satisfy one of the requirements, each with its project. A requirement whose
    /// marker may be false in the image may be missing for a reason.
    fn covers<'a>(
        &self,
        listed: &[Listed<'_>],
        needed: impl IntoIterator<Item = (&'a Project, &'a Requirement)>,
    ) -> Result<(), BundleError> {
        let mut needed = needed.into_iter().filter(|(_, wanted)| self.environment.always_needs(wanted));
        needed.try_for_each(|(project, wanted)| self.covers_one(listed, project, wanted))
    }

    /// Returns an error if a list does not satisfy one of the requirements, each with its project.
    pub(super) fn is_covered_by<'a>(
        &self,
        file: &RequirementsFile,
        needed: impl IntoIterator<Item = (&'a Project, &'a Requirement)>,
    ) -> Result<(), BundleError> {
        let listed = file.all_requirements().filter_map(|listed| match listed {
            FileRequirement::Specifier { requirement, .. } if self.environment.may_need(requirement) => {
                Some(Listed { name: Some(requirement.name()), version: exact(requirement) })
            }
            FileRequirement::Url { .. } => Some(Listed { name: None, version: None }),
            FileRequirement::Specifier { .. } | FileRequirement::LocalPath { .. } => None,
        });
        self.covers(&listed.collect::<Vec<_>>(), needed)
    }

    /// Returns an error if the packages of a lock that are installed with these extras and groups do not satisfy one of the
    /// requirements, each with its project.
    pub(super) fn is_covered_by_pylock<'a>(
        &self,
        lock: &Pylock,
        names: &[ProjectName],
        needed: impl IntoIterator<Item = (&'a Project, &'a Requirement)>,
    ) -> Result<(), BundleError> {
        let selected = lock.selected(names);
        let listed = selected.map(|package| Listed { name: Some(&package.name), version: package.version.as_ref() });
        self.covers(&listed.collect::<Vec<_>>(), needed)
    }

    fn covers_one(&self, listed: &[Listed<'_>], by: &Project, wanted: &Requirement) -> Result<(), BundleError> {
        let (lock, by_name, remedy) = (self.lock, by.name().clone(), self.remedy);
        let mut found =
            listed.iter().filter(|package| package.name.is_none_or(|name| name == wanted.name())).peekable();
        if found.peek().is_none() {
            return Err(BundleError::LockLacks { lock, missing: wanted.told(), by: by_name, remedy });
        }
        let differs = |package: &Listed<'_>| {
            let version = package.version.filter(|_| !self.overrides_versions)?;
            (!wanted.allows(version)).then(|| version.clone())
        };
        let differing: Option<Vec<Version>> = found.map(differs).collect();
        match differing.and_then(|versions| versions.into_iter().next()) {
            None => Ok(()),
            Some(version) => {
                let wanted = wanted.told();
                Err(BundleError::LockDiffers { lock, wanted, by: by_name, version: Box::new(version), remedy })
            }
        }
    }
}

fn exact(requirement: &Requirement) -> Option<&Version> {
    let mut specifiers = requirement.versions()?.iter();
    specifiers
        .find(|one| matches!(one.operator(), Operator::Equal | Operator::ExactEqual))
        .map(VersionSpecifier::version)
}
