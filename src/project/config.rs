//! What a user can decide about an image: the `[tool.agentix]` table, and the flags that go over it.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use camino::Utf8Path;
use pep440_rs::Version;
use serde::de::{self, IntoDeserializer, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::value::{
    AptPackage, ArgName, ByteSize, Epoch, ExecForm, Healthcheck, ImageFolder, ImageRef, LabelKey, Network, Pattern,
    Platform, Port, ProjectName, ProjectPath, PublicKey, SecretFile, SecretId, SecretSource, SingleLine, SourceUrl,
    Substituter, User, ValueError, VariableName,
};

/// Everything a user can decide about an image; whatever is left out is decided by the project.
///
/// It is read from `[tool.agentix]` of `pyproject.toml`, and the same type carries the flags of the command:
/// [`Config::overlay`] lays the one over the other.
///
/// ```toml
/// [tool.agentix]
/// tag = ["registry.example.org/hello:1.0"]
/// runtime-image = "agentix/runtime:0.1.0"
/// nix = "nix/tools.nix"
/// include = ["build/generated.json"]
/// exclude = ["docs"]
///
/// [tool.agentix.label]
/// "org.example.team" = "agents"
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// The image's references; the first names it.
    #[serde(deserialize_with = "one_or_many")]
    pub tag: Vec<ImageRef>,
    /// The image that the bundle starts from.
    pub runtime_image: Option<ImageRef>,
    /// Whether the bundle brings its runtime itself, and starts from an image with Python alone.
    pub standalone: Option<bool>,
    /// The image with Python: where it is left out, that of the Python which the project runs on.
    pub python_image: Option<ImageRef>,
    /// The version of `agentixx` that a standalone image gets.
    pub agentix_version: Option<Version>,
    /// What installs packages in the image.
    pub installer: Option<InstallerChoice>,
    /// The image that uv comes from, at `/uv`.
    pub uv_image: Option<ImageRef>,
    /// Whether modules are compiled while the image is built; they are where it is left out.
    pub compile_bytecode: Option<bool>,
    /// The Nix expression of the system packages, where it is not `default.nix` at the root.
    pub nix: Option<ProjectPath>,
    /// The image that the Nix expression is built in.
    pub nix_image: Option<ImageRef>,
    /// Binary caches that Nix asks besides those it knows.
    #[serde(deserialize_with = "one_or_many")]
    pub substituters: Vec<Substituter>,
    /// The keys that sign what they hold.
    #[serde(deserialize_with = "one_or_many")]
    pub trusted_public_keys: Vec<PublicKey>,
    /// Debian packages that the image has, and that the project is built with.
    #[serde(deserialize_with = "one_or_many")]
    pub apt: Vec<AptPackage>,
    /// The project's version, where `pyproject.toml` leaves it to the build.
    pub project_version: Option<Version>,
    /// Extras of the project that the image has.
    #[serde(deserialize_with = "one_or_many")]
    pub extra: Vec<ProjectName>,
    /// Dependency groups that the image has.
    #[serde(deserialize_with = "one_or_many")]
    pub group: Vec<ProjectName>,
    /// Paths brought into the context though a rule keeps them out.
    #[serde(deserialize_with = "one_or_many")]
    pub include: Vec<Pattern>,
    /// Paths kept out of the context.
    #[serde(deserialize_with = "one_or_many")]
    pub exclude: Vec<Pattern>,
    /// Whether the project's own `.gitignore` files keep paths out of the context.
    pub gitignore: Option<bool>,
    /// What becomes of the project's symbolic links; they stay links where it is left out.
    pub symlinks: Option<Symlinks>,
    /// Labels of the image.
    pub label: BTreeMap<LabelKey, SingleLine>,
    /// Where the source is found: the label `org.opencontainers.image.source`.
    pub source: Option<SourceUrl>,
    /// The revision of the source: the label `org.opencontainers.image.revision`.
    pub revision: Option<SingleLine>,
    /// The moment of the source: the label `org.opencontainers.image.created`.
    pub source_date_epoch: Option<Epoch>,
    /// Environment variables of the programs in the image.
    pub env: BTreeMap<VariableName, SingleLine>,
    /// Ports that they listen on, besides those of the runtime image.
    #[serde(deserialize_with = "one_or_many")]
    pub expose: Vec<Port>,
    /// What a container runs, in place of the runtime image's server.
    pub entrypoint: Option<ExecForm>,
    /// The arguments of that where none are given, or the command where there is no entry point.
    pub cmd: Option<ExecForm>,
    /// How an engine finds out whether a container is well.
    pub healthcheck: Option<Healthcheck>,
    /// Who its programs run as; root where it is left out.
    pub user: Option<User>,
    /// The folder that its programs start in. Where it does not exist it is made, and belongs to `user`.
    pub workdir: Option<ImageFolder>,
    /// Build arguments: set while the image is built, known to its build steps as environment variables.
    pub build_arg: BTreeMap<ArgName, SingleLine>,
    /// Build secrets, which the steps that fetch packages can read; a relative path is one of the project.
    pub secret: BTreeMap<SecretId, SecretSource>,
    /// A file with the certificates of authorities that are trusted beside the image's own; a relative path is one of
    /// the project.
    pub ca_certificate: Option<SecretFile>,
    /// The platform to build for; the engine's own where it is left out.
    pub platform: Option<Platform>,
    /// The network of the build steps.
    pub network: Option<Network>,
    /// The template that extends the Dockerfile, a file of the project.
    pub template: Option<ProjectPath>,
    /// The engine that builds.
    pub engine: Option<SingleLine>,
    /// How much the context's files may hold; as much as they do where it is left out.
    pub max_context: Option<ByteSize>,
}

