//! The one gate: a project, what its folder holds and what the user wants, put together and checked.
//!
//! Whatever is inconsistent is refused here, before anything is written or run. What comes after, the Dockerfile and the
//! context, only reads a [`Bundle`].

mod dependencies;
mod error;
mod files;
mod indexes;
mod installer;
mod labels;
mod leaks;
mod length;
mod links;
mod packages;
mod secrets;
mod start;
mod system;
mod time;
mod uv;
mod wheel;

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::Version;

use crate::certificate::CaCertificate;
use crate::config::Config;
use crate::image::ImageRef;
use crate::index::Index;
use crate::listing::Listing;
use crate::name::ProjectName;
use crate::pins::Pins;
use crate::project::Project;
use crate::python::PythonError;
use crate::template::Template;
use crate::value::{AptPackage, ArgName, LabelKey, PlainText, Port};
use crate::workspace::{Archive, Closure, Member, Workspace};

pub use dependencies::Dependencies;
pub use error::BundleError;
pub use installer::{DEFAULT_UV_IMAGE, Installer};
pub use secrets::{MissingSecret, Need, NeededSecret};
pub(crate) use secrets::{NETRC, PIP_CONF};
pub use start::DEFAULT_AGENTIX_VERSION;
pub use system::{DEFAULT_NIX_IMAGE, Nix};
pub(crate) use uv::UvManifests;
pub use wheel::{Package, VersionVariable, WheelBuild};

/// The image that a bundle starts from where nobody names another.
pub const DEFAULT_RUNTIME_IMAGE: &str = "agentix/runtime:0.1.0";

/// Everything that decides an image, consistent in itself.
#[derive(Debug, Clone)]
pub struct Bundle {
    workspace: Workspace,
    listing: Listing,
    flags: Config,
    config: Config,
    tags: Vec<ImageRef>,
    version: Option<Version>,
    runtime_image: ImageRef,
    /// The images that a lock named by digest.
    locked: BTreeSet<ImageRef>,
    agentix: Option<Version>,
    installer: Installer,
    dependencies: Dependencies,
    dependencies_are_complete: bool,
    uv_manifests: UvManifests,
    members: Vec<usize>,
    archives: Vec<(usize, Vec<ProjectName>)>,
    nix: Option<Nix>,
    packages: Vec<Package>,
    template: Option<Template>,
    indexes: Vec<Index>,
    secrets: Vec<NeededSecret>,
    ca_certificate: Option<CaCertificate>,
    apt: BTreeSet<AptPackage>,
    labels: BTreeMap<LabelKey, PlainText>,
}

impl Bundle {
    /// Puts a bundle together. `flags` go over the project's own `[tool.agentix]`. A [`Project`] alone has neither
    /// siblings nor locks; the paths of the listing are relative to the workspace's [root](Workspace::root).
    ///
    /// # Errors
    ///
    /// See [`BundleError`]: what is refused, with its remedy.
    pub fn new(workspace: impl Into<Workspace>, listing: Listing, flags: Config) -> Result<Self, BundleError> {
        let workspace = workspace.into();
        let project = workspace.project();
        let place = listing.root().join(workspace.place());
        let mut config = flags.clone().over(project.config().clone().below(&place)?);
        leaks::refuse_credentials(&config)?;
        leaks::refuse_in_context(&config, &listing)?;
        leaks::refuse_in_locks(workspace.locks())?;
        let version = version(project, &config)?;
        let tags = tags(project, version.as_ref(), &config)?;
        let closure = Closure::of(&workspace, &config)?;
        if let Some(unread) = closure.unread(&workspace) {
            return Err(BundleError::LocalDependency { requirement: unread.to_string() });
        }
        let indexes = indexes::collect(&workspace, &closure)?;
        files::check(&workspace, &closure, &listing)?;
        check_path(&config)?;
        links::check(&listing)?;
        let nix = system::nix(workspace.place(), &listing, &config)?;
        let installer = Installer::of(&workspace, &listing, &config)?;
        let dependencies = Dependencies::of(&workspace, &closure, &installer)?;
        let (runtime_image, agentix) = start::of(&workspace, &dependencies, &config)?;
        if let Some(tag) = tags.iter().find(|tag| tag.is_same_image(&runtime_image)) {
            return Err(BundleError::ReplacesRuntime { image: tag.clone() });
        }
        packages::check_folders(&workspace, &closure)?;
        check_python(&workspace, &dependencies)?;
        time::tell(&mut config, &installer)?;
        let packages = packages::collect(&workspace, &closure, &listing, version.as_ref())?;
        let uv_manifests = match installer {
            Installer::Pip => UvManifests::default(),
            Installer::Uv { .. } => UvManifests::of(&workspace, &closure, &dependencies, &packages)?,
        };
        let bundle = Self {
            secrets: secrets::collect(&indexes, &config),
            indexes,
            ca_certificate: None,
            packages,
            uv_manifests,
            dependencies_are_complete: dependencies.are_complete(&workspace, &closure),
            dependencies,
            installer,
            members: closure.members.into_iter().collect(),
            archives: closure.archives.into_iter().collect(),
            apt: system::apt(&config)?,
            labels: labels::collect(workspace.project(), version.as_ref(), &config)?,
            workspace,
            listing,
            flags,
            config,
            tags,
            version,
            runtime_image,
            locked: BTreeSet::new(),
            agentix,
            nix,
            template: None,
        };
        length::check(&bundle)?;
        Ok(bundle)
    }

