//! Selects the secrets of a build.

use super::gate::Bundle;
use super::secrets::{MissingSecret, NETRC, NeededSecret, SecretRequirement, with_credentials};
use crate::project::Authenticate;
use crate::value::{BuildSecret, SecretSource, VariableName};

impl Bundle {
    /// Returns the secrets that the build may need: the configured secrets, and the credentials of the project's
    /// package indexes.
    pub fn secrets(&self) -> &[NeededSecret] {
        &self.secrets
    }

    /// Returns the secrets to pass to the build. `exists` reports whether a file exists or a variable is set.
    ///
    /// # Errors
    ///
    /// Returns an error if a configured secret does not exist, or if an index with `authenticate = "always"` has no
    /// credentials.
    pub fn given_secrets(&self, exists: impl Fn(&SecretSource) -> bool) -> Result<Vec<BuildSecret>, MissingSecret> {
        let mut given = Vec::new();
        for NeededSecret { secret, need } in &self.secrets {
            match (exists(&secret.source), need) {
                (true, _) => given.push(secret.clone()),
                (false, SecretRequirement::Named) => return Err(missing(secret)),
                (false, SecretRequirement::Index { .. }) => {}
            }
        }
        let has_secret = |id: &str| given.iter().any(|secret| secret.id.as_str() == id);
        let without = with_credentials(&self.indexes)
            .filter(|(index, _, _)| index.authenticate == Authenticate::Always && !has_secret(NETRC))
            .find(|(_, _, variables)| !variables.iter().any(|variable| has_secret(variable.as_str())));
        match without {
            Some((_, name, variables)) => Err(MissingSecret::Index { index: name.clone(), variables }),
            None => Ok(given),
        }
    }

    /// Returns the credential variables of the project's indexes, without duplicates.
    pub(crate) fn index_variables(&self) -> Vec<VariableName> {
        let mut variables = Vec::new();
        for variable in with_credentials(&self.indexes).flat_map(|(_, _, both)| both) {
            if !variables.contains(&variable) {
                variables.push(variable);
            }
        }
        variables
    }

    /// Describes the first required secret, for the error when the builder does not support secrets.
    pub(crate) fn indispensable_secret(&self) -> Option<String> {
        self.secrets.iter().find_map(|needed| match &needed.need {
            SecretRequirement::Named => Some(format!("secret `{}`", needed.secret.id)),
            SecretRequirement::Index { index, always: true } => {
                Some(format!("the credentials of package index `{index}`"))
            }
            SecretRequirement::Index { .. } => None,
        })
    }
}

fn missing(secret: &BuildSecret) -> MissingSecret {
    let id = secret.id.clone();
    match &secret.source {
        SecretSource::File(file) => MissingSecret::File { id, file: file.to_string() },
        SecretSource::Variable(variable) => MissingSecret::Variable { id, variable: variable.clone() },
    }
}

#[cfg(test)]
mod tests {
    use super::{BuildSecret, Bundle, MissingSecret, SecretSource};
    use crate::bundle::tests::{bundle_of, manifest};

    const INDEXES: &str = "[[tool.uv.index]]\nname = 'corp'\nurl = 'https://pypi.example.org/simple'\n";

    fn bundle(more: &str, flags: &str) -> Bundle {
        bundle_of(&manifest(more), &[], flags).unwrap()
    }

    fn given(bundle: &Bundle, existing: &[&str]) -> Result<Vec<String>, MissingSecret> {
        let exists = |source: &SecretSource| existing.iter().any(|text| source.to_string().contains(text));
        Ok(bundle.given_secrets(exists)?.iter().map(BuildSecret::to_string).collect())
    }

    #[test]
    fn configured_secrets_are_required() {
        let bundle =
            bundle("[tool.agentix.secret]\nnetrc = { src = '~/.netrc' }", "secret = { token = { env = 'TOKEN' } }");
        let all = ["id=netrc,src=~/.netrc", "id=token,env=TOKEN"].map(str::to_owned);
        assert_eq!(given(&bundle, &["$TOKEN", "~/.netrc"]).unwrap(), all);
        let missing = |existing: &[&str]| given(&bundle, existing).unwrap_err().to_string();
        assert_eq!(missing(&["$TOKEN"]), "secret `netrc`: file `~/.netrc` does not exist");
        assert_eq!(
            missing(&["~/.netrc"]),
            "secret `token`: variable TOKEN is not set; export it, or remove the secret"
        );
    }

    #[test]
    fn flags_override_the_manifest() {
        let bundle = bundle("[tool.agentix.secret]\nt = { src = '/a' }", "secret = { t = { env = 'B' } }");
        assert_eq!(bundle.secrets().iter().map(|needed| needed.secret.to_string()).collect::<Vec<_>>(), ["id=t,env=B"]);
    }

    #[test]
    fn index_credentials_are_passed_if_set() {
        let bundle = bundle(INDEXES, "");
        assert_eq!(given(&bundle, &[]).unwrap(), [""; 0]);
        assert_eq!(given(&bundle, &["PASSWORD"]).unwrap(), ["id=UV_INDEX_CORP_PASSWORD,env=UV_INDEX_CORP_PASSWORD"]);
        assert_eq!(given(&bundle, &["USERNAME", "PASSWORD"]).unwrap().len(), 2);
    }

    #[test]
    fn always_authenticate_requires_credentials() {
        let always = format!("{INDEXES}authenticate = 'always'");
        let plain = bundle(&always, "");
        assert_eq!(
            given(&plain, &[]).unwrap_err().to_string(),
            "package index `corp` requires credentials; set UV_INDEX_CORP_USERNAME and UV_INDEX_CORP_PASSWORD, or pass \
             them in a file: --secret id=netrc,src=FILE"
        );
        let with_another = bundle(&always, "secret = { token = { env = 'TOKEN' } }");
        assert!(
            given(&with_another, &["$TOKEN"]).unwrap_err().to_string().starts_with("package index `corp` requires")
        );
        assert_eq!(given(&plain, &["PASSWORD"]).unwrap().len(), 1);
        assert_eq!(given(&plain, &["USERNAME"]).unwrap().len(), 1);
        let with_netrc = bundle(&always, "secret = { netrc = { src = '/netrc' } }");
        assert_eq!(given(&with_netrc, &["/netrc"]).unwrap(), ["id=netrc,src=/netrc"]);
        let from_file = bundle(&always, "secret = { UV_INDEX_CORP_PASSWORD = { src = '/pass' } }");
        assert_eq!(given(&from_file, &["/pass"]).unwrap(), ["id=UV_INDEX_CORP_PASSWORD,src=/pass"]);
    }

    #[test]
    fn two_indexes_can_share_variables() {
        let second = INDEXES.replace("'corp'", "'CORP'");
        assert_eq!(bundle(&format!("{INDEXES}{second}"), "").secrets().len(), 2);
    }

    #[test]
    fn a_secret_that_the_build_cannot_do_without_is_named() {
        let always = format!("{INDEXES}authenticate = 'always'");
        for (manifest, flags, expected) in [
            ("", "", None),
            (INDEXES, "", None),
            (INDEXES, "secret = { token = { env = 'TOKEN' } }", Some("secret `token`")),
            (&always, "", Some("the credentials of package index `corp`")),
        ] {
            assert_eq!(bundle(manifest, flags).indispensable_secret().as_deref(), expected, "{manifest}{flags}");
        }
    }
}
