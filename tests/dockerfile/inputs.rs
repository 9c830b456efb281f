//! All inputs of a Dockerfile, as a user writes them.

use std::collections::{BTreeMap, BTreeSet};

use agentix_gen::bundle::{Bundle, BundleError};
use agentix_gen::files::Listing;
use agentix_gen::project::{Config, Workspace, WorkspaceError};
use agentix_gen::value::{CaCertificate, Dialect};
use serde_json::{Value, json};

use super::locks::Lock;
use super::run_time::{About, RunTime};

/// The values in `pyproject.toml` and in the options.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of a project")]
pub(crate) struct Inputs {
    pub(crate) name: String,
    pub(crate) version: Version,
    /// `None` if the build determines them.
    pub(crate) dependencies: Option<Vec<String>>,
    /// An extra of the project that is selected.
    pub(crate) extra: Option<String>,
    /// A dependency group of the project that is selected.
    pub(crate) group: Option<String>,
    pub(crate) lock: Option<Lock>,
    pub(crate) backend: Backend,
    /// `None` if pip installs the packages.
    pub(crate) uv: Option<Uv>,
    pub(crate) bytecode: bool,
    /// A wheel in the folder of the project, which depends on `part`.
    pub(crate) archive: Option<&'static str>,
    /// The key `ship-source`.
    pub(crate) ships_source: Option<bool>,
    pub(crate) runtime_image: Option<String>,
    pub(crate) standalone: Option<Standalone>,
    /// Whether other images can mount the environment, whose interpreter comes from a mirror.
    pub(crate) portable: bool,
    pub(crate) nix: Option<Nix>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) about: About,
    pub(crate) run_time: RunTime,
    /// Debian packages.
    pub(crate) apt: Vec<String>,
    /// Debian packages for the build alone.
    pub(crate) build_apt: Vec<String>,
    pub(crate) build_args: BTreeMap<String, String>,
    /// The IDs of secrets that are files.
    pub(crate) secrets: BTreeSet<String>,
    /// The IDs of ssh agents.
    pub(crate) ssh: BTreeSet<String>,
    /// The names of package indexes.
    pub(crate) indexes: Vec<String>,
    /// Whether a CA certificate is trusted.
    pub(crate) certificate: bool,
    /// Whether the options are keys of `[tool.agentix]`. Otherwise they are flags.
    pub(crate) in_manifest: bool,
    pub(crate) dialect: Dialect,
}

#[derive(Debug, Clone)]
pub(crate) enum Version {
    Written(String),
    /// Determined by a backend that reads the repository, and given with `--project-version`.
    FromRepository {
        requires: &'static str,
        variable: &'static str,
        given: String,
    },
}

/// The build backend, as configured in `[build-system]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    /// No backend, which means setuptools.
    Unnamed,
    /// The requirements of hatchling are known before it runs.
    Hatchling,
    /// maturin reports its requirements when it runs.
    Maturin,
    /// The project is not a package and is not built.
    Scripts,
}

#[derive(Debug, Clone)]
pub(crate) struct Uv {
    pub(crate) image: String,
}

/// The Python image and the agentix version of an image that contains its own runtime.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standalone {
    pub(crate) python: Option<String>,
    pub(crate) agentix: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Nix {
    pub(crate) expressions: Expressions,
    /// The path of the expression. `None` means the default path.
    pub(crate) path: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) nixpkgs: Option<String>,
    pub(crate) substituters: Vec<String>,
    pub(crate) public_keys: Vec<String>,
}

/// The expressions that are built.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Expressions {
    #[default]
    Own,
    OfPlugins,
    Both,
}

impl Nix {
    pub(crate) fn has_own(&self) -> bool {
        self.expressions != Expressions::OfPlugins
    }

    pub(crate) fn builds_plugins(&self) -> bool {
        self.expressions != Expressions::Own
    }
}