/// What is to install packages in the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum InstallerChoice {
    /// uv where the project uses it: there is a `uv.lock`, a `pylock.toml` or `[tool.uv]`. Otherwise pip.
    Auto,
    /// uv.
    Uv,
    /// pip.
    Pip,
}

/// What becomes of a project's symbolic links in the context.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Symlinks {
    /// They stay links. One that leads out of the project, or to something that is kept out of the context, is refused.
    #[default]
    Keep,
    /// Each is replaced by the file or folder that it leads to, wherever that lies.
    Follow,
}

impl Config {
    /// This configuration laid over another one: a value that is set here wins, what can be given many times (extras,
    /// groups, patterns, packages, ports, …) is that of both, labels, variables and build arguments are merged by key.
    #[must_use]
    pub fn overlay(mut self, below: Self) -> Self {
        if self.tag.is_empty() {
            self.tag = below.tag;
        }
        self.extra.extend(below.extra);
        self.group.extend(below.group);
        self.include.extend(below.include);
        self.exclude.extend(below.exclude);
        self.substituters.extend(below.substituters);
        self.trusted_public_keys.extend(below.trusted_public_keys);
        self.apt.extend(below.apt);
        self.expose.extend(below.expose);
        Self {
            runtime_image: self.runtime_image.or(below.runtime_image),
            standalone: self.standalone.or(below.standalone),
            python_image: self.python_image.or(below.python_image),
            agentix_version: self.agentix_version.or(below.agentix_version),
            installer: self.installer.or(below.installer),
            uv_image: self.uv_image.or(below.uv_image),
            compile_bytecode: self.compile_bytecode.or(below.compile_bytecode),
            nix: self.nix.or(below.nix),
            nix_image: self.nix_image.or(below.nix_image),
            project_version: self.project_version.or(below.project_version),
            gitignore: self.gitignore.or(below.gitignore),
            symlinks: self.symlinks.or(below.symlinks),
            label: merged(self.label, below.label),
            build_arg: merged(self.build_arg, below.build_arg),
            source: self.source.or(below.source),
            revision: self.revision.or(below.revision),
            env: merged(self.env, below.env),
            entrypoint: self.entrypoint.or(below.entrypoint),
            cmd: self.cmd.or(below.cmd),
            healthcheck: self.healthcheck.or(below.healthcheck),
            user: self.user.or(below.user),
            workdir: self.workdir.or(below.workdir),
            secret: merged(self.secret, below.secret),
            ca_certificate: self.ca_certificate.or(below.ca_certificate),
            platform: self.platform.or(below.platform),
            network: self.network.or(below.network),
            source_date_epoch: self.source_date_epoch.or(below.source_date_epoch),
            template: self.template.or(below.template),
            engine: self.engine.or(below.engine),
            max_context: self.max_context.or(below.max_context),
            ..self
        }
    }

