//! How long a text may be that stands in a Dockerfile.

use super::{Bundle, BundleError};
use crate::config::Config;
use crate::value::ExecForm;

/// Builders refuse a line over 65,535 bytes; where it is a comment, `BuildKit` drops it and all that follows, and says
/// nothing. The longest line of ours holds two texts, and quotes may make one twice as long.
const LONGEST: usize = 16_000;

pub(super) fn check(bundle: &Bundle) -> Result<(), BundleError> {
    let name = [("the name of the project", bundle.project().name().as_str().len())];
    let versions = bundle.version.iter().chain(&bundle.agentix);
    let version = versions.map(|version| ("the version", version.to_string().len()));
    let nix = bundle.nix.iter().map(|nix| ("the path of the Nix expression", nix.file.as_str().len()));
    let arguments = bundle.build_args().keys().map(|name| ("the name of a build argument", name.as_str().len()));
    let run_time = run_time(bundle.config());
    let labels = bundle.labels().iter();
    let labels = labels.map(|(key, value)| ("a label", key.as_str().len().max(value.as_str().len())));
    let indexes = bundle.index_variables().iter().map(|variable| variable.as_str().len() + 1).sum();
    let indexes = [("the list of package indexes", indexes)];
    let mut texts =
        name.into_iter().chain(version).chain(nix).chain(arguments).chain(labels).chain(run_time).chain(indexes);
    match texts.find(|(_, length)| *length > LONGEST) {
        Some((what, length)) => Err(BundleError::TooLong { what, length, most: LONGEST }),
        None => Ok(()),
    }
}

/// Lists stand on one line each.
fn run_time(config: &Config) -> Vec<(&'static str, usize)> {
    let command = |command: &ExecForm| command.words().map(|word| word.len() + "\"\", ".len()).sum();
    let health = config.healthcheck.as_ref().map(|check| &check.cmd);
    let commands = [("entrypoint", config.entrypoint.as_ref()), ("cmd", config.cmd.as_ref()), ("healthcheck", health)];
    let commands = commands.into_iter().filter_map(|(what, words)| Some((what, command(words?))));
    let env =
        config.env.iter().map(|(name, value)| ("a variable of env", name.as_str().len().max(value.as_str().len())));
    let packages = config.apt.iter().map(|package| ("a package of apt", package.as_str().len()));
    let caches = config.substituters.iter().map(|url| url.as_str().len() + 1).sum();
    let keys = config.trusted_public_keys.iter().map(|key| key.as_str().len() + 1).sum();
    let folder = config.workdir.iter().map(|folder| ("workdir", folder.as_str().len()));
    let ports = config.expose.iter().map(|port| port.to_string().len() + 1).sum();
    let lists = [("expose", ports), ("substituters", caches), ("trusted-public-keys", keys)];
    commands.chain(env).chain(packages).chain(folder).chain(lists).collect()
}
