//! What can go wrong with an engine.

use std::error::Error;
use std::io;

use camino::Utf8PathBuf;

use super::builder::Builder;
use super::diagnosis::Cause;
use crate::context::{ArchiveError, FolderError};
use crate::files::SourceError;
use crate::value::SecretId;

/// What can go wrong with an engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The program is on no absolute entry of PATH.
    #[error("`{program}` is not installed: no absolute entry of PATH holds it")]
    Missing {
        /// The program.
        program: String,
    },
    /// The program cannot be started.
    #[error("{program} cannot be started")]
    Start {
        /// The program.
        program: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It cannot be told whether the program has ended.
    #[error("{program} cannot be waited for")]
    Wait {
        /// The program.
        program: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The engine's daemon does not answer.
    #[error("{engine} is not running: {detail}")]
    NotRunning {
        /// The engine.
        engine: String,
        /// What it said.
        detail: String,
    },
    /// The user may not use the engine.
    #[error("{engine} may not be used by this user: {detail}")]
    NotPermitted {
        /// The engine.
        engine: String,
        /// What it said.
        detail: String,
    },
    /// The engine answered a question in a way that is not understood.
    #[error("{engine} cannot say {question}: {detail}")]
    NoAnswer {
        /// The engine.
        engine: String,
        /// What it was asked.
        question: &'static str,
        /// What it said.
        detail: String,
    },
    /// The engine failed.
    #[error("{engine} failed with exit code {code}")]
    Failed {
        /// The engine.
        engine: String,
        /// Its exit code; 128 and the signal's number where a signal ended it.
        code: i32,
        /// Why, where its output says so.
        cause: Option<Cause>,
    },
    /// The builder would leave a secret in the image.
    #[error("{engine} builds with its {builder}, which has no secrets; `{id}` would end in the image")]
    NoSecrets {
        /// The engine.
        engine: String,
        /// Its builder.
        builder: Builder,
        /// The secret.
        id: SecretId,
    },
    /// A file of the project could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The context could not be sent.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The context could not be staged.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The engine has no such operation.
    #[error("{engine} cannot {operation}")]
    Unsupported {
        /// The engine.
        engine: String,
        /// What it was asked to do: `push images`.
        operation: &'static str,
    },
    /// An engine of another crate failed in its own way.
    #[error("{engine} failed")]
    External {
        /// The engine.
        engine: String,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
        /// What to do about it, for people.
        remedy: Option<String>,
        /// Whether the same operation may succeed at another time.
        is_temporary: bool,
    },
    /// The operation was stopped.
    #[error("stopped")]
    Cancelled,
}

impl EngineError {
    /// A failure of an engine that another crate brings.
    ///
    /// ```
    /// use agentix_gen::engine::EngineError;
    /// let error = EngineError::external("kaniko", "the cluster has no room");
    /// assert_eq!(error.to_string(), "kaniko failed");
    /// ```
    pub fn external(engine: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::External { engine: engine.into(), source: source.into(), remedy: None, is_temporary: false }
    }

    /// The same with what to do about it, if it is [`External`](Self::External).
    #[must_use]
    pub fn with_remedy(mut self, text: impl Into<String>) -> Self {
        if let Self::External { remedy, .. } = &mut self {
            *remedy = Some(text.into());
        }
        self
    }
}
