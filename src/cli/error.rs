//! Why a command ended, as an exit code and as what to do about it.

use std::io;
use std::process::ExitCode;

use agentix_gen::bundle::{BundleError, Drift, LOCK_FILE, LockFileError, MissingSecret};
use agentix_gen::context::{ArchiveError, ContextTooLarge, DigestError, FolderError};
use agentix_gen::dockerfile::RenderError;
use agentix_gen::engine::{Builder, Cause, Command, EngineError, RegistryError};
use agentix_gen::files::{SourceError, WalkError};
use agentix_gen::project::PythonError;
use agentix_gen::value::ImageRef;
use camino::{Utf8Path, Utf8PathBuf};

use super::engines::EngineSource;
use super::suggest;

#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error(transparent)]
    Walk(#[from] WalkError),
    #[error("{}: neither a folder nor a command", .0.escape_debug())]
    NoCommand(String),
    #[error(transparent)]
    Python(#[from] PythonError),
    #[error(transparent)]
    Bundle(#[from] BundleError),
    #[error(transparent)]
    Secret(#[from] MissingSecret),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    TooLarge(#[from] ContextTooLarge),
    #[error(transparent)]
    Digest(#[from] DigestError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("{wish}: {fault}")]
    NoSuchEngine { wish: EngineSource, fault: RegistryError },
    #[error("no engine can be used")]
    NoEngine(Vec<EngineError>),
    #[error("{engine} has no image `{image}`, which the bundle starts from")]
    NoRuntimeImage { engine: String, image: ImageRef },
    #[error("{engine} builds with its {builder}, which does not understand the buildkit dialect")]
    Dialect { engine: String, builder: Builder },
    #[error("the context is a tar archive, and no text for a terminal")]
    TarOnTerminal,
    #[error("{dockerfile} is not what the project has now; renew it{with}: {generate} > {kept_as}")]
    NotCurrent { dockerfile: String, with: &'static str, generate: String, kept_as: String },
    #[error("{} cannot be read", .path.escape_debug())]
    NoDockerfile { path: String, meant: Option<String>, source: io::Error },
    #[error("the current folder cannot be used")]
    CurrentFolder(#[source] io::Error),
    #[error("SOURCE_DATE_EPOCH is `{}`, which is no number of seconds since 1970", .text.escape_debug())]
    SourceDateEpoch { text: String },
    #[error(transparent)]
    LockFile(#[from] LockFileError),
    #[error("{} does not exist, and --locked asks for it", .folder.join(LOCK_FILE).as_str().escape_debug())]
    NoLock { folder: Utf8PathBuf },
    #[error("{drift}")]
    Drift { drift: Drift, folder: Utf8PathBuf },
    #[error("{engine} has another `{image}` by now: {found}, and {LOCK_FILE} has {locked}")]
    Moved { engine: String, image: String, locked: String, found: String },
    #[error("not every image in use has a digest")]
    NotPinnable(Vec<String>),
    #[error("TMPDIR is not UTF-8")]
    TemporaryFolder,
    #[error("stdout cannot be written")]
    Output(#[source] io::Error),
    #[error("signals cannot be received")]
    Signals(#[source] io::Error),
    #[error("stopped by {}", signal_name(*.0))]
    Signal(u8),
}

fn signal_name(signal: u8) -> &'static str {
    signal_hook::low_level::signal_name(signal.into()).unwrap_or("a signal")
}

impl CommandError {
    /// The same, where no command was named: a word may have been meant as one.
    pub(crate) fn without_command(self) -> Self {
        match self {
            Self::Walk(WalkError::NoFolder(path)) if suggest::is_word(&path) => Self::NoCommand(path.into_string()),
            error => error,
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Engine(EngineError::Failed { code, .. }) => ExitCode::from(u8::try_from(*code).unwrap_or(1)),
            Self::Signal(signal) => ExitCode::from(128 + signal),
            _ => ExitCode::FAILURE,
        }
    }

    /// Whether whoever read stdout has read enough.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        match self {
            Self::Output(error) | Self::Archive(ArchiveError::Output(error)) => {
                error.kind() == io::ErrorKind::BrokenPipe
            }
            _ => false,
        }
    }

    /// What proves the error, a line each.
    pub(crate) fn proof(&self) -> Vec<String> {
        match self {
            Self::NotPinnable(reasons) => reasons.clone(),
            Self::Drift { drift, .. } => {
                let missing = drift.missing.iter().map(|image| format!("`{image}` is in use and not locked"));
                missing.chain(drift.unused.iter().map(|image| format!("`{image}` is locked and not in use"))).collect()
            }
            Self::NoEngine(reasons) => reasons.iter().map(ToString::to_string).collect(),
            Self::Engine(EngineError::Failed { cause: Some(cause), .. }) => vec![cause.summary().into_owned()],
            Self::TooLarge(error) => error.largest.to_string().lines().map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }

    /// What to do about it, a line each.
    pub(crate) fn help(&self) -> Vec<String> {
        let one = |text: &str| vec![text.to_owned()];
        match self {
            Self::NoRuntimeImage { engine, image } => vec![
                format!("make it: agentix-gen runtime | {engine} build -t {image} -"),
                "or name another one: --runtime-image REF; or fetch it: --pull".to_owned(),
            ],
            Self::Engine(EngineError::Failed { cause: Some(cause), .. }) => one(Cause::remedy(cause)),
            Self::Engine(error) => engine_help(error).map_or_else(Vec::new, one),
            Self::NoDockerfile { meant, .. } => {
                meant.iter().map(|command| format!("did you mean: {command}")).collect()
            }
            Self::NoLock { folder } => one(&format!("make it: {}", lock_command(folder))),
            Self::Drift { folder, .. } => one(&format!("renew it: {}", lock_command(folder))),
            Self::Moved { .. } => vec![
                "lock the one that is there: agentix-gen lock".to_owned(),
                "or leave --locked out: the build takes the one that is locked".to_owned(),
            ],
            Self::NoEngine(reasons) => {
                let remedies: Vec<String> = reasons.iter().filter_map(remedy_of_engine).collect();
                let install = || one("install docker, podman or buildah; `agentix-gen engines` tells what is found");
                if remedies.is_empty() { install() } else { remedies }
            }
            Self::Python(_) => one("to choose it yourself: --python-image REF"),
            Self::Dialect { .. } => one("leave --dialect out, or give it `classic`"),
            Self::TooLarge(_) => {
                one("keep out what the image does not need (--exclude PATH, or .dockerignore), or raise --max-context")
            }
            Self::TarOnTerminal => one("send it on: agentix-gen context | docker build -t NAME -"),
            Self::NoCommand(word) => vec![suggest::command(word)],
            Self::Walk(WalkError::NotAFolder(path)) => suggest::file(path).into_iter().collect(),
            Self::Walk(WalkError::NoManifest(path)) => suggest::without_project(path).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// What makes the lock of a project.
fn lock_command(folder: &Utf8Path) -> String {
    Command::new("agentix-gen".into(), ["lock", folder.as_str()]).to_string()
}

/// What makes an engine that is installed usable.
fn remedy_of_engine(error: &EngineError) -> Option<String> {
    match error {
        EngineError::NotRunning { engine, .. } => Some(format!("start the daemon of {engine}")),
        EngineError::NotPermitted { engine, .. } => {
            Some(format!("join the group that may use {engine} (often `docker`)"))
        }
        _ => None,
    }
}

fn engine_help(error: &EngineError) -> Option<&'static str> {
    match error {
        EngineError::NoSecrets { .. } => {
            Some("build with BuildKit (docker's buildx plugin, and no DOCKER_BUILDKIT=0), podman or buildah")
        }
        EngineError::Missing { .. } => Some("install it, or choose another with --engine"),
        EngineError::NotRunning { .. } => Some("start its daemon, or choose another engine with --engine"),
        EngineError::NotPermitted { .. } => {
            Some("join the group that may use it (often `docker`), or choose podman with --engine podman")
        }
        _ => None,
    }
}
