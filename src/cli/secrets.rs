//! Where the secrets of a build are on this machine. What they are is never read here.

#![expect(clippy::disallowed_methods, reason = "this is where the environment is read")]

use std::{env, io};

use agentix_gen::bundle::{Bundle, MissingSecret};
use agentix_gen::value::{BuildSecret, SecretSource};
use camino::Utf8PathBuf;

use super::error::CommandError;

/// The secrets that a bundle's build gets, each where the engine finds it.
pub(crate) fn given(bundle: &Bundle) -> Result<Vec<BuildSecret>, MissingSecret> {
    let home = home();
    let is_there = |source: &SecretSource| match source {
        SecretSource::Variable(name) => env::var_os(name.as_str()).is_some_and(|value| !value.is_empty()),
        SecretSource::File(file) => file.at_home(home.as_deref()).metadata().is_ok_and(|found| !found.is_dir()),
        _ => false,
    };
    let mut secrets = bundle.given_secrets(is_there)?;
    for secret in &mut secrets {
        if let SecretSource::File(file) = &secret.source {
            // A home folder that no engine can be told is one that the file is not found in.
            let missing = || MissingSecret::File { id: secret.id.clone(), file: file.to_string() };
            let path = file.at_home(home.as_deref()).as_str().parse().map_err(|_| missing())?;
            secret.source = SecretSource::File(path);
        }
    }
    Ok(secrets)
}

/// The user's home folder.
pub(crate) fn home() -> Option<Utf8PathBuf> {
    env::var("HOME").ok().filter(|home| !home.is_empty()).map(Utf8PathBuf::from)
}

/// The folder that relative paths on the command line belong to.
pub(crate) fn current_folder() -> Result<Utf8PathBuf, CommandError> {
    let folder = env::current_dir().map_err(CommandError::CurrentFolder)?;
    Utf8PathBuf::from_path_buf(folder).map_err(|_| CommandError::CurrentFolder(io::ErrorKind::InvalidFilename.into()))
}