impl Default for Inputs {
    fn default() -> Self {
        Self {
            name: "agentix-hello".into(),
            version: Version::Written("1.0".into()),
            dependencies: Some(vec![]),
            extra: None,
            group: None,
            lock: None,
            backend: Backend::Unnamed,
            uv: None,
            bytecode: true,
            archive: None,
            ships_source: None,
            runtime_image: None,
            standalone: None,
            portable: false,
            nix: None,
            labels: BTreeMap::new(),
            about: About::default(),
            run_time: RunTime::default(),
            apt: vec![],
            build_apt: vec![],
            build_args: BTreeMap::new(),
            secrets: BTreeSet::new(),
            ssh: BTreeSet::new(),
            indexes: vec![],
            certificate: false,
            in_manifest: false,
            dialect: Dialect::BuildKit,
        }
    }
}

impl Inputs {
    pub(crate) fn version(&self) -> &str {
        match &self.version {
            Version::Written(version) | Version::FromRepository { given: version, .. } => version,
        }
    }

    /// Returns `true` if anything is installed before the project.
    pub(crate) fn has_dependencies(&self) -> bool {
        self.lock.is_some()
            || self.extra.is_some()
            || self.group.is_some()
            || self.dependencies.as_ref().is_some_and(|list| !list.is_empty())
    }

    /// Returns `true` if the requirements of the build backend are known before it runs.
    pub(crate) fn is_prepared(&self) -> bool {
        matches!(self.backend, Backend::Unnamed | Backend::Hatchling)
    }

    /// Returns `true` if all dependencies of the project are installed before it. A list without hashes and a
    /// `pylock.toml` may lack what only the build knows.
    pub(crate) fn is_complete(&self) -> bool {
        self.dependencies.is_some() || !matches!(self.lock, None | Some(Lock::Requirements | Lock::Pylock))
    }

    /// Creates the bundle of these inputs, or returns the reason for which they are refused.
    pub(crate) fn bundle(&self) -> Result<Bundle, Refused> {
        let manifest = toml::to_string(&self.manifest())?;
        let nix = self
            .nix
            .iter()
            .filter(|nix| nix.has_own())
            .map(|nix| nix.path.clone().unwrap_or_else(|| "default.nix".into()));
        let nix = nix.map(|path| (path.trim_start_matches("./").to_owned(), String::new()));
        let lock = self.lock.map(|lock| (lock.file().to_owned(), lock.text()));
        let archive = self.archive.map(|path| (path.to_owned(), String::new()));
        let files = [("pyproject.toml".to_owned(), manifest)].into_iter().chain(nix).chain(lock).chain(archive);
        let listing = Listing::from_files(files)?;
        let flags = if self.in_manifest { Config::default() } else { serde_json::from_value(self.options())? };
        let bundle = Bundle::new(Workspace::in_listing(&listing, "", &flags)?, listing, flags)?;
        let certificate = self.certificate.then(|| CaCertificate::from_bytes(CERTIFICATE.as_bytes()).unwrap());
        Ok(certificate.into_iter().fold(bundle, Bundle::with_ca_certificate))
    }

    fn manifest(&self) -> Value {
        let mut project = json!({ "name": self.name });
        let mut dynamic = Vec::new();
        let mut requires = vec!["build-tool"];
        match &self.version {
            Version::Written(version) => project["version"] = json!(version),
            Version::FromRepository { requires: asked, .. } => {
                dynamic.push("version");
                requires.push(asked);
            }
        }
        match &self.dependencies {
            Some(list) => project["dependencies"] = json!(list),
            None => dynamic.push("dependencies"),
        }
        let about = &self.about;
        let metadata = [("description", &about.description), ("license", &about.license)];
        for (key, value) in metadata {
            if let Some(value) = value {
                project[key] = json!(value);
            }
        }
        about.repository.iter().for_each(|url| project["urls"]["Repository"] = json!(url));
        if let Some(extra) = &self.extra {
            project["optional-dependencies"][extra] = json!(["of-an-extra"]);
        }
        project["dynamic"] = json!(dynamic);
        let groups: BTreeMap<&String, [&str; 1]> = self.group.iter().map(|group| (group, ["of-a-group"])).collect();
        let mut manifest =
            json!({ "project": project, "dependency-groups": groups, "build-system": { "requires": requires } });
        match self.backend {
            Backend::Unnamed => {}
            Backend::Hatchling => manifest["build-system"]["build-backend"] = json!("hatchling.build"),
            Backend::Scripts => manifest["tool"]["uv"]["package"] = json!(false),
            Backend::Maturin => manifest["build-system"]["build-backend"] = json!("maturin"),
        }
        let index = |name: &String| json!({ "name": name, "url": "https://pypi.example.org/simple" });
        if !self.indexes.is_empty() {
            manifest["tool"]["uv"]["index"] = self.indexes.iter().map(index).collect();
        }
        if let Some(path) = self.archive {
            manifest["tool"]["uv"]["sources"] = json!({ "part": { "path": path } });
        }
        if self.in_manifest {
            manifest["tool"]["agentix"] = self.options();
        }
        manifest
    }

