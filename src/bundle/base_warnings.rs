//! The warnings of a bundle, and what is known of its base image: by its name, or from the engine.

use pep440_rs::Version;

use super::base_image::is_default_runtime;
use super::framework::is_runtime;
use super::gate::Bundle;
use super::warnings::Warning;
use crate::project::{PythonConstraint, PythonVersion};

impl Bundle {
    /// Returns the warnings: inputs that are not used, and versions that differ from what the project asks for.
    pub fn warnings(&self) -> Vec<Warning> {
        self.warnings_on(None, None)
    }

    /// Returns the warnings for a base image with this Python and this version of `agentixx`, as far as they are known.
    pub fn warnings_on(&self, python: Option<PythonVersion>, agentix: Option<&Version>) -> Vec<Warning> {
        let of_base = [self.python_warning(python), self.framework_warning(agentix)];
        self.input_warnings.iter().cloned().chain(of_base.into_iter().flatten()).collect()
    }

    /// Returns what excludes a Python version, so that the project does not run on it. A preference, as in
    /// `.python-version`, excludes none.
    pub fn excludes_python(&self, python: PythonVersion) -> Option<PythonConstraint> {
        let excluded = self.workspace.excludes(python, &self.config, self.dependencies.requires_python())?;
        (!excluded.is_preference).then_some(excluded.constraint)
    }

    /// Returns a warning if the project asks for another Python than that of the base image. `known` is what the engine
    /// reports of the image. Without it, the default runtime image has Python 3.11, unless it was built for the project.
    fn python_warning(&self, known: Option<PythonVersion>) -> Option<Warning> {
        let image = self.runtime_image();
        let by_name = || PythonVersion::of_image(image);
        let usual = || is_default_runtime(image).then(PythonVersion::default);
        let is_known = known.or_else(by_name).is_some();
        let has = known.or_else(by_name).or_else(usual)?;
        let excluded = self.workspace.excludes(has, &self.config, self.dependencies.requires_python())?;
        Some(Warning::Python { constraint: excluded.constraint, image: image.clone(), has, is_known })
    }

    /// Returns a warning if the dependencies replace the framework of the base image. `known` is what the engine reports of
    /// the image. Without it, the tag of a runtime image is the version of its framework.
    fn framework_warning(&self, known: Option<&Version>) -> Option<Warning> {
        let image = self.runtime_image();
        let by_name = || image.tag().filter(|_| is_runtime(image))?.parse().ok();
        let has = known.or(self.agentix_version()).cloned().or_else(by_name)?;
        let wanted = self.framework.as_ref().filter(|wanted| !wanted.accepts(&has))?;
        Some(Warning::FrameworkReplaced { wanted: wanted.to_string(), image: image.clone(), has })
    }

    /// Returns the file that pins the framework, if one does and no option decides the version.
    pub(super) fn framework_is_pinned_by(&self) -> Option<&'static str> {
        let wanted = self.framework.as_ref().filter(|wanted| wanted.pinned().is_some())?;
        self.config().agentix_version.is_none().then_some(wanted.from)
    }
}
