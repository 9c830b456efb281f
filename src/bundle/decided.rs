//! Accessors for the decisions of a [`Bundle`], used to write the Dockerfile, the context and reports.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::Version;

use crate::files::Listing;
use crate::project::{Archive, Config, Member, PackageIndex, Project, Workspace};
use crate::value::{
    Account, AptPackage, ArgName, CaCertificate, Environment, Epoch, ImageRef, LabelKey, Port, ProjectName, SingleLine,
    Template, User,
};

use super::base_image::slim_python_image;
use super::dependencies::Dependencies;
use super::error::BundleError;
use super::gate::Bundle;
use super::installer::Installer;
use super::portable::Interpreter;
use super::source;
use super::system::Nix;
use super::uv::UvManifests;
use super::wheel::{self, Package};

impl Bundle {
    /// Returns whether the digest of an image comes from `agentix.lock`.
    pub(crate) fn is_locked(&self, image: &ImageRef) -> bool {
        self.locked.contains(image)
    }

    /// Returns whether the image uses a feature that the Docker image format supports and the OCI format does not.
    pub fn needs_docker_format(&self) -> bool {
        self.config.healthcheck.is_some() || self.template.as_ref().is_some_and(Template::needs_docker_format)
    }

    /// Returns the user that programs run as, or `None` if the runtime image decides. A standalone image has an account
    /// unless the configuration names a user.
    pub fn user(&self) -> Option<User> {
        let default = || self.agentix.is_some().then(|| User::Account(Account::default()));
        self.config.user.clone().or_else(default)
    }

    /// Returns the user template.
    pub fn template(&self) -> Option<&Template> {
        self.template.as_ref()
    }

    /// Returns the project.
    pub fn project(&self) -> &Project {
        self.workspace.project()
    }

