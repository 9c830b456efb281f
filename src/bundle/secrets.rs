//! The secrets that a build may need, and the errors for missing ones.

use serde::Serialize;

use crate::project::{Authenticate, Config, PackageIndex};
use crate::value::{BuildSecret, Escaped, IndexName, SecretId, SecretSource, VariableName};

/// A secret that is available to build steps that fetch packages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NeededSecret {
    /// The ID of the secret, and its source.
    #[serde(flatten)]
    pub secret: BuildSecret,
    /// The reason why the build needs the secret.
    pub need: SecretRequirement,
}

/// The reason why a build needs a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SecretRequirement {
    /// The secret is configured. The build fails without it.
    Named,
    /// The secret is a credential of a package index, for uv. It is passed to the build if its variable is set.
    Index {
        /// The name of the index.
        index: IndexName,
        /// Whether the index always requires credentials (`authenticate = "always"`).
        always: bool,
    },
}

/// A required secret that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MissingSecret {
    /// The file of the secret does not exist.
    #[error("secret `{id}`: file {} does not exist", Escaped(.file))]
    File {
        /// The ID of the secret.
        id: SecretId,
        /// The path of the file.
        file: String,
    },
    /// The path of the secret's file, below the home folder, has a character that no engine accepts.
    #[error("secret `{id}`: no engine accepts a `,`, a `\"` or a control character in the path {}; move the file", Escaped(.file))]
    Path {
        /// The ID of the secret.
        id: SecretId,
        /// The path of the file.
        file: String,
    },
    /// The variable of the secret is unset or empty.
    #[error("secret `{id}`: variable {variable} is not set; export it, or remove the secret")]
    Variable {
        /// The ID of the secret.
        id: SecretId,
        /// The name of the variable.
        variable: VariableName,
    },
    /// A package index always requires credentials, but none are set.
    #[error(
        "package index `{index}` requires credentials; set {} and {}, or pass them in a file: \
         --secret id={NETRC},src=FILE",
        .variables[0], .variables[1]
    )]
    Index {
        /// The name of the index.
        index: IndexName,
        /// The variables for the user name and the password.
        variables: [VariableName; 2],
    },
}

/// The ID of the secret that is mounted as `~/.netrc` and read by installers.
pub(crate) const NETRC: &str = "netrc";

/// The ID of the secret that pip reads as its configuration file.
pub(crate) const PIP_CONF: &str = "pip-conf";

/// Returns the configured secrets, followed by the credentials of the project's indexes.
pub(super) fn collect(indexes: &[PackageIndex], config: &Config) -> Vec<NeededSecret> {
    let configured = config.secret.iter().map(|(id, source)| {
        let secret = BuildSecret { id: id.clone(), source: source.clone() };
        NeededSecret { secret, need: SecretRequirement::Named }
    });
    let mut needed: Vec<NeededSecret> = configured.collect();
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

/// Returns the named indexes that may require credentials, each with the variables for its user name and password.
pub(super) fn with_credentials(
    indexes: &[PackageIndex],
) -> impl Iterator<Item = (&PackageIndex, &IndexName, [VariableName; 2])> {
    indexes.iter().filter_map(|index| Some((index, index.name.as_ref()?, index.credentials()?)))
}
