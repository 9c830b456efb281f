//! Rejects secrets that would be exposed in the context, in the image or on the engine's command line.

use std::collections::BTreeMap;

use serde_json::Value;

use super::error::BundleError;
use crate::files::Listing;
use crate::project::{Config, Locks, lock};
use crate::value::{CredentialUrl, LabelKey, OneLine, SecretSource, SingleLine};

/// Returns an error if the file of a secret is part of the context, and would therefore become part of the image.
pub(super) fn refuse_in_context(config: &Config, listing: &Listing) -> Result<(), BundleError> {
    let files = config.secret.iter().filter_map(|(id, source)| match source {
        SecretSource::File(file) => Some((id, file.normal().strip_prefix(listing.root()).ok()?.to_owned())),
        SecretSource::Variable(_) => None,
    });
    match files.into_iter().find(|(_, path)| listing.get(path.as_str()).is_some()) {
        Some((id, path)) => Err(BundleError::SecretInContext { id: id.clone(), path: path.into_string() }),
        None => Ok(()),
    }
}

/// Returns an error if a value of the configuration contains credentials. The values become part of the image and its
/// history, or of the engine's command line.
pub(super) fn refuse_in_settings(config: &Config) -> Result<(), BundleError> {
    let settings = serde_json::to_value(config).map_err(|error| BundleError::Unreadable(error.to_string()))?;
    match setting_with_credentials("", &settings) {
        Some((what, url)) => {
            let remedy = match what.split('.').next() {
                Some("env") => WHEN_IT_STARTS,
                Some("build-context") => FOR_GIT,
                _ => IN_A_FILE,
            };
            Err(BundleError::Credentials { what: OneLine(&what).to_string(), url, remedy })
        }
        None => Ok(()),
    }
}

/// Returns an error if a label contains credentials. Some labels come from the metadata of the project.
pub(super) fn refuse_in_labels(labels: &BTreeMap<LabelKey, SingleLine>) -> Result<(), BundleError> {
    let found = labels.iter().find_map(|(key, value)| Some((key, CredentialUrl::find_of_any_service(value.as_str())?)));
    match found {
        Some((key, url)) => Err(BundleError::Credentials { what: format!("label.{key}"), url, remedy: IN_A_FILE }),
        None => Ok(()),
    }
}

const IN_A_FILE: &str = "remove them, and pass them in a file: --secret id=netrc,src=FILE (proxy credentials belong in \
                         the engine's configuration)";

const WHEN_IT_STARTS: &str = "remove them, and set the variable when a container starts (--env NAME)";

const FOR_GIT: &str = "remove them, and pass the token of a git repository to BuildKit: \
                       --secret id=GIT_AUTH_TOKEN,env=NAME (podman and buildah use the configuration of git)";

/// Searches the keys and values of a setting.
fn setting_with_credentials(key: &str, value: &Value) -> Option<(String, CredentialUrl)> {
    match value {
        Value::String(text) => {
            let found = CredentialUrl::find_of_any_service(text).or_else(|| CredentialUrl::find_of_proxy(key, text));
            found.map(|url| (key.to_owned(), url))
        }
        Value::Array(list) => list.iter().find_map(|item| setting_with_credentials(key, item)),
        Value::Object(table) => table.iter().find_map(|(name, value)| {
            let inner = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            let in_name = CredentialUrl::find_of_any_service(name).map(|url| (key.to_owned(), url));
            in_name.or_else(|| setting_with_credentials(&inner, value))
        }),
        _ => None,
    }
}

