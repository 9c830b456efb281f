//! The arguments. Reading them only checks their form; what they mean is settled later.

#![expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#![expect(clippy::doc_markdown, reason = "these comments are the text of --help")]

use agentix_gen::bundle::DEFAULT_AGENTIX_VERSION;
use agentix_gen::project::{Config, InstallerChoice, Symlinks};
use agentix_gen::value::{
    ArgName, BuildSecret, ByteSize, Dialect, Epoch, ImageRef, LabelKey, Network, Pattern, Platform, ProjectName,
    SecretFile, SingleLine, Version,
};
use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  agentix-gen                                    Show the Dockerfile of the project in this folder
  agentix-gen files                              Show what goes into its image, what is kept out, and why
  agentix-gen build                              Build the image with docker, podman or buildah
  agentix-gen context | docker build -t hello -  Build it by hand

Most options are keys of [tool.agentix] in pyproject.toml as well; an option goes over its key.";

/// The headings of what decides an image, which follow on what a command does.
const IMAGE: &str = "The image";
const PACKAGES: &str = "What is installed";
const FILES: &str = "Which files go into it";
const STEPS: &str = "Its build steps";

/// Turns a Python project into the container image that agents run in
#[derive(Debug, Parser)]
#[command(
    name = "agentix-gen",
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100,
    after_help = EXAMPLES
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build the image with an engine
    Build(Box<BuildArguments>),
    /// Print the Dockerfile (this is what happens without a command)
    Dockerfile(ProjectArguments),
    /// List every path of the project: in the context or out of it, and the rule that decided
    Files(FilesArguments),
    /// Print all that is decided about the image, and where each decision comes from, as JSON
    Plan(ProjectArguments),
    /// Compare a Dockerfile with the one the project has now; exit 1 and a diff if they differ
    Check(CheckArguments),
    /// Print the build context as a tar archive: the Dockerfile, and the project under `project/`
    Context(ProjectArguments),
    /// Write the build context as a folder
    Stage(StageArguments),
    /// Record the digests of the images in use in agentix.lock, as an engine knows them
    Lock(LockArguments),
    /// List the engines, with their versions and what they can do
    Engines(EnginesArguments),
    /// Print the Dockerfile of the runtime image that bundles start from
    Runtime(RuntimeArguments),
}

