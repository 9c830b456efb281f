//! The options of `[tool.agentix]`, each declared once.
//!
//! To add an option, add a field here and use it in the code that it affects. Its key, flag, help, merging, origin in
//! the plan, documentation and schema are derived from the declaration.

#[macro_use]
mod declare;
mod choices;
mod option;
mod paths;
mod schema;
mod value;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use self::option::kebab_case;
use self::value::{FlagValue, OptionValue, replace};
use crate::value::{
    AptPackage, ArgName, Attestation, BuilderName, ByteSize, CacheLocation, ContextName, ContextSource, Epoch,
    ExecForm, Healthcheck, HostAddress, ImageFolder, ImageRef, LabelKey, MirrorUrl, Network, Nixpkgs, Pattern,
    Platform, Port, ProjectName, ProjectPath, PublicKey, SecretFile, SecretId, SecretSource, SingleLine, SourceUrl,
    SshAccess, StopSignal, Substituter, User, VariableName, Version,
};

pub use self::choices::{ChoiceError, InstallerChoice, Symlinks};
pub use self::option::{Commands, Flag, Form, OptionSpec};

/// An option of [`Config`].
pub type ConfigOption = OptionSpec<Config>;

/// The headings in the help of a command.
const IMAGE: &str = "The image";
const PACKAGES: &str = "The packages";
const FILES: &str = "The context";
const STEPS: &str = "The build steps";
const ENGINE: &str = "The engine";