/// Returns an error if a lock contains credentials. Unused locks are also checked, because they become part of the
/// image.
pub(super) fn refuse_in_locks(locks: &Locks) -> Result<(), BundleError> {
    for file in locks.files() {
        lock::refuse_credentials(file.path.as_str(), &file.text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{bundle_of, manifest};
    use crate::bundle::Bundle;
    use crate::bundle::error::BundleError;
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    #[test]
    fn a_secret_in_the_context_is_refused() {
        for file in ["pip.conf", "./x/../pip.conf"] {
            let flags = format!("secret = {{ pip-conf = {{ src = '{file}' }} }}");
            let inside = bundle_of(&manifest(""), &["pip.conf"], &flags).unwrap_err().to_string();
            assert_eq!(
                inside,
                "`pip.conf` is the file of secret `pip-conf`, but is part of the context; exclude it with `exclude`"
            );
            assert!(bundle_of(&manifest(""), &[], &flags).is_ok());
        }
    }

    /// Credentials are rejected in every file that an installer could read, used or unused, before anything is written.
    #[test]
    fn credentials_in_a_lock_are_refused_and_not_repeated() {
        const VALID: &str = "six==1.16.0\n";
        const EMPTY: &str = "lock-version = '1.0'\ncreated-by = 'a tool'\npackages = []\n";
        let requirements = |line: &str| vec![("requirements.txt", format!("{VALID}{line}\n"))];
        let unused =
            |name: &'static str, text: &str| vec![("requirements.txt", VALID.to_owned()), (name, text.to_owned())];
        let included = |line: &str, name: &'static str, text: &str| {
            vec![("requirements.txt", line.to_owned()), (name, format!("six\n{text}\n"))]
        };
        let uv = "version = 1\n[[package]]\nname = 'x'\nsource = { registry = 'https://hunter2@example.org/simple' }\n";
        let pylock =
            "lock-version = '1.0'\n[[packages]]\nname = 'x'\nindex = 'https://me:hunter2@example.org/simple'\n";
        for (position, files) in [
            ("requirements.txt:2", requirements("x @ https://me:hunter2@example.org/x-1.0.tar.gz")),
            ("requirements.txt:2", requirements("x @ git+https://me:hunter2@example.org/x.git@v1")),
            ("requirements.txt:2", requirements("git+https://hunter2@example.org/x.git#egg=x")),
            ("requirements.txt:2", requirements("-e git+ssh://git:hunter2@example.org/x.git#egg=x")),
            ("requirements.txt:2", requirements("--index-url https://me:hunter2@example.org/simple")),
            ("requirements.txt:2", requirements("--extra-index-url=https://hunter2@example.org/simple")),
            ("requirements.txt:2", requirements("-fhttps://me:hunter2@example.org/links")),
            ("requirements.txt:2", requirements("# -i https://me:hunter2@example.org/simple")),
            ("req/base.txt:2", included("-r req/base.txt", "req/base.txt", "-i https://me:hunter2@example.org")),
            ("limits.txt:2", included("-c limits.txt", "limits.txt", "x @ https://hunter2@example.org/x.whl")),
            ("pylock.toml:4", unused("pylock.toml", pylock)),
            ("uv.lock:4", unused("uv.lock", uv)),
            // The lock comes first, so that nothing else reads the list.
            (
                "requirements.txt:2",
                [requirements("# -i https://me:hunter2@example.org/simple"), vec![("pylock.toml", EMPTY.to_owned())]]
                    .concat(),
            ),
        ] {
            let error = bundle_of_files(&manifest(""), &files).unwrap_err().to_string();
            let start = format!("{position}: `");
            assert!(error.starts_with(&start) && error.contains("://…@example.org` contains credentials"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn recursive_includes_are_read_once() {
        let files = [
            ("requirements.txt", "-r a.txt\n".to_owned()),
            ("a.txt", "-r a.txt\n-c requirements.txt\nsix\n".to_owned()),
        ];
        assert!(bundle_of_files(&manifest(""), &files).is_ok());
    }

    fn bundle_of_files(manifest: &str, files: &[(&str, String)]) -> Result<Bundle, BundleError> {
        let files = files.iter().map(|(path, text)| (*path, text.as_str()));
        let listing = Listing::from_files([("pyproject.toml", manifest)].into_iter().chain(files)).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &Config::default()).unwrap();
        Bundle::new(workspace, listing, Config::default())
    }

    /// A DSN with a public key alone only allows to send reports: Sentry calls it safe to keep public.
    #[test]
    fn a_public_key_of_sentry_is_accepted() {
        let key = "0123456789abcdef0123456789abcdef";
        let on = |url: String| bundle_of(&manifest(""), &[], &format!("env = {{ SENTRY_DSN = 'https://{url}' }}"));
        for url in ["o4501.ingest.us.sentry.example.org/4502", "errors.example.org:9000/path/2"] {
            assert_eq!(on(format!("{key}@{url}")).unwrap().warnings(), []);
        }
        for url in [
            format!("{key}:hunter2@h.example.org/2"),
            format!("{key}@h.example.org/simple"),
            "hunter2@h.example.org/2".into(),
        ] {
            assert!(on(url.clone()).is_err(), "{url}");
        }
    }

    #[test]
    fn credentials_in_an_option_are_refused_and_not_repeated() {
        let (file, start, git) = ("--secret id=netrc,", "when a container starts", "--secret id=GIT_AUTH_TOKEN,");
        for (flags, what, remedy) in [
            ("build-arg = { PIP_INDEX_URL = 'https://me:hunter2@example.org' }", "build-arg.PIP_INDEX_URL", file),
            ("build-arg = { HTTPS_PROXY = 'http://me:hunter2@example.org' }", "build-arg.HTTPS_PROXY", file),
            ("label = { source = 'git+https://hunter2@example.org/x' }", "label.source", file),
            ("env = { INDEX = 'https://hunter2@example.org/x' }", "env.INDEX", start),
            ("build-context = { x = 'https://hunter2@example.org/x.git' }", "build-context.x", git),
        ] {
            let error = bundle_of(&manifest(""), &[], flags).unwrap_err().to_string();
            assert!(error.starts_with(what) && error.contains("://…@example.org") && error.contains(remedy), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
