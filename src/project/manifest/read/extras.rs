//! The extras of a project.

use std::collections::BTreeMap;

use super::super::{BuildSystem, backend};
use super::{ProjectError, ProjectTable, Reader};
use crate::project::requirement::Requirement;
use crate::value::ProjectName;

impl Reader<'_> {
    /// Returns the extras, each with its requirements. Those that setuptools reads elsewhere count if the field is dynamic.
    pub(super) fn extras(
        &self,
        table: &ProjectTable,
        build_system: &BuildSystem,
    ) -> Result<BTreeMap<ProjectName, Vec<Requirement>>, ProjectError> {
        let key = "project.optional-dependencies";
        let mut extras = BTreeMap::new();
        for (name, list) in &table.optional_dependencies {
            extras.insert(self.parse(key, name)?, self.requirements(key, list)?);
        }
        let is_dynamic = table.dynamic.iter().any(|field| field == "optional-dependencies");
        if is_dynamic && backend::uses("setuptools", build_system) {
            for list in &self.adjacent.extras {
                if let Some((name, requirements)) = list.read()? {
                    extras.insert(name, requirements);
                }
            }
        }
        Ok(extras)
    }
}