options! {
    /// The user's settings for an image: the table `[tool.agentix]` of `pyproject.toml`, and the command-line options,
    /// which override its keys ([`overlay`](Self::overlay)).
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
    pub struct Config {
        /// References of the image; the first is its name.
        tag: Vec<ImageRef>,
            flag "REF" short 't' in IMAGE on Project,
            default "<name>:<version>",
            merge replace,
            example r#"["registry.example.org/hello:1.0"]"#;

        /// Base image that contains the runtime.
        runtime_image: Option<ImageRef>,
            flag "REF" in IMAGE on Project,
            default "agentix/runtime:V for the version V of agentixx",
            example r#""agentix/runtime:0.1.0""#;

        /// Install the runtime in the image itself, on top of a plain Python image.
        standalone: Option<bool>,
            flag "" in IMAGE on Project conflicts "runtime-image",
            default "false",
            example "true";

        /// Install the runtime and its own Python under `/nix`, so that other images can mount them. Implies `standalone`.
        portable: Option<bool>,
            flag "" in IMAGE on Project conflicts "runtime-image",
            default "false",
            example "true";

        /// Mirror of the Python of a portable image, instead of the address that uv knows.
        python_mirror: Option<MirrorUrl>,
            flag "URL" in PACKAGES on Project,
            example r#""https://mirror.example.org/python-build-standalone""#;

        /// List of Python downloads with their hashes for a portable image, instead of the list in uv.
        python_downloads: Option<MirrorUrl>,
            flag "URL" in PACKAGES on Project,
            example r#""https://mirror.example.org/python-downloads.json""#;

        /// Python base image of a standalone image.
        python_image: Option<ImageRef>,
            flag "REF" in IMAGE on Project,
            default "python:3.X-slim for the project's Python",
            example r#""python:3.13-slim""#;

        /// Version of agentixx in the default runtime image, or to install in a standalone image.
        agentix_version: Option<Version>,
            flag "V" in IMAGE on Project,
            default "the version that the project pins, or 0.1.0",
            example r#""0.1.0""#;

        /// Installer of the Python packages. `auto` is uv if the project uses it, otherwise pip.
        installer: Option<InstallerChoice>,
            flag "NAME" in PACKAGES on Project,
            default "auto",
            example r#""uv""#;

        /// Image to take uv from. The built image does not contain uv.
        uv_image: Option<ImageRef>,
            flag "REF" in PACKAGES on Project,
            default "ghcr.io/astral-sh/uv:0.13.9",
            example r#""ghcr.io/astral-sh/uv:0.13.9""#;

        /// Compile Python modules to bytecode during the build.
        compile_bytecode: Option<bool>,
            default "true",
            example "true";

        /// Nix expression with the system packages.
        nix: Option<ProjectPath>,
            default "default.nix, if it exists",
            example r#""nix/tools.nix""#;

        /// Also build the Nix expressions that installed packages bring. They are known only after the installation.
        nix_plugins: Option<bool>,
            flag "" in PACKAGES on Project,
            default "false",
            example "true";

        /// Image to build Nix expressions in.
        nix_image: Option<ImageRef>,
            flag "REF" in PACKAGES on Project,
            default "nixos/nix:2.24.10",
            example r#""nixos/nix:2.24.10""#;

        /// Package set that `<nixpkgs>` refers to: a channel, or the URL of an archive, with the hash of its content.
        nixpkgs: Option<Nixpkgs>,
            flag "URL" in PACKAGES on Project,
            default "the channel of the Nix image",
            example r#""channel:nixos-24.11""#;

        /// Binary caches for Nix, in addition to those that its image uses.
        substituters: Vec<Substituter>,
            example r#"["https://cache.example.org"]"#;

        /// Public keys of the binary caches in `substituters`.
        trusted_public_keys: Vec<PublicKey>,
            example r#"["cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="]"#;

        /// Debian packages for the image and for the build steps.
        apt: Vec<AptPackage>,
            example r#"["git", "curl=7.88.1-10+deb12u12"]"#;

        /// Debian packages for the build steps alone, such as compilers, headers and git. The image does not have them.
        build_apt: Vec<AptPackage>,
            flag "PACKAGE" in PACKAGES on Project,
            example r#"["git", "gcc", "libc6-dev"]"#;

        /// Version of the project, if pyproject.toml does not set it.
        project_version: Option<Version>,
            flag "V" in PACKAGES on Project,
            example r#""1.0""#;

        /// Extras of the project to install.
        extra: Vec<ProjectName>,
            flag "NAME" in PACKAGES on Project,
            example r#"["web"]"#;

        /// Dependency groups of the project to install.
        group: Vec<ProjectName>,
            flag "NAME" in PACKAGES on Project,
            example r#"["serve"]"#;

        /// Keep the source of the project in the image, at /src/project.
        ship_source: Option<bool>,
            default "false, except for a project that is no package, or if a key or the template names /src",
            example "true";

        /// Paths to include in the context even if a rule excludes them.
        include: Vec<Pattern>,
            flag "GLOB" in FILES on Project,
            example r#"["build/generated.json"]"#;

        /// Paths to exclude from the context.
        exclude: Vec<Pattern>,
            flag "GLOB" in FILES on Project,
            example r#"["docs"]"#;

        /// Paths to exclude as secrets, in addition to those that the built-in rules find. `include` overrides them.
        secret_files: Vec<Pattern>,
            flag "GLOB" in FILES on Project,
            example r#"["deploy/*.vars"]"#;

        /// Exclude the paths that the project's own .gitignore files match.
        gitignore: Option<bool>,
            default "false",
            example "true";

        /// Keep symbolic links, or replace each with its target file or folder.
        symlinks: Option<Symlinks>,
            flag "POLICY" in FILES on Project,
            default "keep",
            example r#""follow""#;

        /// Maximum size of the context: bytes, or a number with K, M, G, KiB, MiB, GiB, kB, MB or GB.
        max_context: Option<ByteSize>,
            flag "SIZE" in FILES on Project,
            example r#""100M""#;

        /// Labels of the image.
        label: BTreeMap<LabelKey, SingleLine>,
            flag "K=V" in IMAGE on Project,
            example r#"{ "org.example.team" = "agents" }"#;

        /// Label `org.opencontainers.image.source`: the URL of the source code.
        source: Option<SourceUrl>,
            default "from [project.urls]",
            example r#""https://git.example.org/hello""#;

        /// Label `org.opencontainers.image.revision`: the revision of the source code.
        revision: Option<SingleLine>,
            example r#""8f3b2c1""#;

        /// Timestamp of the image, in seconds since 1970. The same project then gives the same image, if the engine
        /// supports it. For `build`, the variable `SOURCE_DATE_EPOCH` overrides the key; the flag overrides both.
        source_date_epoch: Option<Epoch>,
            flag "SECONDS" in IMAGE on Project,
            example "1709210096";

        /// Environment variables for the programs in the image.
        env: BTreeMap<VariableName, SingleLine>,
            example r#"{ LOG_LEVEL = "info" }"#;

        /// Ports that the programs listen on, in addition to port 8000 of the runtime image.
        expose: Vec<Port>,
            example r#"[9000, "53/udp"]"#;

        /// Program that a container runs, instead of the server of the runtime image.
        entrypoint: Option<ExecForm>,
            example r#"["/nix/runtime/bin/hello"]"#;

        /// Default arguments of the entry point, or the command if no entry point is set.
        cmd: Option<ExecForm>,
            example r#"["--verbose"]"#;

        /// Command with which the engine checks the health of a container.
        healthcheck: Option<Healthcheck>,
            example r#"{ cmd = ["hello", "--check"], interval = "30s", timeout = "5s", start-period = "1m", retries = 3 }"#;

        /// Signal that stops a container. The engine sends it to the first program, which must handle it.
        stop_signal: Option<StopSignal>,
            default "SIGTERM, unless the base image sets another",
            example r#""SIGINT""#;

        /// User that the programs run as. The build steps run as root.
        user: Option<User>,
            default "65532:65532 in a standalone image, otherwise the user of the runtime image",
            example r#""agent""#;

        /// Folder that the programs start in. It is created for the user if it does not exist.
        workdir: Option<ImageFolder>,
            default "the home folder of an account that the build creates, otherwise as in the base image",
            example r#""/work""#;

        /// Build arguments: environment variables for the build steps.
        build_arg: BTreeMap<ArgName, SingleLine>,
            flag "K=V" in STEPS on Project,
            example r#"{ PIP_INDEX_URL = "https://pypi.example.org/simple" }"#;

        /// Secrets for the steps that fetch packages. The steps read `netrc` as ~/.netrc, `pip-conf` as pip's
        /// configuration, and any other as /run/secrets/ID.
        secret: BTreeMap<SecretId, SecretSource>,
            flag "id=ID,src=FILE|env=VAR" in STEPS on Project,
            example r#"{ netrc = { src = "~/.netrc" }, token = { env = "TOKEN" } }"#;

        /// PEM file with CA certificates that the build steps trust in addition to those in their image.
        ca_certificate: Option<SecretFile>,
            flag "FILE" in STEPS on Project,
            example r#""corp.pem""#;

        /// Platforms to build for. The flag also takes several at once: `linux/amd64,linux/arm64`.
        platform: Vec<Platform>,
            flag "OS/ARCH" in IMAGE on Project,
            default "the platform of the engine",
            merge replace,
            example r#"["linux/amd64", "linux/arm64"]"#;

        /// Network for the build steps.
        network: Option<Network>,
            flag "NAME" in ENGINE on Build,
            example r#""host""#;

        /// Additional names of hosts for the build steps.
        add_host: Vec<HostAddress>,
            flag "HOST:IP" in ENGINE on Build,
            example r#"["index.internal:10.0.0.5"]"#;

        /// Further folders and images that the template reads: `COPY --from=NAME`, `RUN --mount=from=NAME`. The image is built
        /// each time, unless each source is an image with its digest.
        build_context: BTreeMap<ContextName, ContextSource>,
            flag "NAME=SOURCE" in ENGINE on Build,
            example r#"{ data = "../data", tools = "docker-image://registry.example.org/tools:1" }"#;

        /// Build caches to read, as the engine writes them: an image, or `type=registry,ref=REF` for `BuildKit`.
        cache_from: Vec<CacheLocation>,
            flag "CACHE" in ENGINE on Build,
            example r#"["registry.example.org/hello:cache"]"#;

        /// Build caches to write.
        cache_to: Vec<CacheLocation>,
            flag "CACHE" in ENGINE on Build,
            example r#"["type=registry,ref=registry.example.org/hello:cache,mode=max"]"#;

        /// Ssh agents or keys for the steps that fetch packages, such as those in private git repositories.
        ssh: Vec<SshAccess>,
            flag "ID" in ENGINE on Build,
            example r#"["default"]"#;

        /// Bill of materials that `BuildKit` makes of the built image and attaches to it.
        sbom: Option<Attestation>,
            flag "SETTINGS" in ENGINE on Build,
            example r#""true""#;

        /// Statement on how the image was built, which `BuildKit` attaches to it.
        provenance: Option<Attestation>,
            flag "SETTINGS" in ENGINE on Build,
            example r#""mode=max""#;

        /// Builder of docker's buildx plugin. The variable `BUILDX_BUILDER` names one if this is not set.
        builder: Option<BuilderName>,
            flag "NAME" in ENGINE on Build,
            default "the builder that `docker buildx use` selected",
            example r#""team""#;

        /// Template in the project that extends the Dockerfile, block by block.
        template: Option<ProjectPath>,
            example r#""deploy/agent.dockerfile""#;

        /// Engine that builds the image: a name that `agentix-gen engines` lists, or `auto` for the first usable one of
        /// docker, podman, buildah, nerdctl, container and the plugins. The variable `AGENTIX_ENGINE` overrides the key; the flag overrides both.
        engine: Option<SingleLine>,
            flag "NAME" in ENGINE on Engine,
            default "auto",
            example r#""podman""#;
    }
}