    /// Returns the options that are set, with the keys of `[tool.agentix]`.
    fn options(&self) -> Value {
        let mut options =
            json!({ "tag": "registry.example/judged:1", "label": self.labels, "build-arg": self.build_args });
        let mut give = |name: &str, value: Option<&String>| {
            if let Some(value) = value {
                options[name] = json!(value);
            }
        };
        give("uv-image", self.uv.as_ref().map(|uv| &uv.image));
        let installer = if self.uv.is_some() { "uv" } else { "pip" };
        give("installer", Some(&installer.to_owned()));
        give("runtime-image", self.runtime_image.as_ref().filter(|_| self.standalone.is_none()));
        give("python-image", self.standalone.as_ref().and_then(|alone| alone.python.as_ref()));
        give("agentix-version", self.standalone.as_ref().and_then(|alone| alone.agentix.as_ref()));
        give("nix", self.nix.as_ref().filter(|nix| nix.has_own()).and_then(|nix| nix.path.as_ref()));
        give("nix-image", self.nix.as_ref().and_then(|nix| nix.image.as_ref()));
        give("nixpkgs", self.nix.as_ref().and_then(|nix| nix.nixpkgs.as_ref()));
        if let Version::FromRepository { given, .. } = &self.version {
            give("project-version", Some(given));
        }
        give("revision", self.about.revision.as_ref());
        give("workdir", self.run_time.workdir.as_ref());
        if !self.ssh.is_empty() {
            options["ssh"] = self.ssh.iter().map(|id| format!("{id}=/keys/{id}")).collect();
        }
        for id in &self.secrets {
            options["secret"][id] = json!({ "src": "/a/file" });
        }
        if !self.bytecode {
            options["compile-bytecode"] = json!(false);
        }
        self.ships_source.iter().for_each(|ships| options["ship-source"] = json!(ships));
        self.about.epoch.iter().for_each(|epoch| options["source-date-epoch"] = json!(epoch));
        options["apt"] = json!(self.apt);
        options["build-apt"] = json!(self.build_apt);
        options["standalone"] = json!(self.standalone.is_some());
        if self.portable {
            options["portable"] = json!(true);
            options["python-mirror"] = json!("https://mirror.example.org/python");
            options["python-downloads"] = json!("https://mirror.example.org/python/downloads.json");
        }
        if let Some(nix) = &self.nix {
            options["substituters"] = json!(nix.substituters);
            options["trusted-public-keys"] = json!(nix.public_keys);
            options["nix-plugins"] = json!(nix.builds_plugins());
        }
        self.run_time.add_options(&mut options);
        if let Some(extra) = &self.extra {
            options["extra"] = json!([extra]);
        }
        if let Some(group) = &self.group {
            options["group"] = json!([group]);
        }
        options
    }
}

/// A certificate without meaningful contents.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n";

/// The step that refused the inputs.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error(transparent)]
    Toml(#[from] toml::ser::Error),
    #[error(transparent)]
    Flags(#[from] serde_json::Error),
    #[error(transparent)]
    Path(#[from] agentix_gen::files::PathError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Bundle(#[from] BundleError),
}
