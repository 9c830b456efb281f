//! What the installer is given for the image: the project's dependencies, and what the chosen extras and groups add.

use super::BundleError;
use crate::config::Config;
use crate::name::ProjectName;
use crate::project::Project;
use crate::requirement::Requirement;

/// All requirements that are known before the project is built, each once, in the order they are met.
pub(super) fn collect(project: &Project, config: &Config) -> Result<Vec<Requirement>, BundleError> {
    let mut collector = Collector { project, found: Vec::new(), opened: Vec::new() };
    collector.add(project.dependencies())?;
    for extra in &config.extra {
        collector.open(extra)?;
    }
    for group in &config.group {
        let requirements = project.group(group).ok_or_else(|| BundleError::NoGroup { group: group.clone() })?;
        collector.add(requirements)?;
    }
    match collector.found.iter().find(|requirement| requirement.url().is_some_and(|url| url.scheme() == "file")) {
        Some(local) => Err(BundleError::LocalDependency { requirement: local.to_string() }),
        None => Ok(collector.found),
    }
}

struct Collector<'a> {
    project: &'a Project,
    found: Vec<Requirement>,
    opened: Vec<ProjectName>,
}

impl<'a> Collector<'a> {
    /// The requirements of an extra, unless they are there already.
    fn open(&mut self, extra: &ProjectName) -> Result<(), BundleError> {
        if self.opened.contains(extra) {
            return Ok(());
        }
        self.opened.push(extra.clone());
        match self.project.optional_dependencies().get(extra) {
            Some(requirements) => self.add(requirements),
            None if self.project.is_dynamic("optional-dependencies") => {
                Err(BundleError::ExtraLeftToBuild { extra: extra.clone() })
            }
            None => Err(BundleError::NoExtra { extra: extra.clone() }),
        }
    }

    /// Adds requirements; one of the project itself (`hello[all]`) stands for the extras that it names.
    fn add(&mut self, requirements: impl IntoIterator<Item = &'a Requirement>) -> Result<(), BundleError> {
        for requirement in requirements {
            if requirement.name() == self.project.name() {
                if requirement.has_marker() {
                    return Err(BundleError::ConditionalExtras { requirement: requirement.to_string() });
                }
                requirement.extras().iter().try_for_each(|extra| self.open(extra))?;
            } else if !self.found.contains(requirement) {
                self.found.push(requirement.clone());
            }
        }
        Ok(())
    }
}
