//! Recognises secrets by name.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::SensitiveKind::{
    self, CloudCredentials, Credentials, DatabaseCredentials, EnvironmentFile, History, Keyring,
    PackageIndexCredentials, PrivateKey, RegistryCredentials, RepositoryCredentials,
};
use super::{SensitiveFile, is_about, plain_name};

/// The name patterns of secrets, which match in any folder. `*` matches any run of characters within one name. A
/// pattern that ends in `/` matches a folder with everything in it.
#[rustfmt::skip]
const TABLE: &[(SensitiveKind, &[&str])] = &[
    (EnvironmentFile, &[
        ".env", ".env.*", ".env-*", ".env_*", "*.env", ".envrc", ".envrc.*", ".env/", ".envs/",
    ]),
    (PrivateKey, &[
        ".ssh/", "id_rsa", "id_dsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_xmss",
        "ssh_host_*_key", "*.ppk", "*.pvk", "*.p12", "*.pfx", "*.pkcs12", "*.jks", "*.jceks", "*.bks", "*.bcfks",
        "*.keystore", "*.agekey", "secring.gpg", "private-keys-v1.d/",
    ]),
    (CloudCredentials, &[
        // Amazon, Google, Microsoft, Oracle, Alibaba, IBM, DigitalOcean, Hetzner, Scaleway, Fly.
        ".aws/", "*accesskeys.csv", "rootkey.csv", ".boto", ".s3cfg", ".passwd-s3fs",
        ".config/gcloud/", "application_default_credentials.json", "legacy_credentials/", "access_tokens.db",
        ".azure/", "*.publishsettings", ".oci/", ".aliyun/", ".ossutilconfig", ".bluemix/",
        ".config/doctl/", "doctl/config.yaml", ".config/hcloud/", ".config/scw/", ".fly/",
        ".mc/config.json", "rclone.conf", ".databrickscfg", ".snowsql/", ".snowflake/", ".modal.toml",
        "kaggle.json", "huggingface/token", ".huggingface/token",
        // Clusters, and infrastructure files, which contain the values that the infrastructure was created with.
        ".kube/", "kubeconfig", "kubeconfig.*", "*.kubeconfig", "*-kubeconfig",
        "*.tfstate", "*.tfstate.*", "*.tfvars", "*.tfvars.json", ".terraformrc", "terraform.rc", "*.tfrc.json",
        ".vault-token", "*vault_pass*", "*vault-pass*", "*vaultpass*",
    ]),
    (RegistryCredentials, &[
        ".docker/config.json", ".dockercfg", ".dockerconfigjson", "containers/auth.json", "docker-config.json",
        "helm/registry/config.json",
    ]),
    (RepositoryCredentials, &[
        ".git-credentials", "git/credentials", ".gitcookies", ".netrc", "_netrc", "gh/hosts.yml", ".config/hub",
        "glab-cli/config.yml", ".subversion/",
    ]),
    (PackageIndexCredentials, &[
        ".pypirc", ".cargo/credentials", ".cargo/credentials.toml", "uv/credentials.toml", "uv/credentials/",
        "pypoetry/auth.toml", ".gem/credentials", ".composer/auth.json", ".m2/settings.xml",
        ".m2/settings-security.xml", ".hex/hex.config",
    ]),
    (DatabaseCredentials, &[
        ".pgpass", "pgpass.conf", ".pg_service.conf", ".my.cnf", ".mylogin.cnf",
    ]),
    (Credentials, &[
        ".secret", ".secrets", ".secrets.*", ".secrets/", ".credentials", ".credentials.*", ".credentials/",
        "secret.json", "secret.yaml", "secret.yml", "secret.toml", "secret.ini", "secret.txt",
        "secrets.json", "secrets.yaml", "secrets.yml", "secrets.toml", "secrets.ini", "secrets.cfg", "secrets.conf",
        "secrets.txt", "secrets.properties",
        "credentials", "credentials.json", "credentials.yaml", "credentials.yml", "credentials.toml",
        "credentials.ini", "credentials.cfg", "credentials.conf", "credentials.csv", "credentials.txt",
        "credentials.xml", "credentials.db",
        "client_secret*.json", ".htpasswd", ".sentryclirc", ".ngrok2/", "ngrok.yml", ".cloudflared/", ".msmtprc",
        ".fetchmailrc",
    ]),
    (Keyring, &[
        ".gnupg/", ".password-store/", "*.kdbx", "*.kdb", "*.psafe3", "*.agilekeychain/", "*.opvault/",
        "*.keychain", "*.keychain-db", "*.keyring", ".local/share/keyrings/", "python_keyring/", "keyring_pass.cfg",
    ]),
    (History, &[
        ".*_history", ".history", ".histfile", ".zhistory", "fish_history", ".lesshst", ".viminfo",
    ]),
];

pub(super) fn of_file(path: &str) -> Option<SensitiveFile> {
    find(&FILES, path)
}

pub(super) fn of_folder(path: &str) -> Option<SensitiveFile> {
    find(&FOLDERS, path)
}

