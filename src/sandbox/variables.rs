//! The file with the environment variables of a sandbox.
//!
//! An engine reads the file itself, so that no list of processes shows a value. It is readable for its owner alone, and
//! removed as soon as the container has started. Docker and podman take a value as it is, to the end of the line. They
//! do not read lines over 64 KiB.

#![expect(clippy::disallowed_methods, reason = "the file is written here")]

use std::io::Write;

use camino::Utf8Path;
use tempfile::NamedTempFile;

use super::config::SandboxConfig;
use super::error::SandboxError;
use super::id::SandboxId;

/// The start of the name of every sandbox.
const PREFIX: &str = "agentix-";

/// The number of random letters and digits after it.
const RANDOM: usize = 16;

const LONGEST_VALUE: usize = 60_000;

/// A written file. It is removed on drop.
#[derive(Debug)]
pub(super) struct Variables {
    file: NamedTempFile,
    /// A name that no other sandbox has: the random name of the file.
    pub(super) id: SandboxId,
}

impl Variables {
    /// Writes the variables of a configuration.
    pub(super) fn write(wanted: &SandboxConfig, folder: &Utf8Path) -> Result<Self, SandboxError> {
        let text = text(wanted)?;
        let file = tempfile::Builder::new().prefix(PREFIX).rand_bytes(RANDOM).tempfile_in(folder);
        let mut file = file.map_err(SandboxError::Variables)?;
        file.write_all(text.as_bytes()).map_err(SandboxError::Variables)?;
        let name = file.path().file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let id = name.parse().map_err(|error| SandboxError::Variables(std::io::Error::other(error)))?;
        Ok(Self { file, id })
    }

    pub(super) fn path(&self) -> Result<&Utf8Path, SandboxError> {
        let path = Utf8Path::from_path(self.file.path());
        path.ok_or_else(|| SandboxError::Variables(std::io::ErrorKind::InvalidFilename.into()))
    }
}

/// Returns the content of the file.
pub(super) fn text(wanted: &SandboxConfig) -> Result<String, SandboxError> {
    let mut text = String::new();
    for (name, value) in &wanted.env {
        if value.len() > LONGEST_VALUE || value.contains(['\n', '\r', '\0']) {
            return Err(SandboxError::Value { name: name.clone() });
        }
        text.extend([name.as_str(), "=", value, "\n"]);
    }
    // The last one wins, so that the server always listens where the sandbox expects it.
    text.extend(["AGENTIX_BIND_PORT=", &wanted.port.to_string(), "\n"]);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{SandboxConfig, SandboxError, text};

    #[test]
    fn a_value_never_becomes_a_second_variable() {
        let with = |value: &str| {
            let mut config = SandboxConfig::new("x:1".parse().unwrap());
            config.env.push(("A".parse().unwrap(), value.to_owned()));
            text(&config)
        };
        assert_eq!(with(" # 'b' = $c\t").unwrap(), "A= # 'b' = $c\t\nAGENTIX_BIND_PORT=8000\n");
        for wrong in ["a\nLD_PRELOAD=/x", "a\rb", "\0", &"x".repeat(60_001)] {
            assert!(matches!(with(wrong), Err(SandboxError::Value { .. })), "{wrong:.9}");
        }
    }
}
