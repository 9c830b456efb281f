//! The parts of a bundle, read from an untrusted text, and the same parts with known values.

use agentix_gen::bundle::Bundle;
use agentix_gen::files::Listing;
use agentix_gen::project::{Config, InstallerChoice, Project, Workspace};
use agentix_gen::value::{Port, Substituter, Version};
use serde::de::DeserializeOwned;

/// Known values. None of them is part of another one, or of the text that every Dockerfile contains.
pub(crate) const ARGUMENT: &str = "KNOWN_ARGUMENT";
pub(crate) const LABEL: &str = "known.label";
pub(crate) const PORT: &str = "4321";
pub(crate) const VARIABLE: &str = "KNOWN_VARIABLE";
pub(crate) const WORD: &str = "known-word";

#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    name: Option<String>,
    version: Option<String>,
    dependencies: Vec<String>,
    /// Whether the build determines the dependencies.
    dynamic_dependencies: bool,
    /// The backend in `[build-system]` and its requirement, as an index into [`BACKENDS`].
    backend: Option<usize>,
    /// Empty files beside `pyproject.toml`.
    files: Vec<String>,
    config: Config,
}

const BACKENDS: &[(&str, &str)] = &[
    ("setuptools.build_meta", "setuptools"),
    ("setuptools.build_meta", "setuptools_scm[toml]>=8"),
    ("hatchling.build", "hatchling"),
    ("hatchling.build", "hatch-vcs"),
    ("flit_core.buildapi", "flit_core"),
    ("poetry.core.masonry.api", "poetry-core"),
    ("uv_build", "uv_build"),
    ("pdm.backend", "pdm-backend"),
    ("maturin", "maturin"),
];

impl Parts {
    pub(crate) fn read(text: &str) -> Self {
        let mut parts = Self::default();
        let mut check = toml::Table::new();
        let mut uid = None;
        let (mut entrypoint, mut cmd, mut health) = (vec![], vec![], vec![]);
        for record in text.split('\0') {
            let (key, value) = record.split_once('=').unwrap_or((record, ""));
            let config = &mut parts.config;
            match key {
                "name" => parts.name = Some(value.to_owned()),
                "version" => parts.version = Some(value.to_owned()),
                "dependency" => parts.dependencies.push(value.to_owned()),
                "dynamic" => parts.dynamic_dependencies = true,
                "backend" => parts.backend = value.parse().ok().filter(|index| *index < BACKENDS.len()),
                "file" => parts.files.push(value.to_owned()),
                "apt" => config.apt.extend(value.parse()),
                "arg" => config.build_arg.extend(pair(value)),
                "cmd" => cmd.push(value),
                "context" => config.build_context.extend(pair(value)),
                "entrypoint" => entrypoint.push(value),
                "env" => config.env.extend(pair(value)),
                "expose" => config.expose.extend(value.parse::<Port>()),
                "health" => health.push(value),
                "interval" | "timeout" | "start-period" => _ = check.insert(key.to_owned(), value.into()),
                "retries" => check.extend(value.parse().ok().map(|count: i64| (key.to_owned(), count.into()))),
                "label" => config.label.extend(pair(value)),
                "nix" => config.nix = value.parse().ok(),
                "nix-plugins" => config.nix_plugins = Some(true),
                "nix-image" => config.nix_image = value.parse().ok(),
                "plain" => config.compile_bytecode = Some(false),
                "portable" => config.portable = Some(true),
                "python-downloads" => config.python_downloads = value.parse().ok(),
                "python-mirror" => config.python_mirror = value.parse().ok(),
                "project-version" => config.project_version = value.parse().ok(),
                "python-image" => config.python_image = value.parse().ok(),
                "agentix-version" => config.agentix_version = value.parse().ok(),
                "runtime-image" => config.runtime_image = value.parse().ok(),
                "standalone" => config.standalone = Some(true),
                "stop-signal" => config.stop_signal = value.parse().ok(),
                "substituter" => config.substituters.extend(value.parse()),
                "public-key" => config.trusted_public_keys.extend(value.parse()),
                "tag" => config.tag.extend(value.parse()),
                "uid" => uid = value.parse::<i64>().ok(),
                "user" => config.user = value.parse().ok(),
                "uv" => (config.installer, config.uv_image) = (Some(InstallerChoice::Uv), value.parse().ok()),
                "workdir" => config.workdir = value.parse().ok(),
                _ => {}
            }
        }
        let config = &mut parts.config;
        if let (Some(account), Some(uid)) = (config.user.as_ref().and_then(|user| user.account()), uid) {
            let account = [("name", toml::Value::from(account.name.as_str())), ("uid", uid.into())];
            config.user = as_read(toml::Table::from_iter(account.map(|(key, value)| (key.to_owned(), value))));
        }
        config.entrypoint = as_read(entrypoint);
        config.cmd = as_read(cmd);
        check.insert("cmd".to_owned(), health.into());
        config.healthcheck = as_read(check);
        parts
    }

