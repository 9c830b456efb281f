//! What a bundle has decided, for those who render, stage or report it.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::Version;

use crate::files::Listing;
use crate::project::{Archive, Config, Member, PackageIndex, Project, Workspace};
use crate::value::{
    AptPackage, ArgName, CaCertificate, Environment, ImageRef, LabelKey, Port, ProjectName, SingleLine, Template,
};

use super::base_image::python_image;
use super::dependencies::Dependencies;
use super::error::BundleError;
use super::gate::Bundle;
use super::installer::Installer;
use super::system::Nix;
use super::uv::UvManifests;
use super::wheel::{self, Package};

impl Bundle {
    /// Whether an image has its digest from a lock.
    pub(crate) fn is_locked(&self, image: &ImageRef) -> bool {
        self.locked.contains(image)
    }

    /// Whether the image has something that only docker's format of images holds.
    pub fn needs_docker_format(&self) -> bool {
        self.config.healthcheck.is_some() || self.template.as_ref().is_some_and(Template::needs_docker_format)
    }

    /// The user's template.
    pub fn template(&self) -> Option<&Template> {
        self.template.as_ref()
    }

    /// The project.
    pub fn project(&self) -> &Project {
        self.workspace.project()
    }

    /// The project with all around it that was read.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The siblings that the image needs, each once.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter_map(|index| self.workspace.members().get(*index))
    }

    /// The wheels and source archives that the image needs, each with the extras that are asked of it.
    pub fn archives(&self) -> impl Iterator<Item = (&Archive, &[ProjectName])> {
        self.archives.iter().filter_map(|(index, extras)| Some((self.workspace.archives().get(*index)?, &extras[..])))
    }

    /// What goes into the context.
    pub fn listing(&self) -> &Listing {
        &self.listing
    }

    /// The caller's configuration, which overrides the project's own table.
    pub fn overrides(&self) -> &Config {
        &self.overrides
    }

    /// The environment that the build reads secrets from.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The Python image of the project: its key `python-image`, or the slim image of its Python.
    ///
    /// # Errors
    ///
    /// A project that no Python satisfies.
    pub fn project_python_image(&self) -> Result<ImageRef, BundleError> {
        python_image(&self.workspace, self.config.python_image.as_ref())
    }

    /// The overrides and the project's own table, merged.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The references of the image, at least one.
    pub fn tags(&self) -> &[ImageRef] {
        &self.tags
    }

    /// The project's version: its own, or `--project-version`.
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// The image that the bundle starts from: a runtime image, or one with Python alone where it is standalone.
    pub fn runtime_image(&self) -> &ImageRef {
        &self.runtime_image
    }

    /// The version of `agentixx` that a standalone bundle brings itself; none where the runtime image has it.
    pub fn agentix_version(&self) -> Option<&Version> {
        self.agentix.as_ref()
    }

    /// The images that the build starts from or copies from, the one that the bundle starts from first.
    pub fn base_images(&self) -> impl Iterator<Item = &ImageRef> {
        let uv = match &self.installer {
            Installer::Uv { image } => Some(image),
            Installer::Pip => None,
        };
        [self.runtime_image()].into_iter().chain(uv).chain(self.nix().map(|nix| &nix.image))
    }

    /// The Nix stage, if the project has one.
    pub fn nix(&self) -> Option<&Nix> {
        self.nix.as_ref()
    }

    /// What installs packages in the image.
    pub fn installer(&self) -> &Installer {
        &self.installer
    }

    /// Whether modules are compiled while the image is built, rather than each time a container first imports them.
    pub fn compiles_bytecode(&self) -> bool {
        self.config.compile_bytecode.unwrap_or(true)
    }

    /// What is installed before the project.
    pub fn dependencies(&self) -> &Dependencies {
        &self.dependencies
    }

    /// Whether those are all that the project needs; otherwise its build knows more (`dynamic = ["dependencies"]`).
    pub fn dependencies_are_complete(&self) -> bool {
        self.dependencies_are_complete
    }

    /// What uv reads beside the requirements.
    pub(crate) fn uv_manifests(&self) -> &UvManifests {
        &self.uv_manifests
    }

    /// What of the project is built and installed; nothing of one that only holds scripts.
    pub(crate) fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// What the build backends need that can be told before they see the source, one PEP 508 specifier each.
    pub fn build_requirements(&self) -> Vec<&str> {
        wheel::required_by(&self.packages)
    }

    /// The package indexes that the project names for uv, or the workspace that it belongs to.
    pub fn indexes(&self) -> &[PackageIndex] {
        &self.indexes
    }

    /// The certificates that build steps trust beside those of their image.
    pub fn ca_certificate(&self) -> Option<&CaCertificate> {
        self.ca_certificate.as_ref()
    }

    /// The Debian packages of the image, sorted.
    pub fn apt(&self) -> &BTreeSet<AptPackage> {
        &self.apt
    }

    /// The labels of the image: what the project says of itself under the names of the [OCI image specification], and
    /// those that the user gives, which win.
    ///
    /// [OCI image specification]: https://github.com/opencontainers/image-spec/blob/main/annotations.md
    pub fn labels(&self) -> &BTreeMap<LabelKey, SingleLine> {
        &self.labels
    }

    /// The ports that programs of the image listen on, sorted.
    pub fn expose(&self) -> BTreeSet<Port> {
        self.config.expose.iter().copied().collect()
    }

    /// The build arguments.
    pub fn build_args(&self) -> &BTreeMap<ArgName, SingleLine> {
        &self.config.build_arg
    }
}
