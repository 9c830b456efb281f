//! Limits the length of values in a Dockerfile.

use super::error::BundleError;
use crate::project::Config;
use crate::value::ExecForm;

/// The longest value, in bytes. Builders reject lines of more than 65,535 bytes. If such a line is a comment,
/// `BuildKit` silently drops it and everything after it. A generated line contains at most two values, and quoting can
/// double the length of a value.
const LONGEST: usize = 16_000;

/// Returns an error if a value is too long for its line. Each item is the kind of a value and its length in bytes.
pub(super) fn check(mut values: impl Iterator<Item = (&'static str, usize)>) -> Result<(), BundleError> {
    match values.find(|(_, length)| *length > LONGEST) {
        Some((what, length)) => Err(BundleError::TooLong { what, length, most: LONGEST }),
        None => Ok(()),
    }
}

/// Returns the lengths of the configured values. A list is written on one line, so its items are added up.
pub(super) fn of_settings(config: &Config) -> Vec<(&'static str, usize)> {
    let command = |command: &ExecForm| command.words().map(|word| word.len() + "\"\", ".len()).sum();
    let health = config.healthcheck.as_ref().map(|check| &check.cmd);
    let commands = [("entrypoint", config.entrypoint.as_ref()), ("cmd", config.cmd.as_ref()), ("healthcheck", health)];
    let commands = commands.into_iter().filter_map(|(what, words)| Some((what, command(words?))));
    let env =
        config.env.iter().map(|(name, value)| ("a variable of env", name.as_str().len().max(value.as_str().len())));
    let packages = config.apt.iter().chain(&config.build_apt);
    let packages = packages.map(|package| ("a package of apt", package.as_str().len()));
    let caches = config.substituters.iter().map(|url| url.as_str().len() + 1).sum();
    let keys = config.trusted_public_keys.iter().map(|key| key.as_str().len() + 1).sum();
    let folder = config.workdir.iter().map(|folder| ("workdir", folder.as_str().len()));
    let ports = config.expose.iter().map(|port| port.to_string().len() + 1).sum();
    let nixpkgs = config.nixpkgs.iter().map(|nixpkgs| ("nixpkgs", nixpkgs.as_str().len()));
    let mirrors = config.python_mirror.iter().chain(&config.python_downloads);
    let mirrors = mirrors.map(|url| ("python-mirror or python-downloads", url.as_str().len()));
    let lists = [("expose", ports), ("substituters", caches), ("trusted-public-keys", keys)];
    commands.chain(env).chain(packages).chain(folder).chain(nixpkgs).chain(mirrors).chain(lists).collect()
}

#[cfg(test)]
mod tests {
    use super::of_settings;

    /// A list is one line: `CMD ["ab", "c"]`.
    #[test]
    fn a_list_is_as_long_as_its_line() {
        let config = toml::from_str(
            "cmd = ['ab', 'c']\nsubstituters = ['https://c.example.org', 'https://d.example.org']\nexpose = [80, 8080]\n\
             trusted-public-keys = ['c.example.org-1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=']",
        )
        .unwrap();
        let lengths = of_settings(&config);
        let length = |what: &str| lengths.iter().find(|(name, _)| *name == what).unwrap().1;
        assert_eq!(length("cmd"), 2 + 1 + 2 * 4);
        assert_eq!(length("substituters"), 2 * (21 + 1));
        assert_eq!(length("trusted-public-keys"), 60 + 1);
        assert_eq!(length("expose"), 2 + 4 + 2);
    }
}
