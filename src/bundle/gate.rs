//! Creates a [`Bundle`] from a project, a listing of its folder and a configuration, and validates it.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use pep440_rs::Version;

use super::pins::Pins;
use super::portable::{self, Interpreter};
use crate::files::{Listing, SourceToken};
use crate::project::{Closure, Config, PackageIndex, Project, Workspace};
use crate::value::{AptPackage, CaCertificate, Environment, ImageRef, LabelKey, ProjectName, SingleLine, Template};

use super::dependencies::Dependencies;
use super::error::BundleError;
use super::framework::Wanted;
use super::installer::Installer;
use super::link_folders::LinkFolder;
use super::secrets::NeededSecret;
use super::system::Nix;
use super::unused::UvSettings;
use super::uv::UvManifests;
use super::warnings::{self, Warning};
use super::wheel::Package;
use super::{
    base_image, conflicts, credentials, dynamic_sources, environments, files, git, indexes, labels, length,
    link_folders, links, manifest_in, modules, named_patterns, nix_plugins, packages, python, secret_names, secrets,
    source, system, timestamp, unused_lists, uv, uv_toml, variables,
};

/// A project with all decisions about its image, validated.
#[derive(Debug, Clone)]
pub struct Bundle {
    pub(super) workspace: Workspace,
    pub(super) listing: Listing,
    pub(super) overrides: Config,
    pub(super) environment: Environment,
    pub(super) config: Config,
    pub(super) tags: Vec<ImageRef>,
    pub(super) version: Option<Version>,
    pub(super) runtime_image: ImageRef,
    /// The images whose digest comes from `agentix.lock`.
    pub(super) locked: BTreeSet<ImageRef>,
    pub(super) agentix: Option<Version>,
    /// What the project asks of the framework.
    pub(super) framework: Option<Wanted>,
    /// The interpreter of a portable bundle.
    pub(super) interpreter: Option<Interpreter>,
    pub(super) installer: Installer,
    pub(super) dependencies: Dependencies,
    pub(super) dependencies_are_complete: bool,
    /// The folders of archives beside the requirements.
    pub(super) link_folders: Vec<LinkFolder>,
    pub(super) uv_manifests: UvManifests,
    pub(super) members: Vec<usize>,
    pub(super) archives: Vec<(usize, Vec<ProjectName>)>,
    pub(super) nix: Option<Nix>,
    pub(super) packages: Vec<Package>,
    pub(super) template: Option<Template>,
    pub(super) indexes: Vec<PackageIndex>,
    pub(super) secrets: Vec<NeededSecret>,
    pub(super) ca_certificate: Option<CaCertificate>,
    pub(super) apt: BTreeSet<AptPackage>,
    pub(super) build_apt: BTreeSet<AptPackage>,
    pub(super) labels: BTreeMap<LabelKey, SingleLine>,
    /// The warnings about the inputs of the project.
    pub(super) input_warnings: Vec<Warning>,
}