    /// The same, each image that there is a pin of named by its digest as well.
    #[must_use]
    pub fn pinned(mut self, pins: &Pins) -> Self {
        let uv = match &mut self.installer {
            Installer::Uv { image } => Some(image),
            Installer::Pip => None,
        };
        let nix = self.nix.as_mut().map(|nix| &mut nix.image);
        for image in [&mut self.runtime_image].into_iter().chain(nix).chain(uv) {
            if let Some(pinned) = pins.pinned(image) {
                self.locked.insert(pinned.clone());
                *image = pinned;
            }
        }
        self
    }

    /// Whether an image has its digest from a lock.
    pub(crate) fn is_locked(&self, image: &ImageRef) -> bool {
        self.locked.contains(image)
    }

    /// The same, its Dockerfile extended by a user's template: the one that `--template` or the configuration names.
    #[must_use]
    pub fn extended_by(self, template: Template) -> Self {
        Self { template: Some(template), ..self }
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

    /// What was given beside the project's own table, and goes over it.
    pub fn flags(&self) -> &Config {
        &self.flags
    }

    /// The flags and the project's own table, merged.
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
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// What the build backends need that can be told before they see the source, one PEP 508 specifier each.
    pub fn build_requirements(&self) -> Vec<&str> {
        wheel::required_by(&self.packages)
    }

    /// The same bundle, its build steps trusting the certificates that `ca-certificate` of the configuration names.
    #[must_use]
    pub fn with_ca_certificate(self, certificate: CaCertificate) -> Self {
        Self { ca_certificate: Some(certificate), ..self }
    }

    /// The package indexes that the project names for uv, or the workspace that it belongs to.
    pub fn indexes(&self) -> &[Index] {
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
    pub fn labels(&self) -> &BTreeMap<LabelKey, PlainText> {
        &self.labels
    }

    /// The ports that programs of the image listen on, sorted.
    pub fn expose(&self) -> BTreeSet<Port> {
        self.config.expose.iter().copied().collect()
    }

    /// The build arguments.
    pub fn build_args(&self) -> &BTreeMap<ArgName, PlainText> {
        &self.config.build_arg
    }
}

fn built_in(image: &str) -> Result<ImageRef, BundleError> {
    Ok(image.parse()?)
}

fn version(project: &Project, config: &Config) -> Result<Option<Version>, BundleError> {
    match (project.version(), &config.project_version) {
        (Some(written), Some(given)) if written != given => {
            Err(BundleError::TwoVersions { written: written.clone(), given: given.clone() })
        }
        (written, given) => Ok(written.or(given.as_ref()).cloned()),
    }
}

fn tags(project: &Project, version: Option<&Version>, config: &Config) -> Result<Vec<ImageRef>, BundleError> {
    if config.tag.is_empty() {
        let version = version.ok_or(BundleError::NoVersion)?;
        return Ok(vec![ImageRef::of_project(project.name(), version)?]);
    }
    for tag in &config.tag {
        if tag.digest().is_some() {
            return Err(BundleError::TagWithDigest { image: tag.clone() });
        }
        if tag.tag().is_none() {
            return Err(BundleError::Untagged { image: tag.clone() });
        }
    }
    Ok(config.tag.clone())
}

/// Who asks for a Python may not exclude what another one asks for. One that nobody can satisfy yet is left to the build.
fn check_python(workspace: &Workspace, dependencies: &Dependencies) -> Result<(), BundleError> {
    match workspace.python(dependencies.requires_python()) {
        Err(conflict @ (PythonError::Conflict(..) | PythonError::NoneLeft(_))) => Err(conflict.into()),
        _ => Ok(()),
    }
}

/// Programs are found by name only where the environment is on PATH.
fn check_path(config: &Config) -> Result<(), BundleError> {
    match config.env.iter().find(|(name, _)| name.as_str() == "PATH") {
        Some((_, path)) if !path.as_str().split(':').any(|folder| folder == "/nix/runtime/bin") => {
            Err(BundleError::PathWithoutEnvironment { path: path.to_string() })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
