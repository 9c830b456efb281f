//! Finds the secrets of a build on this machine. This module never reads their values.

#![expect(clippy::disallowed_methods, reason = "this module checks whether the files of secrets exist")]

use crate::bundle::{Bundle, MissingSecret};
use crate::value::{BuildSecret, SecretSource};

/// Returns the secrets of a bundle's build, each with the source that the engine reads.
pub(super) fn find(bundle: &Bundle) -> Result<Vec<BuildSecret>, MissingSecret> {
    let environment = bundle.environment();
    let home = environment.home();
    let exists = |source: &SecretSource| match source {
        SecretSource::Variable(name) => environment.is_set(name),
        SecretSource::File(file) => file.at_home(home.as_deref()).metadata().is_ok_and(|found| !found.is_dir()),
    };
    let mut secrets = bundle.given_secrets(exists)?;
    for secret in &mut secrets {
        if let SecretSource::File(file) = &secret.source {
            // No engine accepts a path with a comma or a quote. The home folder may contain one.
            let path = file.at_home(home.as_deref());
            let refused = || MissingSecret::Path { id: secret.id.clone(), file: path.to_string() };
            let path = path.as_str().parse().map_err(|_| refused())?;
            secret.source = SecretSource::File(path);
        }
    }
    Ok(secrets)
}
