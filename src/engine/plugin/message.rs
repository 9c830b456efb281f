//! What a plugin prints: the messages of protocol 1, one JSON value a line. `docs/engine-protocol.md` describes them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use crate::context::{DIGEST_LABEL, ImageInfo, PYTHON_LABEL};
use crate::engine::error::EngineError;
use crate::value::{AGENTIX_LABEL, Dialect, OneLine, SingleLine};

/// The longest line of an event, in bytes.
pub(super) const LONGEST_LINE: usize = 8 * 1024;

/// Returns as much of a text as one line of output may hold.
pub(super) fn start(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_LINE)]
}

/// A line of stdout: an event, or the last line, which is the outcome or an error.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Message {
    /// The result of the operation.
    Outcome { outcome: Value },
    /// The operation failed.
    Error { error: Failure },
    /// A line of output, for people.
    Line { line: String },
    /// An event of a later version. It is ignored.
    Event {
        #[expect(dead_code, reason = "the key tells an event from a line that is no message")]
        event: Value,
    },
}

/// The answer to `describe`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Description {
    pub(super) name: String,
    pub(super) version: SingleLine,
    pub(super) dialects: BTreeSet<DialectName>,
    pub(super) context: ContextForm,
    /// Names of features. A name that this version does not know is ignored.
    pub(super) features: BTreeSet<String>,
}

/// The version of the protocol in the answer to `describe`. It is read first: another version may have other keys.
#[derive(Debug, Deserialize)]
pub(super) struct Protocol {
    pub(super) protocol: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum DialectName {
    BuildKit,
    Classic,
}

/// The form in which the plugin reads a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ContextForm {
    Tar,
    Folder,
}

/// The outcome of `build`.
#[derive(Debug, Deserialize)]
pub(super) struct Built {
    /// `null` if the store does not have the image.
    #[serde(default)]
    pub(super) image_id: Option<ImageId>,
}

/// The ID of an image. It is not empty.
#[derive(Debug, Deserialize)]
#[serde(try_from = "SingleLine")]
pub(super) struct ImageId(SingleLine);

impl ImageId {
    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl TryFrom<SingleLine> for ImageId {
    type Error = &'static str;

    fn try_from(text: SingleLine) -> Result<Self, Self::Error> {
        if text.as_str().is_empty() { Err("the ID of an image is empty") } else { Ok(Self(text)) }
    }
}

/// The outcome of `inspect`.
#[derive(Debug, Deserialize)]
pub(super) struct Inspected {
    pub(super) images: Vec<Option<Image>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Image {
    id: ImageId,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    /// `linux/amd64`.
    #[serde(default)]
    platform: Option<String>,
    /// The user, unless the variable `AGENTIX_USER` of the image names it.
    #[serde(default)]
    user: Option<String>,
}

/// The outcome of `digests`.
#[derive(Debug, Deserialize)]
pub(super) struct Digests {
    /// `null` if the engine does not have the image.
    pub(super) digests: Option<Vec<SingleLine>>,
}

/// The outcome of `push`.
#[derive(Debug, Deserialize)]
pub(super) struct Pushed {
    #[serde(default)]
    pub(super) manifest_digest: Option<SingleLine>,
}

/// A failure that the plugin reports.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Failure {
    #[serde(default)]
    pub(super) kind: FailureKind,
    pub(super) message: String,
    /// The exit code of the failed step or program.
    #[serde(default)]
    pub(super) exit_code: Option<u8>,
    /// What the user can do. For the failures with a kind of their own, there is a remedy already.
    #[serde(default)]
    pub(super) remedy: Option<String>,
    #[serde(default)]
    temporary: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FailureKind {
    /// A step of the build failed.
    Build,
    /// The daemon does not answer.
    NotRunning,
    /// The user has no permission.
    NotPermitted,
    /// Any other failure, also one of a later version.
    #[default]
    #[serde(other)]
    Other,
}

impl From<DialectName> for Dialect {
    fn from(name: DialectName) -> Self {
        match name {
            DialectName::BuildKit => Self::BuildKit,
            DialectName::Classic => Self::Classic,
        }
    }
}

impl From<Image> for ImageInfo {
    fn from(image: Image) -> Self {
        let label = |name: &str| image.labels.get(name).map(String::as_str).filter(|value| !value.is_empty());
        Self::new(image.id.as_str(), label(DIGEST_LABEL).map(str::to_owned))
            .with_versions(label(PYTHON_LABEL), label(AGENTIX_LABEL))
            .with_platform(image.platform.as_deref().unwrap_or_default())
            .with_user(image.user.as_deref().unwrap_or_default())
    }
}

impl Failure {
    /// Returns the error of an engine. A failed build is not among them: its error also has a cause.
    pub(super) fn into_error(self, engine: &str) -> EngineError {
        let (engine, detail) = (engine.to_owned(), start(&self.message));
        match self.kind {
            FailureKind::NotRunning => EngineError::NotRunning { engine, detail: detail.to_owned() },
            FailureKind::NotPermitted => EngineError::NotPermitted { engine, detail: detail.to_owned() },
            FailureKind::Build | FailureKind::Other => EngineError::External {
                engine,
                source: OneLine(detail).to_string().into(),
                remedy: self.remedy.map(|remedy| OneLine(start(&remedy)).to_string()),
                is_temporary: self.temporary,
            },
        }
    }
}