    /// The same configuration, a relative path in it being one of `folder`.
    ///
    /// # Errors
    ///
    /// A folder whose name cannot stand in the path of a secret.
    pub fn resolve_paths(self, folder: &Utf8Path) -> Result<Self, ValueError> {
        let secret = self.secret.into_iter().map(|(id, source)| Ok((id, source.resolve(folder)?)));
        let secret = secret.collect::<Result<_, ValueError>>()?;
        let ca_certificate = self.ca_certificate.map(|file| file.resolve(folder)).transpose()?;
        Ok(Self { secret, ca_certificate, ..self })
    }

    /// The keys of `[tool.agentix]`, for suggesting one where an unknown key stands.
    pub(crate) const KEYS: &[&str] = &[
        "tag",
        "runtime-image",
        "standalone",
        "python-image",
        "agentix-version",
        "installer",
        "uv-image",
        "compile-bytecode",
        "nix",
        "nix-image",
        "substituters",
        "trusted-public-keys",
        "apt",
        "project-version",
        "extra",
        "group",
        "include",
        "exclude",
        "gitignore",
        "symlinks",
        "label",
        "source",
        "revision",
        "env",
        "expose",
        "entrypoint",
        "cmd",
        "healthcheck",
        "user",
        "workdir",
        "build-arg",
        "secret",
        "ca-certificate",
        "platform",
        "network",
        "source-date-epoch",
        "template",
        "engine",
        "max-context",
    ];
}

fn merged<K: Ord, V>(over: BTreeMap<K, V>, mut below: BTreeMap<K, V>) -> BTreeMap<K, V> {
    below.extend(over);
    below
}

/// A key that takes one value or a list of them.
fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct OneOrMany<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("one value or a list of them")
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Vec<T>, E> {
            T::deserialize(number.into_deserializer()).map(|one| vec![one])
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Vec<T>, E> {
            T::deserialize(number.into_deserializer()).map(|one| vec![one])
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            T::deserialize(text.into_deserializer()).map(|one| vec![one])
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Vec<T>, A::Error> {
            Vec::deserialize(de::value::SeqAccessDeserializer::new(list))
        }
    }

    deserializer.deserialize_any(OneOrMany(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::Config;

    fn config(text: &str) -> Config {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn flags_go_over_the_file() {
        let file = config(
            "tag = 'a:1'\nruntime-image = 'base:1'\ninclude = ['x']\nsymlinks = 'follow'\nnetwork = 'host'\n\
             label = { a = '1', b = '1' }",
        );
        let flags = config("tag = ['b:1', 'c:1']\ninclude = 'y'\nlabel = { b = '2' }");
        let both = flags.overlay(file);
        let merged = "tag = ['b:1', 'c:1']\nruntime-image = 'base:1'\ninclude = ['y', 'x']\nsymlinks = 'follow'\n\
                      network = 'host'\nlabel = { a = '1', b = '2' }";
        assert_eq!(both, config(merged));
    }

    /// Every key that the type writes is one that can be suggested, and the other way round.
    #[test]
    fn the_known_keys_are_those_of_the_type() {
        let mut written: Vec<String> = match serde_json::to_value(Config::default()).unwrap() {
            serde_json::Value::Object(map) => map.into_iter().map(|(key, _)| key).collect(),
            other => panic!("{other}"),
        };
        let mut known: Vec<String> = Config::KEYS.iter().map(|&key| key.to_owned()).collect();
        written.sort();
        known.sort();
        assert_eq!(written, known);
    }
}