fn find(index: &Index, path: &str) -> Option<SensitiveFile> {
    let name = plain_name(path);
    let found = index.find(path, &name)?;
    // A name without `*` in the table is always a secret, and an example of a key is still a key.
    let may_be_about = found.sign.contains('*') && !matches!(found.kind, PrivateKey | Keyring);
    (!(may_be_about && is_about(&name))).then_some(found)
}

static FILES: LazyLock<Index> = LazyLock::new(|| Index::of(|pattern| (!pattern.ends_with('/')).then_some(pattern)));
static FOLDERS: LazyLock<Index> = LazyLock::new(|| Index::of(|pattern| pattern.strip_suffix('/')));

/// An index of the table that is fast for names without a match, since most names have none.
struct Index {
    /// Patterns whose last component has no `*`, by this component. Each value starts with the folders before it.
    whole: HashMap<&'static str, Vec<(&'static str, SensitiveFile)>>,
    /// Patterns of the form `*.ending` with a single `*` and a single `.`, by the text after the `*`.
    endings: HashMap<&'static str, SensitiveFile>,
    /// All other patterns.
    patterns: Vec<(Starred, SensitiveFile)>,
}

/// A pattern with at least one `*`. Every name is compared with all of them; most differ at the start or the end.
struct Starred {
    start: &'static str,
    /// The parts between two `*`.
    middle: Vec<&'static str>,
    end: &'static str,
}

impl Starred {
    fn of(pattern: &'static str) -> Option<Self> {
        let (start, rest) = pattern.split_once('*')?;
        let mut middle: Vec<&str> = rest.split('*').collect();
        let end = middle.pop()?;
        Some(Self { start, middle, end })
    }

    fn matches(&self, name: &str) -> bool {
        let within = name.as_bytes().strip_prefix(self.start.as_bytes());
        let Some(mut left) = within.and_then(|left| left.strip_suffix(self.end.as_bytes())) else { return false };
        // The first match of each part leaves the longest rest for the following parts.
        self.middle.iter().filter(|part| !part.is_empty()).all(|part| {
            let found = left.windows(part.len()).position(|window| window == part.as_bytes());
            found.is_some_and(|at| {
                left = &left[at + part.len()..];
                true
            })
        })
    }
}

impl Index {
    fn of(kept: impl Fn(&'static str) -> Option<&'static str>) -> Self {
        let mut index = Self { whole: HashMap::new(), endings: HashMap::new(), patterns: Vec::new() };
        for (kind, sign) in TABLE.iter().flat_map(|(kind, patterns)| patterns.iter().map(|sign| (*kind, *sign))) {
            let Some(pattern) = kept(sign) else { continue };
            let secret = SensitiveFile { kind, sign };
            let (folders, name) = pattern.rsplit_once('/').unwrap_or(("", pattern));
            match name.strip_prefix('*') {
                _ if !name.contains('*') => index.whole.entry(name).or_default().push((folders, secret)),
                Some(ending) if ending.rfind(['.', '*']) == Some(0) => _ = index.endings.insert(ending, secret),
                _ => index.patterns.extend(Starred::of(name).map(|pattern| (pattern, secret))),
            }
        }
        index
    }

    fn find(&self, path: &str, name: &str) -> Option<SensitiveFile> {
        if let Some(candidates) = self.whole.get(name) {
            let around = path.rsplit_once('/').map_or("", |(folders, _)| folders);
            if let Some((_, secret)) = candidates.iter().find(|(folders, _)| ends_in(around, folders)) {
                return Some(*secret);
            }
        }
        let ending = name.rfind('.').and_then(|dot| self.endings.get(&name[dot..]));
        ending.copied().or_else(|| self.patterns.iter().find(|(pattern, _)| pattern.matches(name)).map(|found| found.1))
    }
}

/// Returns `true` if the path ends with these components.
fn ends_in(path: &str, parts: &str) -> bool {
    parts.is_empty() || path.strip_suffix(parts).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::{Starred, TABLE};

    #[test]
    fn a_star_matches_any_run_of_characters() {
        for (pattern, name, expected) in [
            (".env.*", ".env.prod", true),
            (".env.*", ".env", false),
            ("*vault_pass*", "vault_pass", true),
            ("*vault_pass*", ".my_vault_password.txt", true),
            ("ssh_host_*_key", "ssh_host_rsa_key", true),
            ("ssh_host_*_key", "ssh_host_rsa_key.pub", false),
            ("a*a", "a", false),
            ("*ab*b*", "aabb", true),
            ("*ab*b*", "bab", false),
            ("a*", "é", false),
            ("*a", "éa", true),
        ] {
            assert_eq!(Starred::of(pattern).unwrap().matches(name), expected, "{pattern} {name}");
        }
    }

    /// Names are compared in lower case, so an upper-case pattern would never match.
    #[test]
    fn the_table_is_in_lower_case_and_has_no_duplicates() {
        let mut all: Vec<&str> = TABLE.iter().flat_map(|(_, patterns)| patterns.iter().copied()).collect();
        assert!(all.iter().all(|pattern| *pattern == pattern.to_ascii_lowercase()));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
