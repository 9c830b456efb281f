//! Resolves the relative paths of a configuration.

use camino::Utf8Path;

use super::Config;
use crate::value::ValueError;

impl Config {
    /// Returns the configuration with the relative paths of secrets, ssh keys, certificates and build contexts resolved
    /// against `folder`.
    ///
    /// # Errors
    ///
    /// Fails if the name of the folder cannot be part of such a path.
    pub fn resolve_paths(self, folder: &Utf8Path) -> Result<Self, ValueError> {
        let secret = self.secret.into_iter().map(|(id, source)| Ok((id, source.resolve(folder)?)));
        let secret = secret.collect::<Result<_, ValueError>>()?;
        let ssh = self.ssh.into_iter().map(|access| access.resolve(folder)).collect::<Result<_, _>>()?;
        let build_context = self.build_context.into_iter().map(|(name, source)| Ok((name, source.resolve(folder)?)));
        let build_context = build_context.collect::<Result<_, ValueError>>()?;
        let ca_certificate = self.ca_certificate.map(|file| file.resolve(folder)).transpose()?;
        Ok(Self { secret, ca_certificate, build_context, ssh, ..self })
    }
}