impl Bundle {
    /// Creates a bundle. `overrides` override the keys of the project's `[tool.agentix]`. A [`Project`] without its
    /// workspace has neither siblings nor locks. The paths of the listing are relative to the workspace
    /// [root](Workspace::root).
    ///
    /// # Errors
    ///
    /// Returns a [`BundleError`] if the project or its configuration is inconsistent.
    pub fn new(workspace: impl Into<Workspace>, listing: Listing, overrides: Config) -> Result<Self, BundleError> {
        let workspace = workspace.into();
        let project = workspace.project();
        let folder = listing.root().join(workspace.project_path());
        let mut config = overrides.clone().overlay(project.config().clone().resolve_paths(&folder)?);
        credentials::refuse_in_settings(&config)?;
        credentials::refuse_in_context(&config, &listing)?;
        credentials::refuse_in_locks(workspace.locks())?;
        let version = version(project, &config)?;
        let tags = tags(project, version.as_ref(), &config)?;
        let closure = Closure::resolve(&workspace, &config)?;
        if let Some(unread) = closure.unread(&workspace) {
            return Err(BundleError::LocalDependency { requirement: unread.to_string() });
        }
        let indexes = indexes::collect(&workspace, &closure)?;
        files::check(&workspace, &closure, &listing)?;
        modules::check(&workspace, &closure, &listing)?;
        named_patterns::check_outside(&workspace, &closure, &listing)?;
        manifest_in::check(&workspace, &closure, &listing)?;
        variables::check_path(&config)?;
        source::check(&workspace, &config)?;
        packages::check_workspace_root(&workspace, &config)?;
        links::check(&listing)?;
        let nix = system::nix(workspace.project_path(), &listing, &config)?;
        let exists = |file: &str| listing.get(workspace.project_path().join(file).as_str()).is_some();
        let installer = Installer::choose(&workspace, exists, &config)?;
        let dependencies = Dependencies::choose(&workspace, &closure, &installer, &config)?;
        dynamic_sources::check(&workspace, &closure, &dependencies, &installer)?;
        files::check_included(&workspace, &dependencies, &listing)?;
        let framework = Wanted::find(&workspace, &closure, &dependencies);
        let (runtime_image, agentix) = base_image::choose(&workspace, &dependencies, framework.as_ref(), &config)?;
        if let Some(tag) = tags.iter().find(|tag| tag.is_same_image(&runtime_image)) {
            return Err(BundleError::ReplacesRuntime { image: tag.clone() });
        }
        git::check(&workspace, &closure, &dependencies, &installer, &config, &runtime_image)?;
        packages::check_folders(&workspace, &closure)?;
        conflicts::check(&workspace, &closure, &dependencies, &installer, &config)?;
        environments::check(&workspace, &dependencies, &installer, &config, &runtime_image)?;
        python::check(&workspace, &dependencies, &config, &runtime_image)?;
        let interpreter = portable::interpreter(&workspace, &dependencies, &runtime_image, &config)?;
        timestamp::set_build_arguments(&mut config, &installer)?;
        let packages = packages::collect(&workspace, &closure, &listing, version.as_ref())?;
        uv_toml::check(&workspace, &dependencies, &installer, &packages, &config)?;
        let uv_manifests = match installer {
            Installer::Pip => UvManifests::default(),
            Installer::Uv { .. } => UvManifests::new(&workspace, &closure, &dependencies, &packages)?,
        };
        let uv_settings =
            UvSettings { are_read: uv_manifests.run.is_some(), keys: uv::settings(&workspace, &closure)? };
        let link_folders =
            link_folders::collect(&workspace, &closure, &listing, &dependencies, &installer, &uv_manifests)?;
        let mut labels = labels::collect(workspace.project(), version.as_ref(), &config)?;
        labels::add_base(&mut labels, &runtime_image, &config)?;
        labels::add_runtime(&mut labels, agentix.as_ref(), &config)?;
        credentials::refuse_in_labels(&labels)?;
        let mut input_warnings =
            warnings::collect(&workspace, &listing, &dependencies, &installer, &uv_settings, &config);
        input_warnings.extend(unused_lists::warnings(&workspace, &listing, &dependencies));
        input_warnings.extend(named_patterns::warnings(&workspace, &closure, &listing));
        input_warnings.extend(manifest_in::warnings(&workspace, &closure, &listing));
        input_warnings.extend(nix_plugins::warnings(&workspace, &closure, &listing, &config));
        input_warnings.extend(secret_names::warnings(&config));
        if packages::have_own_version(&workspace, &packages, &config) {
            input_warnings.push(Warning::VersionOfImage { is_in_name: config.tag.is_empty() });
        }
        let bundle = Self {
            input_warnings,
            framework,
            secrets: secrets::collect(&indexes, &config),
            indexes,
            ca_certificate: None,
            packages,
            uv_manifests,
            link_folders,
            dependencies_are_complete: dependencies.are_complete(&workspace, &closure),
            dependencies,
            interpreter,
            installer,
            members: closure.members.into_iter().collect(),
            archives: closure.archives.into_iter().collect(),
            apt: system::apt(&config)?,
            build_apt: system::build_apt(&config)?,
            labels,
            workspace,
            listing,
            overrides,
            environment: Environment::default(),
            config,
            tags,
            version,
            runtime_image,
            locked: BTreeSet::new(),
            agentix,
            nix,
            template: None,
        };
        length::check(bundle.texts().into_iter().chain(length::of_settings(&bundle.config)))?;
        Ok(bundle)
    }

    /// Returns the bundle with the digests of `pins` added to its base images. Images without a pin are unchanged.
    #[must_use]
    pub fn with_pins(mut self, pins: &Pins) -> Self {
        let uv = match &mut self.installer {
            Installer::Uv { image } => Some(image),
            Installer::Pip => None,
        };
        let nix = self.nix.as_mut().map(|nix| &mut nix.image);
        let interpreter = self.interpreter.as_mut().map(|interpreter| &mut interpreter.uv);
        for image in [&mut self.runtime_image].into_iter().chain(nix).chain(uv).chain(interpreter) {
            if let Some(pinned) = pins.pinned(image) {
                self.locked.insert(pinned.clone());
                *image = pinned;
            }
        }
        // The name is unchanged, and a digest is a valid label.
        _ = labels::add_base(&mut self.labels, &self.runtime_image, &self.config);
        self
    }

    /// Returns the bundle with a user template that extends its Dockerfile: the template from `--template` or the
    /// configuration.
    #[must_use]
    pub fn with_template(self, template: Template) -> Self {
        Self { template: Some(template), ..self }
    }

    /// Returns the bundle with certificates for its build steps to trust: those from the key `ca-certificate`.
    #[must_use]
    pub fn with_ca_certificate(self, certificate: CaCertificate) -> Self {
        Self { ca_certificate: Some(certificate), ..self }
    }

