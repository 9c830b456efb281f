//! The digest of a pushed image's manifest, as the engine reports it.

#![expect(clippy::disallowed_methods, reason = "this module reads the file in which an engine reports a digest")]

use std::borrow::Cow;
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use super::Control;
use super::diagnosis::Cause;
use super::error::EngineError;
use super::run::{Heard, Listener};
use super::staging;
use crate::context::ScratchFolder;

/// Where an engine reports the digest of an image that it pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DigestReport {
    /// On stdout: `1.0: digest: sha256:0123… size: 1234`.
    Line,
    /// In the file that `--digestfile` names.
    File,
}

/// Reads the digest while the engine pushes.
#[derive(Debug)]
pub(super) struct DigestReader {
    file: Option<(ScratchFolder, Utf8PathBuf)>,
    printed: Option<String>,
    last_error: Option<String>,
}

impl DigestReader {
    pub(super) fn new(report: DigestReport, control: &Control<'_>) -> Result<Self, EngineError> {
        let file = match report {
            DigestReport::Line => None,
            DigestReport::File => Some(staging::stage_file("digest", b"", control)?),
        };
        Ok(Self { file, printed: None, last_error: None })
    }

    /// Returns the options of the push command.
    pub(super) fn options(&self) -> impl Iterator<Item = String> {
        self.file.iter().flat_map(|(_, file)| ["--digestfile".to_owned(), file.to_string()])
    }

    /// Returns the last line on stderr.
    pub(super) fn last_error(&self) -> Option<&str> {
        self.last_error.as_deref()
    }

    /// Returns the cause if the push failed. An engine prints it last.
    pub(super) fn cause(&self) -> Option<Cause> {
        self.last_error().map(Cause::of_push)
    }

    /// Returns the digest after the push. `None` if the engine did not report it.
    pub(super) fn into_digest(self) -> Option<String> {
        let written = self.file.and_then(|(_, file)| fs::read_to_string(file).ok());
        let digest = self.printed.or(written)?;
        Some(digest.trim().to_owned()).filter(|digest| digest.starts_with("sha256:"))
    }
}

impl Listener for DigestReader {
    fn hear<'l>(&mut self, line: &'l str) -> Heard<'l> {
        if let Some((_, rest)) = line.split_once(": digest: ") {
            self.printed = rest.split_whitespace().next().map(str::to_owned);
        }
        Heard::Lines(vec![Cow::Borrowed(line)])
    }

    fn overhear(&mut self, line: &str) {
        if !line.trim().is_empty() {
            self.last_error = Some(line.to_owned());
        }
    }
}

/// The part of buildx's metadata that is of interest.
#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "containerimage.digest")]
    digest: String,
}

/// Returns the digest in the file that buildx's option `--metadata-file` names.
pub(super) fn of_metadata(file: &Utf8Path) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    serde_json::from_str(&text).ok().map(|Metadata { digest }| digest)
}

#[cfg(test)]
mod tests {
    use super::{DigestReader, Listener};

    #[test]
    fn docker_prints_the_digest() {
        let digest = |lines: &[&str]| {
            let mut reader = DigestReader { file: None, printed: None, last_error: None };
            for line in lines {
                reader.hear(line);
            }
            reader.into_digest()
        };
        let printed = ["The push refers to repository [r.example.org/a]", "1.0: digest: sha256:0123 size: 528"];
        assert_eq!(digest(&printed).as_deref(), Some("sha256:0123"));
        assert_eq!(digest(&printed[..1]), None);
    }
}
