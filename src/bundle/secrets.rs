//! The secrets that a build may need, and which of them it gets.

use serde::Serialize;

use crate::project::{Authenticate, Config, PackageIndex};
use crate::value::{BuildSecret, Escaped, IndexName, SecretId, SecretSource, VariableName};

/// A secret that the steps that fetch packages can read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NeededSecret {
    /// What it is called, and where it comes from.
    #[serde(flatten)]
    pub secret: BuildSecret,
    /// What needs it.
    pub need: SecretRequirement,
}

/// What needs a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SecretRequirement {
    /// The user names it: there is no build without it.
    Named,
    /// The credentials of a package index, for uv. They are given where their variable is set.
    Index {
        /// The index.
        index: IndexName,
        /// Whether it always asks for them (`authenticate = "always"`).
        always: bool,
    },
}

/// A secret that is needed and not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MissingSecret {
    /// Its file does not exist.
    #[error("secret `{id}`: there is no file {}", Escaped(.file))]
    File {
        /// The secret.
        id: SecretId,
        /// The file.
        file: String,
    },
    /// Its variable is not set, or empty.
    #[error("secret `{id}`: {variable} is not set; export it, or leave the secret out")]
    Variable {
        /// The secret.
        id: SecretId,
        /// The variable.
        variable: VariableName,
    },
    /// A package index always asks for credentials, and there are none.
    #[error(
        "package index `{index}` asks for credentials; set {} and {}, or give them in a file: --secret id={NETRC},src=FILE",
        .variables[0], .variables[1]
    )]
    Index {
        /// The index.
        index: IndexName,
        /// The variables of its user name and its password.
        variables: [VariableName; 2],
    },
}

/// The secret that installers read as `~/.netrc`.
pub(crate) const NETRC: &str = "netrc";

/// The secret that pip reads as its configuration.
pub(crate) const PIP_CONF: &str = "pip-conf";

/// Those that the user names, then the credentials of the project's indexes.
pub(super) fn collect(indexes: &[PackageIndex], config: &Config) -> Vec<NeededSecret> {
    let named = config.secret.iter().map(|(id, source)| {
        let secret = BuildSecret { id: id.clone(), source: source.clone() };
        NeededSecret { secret, need: SecretRequirement::Named }
    });
    let mut needed: Vec<NeededSecret> = named.collect();
    for (index, name, variables) in with_credentials(indexes) {
        for variable in variables {
            let id = SecretId::from_variable(&variable);
            if needed.iter().all(|other| other.secret.id != id) {
                let need = SecretRequirement::Index {
                    index: name.clone(),
                    always: index.authenticate == Authenticate::Always,
                };
                needed
                    .push(NeededSecret { secret: BuildSecret { id, source: SecretSource::Variable(variable) }, need });
            }
        }
    }
    needed
}

pub(super) fn with_credentials(
    indexes: &[PackageIndex],
) -> impl Iterator<Item = (&PackageIndex, &IndexName, [VariableName; 2])> {
    indexes.iter().filter_map(|index| Some((index, index.name.as_ref()?, index.credentials()?)))
}