    /// Returns the bundle with a warning for each token in its source code, except in files that `include` names.
    #[must_use]
    pub fn with_source_tokens(mut self, tokens: Vec<SourceToken>) -> Self {
        let warnings = tokens.into_iter().filter_map(|token| self.warning_of(token)).collect::<Vec<_>>();
        self.input_warnings.extend(warnings);
        self
    }

    /// Returns the warning about a token in the source code, unless `include` names its file.
    pub fn warning_of(&self, token: SourceToken) -> Option<Warning> {
        let path = Utf8Path::new(&token.path);
        let path = path.strip_prefix(self.workspace.project_path()).unwrap_or(path).as_str();
        let is_accepted = self.config.include.iter().any(|pattern| pattern.matches(path));
        (!is_accepted).then_some(Warning::Token(token))
    }

    /// Returns the bundle with the environment that provides its secrets and the home folder.
    #[must_use]
    pub fn with_environment(self, environment: Environment) -> Self {
        Self { environment, ..self }
    }

    /// Returns the kind and the length in bytes of each value, other than the settings, that is written on one line of
    /// the Dockerfile.
    fn texts(&self) -> Vec<(&'static str, usize)> {
        let name = [("the name of the project", self.project().name().as_str().len())];
        let versions = self.version.iter().chain(&self.agentix);
        let version = versions.map(|version| ("the version", version.to_string().len()));
        let nix = self.nix.iter().filter_map(|nix| nix.file.as_ref());
        let nix = nix.map(|file| ("the path of the Nix expression", file.as_str().len()));
        let arguments = self.build_args().keys().map(|name| ("the name of a build argument", name.as_str().len()));
        let labels = self.labels.iter();
        let labels = labels.map(|(key, value)| ("a label", key.as_str().len().max(value.as_str().len())));
        let indexes = self.index_variables().iter().map(|variable| variable.as_str().len() + 1).sum();
        let indexes = [("the list of package indexes", indexes)];
        name.into_iter().chain(version).chain(nix).chain(arguments).chain(labels).chain(indexes).collect()
    }
}

/// Returns the version of the project, or an error if `--project-version` contradicts it.
fn version(project: &Project, config: &Config) -> Result<Option<Version>, BundleError> {
    match (project.version(), &config.project_version) {
        (Some(written), Some(given)) if written != given => {
            Err(BundleError::TwoVersions { written: written.clone(), given: given.clone() })
        }
        (written, given) => Ok(written.or(given.as_ref()).cloned()),
    }
}

/// Returns the configured tags, or the default tag. Returns an error if a tag is not usable.
fn tags(project: &Project, version: Option<&Version>, config: &Config) -> Result<Vec<ImageRef>, BundleError> {
    if config.tag.is_empty() {
        let is_poetry = project.whole().get("tool").is_some_and(|tool| tool.get("poetry").is_some());
        let because = match project.manifest() {
            "" => " (the folder has no pyproject.toml)",
            _ if !project.whole().contains_key("project") && !is_poetry => " (pyproject.toml has no [project])",
            _ => "",
        };
        let version = version.ok_or(BundleError::NoVersion { because })?;
        return Ok(vec![ImageRef::from_project(project.name(), version)?]);
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

#[cfg(test)]
mod tests {
    use crate::bundle::tests::{bundle_of, manifest};

    #[test]
    fn a_version_may_be_given_twice() {
        let bundle = bundle_of(&manifest(""), &[], "project-version = '1.0'").unwrap();
        assert_eq!(bundle.version().map(ToString::to_string).as_deref(), Some("1.0"));
        assert!(bundle_of(&manifest(""), &[], "project-version = '1.0.1'").is_err());
    }

    #[test]
    fn each_text_on_a_line_of_its_own_is_measured() {
        let flags = "build-arg = { NAME = 'x' }\nlabel = { key = 'long value' }\nnix = 'a.nix'";
        let texts = bundle_of(&manifest(""), &["a.nix"], flags).unwrap().texts();
        for expected in [
            ("the name of the project", "agentix-hello".len()),
            ("the version", "1.0".len()),
            ("the path of the Nix expression", "a.nix".len()),
            ("the name of a build argument", "NAME".len()),
            ("a label", "long value".len()),
            ("the list of package indexes", 0),
        ] {
            assert!(texts.contains(&expected), "{expected:?} in {texts:?}");
        }
        let index = "[[tool.uv.index]]\nname = 'corp'\nurl = 'https://i.example.org/simple'\n";
        let texts = bundle_of(&manifest(index), &[], "").unwrap().texts();
        let variables = "UV_INDEX_CORP_USERNAME UV_INDEX_CORP_PASSWORD ".len();
        assert!(texts.contains(&("the list of package indexes", variables)), "{texts:?}");
    }
}
