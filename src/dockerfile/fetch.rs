//! Template values for the steps that fetch packages: secrets, ssh agents and CA certificates.

use std::collections::BTreeSet;

use minijinja::context;
use minijinja::value::Value;

use super::error::RenderError;
use super::templates::checked;
use crate::bundle::{Bundle, NETRC, PIP_CONF, SecretRequirement};
use crate::value::{Dialect, SshAccess};

/// Returns the values that the macros in `secrets.dockerfile` use.
///
/// # Errors
///
/// Fails if the image needs a secret and the dialect is classic. Fails if the configuration names a CA certificate file
/// whose content was not passed to the bundle.
pub(super) fn values(bundle: &Bundle, dialect: Dialect) -> Result<Value, RenderError> {
    let mounts = dialect == Dialect::BuildKit;
    if let (false, Some(what)) = (mounts, bundle.indispensable_secret()) {
        return Err(RenderError::SecretInClassic { what });
    }
    if let (Some(file), None) = (&bundle.config().ca_certificate, bundle.ca_certificate()) {
        return Err(RenderError::CertificateNotGiven { path: file.to_string() });
    }
    let secrets = bundle.secrets().iter().filter(|_| mounts);
    let secret_mounts = secrets.clone().map(|needed| {
        let id = &needed.secret.id;
        let target = (id.as_str() == NETRC).then(|| checked(&"/root/.netrc"));
        // A step fails without a secret that the user names; index credentials are optional.
        context! { id => checked(id), target, required => needed.need == SecretRequirement::Named }
    });
    let variables = bundle.index_variables().into_iter().filter(|_| mounts);
    let ssh: BTreeSet<&str> = ssh_ids(bundle).collect();
    Ok(context! {
        mounts,
        secrets => secret_mounts.collect::<Vec<_>>(),
        ssh => ssh.iter().filter(|_| mounts).map(checked).collect::<Vec<_>>(),
        credentials => variables.map(|variable| checked(&variable)).collect::<Vec<_>>(),
        pip_conf => secrets.clone().any(|needed| needed.secret.id.as_str() == PIP_CONF),
        certificate => bundle.ca_certificate().is_some(),
    })
}

/// Returns the names by which steps mount ssh agents and keys.
pub(super) fn ssh_ids(bundle: &Bundle) -> impl Iterator<Item = &str> {
    bundle.config().ssh.iter().map(SshAccess::id)
}
