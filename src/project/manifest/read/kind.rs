//! Whether a project is a package, by its tables and the files beside it.

use super::super::ProjectKind;
use super::super::adjacent::PackageOfPoetry;
use super::{Manifest, Reader};

impl Reader<'_> {
    /// Returns how the project is installed.
    pub(super) fn kind(&self, manifest: &Manifest) -> ProjectKind {
        let chosen = manifest.tool.uv.as_ref().and_then(|uv| uv.package);
        let chosen = chosen.or_else(|| manifest.tool.poetry.as_ref().and_then(|poetry| poetry.package_mode));
        let chosen = chosen.or_else(|| manifest.tool.pdm.is_package());
        let chosen = chosen.or_else(|| manifest.tool.rye.is_virtual.then_some(false));
        let described = manifest.project.is_some() || manifest.build_system.is_some();
        // Without a build system, uv installs the dependencies of a project, but not the project.
        let uses_uv = manifest.tool.uv.is_some() || self.adjacent.has_file_of_uv;
        let is_virtual = uses_uv && manifest.project.is_some() && manifest.build_system.is_none();
        let is_package = chosen.unwrap_or_else(|| {
            !is_virtual && (described || self.adjacent.setup_script.is_some() || self.is_built_by_poetry(manifest))
        });
        if is_package { ProjectKind::Package } else { ProjectKind::Scripts }
    }

    /// Returns whether Poetry builds a project that does not name its backend. `poetry install` does if it finds the module, or
    /// if another project requires it. With `package-mode = false` that build is an error.
    pub(super) fn is_built_by_poetry(&self, manifest: &Manifest) -> bool {
        let Some(poetry) = manifest.tool.poetry.as_ref().filter(|_| manifest.build_system.is_none()) else {
            return false;
        };
        let is_of_uv = manifest.project.is_some() && (manifest.tool.uv.is_some() || self.adjacent.has_file_of_uv);
        let is_package = match self.adjacent.package_of_poetry {
            PackageOfPoetry::Required => true,
            PackageOfPoetry::Module => poetry.package_mode.unwrap_or(true),
            PackageOfPoetry::Manifest => poetry.package_mode.unwrap_or(!poetry.packages.is_empty()),
        };
        !is_of_uv && is_package
    }
}
