//! Everything that decides a Dockerfile, as a user writes it: hostile texts in every place that takes one.

use std::collections::{BTreeMap, BTreeSet};

use agentix_gen::{Bundle, BundleError, CaCertificate, Config, Dialect, Listing, Workspace, WorkspaceError};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;
use serde_json::{Value, json};

use super::locks::Lock;
use super::run_time::{About, RunTime, about, run_time};

/// What a user writes, in `pyproject.toml` and as options.
#[derive(Debug, Clone)]
pub(crate) struct Inputs {
    pub(crate) name: String,
    pub(crate) version: Version,
    /// None where the build decides them.
    pub(crate) dependencies: Option<Vec<String>>,
    /// An extra that the project has, and that is asked for.
    pub(crate) extra: Option<String>,
    /// A dependency group that the project has, and that is asked for.
    pub(crate) group: Option<String>,
    pub(crate) lock: Option<Lock>,
    pub(crate) backend: Backend,
    /// None where pip installs.
    pub(crate) uv: Option<Uv>,
    pub(crate) bytecode: bool,
    pub(crate) runtime_image: Option<String>,
    pub(crate) standalone: Option<Standalone>,
    pub(crate) nix: Option<Nix>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) about: About,
    pub(crate) run_time: RunTime,
    /// Debian packages.
    pub(crate) apt: Vec<String>,
    pub(crate) build_args: BTreeMap<String, String>,
    /// The ids of secrets that are files.
    pub(crate) secrets: BTreeSet<String>,
    /// The names of package indexes.
    pub(crate) indexes: Vec<String>,
    /// Whether there are certificates to trust.
    pub(crate) certificate: bool,
    /// Whether the options stand in `[tool.agentix]`, or are flags.
    pub(crate) in_manifest: bool,
    pub(crate) dialect: Dialect,
}

#[derive(Debug, Clone)]
pub(crate) enum Version {
    Written(String),
    /// Left to a backend that asks the repository, and given by `--project-version`.
    FromRepository {
        requires: &'static str,
        variable: &'static str,
        given: String,
    },
}

/// How the project is built, by what `[build-system]` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    /// Nothing, which stands for setuptools.
    Unnamed,
    /// What hatchling needs is known before it runs.
    Hatchling,
    /// What maturin needs, it says when it runs.
    Maturin,
    /// It is no package, and not built.
    Scripts,
}

#[derive(Debug, Clone)]
pub(crate) struct Uv {
    pub(crate) image: String,
}

