//! Finds the ssh agents and keys of a build on this machine. This module never reads a key.

#![expect(clippy::disallowed_methods, reason = "this module checks whether agents answer and the files of keys exist")]

use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream;
use std::path::Path;

use crate::bundle::Bundle;
use crate::value::{OneLine, SshAccess, ValueError};

/// An ssh agent or a key that a build needs and that is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MissingSsh {
    /// No variable names the socket of the agent.
    #[error("ssh `{id}`: no ssh agent, because SSH_AUTH_SOCK is not set")]
    NoAgent {
        /// The name by which steps mount it.
        id: String,
    },
    /// Nothing answers at the socket of the agent.
    #[error("ssh `{id}`: no ssh agent answers at {}", OneLine(.socket))]
    DeadAgent {
        /// The name by which steps mount it.
        id: String,
        /// The path of the socket.
        socket: String,
    },
    /// The file of the key does not exist.
    #[error("ssh `{id}`: {} does not exist", OneLine(.path))]
    NoFile {
        /// The name by which steps mount it.
        id: String,
        /// The path.
        path: String,
    },
    /// The home folder cannot be part of the path of a key.
    #[error("ssh `{id}`: {error}; move the key")]
    Path {
        /// The name by which steps mount it.
        id: String,
        /// The reason.
        error: ValueError,
    },
}

/// Returns the ssh agents and keys of a bundle's build with the paths that the engine reads.
pub(super) fn find(bundle: &Bundle, named: &[SshAccess]) -> Result<Vec<SshAccess>, MissingSsh> {
    let environment = bundle.environment();
    let home = environment.home();
    let find = |access: &SshAccess| {
        let id = || access.id().to_owned();
        let found = access.clone().at_home(home.as_deref()).map_err(|error| MissingSsh::Path { id: id(), error })?;
        if found.paths().next().is_none() {
            check(access.id(), environment.ssh_agent().ok_or_else(|| MissingSsh::NoAgent { id: id() })?)?;
        }
        found.paths().try_for_each(|path| check(access.id(), path.as_std_path()))?;
        Ok(found)
    };
    named.iter().map(find).collect()
}

/// Checks that a path is a file, or the socket of an agent that answers. Builders do so late or never: a step then fails
/// with the error of ssh.
fn check(id: &str, path: &Path) -> Result<(), MissingSsh> {
    let (id, text) = (id.to_owned(), path.to_string_lossy().into_owned());
    match path.metadata() {
        Err(_) => Err(MissingSsh::NoFile { id, path: text }),
        Ok(found) if found.file_type().is_socket() && UnixStream::connect(path).is_err() => {
            Err(MissingSsh::DeadAgent { id, socket: text })
        }
        Ok(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::{MissingSsh, check};

    #[test]
    fn an_agent_answers_or_a_key_exists() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let text = |name: &str| path(name).display().to_string();
        let id = || "ci".to_owned();
        std::fs::write(path("key"), "").unwrap();
        check("ci", &path("key")).unwrap();
        assert_eq!(check("ci", &path("none")), Err(MissingSsh::NoFile { id: id(), path: text("none") }));
        let agent = UnixListener::bind(path("agent")).unwrap();
        check("ci", &path("agent")).unwrap();
        drop(agent);
        assert_eq!(check("ci", &path("agent")), Err(MissingSsh::DeadAgent { id: id(), socket: text("agent") }));
    }
}