/// What decides an image. Each option is a key of `[tool.agentix]` as well; an option goes over the key.
#[derive(Debug, Args)]
pub(crate) struct ProjectArguments {
    /// The folder of the project: the one with its pyproject.toml
    #[arg(default_value = ".")]
    pub(crate) path: Utf8PathBuf,
    /// Name the image; may be repeated, the first one names it [default: <short name>:<version>]
    #[arg(short, long = "tag", value_name = "REF", help_heading = IMAGE)]
    pub(crate) tags: Vec<ImageRef>,
    /// The image to start from [default: agentix/runtime:0.1.0]
    #[arg(long, value_name = "REF", help_heading = IMAGE)]
    runtime_image: Option<ImageRef>,
    /// Bring the runtime into the image, which then starts from one with Python alone
    #[arg(long, conflicts_with = "runtime_image", help_heading = IMAGE)]
    standalone: bool,
    /// The Python image that a standalone image starts from [default: python:3.X-slim, of the project's Python]
    #[arg(long, value_name = "REF", help_heading = IMAGE)]
    python_image: Option<ImageRef>,
    /// The version of agentixx that a standalone image gets [default: 0.1.0]
    #[arg(long, value_name = "V", help_heading = IMAGE)]
    agentix_version: Option<Version>,
    /// What installs packages; `auto` takes uv where the project uses it, else pip
    #[arg(long, value_name = "NAME", help_heading = PACKAGES)]
    installer: Option<InstallerArgument>,
    /// The image to take uv from
    #[arg(long, value_name = "REF", help_heading = PACKAGES)]
    uv_image: Option<ImageRef>,
    /// The image to build the Nix expression in
    #[arg(long, value_name = "REF", help_heading = PACKAGES)]
    nix_image: Option<ImageRef>,
    /// What the builder understands; `auto` asks the engine, and is `buildkit` where none is asked
    #[arg(long, value_enum, default_value_t = DialectChoice::Auto, help_heading = IMAGE)]
    pub(crate) dialect: DialectChoice,
    /// The project's version, where pyproject.toml leaves it to the build
    #[arg(long, value_name = "V", help_heading = PACKAGES)]
    project_version: Option<Version>,
    /// Install an extra of the project; may be repeated
    #[arg(long, value_name = "NAME", help_heading = PACKAGES)]
    extra: Vec<ProjectName>,
    /// Install a dependency group of the project; may be repeated
    #[arg(long, value_name = "NAME", help_heading = PACKAGES)]
    group: Vec<ProjectName>,
    /// The platform to build for
    #[arg(long, value_name = "OS/ARCH", help_heading = IMAGE)]
    platform: Option<Platform>,
    /// The time that the image has, in seconds since 1970: the same project gives the same image, where the engine can
    /// [default for build: $SOURCE_DATE_EPOCH]
    #[arg(long, value_name = "SECONDS", help_heading = IMAGE)]
    source_date_epoch: Option<Epoch>,
    /// A template that extends the Dockerfile, block by block
    #[arg(long, value_name = "FILE", help_heading = IMAGE)]
    pub(crate) template: Option<Utf8PathBuf>,
    /// Refuse if agentix.lock does not have the images in use, or the engine has others by now
    #[arg(long, help_heading = IMAGE)]
    pub(crate) locked: bool,
    /// Bring a path into the context that a rule keeps out; may be repeated
    #[arg(long, value_name = "GLOB", help_heading = FILES)]
    include: Vec<Pattern>,
    /// Keep a path out of the context; may be repeated
    #[arg(long, value_name = "GLOB", help_heading = FILES)]
    exclude: Vec<Pattern>,
    /// What becomes of symbolic links: they stay links, or are replaced by what they lead to [default: keep]
    #[arg(long, value_enum, value_name = "POLICY", help_heading = FILES)]
    symlinks: Option<SymlinksArgument>,
    /// Refuse a context that holds more: bytes, or a number with K, M, G, KiB, MiB, GiB, kB, MB or GB
    #[arg(long, value_name = "SIZE", help_heading = FILES)]
    max_context: Option<ByteSize>,
    /// Set an environment variable of the build steps; may be repeated
    #[arg(long, value_name = "K=V", value_parser = pair::<ArgName>, help_heading = STEPS)]
    build_arg: Vec<(ArgName, SingleLine)>,
    /// Let the steps that fetch packages read a secret; may be repeated. `netrc` is read as ~/.netrc, `pip-conf` as
    /// pip's configuration
    #[arg(long, value_name = "id=ID,src=FILE|env=VAR", help_heading = STEPS)]
    secret: Vec<BuildSecret>,
    /// Trust the certificates of this PEM file as well, in build steps
    #[arg(long, value_name = "FILE", help_heading = STEPS)]
    ca_certificate: Option<SecretFile>,
    /// Label the image; may be repeated
    #[arg(long, value_name = "K=V", value_parser = pair::<LabelKey>, help_heading = IMAGE)]
    label: Vec<(LabelKey, SingleLine)>,
}

