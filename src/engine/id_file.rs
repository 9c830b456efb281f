//! The file in which a builder reports the ID of the image, so that the engine need not be asked for it.

#![expect(clippy::disallowed_methods, reason = "this module reads the file in which a builder reports an ID")]

use std::fs;

use camino::Utf8PathBuf;

use super::command::Command;
use crate::context::ScratchFolder;

/// The start of the ID of every image in such a file.
const ALGORITHM: &str = "sha256:";

/// How an engine writes the ID of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdForm {
    /// `sha256:0123…`
    WithAlgorithm,
    /// `0123…`
    Digits,
}

/// A file that a builder writes.
#[derive(Debug)]
pub(super) struct IdFile {
    path: Utf8PathBuf,
    form: IdForm,
}

impl IdFile {
    pub(super) fn new(folder: &ScratchFolder, form: IdForm) -> Self {
        Self { path: folder.path().join("image-id"), form }
    }

    /// Adds the option that names the file to a command that builds.
    pub(super) fn add_to(&self, command: &mut Command) {
        let at = command.arguments.iter().position(|word| word == "build").map_or(0, |build| build + 1);
        command.arguments.splice(at..at, ["--iidfile".to_owned(), self.path.to_string()]);
    }

    /// Returns the ID, or `None` if the file holds none: another `--iidfile` may follow in the options of the user.
    pub(super) fn read(&self) -> Option<String> {
        parse(&fs::read_to_string(&self.path).ok()?, self.form)
    }
}

fn parse(text: &str, form: IdForm) -> Option<String> {
    let id = text.trim();
    let digits = id.strip_prefix(ALGORITHM)?;
    let is_digest = digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_digest.then(|| if form == IdForm::Digits { digits } else { id }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{IdForm, parse};

    #[test]
    fn an_id_has_the_form_of_its_engine() {
        let digits = "0123456789abcdef".repeat(4);
        let id = format!("sha256:{digits}");
        assert_eq!(parse(&format!("{id}\n"), IdForm::WithAlgorithm), Some(id.clone()));
        assert_eq!(parse(&id, IdForm::Digits), Some(digits.clone()));
        for other in ["", "sha256:", &digits, &format!("sha256:{}", "g".repeat(64))] {
            assert_eq!(parse(other, IdForm::WithAlgorithm), None, "{other}");
        }
    }
}