/// What an image starts from that brings its runtime itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standalone {
    pub(crate) python: Option<String>,
    pub(crate) agentix: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Nix {
    /// The expression's path; the default one is not named.
    pub(crate) path: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) substituters: Vec<String>,
    pub(crate) public_keys: Vec<String>,
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
            runtime_image: None,
            standalone: None,
            nix: None,
            labels: BTreeMap::new(),
            about: About::default(),
            run_time: RunTime::default(),
            apt: vec![],
            build_args: BTreeMap::new(),
            secrets: BTreeSet::new(),
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

    /// Whether anything is installed before the project.
    pub(crate) fn has_dependencies(&self) -> bool {
        self.lock.is_some()
            || self.extra.is_some()
            || self.group.is_some()
            || self.dependencies.as_ref().is_some_and(|list| !list.is_empty())
    }

    /// Whether what the build backend needs is known before it runs.
    pub(crate) fn is_prepared(&self) -> bool {
        matches!(self.backend, Backend::Unnamed | Backend::Hatchling)
    }

    /// Whether what is installed before the project is all that it needs.
    pub(crate) fn is_complete(&self) -> bool {
        self.dependencies.is_some() || self.lock.is_some()
    }

    /// The bundle that these inputs make, or what refuses them.
    pub(crate) fn bundle(&self) -> Result<Bundle, Refused> {
        let manifest = toml::to_string(&self.manifest())?;
        let nix = self.nix.iter().map(|nix| nix.path.clone().unwrap_or_else(|| "default.nix".into()));
        let nix = nix.map(|path| (path.trim_start_matches("./").to_owned(), String::new()));
        let lock = self.lock.map(|lock| (lock.file().to_owned(), lock.text()));
        let files = [("pyproject.toml".to_owned(), manifest)].into_iter().chain(nix).chain(lock);
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
        let told = [("description", &about.description), ("license", &about.license)];
        for (key, value) in told {
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
        if self.in_manifest {
            manifest["tool"]["agentix"] = self.options();
        }
        manifest
    }

    /// The options under their names in `[tool.agentix]`, those that are not given left out.
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
        give("nix", self.nix.as_ref().and_then(|nix| nix.path.as_ref()));
        give("nix-image", self.nix.as_ref().and_then(|nix| nix.image.as_ref()));
        if let Version::FromRepository { given, .. } = &self.version {
            give("project-version", Some(given));
        }
        give("revision", self.about.revision.as_ref());
        give("workdir", self.run_time.workdir.as_ref());
        for id in &self.secrets {
            options["secret"][id] = json!({ "src": "/a/file" });
        }
        if !self.bytecode {
            options["compile-bytecode"] = json!(false);
        }
        self.about.epoch.iter().for_each(|epoch| options["source-date-epoch"] = json!(epoch));
        options["apt"] = json!(self.apt);
        options["standalone"] = json!(self.standalone.is_some());
        if let Some(nix) = &self.nix {
            options["substituters"] = json!(nix.substituters);
            options["trusted-public-keys"] = json!(nix.public_keys);
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

/// One that holds nothing.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n";

/// Where inputs were refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error(transparent)]
    Toml(#[from] toml::ser::Error),
    #[error(transparent)]
    Flags(#[from] serde_json::Error),
    #[error(transparent)]
    Path(#[from] agentix_gen::PathError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Bundle(#[from] BundleError),
}

/// Inputs that are within the grammar of every place, and as hostile as that allows.
pub(crate) fn allowed() -> impl Strategy<Value = Inputs> {
    let dependencies =
        option::weighted(0.8, vec(select(&["rich", "of-another[a]>=1; python_version > '3'"][..]), 0..3));
    let dialect = select(&[Dialect::BuildKit, Dialect::Classic][..]);
    let backend = select(&[Backend::Unnamed, Backend::Hatchling, Backend::Maturin, Backend::Scripts][..]);
    let caches = (vec(substituter(), 0..3), vec(public_key(), 0..3));
    let nix = (option::of(nix_path()), option::of(image()), caches)
        .prop_map(|(path, image, (substituters, public_keys))| Nix { path, image, substituters, public_keys });
    let named = (name(), version(), (option::weighted(0.2, name()), option::weighted(0.2, name())));
    let lock = option::weighted(0.4, select(&[Lock::Requirements, Lock::HashedRequirements, Lock::Pylock][..]));
    let texts = (btree_map(label_key(), free_text(), 0..4), btree_map(argument(), free_text(), 0..4));
    let installer = (option::of(image().prop_map(|image| Uv { image })), any::<bool>());
    let choices =
        ((dependencies, lock), (backend, installer), option::of(image()), option::of(nix), any::<bool>(), dialect);
    let fetching = (btree_set(secret_id(), 0..3), vec(index_name(), 0..3), any::<bool>());
    let standalone = (option::of(image()), option::of(matching("[1-9](\\.[1-9]){0,2}")));
    let standalone = option::of(standalone.prop_map(|(python, agentix)| Standalone { python, agentix }));
    let image = (about(), run_time(), vec(apt_package(), 0..4), standalone, fetching);
    (named, texts, choices, image).prop_map(
        |((name, version, (extra, group)), (labels, build_args), choices, image)| {
            let (about, run_time, apt, standalone, (secrets, indexes, certificate)) = image;
            let apt = one_version_each(apt);
            let ((dependencies, lock), (backend, (uv, bytecode)), runtime_image, nix, in_manifest, dialect) = choices;
            let dependencies = dependencies.map(|list: Vec<&str>| list.into_iter().map(str::to_owned).collect());
            let who =
                Inputs { name, version, dependencies, extra, group, lock, backend, uv, bytecode, ..Inputs::default() };
            // The classic dialect has no secrets.
            let secrets = if dialect == Dialect::BuildKit { secrets } else { BTreeSet::new() };
            let who = Inputs { secrets, indexes, certificate, ..who };
            Inputs {
                runtime_image,
                standalone,
                nix,
                labels,
                about,
                run_time,
                apt,
                build_args,
                in_manifest,
                dialect,
                ..who
            }
        },
    )
}

fn apt_package() -> impl Strategy<Value = String> {
    matching("[a-z0-9][a-z0-9+.-]{1,6}[a-z+](:[a-z0-9]{1,5})?(=[0-9][A-Za-z0-9.+~:-]{0,6})?")
}

/// A package twice, with another version, is refused.
fn one_version_each(mut packages: Vec<String>) -> Vec<String> {
    let name = |package: &str| package.split('=').next().unwrap_or_default().to_owned();
    packages.sort_by_key(|package| name(package));
    packages.dedup_by_key(|package| name(package));
    packages.reverse();
    packages
}

fn substituter() -> impl Strategy<Value = String> {
    matching("(https|s3)://[a-z]{1,5}(\\.example)?/[!#%&()*,./:;<=>?@\\[\\]^{|}~a-z-]{0,9}")
}

fn public_key() -> impl Strategy<Value = String> {
    matching("[a-z.-]{1,5}:[A-Za-z0-9+/]{43}=")
}

/// Any text of one line, made of what means something to a Dockerfile, a shell, a template or a terminal.
pub(crate) fn free_text() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "\"",
        "'",
        "`",
        "\\",
        "\\\\",
        "\\n",
        "$",
        "${PATH}",
        "$PATH",
        "$(id)",
        "#",
        "# escape=`",
        " ",
        "  ",
        "=",
        "a=b",
        "<<EOF",
        "EOF",
        "RUN id",
        "--from=x",
        "[\"a\"]",
        "{{ 7 }}",
        "{% endif %}",
        "{#",
        ";",
        "&&",
        "|",
        "a",
        "Z",
        "0",
        "é",
        "日本",
        "🦀",
        "\u{a0}",
        "\u{feff}",
        "\u{2028}",
        "\u{202e}",
        "\u{200b}",
        "*",
        "?",
        "~",
        "!",
        "%",
    ];
    vec(select(PARTS), 0..8).prop_map(|parts| parts.concat())
}

/// Any text that a regular expression matches as a whole.
pub(crate) fn matching(regex: &str) -> impl Strategy<Value = String> + use<> {
    // A `&str` is such a strategy too, and one that reads the expression again for each value.
    string_regex(regex).unwrap()
}

/// Dependencies, some of them with texts that a requirement file reads in its own way.
pub(crate) fn requirement() -> impl Strategy<Value = String> {
    const TRAPS: &[&str] =
        &["", "\\", " #", " # a", "${HOME}", " --pre", " --hash=a:b", " -r x", "\u{2028}--pre", "#a", "-a"];
    prop_oneof![
        matching(" ?[a-z]{1,5}(\\[[a-z]{1,3}\\])?(>=[0-9])? ?"),
        (free_text(), select(TRAPS)).prop_map(|(text, trap)| format!("x @ https://example.org/{text}{trap}")),
        select(TRAPS).prop_map(|trap| format!("x @ https://example.org/{trap} ; python_version > '3'")),
        (free_text(), select(TRAPS)).prop_map(|(text, trap)| format!("x; os_name != '{text}{trap}'")),
    ]
}

fn name() -> impl Strategy<Value = String> {
    let word = matching("[A-Za-z0-9]([A-Za-z0-9._-]{0,12}[A-Za-z0-9])?");
    prop_oneof![8 => word, 1 => Just("syntax".into()), 1 => Just("agentix-escape".into())]
}

/// In the normal form of PEP 440, which is how it is shown.
fn version() -> impl Strategy<Value = Version> {
    const ASKING: &[(&str, &str)] = &[
        ("setuptools_scm[toml]>=8", "SETUPTOOLS_SCM_PRETEND_VERSION"),
        ("hatch-vcs", "SETUPTOOLS_SCM_PRETEND_VERSION"),
        ("pbr", "PBR_VERSION"),
        ("pdm-backend", "PDM_BUILD_SCM_VERSION"),
    ];
    let text = r"([1-9]!)?[1-9][0-9]{0,3}(\.[1-9]){0,3}((a|b|rc)[0-9])?(\.post[0-9])?(\.dev[0-9])?(\+[a-z]{1,5}(\.[a-z]{1,5})?)?";
    (matching(text), option::weighted(0.3, select(ASKING))).prop_map(|(version, asking)| match asking {
        None => Version::Written(version),
        Some((requires, variable)) => Version::FromRepository { requires, variable, given: version },
    })
}

pub(crate) fn image() -> impl Strategy<Value = String> {
    const DOMAINS: &[&str] =
        &["", "docker.io/", "localhost:5000/", "[::1]:5000/", "GHCR.example/", "a-b.c:1/", "10.0.0.1/"];
    let path = "[a-z0-9]{1,8}(/[a-z0-9]{1,4}((\\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}){0,2}";
    let tag = option::of(matching("[A-Za-z0-9_][A-Za-z0-9_.-]{0,12}"));
    let digest = option::weighted(0.2, matching("sha256:[0-9a-f]{64}"));
    (select(DOMAINS), matching(path), tag, digest).prop_map(|(domain, path, tag, digest)| {
        let suffix = |mark: &str, text: Option<String>| text.map(|text| format!("{mark}{text}")).unwrap_or_default();
        format!("{domain}{path}{}{}", suffix(":", tag), suffix("@", digest))
    })
}

fn nix_path() -> impl Strategy<Value = String> {
    let file = free_text().prop_map(|text| text.replace('/', "") + ".nix");
    (select(&["", "./", "nix/", "./a b/"][..]), file).prop_map(|(folder, file)| format!("{folder}{file}"))
}

fn label_key() -> impl Strategy<Value = String> {
    matching("[A-Za-z0-9][A-Za-z0-9._/-]{0,12}")
}

pub(crate) fn argument() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &["HTTPS_PROXY", "no_proxy", "PIP_INDEX_URL", "PIP_CACHE_DIR", "PATH", "NIX_EXPRESSION"];
    prop_oneof![3 => matching("[A-Za-z_][A-Za-z0-9_]{0,8}"), 1 => select(KNOWN).prop_map(str::to_owned)]
}

fn secret_id() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &["netrc", "pip-conf", "UV_INDEX_A_USERNAME"];
    prop_oneof![3 => matching("[A-Za-z0-9][A-Za-z0-9._-]{0,12}"), 1 => select(KNOWN).prop_map(str::to_owned)]
}

fn index_name() -> impl Strategy<Value = String> {
    matching("[Aa]|[A-Za-z0-9._-]{1,12}")
}