#[derive(Debug, Args)]
pub(crate) struct StageArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// The folder to write; one that agentix-gen wrote before is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Utf8PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct FilesArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// How the list is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// The Dockerfile to compare; `-` reads it from stdin
    pub(crate) dockerfile: Utf8PathBuf,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct LockArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// The engine to ask [default: as for build]
    #[arg(long, value_name = "NAME")]
    pub(crate) engine: Option<SingleLine>,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// The same as --tag
    #[arg(short, long = "output", value_name = "REF")]
    output: Vec<ImageRef>,
    /// The engine: a name that `agentix-gen engines` lists; `auto` takes the first usable of docker, podman, buildah
    /// [default: $AGENTIX_ENGINE or auto]
    #[arg(long, value_name = "NAME")]
    pub(crate) engine: Option<SingleLine>,
    /// Stage the context in ./build/<name>/ and tell what would be built
    #[arg(long, conflicts_with_all = ["push", "print_command"])]
    pub(crate) dry_run: bool,
    /// Print the commands that would be run, as JSON
    #[arg(long)]
    pub(crate) print_command: bool,
    /// Send the image to its registry
    #[arg(long)]
    pub(crate) push: bool,
    /// Look for newer base images in their registries
    #[arg(long)]
    pub(crate) pull: bool,
    /// Build every step anew
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// The network of the build steps
    #[arg(long, value_name = "NAME")]
    network: Option<Network>,
    /// Build even if the image is up to date
    #[arg(long)]
    pub(crate) force: bool,
    /// Show the engine's output only if it fails
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct EnginesArguments {
    /// How the list is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct RuntimeArguments {
    /// A project that the image is to run: its requires-python and .python-version choose the Python
    pub(crate) path: Option<Utf8PathBuf>,
    /// Refuse if agentix.lock of the project does not have the Python image
    #[arg(long, requires = "path")]
    pub(crate) locked: bool,
    /// The Python image to start from [default: python:3.X-slim, of the project's Python, or else of 3.11]
    #[arg(long, value_name = "REF")]
    pub(crate) python_image: Option<ImageRef>,
    /// The version of agentixx to install
    #[arg(long, value_name = "V", default_value = DEFAULT_AGENTIX_VERSION)]
    pub(crate) agentix_version: Version,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DialectChoice {
    Auto,
    #[value(name = "buildkit")]
    BuildKit,
    Classic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum InstallerArgument {
    Auto,
    Uv,
    Pip,
}

impl InstallerArgument {
    fn chosen(self) -> InstallerChoice {
        match self {
            Self::Auto => InstallerChoice::Auto,
            Self::Uv => InstallerChoice::Uv,
            Self::Pip => InstallerChoice::Pip,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SymlinksArgument {
    Keep,
    Follow,
}

impl SymlinksArgument {
    fn chosen(self) -> Symlinks {
        match self {
            Self::Keep => Symlinks::Keep,
            Self::Follow => Symlinks::Follow,
        }
    }
}

impl DialectChoice {
    pub(crate) fn chosen(self) -> Option<Dialect> {
        match self {
            Self::Auto => None,
            Self::BuildKit => Some(Dialect::BuildKit),
            Self::Classic => Some(Dialect::Classic),
        }
    }
}

impl ProjectArguments {
    /// The options as a configuration, to be laid over the project's own.
    pub(crate) fn config(&self) -> Config {
        let mut config = Config::default();
        config.tag.clone_from(&self.tags);
        config.runtime_image.clone_from(&self.runtime_image);
        config.standalone = self.standalone.then_some(true);
        config.python_image.clone_from(&self.python_image);
        config.agentix_version.clone_from(&self.agentix_version);
        config.installer = self.installer.map(InstallerArgument::chosen);
        config.uv_image.clone_from(&self.uv_image);
        config.nix_image.clone_from(&self.nix_image);
        config.project_version.clone_from(&self.project_version);
        config.platform.clone_from(&self.platform);
        config.extra.clone_from(&self.extra);
        config.group.clone_from(&self.group);
        config.source_date_epoch = self.source_date_epoch;
        config.include.clone_from(&self.include);
        config.exclude.clone_from(&self.exclude);
        config.symlinks = self.symlinks.map(SymlinksArgument::chosen);
        config.max_context = self.max_context;
        config.build_arg = self.build_arg.iter().cloned().collect();
        config.secret = self.secret.iter().map(|secret| (secret.id.clone(), secret.source.clone())).collect();
        config.ca_certificate.clone_from(&self.ca_certificate);
        config.label = self.label.iter().cloned().collect();
        config
    }
}

impl BuildArguments {
    /// The options of a build as a configuration.
    pub(crate) fn config(&self) -> Config {
        let mut config = self.project.config();
        config.tag.extend(self.output.iter().cloned());
        config.network.clone_from(&self.network);
        config
    }
}

/// `K=V`.
fn pair<K>(text: &str) -> Result<(K, SingleLine), String>
where
    K: std::str::FromStr<Err: std::fmt::Display>,
{
    let (key, value) = text.split_once('=').ok_or("it has the form K=V")?;
    let key = key.parse().map_err(|error: K::Err| error.to_string())?;
    Ok((key, value.parse().map_err(|error: agentix_gen::value::ValueError| error.to_string())?))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