    /// Returns the project together with its workspace, siblings and locks.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Returns the siblings that the image needs, without duplicates.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter_map(|index| self.workspace.members().get(*index))
    }

    /// Returns the local wheels and sdists that the image needs, each with its required extras.
    pub fn archives(&self) -> impl Iterator<Item = (&Archive, &[ProjectName])> {
        self.archives.iter().filter_map(|(index, extras)| Some((self.workspace.archives().get(*index)?, &extras[..])))
    }

    /// Returns the listing of the files in the context.
    pub fn listing(&self) -> &Listing {
        &self.listing
    }

    /// Returns the caller's configuration, which overrides `[tool.agentix]` of the project.
    pub fn overrides(&self) -> &Config {
        &self.overrides
    }

    /// Returns the environment from which the build reads secrets.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Returns the Python image of the project: the key `python-image`, or the slim image for the project's Python
    /// version.
    ///
    /// # Errors
    ///
    /// Returns [`BundleError::Python`] if no Python version satisfies the project.
    pub fn project_python_image(&self) -> Result<ImageRef, BundleError> {
        match &self.config.python_image {
            Some(image) => Ok(image.clone()),
            None => slim_python_image(self.workspace.python(&self.config, None)?),
        }
    }

    /// Returns the merged configuration: the overrides and `[tool.agentix]` of the project.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Returns the references of the image. There is at least one.
    pub fn tags(&self) -> &[ImageRef] {
        &self.tags
    }

    /// Returns the version of the project: from its metadata, or from `--project-version`.
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// Returns the base image: a runtime image, or a Python image if the bundle is standalone.
    pub fn runtime_image(&self) -> &ImageRef {
        &self.runtime_image
    }

    /// Returns the version of `agentixx` to install in a standalone image, or `None` if the runtime image provides it.
    pub fn agentix_version(&self) -> Option<&Version> {
        self.agentix.as_ref()
    }

    /// Returns whether the dependencies of a standalone image bring its `agentixx`, so that nothing else has to install it.
    pub(crate) fn installs_framework(&self) -> bool {
        let version = self.agentix.as_ref();
        version.is_some_and(|version| self.framework.as_ref().is_some_and(|wanted| wanted.installs(version)))
    }

    /// Returns the images that the build starts from or copies from. The base image is first.
    pub fn base_images(&self) -> impl Iterator<Item = &ImageRef> {
        let uv = match &self.installer {
            Installer::Uv { image } => Some(image),
            Installer::Pip => self.interpreter.as_ref().map(|interpreter| &interpreter.uv),
        };
        [self.runtime_image()].into_iter().chain(uv).chain(self.nix().map(|nix| &nix.image))
    }

    /// Returns the Nix stages, if there are any.
    pub fn nix(&self) -> Option<&Nix> {
        self.nix.as_ref()
    }

    /// Returns whether the image keeps the source of the project, at `/src/project`.
    pub fn ships_source(&self) -> bool {
        self.config.ship_source.unwrap_or_else(|| self.source_is_needed_by().is_some())
    }

    /// Returns what needs the source in the image.
    pub(super) fn source_is_needed_by(&self) -> Option<&'static str> {
        source::needed_by(&self.workspace, &self.config, self.template.as_ref())
    }

    /// Returns whether the modules of a project that is no package are found in its folder `src` too.
    pub(crate) fn has_modules_in_src(&self) -> bool {
        source::has_modules_in_src(&self.workspace, &self.listing)
    }

    /// Returns the interpreter that a portable bundle brings, or `None` if the bundle is not portable.
    pub fn interpreter(&self) -> Option<&Interpreter> {
        self.interpreter.as_ref()
    }

    /// Returns the installer of Python packages.
    pub fn installer(&self) -> &Installer {
        &self.installer
    }

    /// Returns whether modules are compiled to bytecode during the build instead of at their first import in each
    /// container.
    pub fn compiles_bytecode(&self) -> bool {
        self.config.compile_bytecode.unwrap_or(true)
    }

    /// Returns the dependencies to install before the project.
    pub fn dependencies(&self) -> &Dependencies {
        &self.dependencies
    }

    /// Returns whether [`dependencies`](Self::dependencies) is complete. If not, the build of the project determines
    /// further dependencies (`dynamic = ["dependencies"]`).
    pub fn dependencies_are_complete(&self) -> bool {
        self.dependencies_are_complete
    }

    /// Returns the manifests that uv reads in addition to the requirements.
    pub(crate) fn uv_manifests(&self) -> &UvManifests {
        &self.uv_manifests
    }

    /// Returns the packages to build and install. There are none for a project that contains only scripts.
    pub(crate) fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// Returns the build requirements that are known before the source is copied, as PEP 508 specifiers.
    pub fn build_requirements(&self) -> Vec<&str> {
        wheel::required_by(&self.packages)
    }

    /// Returns the package indexes that are configured for uv in the project, its workspace root and its siblings.
    pub fn indexes(&self) -> &[PackageIndex] {
        &self.indexes
    }

    /// Returns the certificates that build steps trust in addition to those of their image.
    pub fn ca_certificate(&self) -> Option<&CaCertificate> {
        self.ca_certificate.as_ref()
    }

    /// Returns the Debian packages of the image, sorted.
    pub fn apt(&self) -> &BTreeSet<AptPackage> {
        &self.apt
    }

    /// Returns the Debian packages that only the build steps have, sorted.
    pub fn build_apt(&self) -> &BTreeSet<AptPackage> {
        &self.build_apt
    }

    /// Returns the labels of the image: project metadata under the keys of the [OCI image specification], and the
    /// configured labels, which take precedence.
    ///
    /// [OCI image specification]: https://github.com/opencontainers/image-spec/blob/main/annotations.md
    pub fn labels(&self) -> &BTreeMap<LabelKey, SingleLine> {
        &self.labels
    }

    /// Returns the exposed ports, sorted.
    pub fn expose(&self) -> BTreeSet<Port> {
        self.config.expose.iter().copied().collect()
    }

    /// Returns the timestamp of the image: the key `source-date-epoch`.
    pub fn timestamp(&self) -> Option<Epoch> {
        self.config.source_date_epoch
    }

    /// Returns the build arguments.
    pub fn build_args(&self) -> &BTreeMap<ArgName, SingleLine> {
        &self.config.build_arg
    }
}
