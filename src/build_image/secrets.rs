//! Where the secrets of a build are on this machine. Their values are never read here.

#![expect(clippy::disallowed_methods, reason = "this is the edge that looks for the files of secrets")]

use crate::bundle::{Bundle, MissingSecret};
use crate::value::{BuildSecret, SecretSource};

/// The secrets that a bundle's build gets, each with the place where the engine finds it.
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
            // No engine takes a home folder with a comma or a quote in its path.
            let missing = || MissingSecret::File { id: secret.id.clone(), file: file.to_string() };
            let path = file.at_home(home.as_deref()).as_str().parse().map_err(|_| missing())?;
            secret.source = SecretSource::File(path);
        }
    }
    Ok(secrets)
}
