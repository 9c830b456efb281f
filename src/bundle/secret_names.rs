//! Settings that look like a secret by their name. Their values are part of the image or of its history.

use super::warnings::Warning;
use crate::project::Config;
use crate::value::names_secret;

/// Returns a warning for each variable, label and build argument with the name of a secret and with a value.
pub(super) fn warnings(config: &Config) -> Vec<Warning> {
    let env = config.env.iter().map(|(name, value)| ("env", name.as_str(), value));
    let labels = config.label.iter().map(|(name, value)| ("label", name.as_str(), value));
    let arguments = config.build_arg.iter().map(|(name, value)| ("build-arg", name.as_str(), value));
    let all = env.chain(labels).chain(arguments);
    // A switch, such as `REQUIRE_AUTH = "true"`, is no secret.
    let has_value = |value: &str| !matches!(value.to_ascii_lowercase().as_str(), "" | "true" | "false");
    let named = all.filter(|(_, name, value)| names_secret(name) && has_value(value.as_str()));
    named.map(|(key, name, _)| Warning::SecretName { key, name: name.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use crate::bundle::tests::{bundle_of, manifest};

    fn warnings(flags: &str) -> Vec<String> {
        bundle_of(&manifest(""), &[], flags).unwrap().warnings().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_setting_with_the_name_of_a_secret_is_named_and_not_shown() {
        for (flags, start) in [
            ("env = { API_TOKEN = 'hunter2' }", "env.API_TOKEN has the name of a secret"),
            (
                "label = { 'org.example.db-password' = 'hunter2' }",
                "label.org.example.db-password has the name of a secret",
            ),
            ("build-arg = { NPM_TOKEN = 'hunter2' }", "build-arg.NPM_TOKEN has the name of a secret"),
        ] {
            let found = warnings(flags);
            assert!(found.len() == 1 && found[0].starts_with(start) && found[0].contains("`secret`"), "{found:?}");
            assert!(!found[0].contains("hunter2"), "{found:?}");
        }
        let others =
            "env = { LOG_LEVEL = 'info', DB_PASSWORD = '', REQUIRE_AUTH = 'true' }\nbuild-arg = { TOKEN_URL = 'x' }";
        assert_eq!(warnings(others), [""; 0]);
    }
}