impl Config {
    /// Returns the option with this key.
    pub fn option(key: &str) -> Option<&'static ConfigOption> {
        Self::OPTIONS.iter().find(|option| option.key == key)
    }

    /// Returns the selected extras and dependency groups.
    pub(crate) fn selection(&self) -> (&[ProjectName], &[ProjectName]) {
        (&self.extra, &self.group)
    }

    /// Returns the texts of the settings that containers see, each with its key.
    pub(crate) fn texts_of_containers(&self) -> Vec<(&'static str, String)> {
        let commands = [
            ("entrypoint", self.entrypoint.as_ref()),
            ("cmd", self.cmd.as_ref()),
            ("healthcheck", self.healthcheck.as_ref().map(|check| &check.cmd)),
        ];
        let commands = commands.into_iter().filter_map(|(key, command)| Some((key, command?)));
        let words = commands.flat_map(|(key, command)| command.words().map(move |word| (key, word.to_owned())));
        let workdir = self.workdir.iter().map(|folder| ("workdir", folder.to_string()));
        let env = self.env.values().map(|value| ("env", value.as_str().to_owned()));
        workdir.chain(words).chain(env).collect()
    }

    /// Returns the [JSON Schema] of `[tool.agentix]`, draft 2020-12.
    ///
    /// [JSON Schema]: https://json-schema.org/draft/2020-12
    pub fn schema() -> Value {
        let properties = Self::OPTIONS.iter().map(|option| {
            let mut schema = option.schema();
            schema["description"] = option.help().into();
            (option.key.to_owned(), schema)
        });
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "[tool.agentix] of pyproject.toml",
            "type": "object",
            "additionalProperties": false,
            "properties": properties.collect::<serde_json::Map<_, _>>(),
        })
    }
}

#[cfg(test)]
mod tests;