    /// Returns `None` if the parts are invalid or do not fit together.
    pub(crate) fn bundle(&self) -> Option<Bundle> {
        let manifest = self.manifest();
        let mut files = vec![("pyproject.toml", manifest.as_str())];
        files.extend(self.files.iter().map(|path| (path.as_str(), "")));
        let listing = Listing::from_files(files).ok()?;
        manifest.parse::<Project>().ok()?;
        let workspace = Workspace::in_listing(&listing, "", &self.config).ok()?;
        Bundle::new(workspace, listing, self.config.clone()).ok()
    }

    fn manifest(&self) -> String {
        let mut project = toml::Table::new();
        let mut dynamic = Vec::new();
        project.insert("name".into(), self.name.as_deref().unwrap_or("agentix-x").into());
        match &self.version {
            Some(version) => _ = project.insert("version".into(), version.as_str().into()),
            None => dynamic.push("version"),
        }
        if self.dynamic_dependencies {
            dynamic.push("dependencies");
        } else {
            project.insert("dependencies".into(), self.dependencies.clone().into());
        }
        project.insert("dynamic".into(), dynamic.into());
        let mut manifest = toml::Table::from_iter([("project".to_owned(), project.into())]);
        if let Some((backend, requires)) = self.backend.map(|index| BACKENDS[index]) {
            let mut build_system = toml::Table::new();
            build_system.insert("build-backend".into(), backend.into());
            build_system.insert("requires".into(), vec![requires].into());
            manifest.insert("build-system".into(), build_system.into());
        }
        manifest.to_string()
    }

    /// Returns the same parts with known values: one value for each kind of value that these parts contain.
    pub(crate) fn twin(&self, bundle: &Bundle) -> Self {
        let mut records = vec!["name=known-name"];
        let mut when = |condition: bool, record: &'static str| records.extend(condition.then_some(record));
        let config = &self.config;
        when(self.version.is_some(), "version=9.87.654");
        when(self.version.is_none() && bundle.version().is_some(), "project-version=9.87.654");
        when(self.version.is_none() && bundle.version().is_none(), "tag=known:tag");
        when(!self.dependencies.is_empty(), "dependency=known-dependency");
        when(self.dynamic_dependencies, "dynamic");
        when(!config.apt.is_empty(), "apt=known-package");
        when(config.build_arg.keys().any(|name| !name.is_predefined()), "arg=KNOWN_ARGUMENT=x");
        when(config.cmd.is_some(), "cmd=known-word");
        when(config.entrypoint.is_some(), "entrypoint=known-word");
        when(!config.env.is_empty(), "env=KNOWN_VARIABLE=x");
        when(!config.expose.is_empty(), "expose=4321");
        when(config.healthcheck.is_some(), "health=known-word");
        when(!config.label.is_empty(), "label=known.label=x");
        let own = bundle.nix().is_some_and(|nix| nix.file.is_some());
        when(own, "file=known.nix");
        when(own, "nix=known.nix");
        when(bundle.nix().is_some_and(|nix| nix.plugins), "nix-plugins=");
        when(bundle.nix().is_some(), "nix-image=known.example/nix:1");
        let is_inside = |cache: &Substituter| cache.as_str().starts_with("file:///src/project/");
        let (inside, outside) = ("substituter=file:///src/project/known", "substituter=https://known.example/cache");
        let reads_project = config.substituters.iter().any(is_inside);
        when(!config.substituters.is_empty(), if reads_project { inside } else { outside });
        when(!config.trusted_public_keys.is_empty(), KEY);
        when(config.compile_bytecode.is_some(), "plain");
        when(config.portable.is_some(), "portable");
        when(config.python_downloads.is_some(), "python-downloads=https://known.example/downloads.json");
        when(config.python_mirror.is_some(), "python-mirror=https://known.example/python");
        when(bundle.agentix_version().is_some(), "standalone");
        when(bundle.agentix_version().is_some(), "python-image=known.example/start:1");
        // Newer versions install no server, so that the steps have one more command.
        let has_server = |version: &Version| *version < Version::new([0, 2, 7]);
        when(bundle.agentix_version().is_some_and(has_server), "agentix-version=0.0.76543");
        when(bundle.agentix_version().is_some_and(|version| !has_server(version)), "agentix-version=8.76.543");
        when(bundle.agentix_version().is_none(), "runtime-image=known.example/start:1");
        when(config.installer.is_some(), "uv=known.example/uv:1");
        let account = config.user.as_ref().map(|user| user.account().is_some());
        when(account == Some(true), "user=known_user");
        when(account == Some(true), "uid=65432");
        when(account == Some(false), "user=65432:76543");
        when(config.stop_signal.is_some(), "stop-signal=SIGUSR2");
        when(config.workdir.is_some(), "workdir=/known/folder");
        let known = Self::read(&records.join("\0"));
        let files = self.files.iter().filter(|path| *path == "setup.py" || *path == "setup.cfg").cloned();
        Self { backend: self.backend, files: files.chain(known.files).collect(), ..known }
    }
}

const KEY: &str = "public-key=known.example-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";

fn pair<K: std::str::FromStr, V: std::str::FromStr>(text: &str) -> Option<(K, V)> {
    let (key, value) = text.split_once('=')?;
    Some((key.parse().ok()?, value.parse().ok()?))
}

fn as_read<T: DeserializeOwned>(value: impl Into<toml::Value>) -> Option<T> {
    value.into().try_into().ok()
}
