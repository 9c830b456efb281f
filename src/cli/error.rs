//! The errors of the command: message, evidence, remedy and exit code.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::process::ExitCode;

use agentix_gen::bake::BakeError;
use agentix_gen::build_image::{BuildError, ChooseError, MissingSsh, PinError};
use agentix_gen::bundle::{BundleError, DEFAULT_AGENTIX_VERSION, SbomError};
use agentix_gen::context::{ArchiveError, ContextTooLarge, DigestError, FolderError};
use agentix_gen::dockerfile::RenderError;
use agentix_gen::engine::{Command, EngineError, RegistryError, build_line};
use agentix_gen::files::{SourceError, WalkError};
use agentix_gen::load::LoadError;
use agentix_gen::load::LockFileError;
use agentix_gen::project::{ProjectError, WorkspaceError};
use agentix_gen::sandbox::{SandboxError, SandboxId};
use agentix_gen::value::{CacheLocation, EpochError, OneLine, VariableName, nearest};
use agentix_gen::{ImageRef, Version};
use camino::Utf8Path;

use super::{explain, output, suggest};

#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Build(BuildError),
    #[error(transparent)]
    Bake(#[from] BakeError),
    #[error(transparent)]
    Choose(#[from] ChooseError),
    #[error(transparent)]
    Pin(#[from] PinError),
    #[error(transparent)]
    LockFile(#[from] LockFileError),
    #[error(transparent)]
    Sbom(#[from] SbomError),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    TooLarge(#[from] ContextTooLarge),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("{engine} fails {} of {total} checks: {}", .failed.len(), .failed.join(", "))]
    Conformance { engine: String, failed: Vec<&'static str>, total: usize },
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error("{} cannot be read", .path.escape_debug())]
    EnvFile { path: String, source: io::Error },
    #[error("{}, line {line}: expected NAME=VALUE", .path.escape_debug())]
    EnvLine { path: String, line: usize },
    #[error("the IDs of {count} sandboxes start with {start}; name one of them")]
    SeveralSandboxes { start: SandboxId, count: usize },
    #[error("the value of {0} cannot be passed on: it is not UTF-8")]
    EnvNotUtf8(VariableName),
    #[error("`{}` is neither a folder nor a command", .0.escape_debug())]
    NoCommand(String),
    #[error("the guide does not explain `{}`", .0.escape_debug())]
    Unexplained(String),
    #[error("the context is a tar archive, which is not written to a terminal")]
    TarOnTerminal,
    #[error("`{dockerfile}` is out of date; update it{with}: {command}")]
    NotCurrent { dockerfile: String, with: &'static str, command: String },
    #[error("--fix needs a file to write, not `-`")]
    FixOfStdin,
    #[error("`{}` cannot be read", .path.escape_debug())]
    NoDockerfile { path: String, meant: Option<String>, source: io::Error },
    #[error("{} already exists and was not written by agentix-gen", .path.escape_debug())]
    Foreign { path: String },
    #[error("{} has [tool.agentix] already, which is not changed", .path.escape_debug())]
    AlreadyConfigured { path: String },
    #[error("{}: `tool` is written in a form to which no [tool.agentix] can be added", .path.escape_debug())]
    Unextendable { path: String },
    #[error("{} holds something other than the ID of an image, and is not replaced", .path.escape_debug())]
    NotAnId { path: String },
    #[error("--iidfile: the image has no ID, because it is not in the store of the engine")]
    NoId,
    #[error("{} cannot be written", .path.escape_debug())]
    Unwritable { path: String, source: io::Error },
    #[error("changes cannot be watched")]
    Watch(#[source] notify::Error),
    #[error("the watch has ended")]
    WatchEnded,
    #[error("--watch builds into the store of the engine, so it cannot be used with --output type=…")]
    WatchOutput,
    #[error("--watch: the build cache of `{cache}` is written to the project, and would start the next round")]
    WatchCache { cache: CacheLocation },
    #[error("the current folder cannot be used")]
    CurrentFolder(#[source] io::Error),
    #[error("the current folder `{}` has a name that is not UTF-8; rename it", OneLine(.0))]
    CurrentFolderName(String),
    #[error("SOURCE_DATE_EPOCH: {0}")]
    SourceDateEpoch(EpochError),
    #[error("TMPDIR is not UTF-8")]
    TemporaryFolder,
    #[error("cannot write to stdout")]
    Output(#[source] io::Error),
    #[error("cannot install signal handlers")]
    Signals(#[source] io::Error),
    #[error("stopped by {}", signal_name(*.0))]
    Signal(u8),
}

impl From<BuildError> for CommandError {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Choose(error) => Self::Choose(error),
            error => Self::Build(error),
        }
    }
}

fn signal_name(signal: u8) -> &'static str {
    signal_hook::low_level::signal_name(signal.into()).unwrap_or("a signal")
}

impl CommandError {
    /// Returns the error of a run without a command: the word given as a path may be a mistyped command.
    pub(crate) fn without_command(self) -> Self {
        match self {
            Self::Load(LoadError::Walk(WalkError::NoFolder(path))) if suggest::is_word(&path) => {
                Self::NoCommand(path.into_string())
            }
            error => error,
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match (self, self.engine()) {
            (_, Some(EngineError::Failed { code, .. })) => ExitCode::from(u8::try_from(*code).unwrap_or(1)),
            (Self::NoCommand(_), _) => ExitCode::from(2),
            (Self::Signal(signal), _) => ExitCode::from(128 + signal),
            _ => ExitCode::FAILURE,
        }
    }

    /// Returns the error of the engine, whichever operation used it.
    fn engine(&self) -> Option<&EngineError> {
        match self {
            Self::Engine(error)
            | Self::Build(BuildError::Engine(error))
            | Self::Choose(ChooseError::Engine(error))
            | Self::Sandbox(SandboxError::Engine(error))
            | Self::Pin(PinError::Engine(error)) => Some(error),
            Self::Registry(RegistryError::Broken { source, .. })
            | Self::Choose(ChooseError::Registry(RegistryError::Broken { source, .. })) => Some(source),
            _ => None,
        }
    }

    /// Returns the error in a `pyproject.toml`.
    pub(super) fn in_manifest(&self) -> Option<&ProjectError> {
        match self {
            Self::Load(LoadError::Walk(
                WalkError::Manifest { error, .. } | WalkError::Workspace(WorkspaceError::Manifest { error, .. }),
            )) => Some(error),
            Self::Load(LoadError::Bundle(BundleError::Manifest(error))) => Some(error),
            _ => None,
        }
    }

    fn too_large(&self) -> Option<&ContextTooLarge> {
        match self {
            Self::TooLarge(error) | Self::Build(BuildError::TooLarge(error)) => Some(error),
            _ => None,
        }
    }

    /// Returns the file of the project that changed while it was read.
    fn changed_file(&self) -> Option<&str> {
        let source = match self.engine() {
            Some(
                EngineError::Source(source)
                | EngineError::Archive(ArchiveError::Source(source))
                | EngineError::Folder(FolderError::Source(source)),
            ) => source,
            _ => match self {
                Self::Build(BuildError::Source(source) | BuildError::Digest(DigestError::Source(source)))
                | Self::Archive(ArchiveError::Source(source))
                | Self::Folder(FolderError::Source(source))
                | Self::Source(source) => source,
                _ => return None,
            },
        };
        if let SourceError::Changed { path } = source { Some(path) } else { None }
    }

    /// Returns `true` if the reader of stdout has closed the pipe.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        match self {
            Self::Output(error) | Self::Archive(ArchiveError::Output(error)) => {
                error.kind() == io::ErrorKind::BrokenPipe
            }
            _ => false,
        }
    }

    /// Returns the evidence for the error, one line per item.
    pub(crate) fn proof(&self) -> Vec<String> {
        if let Some(EngineError::Failed { cause: Some(cause), .. }) = self.engine() {
            return vec![cause.summary().into_owned()];
        }
        if let Some(error) = self.too_large() {
            return error.largest.to_string().lines().map(str::to_owned).collect();
        }
        match self {
            Self::Sandbox(error) => error.lines().to_vec(),
            Self::Pin(PinError::Unpinnable(images)) => images.iter().map(ToString::to_string).collect(),
            Self::Load(LoadError::Drift { drift, .. }) => {
                let missing = drift.missing.iter().map(|image| format!("`{image}` is in use but not locked"));
                missing.chain(drift.unused.iter().map(|image| format!("`{image}` is locked but not in use"))).collect()
            }
            Self::Choose(ChooseError::NoneUsable(reasons)) => {
                reasons.iter().map(|reason| with_causes(reason)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the remedies, one line per item.
    pub(crate) fn help(&self) -> Vec<String> {
        let one = |text: &str| vec![text.to_owned()];
        if self.changed_file().is_some_and(output::is_written_to) {
            return one(
                "this command writes its output there: write it outside the project, or exclude it (--exclude PATH)",
            );
        }
        if let Some(error) = self.engine() {
            let again = error.is_temporary().then_some("the cause may be over soon: try again");
            return error.remedy().into_iter().chain(again).map(str::to_owned).collect();
        }
        if self.too_large().is_some() {
            return one(
                "exclude files that the image does not need (--exclude PATH or .dockerignore), or raise --max-context",
            );
        }
        match self {
            Self::Load(error) => load_help(error),
            Self::Build(error) => build_help(error),
            Self::Sandbox(error) => error.remedy().into_iter().map(str::to_owned).collect(),
            Self::NoDockerfile { meant, .. } => {
                meant.iter().map(|command| format!("did you mean: {command}")).collect()
            }
            Self::Choose(ChooseError::NoneUsable(reasons)) => {
                let remedies: Vec<String> = reasons.iter().filter_map(remedy_of_engine).collect();
                let install = || one("install docker, podman or buildah; `agentix-gen engines` lists their status");
                if remedies.is_empty() { install() } else { remedies }
            }
            Self::Registry(RegistryError::Unknown { name, available })
            | Self::Choose(ChooseError::Unknown { error: RegistryError::Unknown { name, available }, .. }) => {
                let known = nearest(name, available.iter().map(String::as_str));
                known.map(|known| format!("did you mean `{known}`?")).into_iter().collect()
            }
            Self::TarOnTerminal => one("pipe it to a builder: agentix-gen context | docker build -t NAME -"),
            Self::Foreign { .. } => {
                one("move it away, and lines of an ignore file to .dockerignore, which is read as well")
            }
            Self::AlreadyConfigured { .. } => one("show what is decided: agentix-gen plan"),
            Self::Unextendable { .. } => one("write it as tables, such as [tool.ruff], instead of `tool = { … }`"),
            Self::Unexplained(word) => match explain::nearest_key(word) {
                Some(key) => vec![format!("did you mean the key `{key}`?")],
                None => one("name a key of [tool.agentix], a rule that `agentix-gen files` shows, or quote an error"),
            },
            Self::NoCommand(word) => vec![suggest::command(word)],
            Self::Watch(error) => watch_help(error),
            Self::WatchCache { .. } => one("write it elsewhere, or create the folder and exclude it: --exclude PATH"),
            _ => Vec::new(),
        }
    }
}

fn load_help(error: &LoadError) -> Vec<String> {
    match error {
        LoadError::NoPins { folder, .. } => vec![format!("create it: {}", lock_command(folder))],
        LoadError::Drift { folder, .. } => vec![format!("update it: {}", lock_command(folder))],
        LoadError::Python(_) => vec!["or choose the Python image with --python-image REF".to_owned()],
        LoadError::Walk(WalkError::NotAFolder(path)) => suggest::file(path).into_iter().collect(),
        LoadError::Walk(WalkError::NoManifest { folder, .. }) => suggest::without_project(folder).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn watch_help(error: &notify::Error) -> Vec<String> {
    let too_many = rustix::io::Errno::MFILE.raw_os_error();
    let limit = match &error.kind {
        notify::ErrorKind::MaxFilesWatch => "max_user_watches=524288",
        notify::ErrorKind::Io(error) if error.raw_os_error() == Some(too_many) => "max_user_instances=8192",
        _ => return Vec::new(),
    };
    vec![format!("raise the limit of this machine: sudo sysctl fs.inotify.{limit}")]
}

fn build_help(error: &BuildError) -> Vec<String> {
    match error {
        BuildError::NoRuntimeImage { engine, image } => vec![
            runtime_line(engine, image),
            "or use another image: --runtime-image REF; or pull it: --pull".to_owned(),
        ],
        BuildError::Platform(_) => vec![
            "build the runtime image for each platform, push it, and name it with --runtime-image; or pull it: --pull"
                .to_owned(),
        ],
        BuildError::Python { .. } => vec![
            "build a runtime image for the project, and name it with --runtime-image: agentix-gen runtime PATH"
                .to_owned(),
        ],
        BuildError::Moved { .. } => vec![
            "lock the digest that the engine has: agentix-gen lock".to_owned(),
            "or build without --locked, which uses the locked digest".to_owned(),
        ],
        BuildError::Ssh(MissingSsh::NoAgent { id } | MissingSsh::DeadAgent { id, .. }) => vec![
            "start an agent and add the key: eval \"$(ssh-agent)\" && ssh-add".to_owned(),
            format!("or name a key without a passphrase: --ssh {id}=~/.ssh/id_ed25519"),
        ],
        BuildError::Ssh(MissingSsh::NoFile { id, .. }) => vec![format!("correct the path in `ssh` or --ssh {id}=PATH")],
        BuildError::Dialect { .. } => vec!["omit --dialect, or use `--dialect classic`".to_owned()],
        _ => Vec::new(),
    }
}

/// Returns how to build a runtime image with an engine.
fn runtime_line(engine: &str, image: &ImageRef) -> String {
    let print = format!("agentix-gen runtime{}", with_version_of(image));
    build_line(engine, &print, image).map_or_else(
        || format!("build it with {engine}: {print} prints its Dockerfile"),
        |line| format!("build it: {line}"),
    )
}

/// Returns the option that makes the version of agentixx in a runtime image that of its tag, if it is not the default.
fn with_version_of(image: &ImageRef) -> String {
    let is_version = |tag: &&str| image.base_name() == "runtime" && tag.parse::<Version>().is_ok();
    let version = image.tag().filter(is_version).filter(|tag| *tag != DEFAULT_AGENTIX_VERSION);
    version.map_or_else(String::new, |version| format!(" --agentix-version {version}"))
}

/// Returns the command that writes the lock of a project.
fn lock_command(folder: &Utf8Path) -> String {
    Command::new("agentix-gen".into(), ["lock", folder.as_str()]).to_string()
}

/// Returns an error in one line, with its causes.
pub(crate) fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = successors(Some(error), |cause| (*cause).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Returns the remedy for an engine that is installed but cannot be used.
fn remedy_of_engine(error: &ChooseError) -> Option<String> {
    let ChooseError::Engine(error) = error else { return None };
    match error {
        EngineError::NotRunning { engine, .. } => Some(format!("start the {engine} daemon")),
        EngineError::NotPermitted { engine, .. } => {
            Some(format!("join the group that has access to {engine} (often `docker`)"))
        }
        _ => None,
    }
}
