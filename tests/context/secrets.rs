//! Files with secrets of all kinds, each with a canary that must not occur in a context, and files that only look like
//! secrets.

use agentix_gen::files::{Excluded, ExclusionReason, SensitiveKind};
use camino::Utf8Path;

use super::selection::{kept, with_config};
use super::{Folder, bundle, tar, tree};

/// The text that is in every secret and in no other file.
const CANARY: &str = "c4n4ryc4n4ryc4n4ry";

/// The folders that contain the secrets, as prefixes of paths.
const FOLDERS: [&str; 3] = ["", "pkg/", "pkg/a b/c.d/"];

/// Secrets that are recognised by name. Their contents do not matter.
const BY_NAME: &[&str] = &[
    ".env",
    ".env.local",
    ".env.production",
    ".ENV",
    "deploy.env",
    ".envrc",
    ".env~",
    ".envs/.local/.django",
    "id_rsa",
    "id_ed25519",
    "id_ecdsa_sk",
    "id_rsa.bak",
    "ssh_host_rsa_key",
    ".ssh/config",
    ".ssh/known_hosts",
    "putty.ppk",
    "store.p12",
    "store.pfx",
    "store.jks",
    "debug.keystore",
    ".gnupg/secring.gpg",
    ".aws/credentials",
    ".aws/config",
    ".config/gcloud/credentials.db",
    "application_default_credentials.json",
    ".azure/accessTokens.json",
    ".config/doctl/config.yaml",
    "ci_accessKeys.csv",
    ".boto",
    ".s3cfg",
    "rclone.conf",
    ".kube/config",
    "kubeconfig",
    "prod.kubeconfig",
    "kubeconfig.yaml",
    "terraform.tfstate",
    "terraform.tfstate.backup",
    "prod.tfvars",
    "prod.auto.tfvars.json",
    "credentials.tfrc.json",
    ".vault-token",
    ".vault_pass.txt",
    ".docker/config.json",
    ".dockercfg",
    ".config/containers/auth.json",
    ".git-credentials",
    ".netrc",
    "_netrc",
    ".config/gh/hosts.yml",
    ".config/hub",
    ".pypirc",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".config/pypoetry/auth.toml",
    ".local/share/uv/credentials/credentials.toml",
    ".gem/credentials",
    ".pgpass",
    ".my.cnf",
    "secrets.toml",
    ".streamlit/secrets.toml",
    "credentials.json",
    "client_secret_1.apps.json",
    ".htpasswd",
    "passwords.kdbx",
    "login.keychain-db",
    "login.keyring",
    ".password-store/mail.gpg",
    ".bash_history",
    ".python_history",
    ".psql_history",
];

/// Secrets that are recognised by their contents, with the text before the canary.
const BY_CONTENTS: &[(&str, &str)] = &[
    ("server.pem", "-----BEGIN RSA PRIVATE KEY-----\n"),
    ("server.key", "-----BEGIN PRIVATE KEY-----\n"),
    ("encrypted.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"),
    ("bundle.crt", "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----\r\n"),
    ("AuthKey_1.p8", "-----BEGIN PRIVATE KEY-----\n"),
    ("deploy", "-----BEGIN OPENSSH PRIVATE KEY-----\n"),
    ("signing.asc", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n"),
    ("settings.yaml", "tls: |\n  -----BEGIN PRIVATE KEY-----\n  "),
    ("home.ovpn", "client\n<key>\n-----BEGIN PRIVATE KEY-----\n"),
    ("rsa.der", "0\u{7f}\u{2}\u{1}\u{0}"),
    ("putty", "PuTTY-User-Key-File-3: ssh-ed25519\n"),
    ("keys.txt", "AGE-SECRET-KEY-1"),
    ("wg0.conf", "[Interface]\nPrivateKey = "),
    ("master.key", "0123456789abcdef"),
    ("openai_key.txt", "sk-0"),
    (".npmrc", "//npm.example.org/:_authToken="),
    (".yarnrc.yml", "npmAuthToken: "),
    ("pip.conf", "[global]\nindex-url = https://me:pass@index.example/"),
    ("uv.toml", "[[index]]\nurl = \"https://me:pass@index.example/\"\n#"),
    (".gitmodules", "[submodule \"a\"]\n\turl = https://me:pass@example.org/"),
    ("requirements-dev.txt", "rich\n--extra-index-url https://me:pass@index.example/simple\n# "),
    ("dev-requirements.in", "--index-url=https://me:pass@index.example/simple # "),
    ("Requirements.pip", "x @ git+https://ghp_0123456789abcdef@example.org/x.git\n# "),
    ("constraints.txt", "x @ https://me:pass@example.org/x.whl\n# "),
    ("min-constraints.in.bak", "# -i https://me:pass@index.example/simple\n# "),
    (
        "pylock.dev.toml",
        "lock-version = \"1.0\"\n[[packages]]\nname = \"x\"\nindex = \"https://me:pass@index.example/simple\"\n# ",
    ),
];

/// The same for JSON, with complete texts.
const BY_JSON_CONTENTS: &[(&str, &str)] = &[
    ("agent-1a2b.json", r#"{"type": "service_account", "private_key": "CANARY"}"#),
    ("escaped.json", r#"{"key": "-----BEGIN PRIVATE KEY-----\nCANARY"}"#),
    ("adc.json", r#"{"type": "authorized_user", "refresh_token": "CANARY"}"#),
    ("oauth.json", r#"{"web": {"client_secret": "CANARY"}}"#),
    ("pull.json", r#"{"auths": {"registry.example.org": {"auth": "CANARY"}}}"#),
    ("auth.json", r#"{"http-basic": {"repo.example": {"password": "CANARY"}}}"#),
    ("jwk.json", r#"{"kty": "OKP", "d": "CANARY"}"#),
];

/// Files that only look like secrets.
const HARMLESS: &[(&str, &str)] = &[
    (".env.dist", "TOKEN="),
    (".env.example", "TOKEN="),
    (".env.sample", "TOKEN="),
    (".env.template", "TOKEN="),
    (".envrc.example", "export TOKEN="),
    (".gitconfig", "[user]\n\tname = x\n"),
    (".netrc.md", "How to write one"),
    ("dev-requirements.in", "x @ git+ssh://git@example.org/x.git\ny @ https://example.org/y.whl\n"),
    ("constraints.txt", "x==1 # ask me@example.org\n"),
    ("pylock.dev.toml", "lock-version = \"1.0\"\n"),
    ("requirements-dev.txt", "-i https://${USER}:${PASSWORD}@index.example/simple\nrich\n"),
    (".npmrc", "registry=https://npm.example.org/\n//x/:_authToken=${NPM_TOKEN}\n"),
    ("README", "Put it after `-----BEGIN PRIVATE KEY-----`."),
    ("ca.crt", "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n"),
    ("ca.der", "0\u{82}\u{3}"),
    ("config.json", "{\"auths\": {}}"),
    ("credentials.py", "class Credentials: ..."),
    ("env.py", ""),
    ("environment.yml", "dependencies: [python]"),
    ("id_rsa.pub", "ssh-rsa AAAA"),
    ("keys/a.pem", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"),
    ("keywords.txt", "internationalisation"),
    ("pip.conf", "[global]\nindex-url = https://index.example/simple\n"),
    ("release.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ"),
    ("secrets.py", "TOKEN = None"),
    ("secrets/a.py", ""),
    ("terraform.tfvars.example", "password = \"\""),
    ("test_keys.py", "KEY = '''-----BEGIN PRIVATE KEY-----\nMIIE'''"),
    ("token.py", ""),
    ("tokenizer.json", "{\"model\": {}}"),
];

fn secrets() -> Vec<(String, String)> {
    let named = BY_NAME.iter().map(|path| (*path, CANARY.to_owned()));
    let with_start = BY_CONTENTS.iter().map(|(path, start)| (*path, format!("{start}{CANARY}\n")));
    let json = BY_JSON_CONTENTS.iter().map(|(path, text)| (*path, text.replace("CANARY", CANARY)));
    let all: Vec<(&str, String)> = named.chain(with_start).chain(json).collect();
    FOLDERS
        .iter()
        .flat_map(|folder| all.iter().map(move |(path, text)| (format!("{folder}{path}"), text.clone())))
        .collect()
}

fn tree_of(files: &[(String, String)]) -> tree::Tree {
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    tree::project(&files)
}

fn holds_canary(bytes: &[u8]) -> bool {
    bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes())
}

#[test]
fn no_secret_is_in_the_archive() {
    let folder = Folder::of(&tree_of(&secrets()));
    let before = bundle(folder.path()).unwrap();
    let kept: Vec<&str> = before.listing().entries().iter().map(agentix_gen::files::Entry::path).collect();
    assert!(!holds_canary(&tar(&before).unwrap()), "{kept:?}");
    // Each secret is reported, by its own path or by that of an excluded folder.
    let dropped = before.listing().excluded();
    for (path, _) in secrets() {
        let is_about = |dropped: &&Excluded| Utf8Path::new(&path).starts_with(&dropped.path);
        let report = dropped.iter().find(is_about).unwrap_or_else(|| panic!("{path} is not reported"));
        assert!(matches!(report.reason, ExclusionReason::Secret(_)), "{path}: {}", report.reason);
    }
}

/// Each secret is in a project of its own, so that none is excluded because of another. Its path includes it.
#[test]
fn each_secret_is_excluded_alone_and_can_be_included() {
    let secrets = secrets();
    let in_one_folder = secrets.len() / FOLDERS.len();
    for (path, text) in &secrets[..in_one_folder] {
        let folder = Folder::of(&tree_of(&[(path.clone(), text.clone())]));
        assert!(!holds_canary(&tar(&bundle(folder.path()).unwrap()).unwrap()), "{path}");
        with_config(&folder, &format!("include = ['{path}']"));
        assert!(holds_canary(&tar(&bundle(folder.path()).unwrap()).unwrap()), "{path}");
    }
}

#[test]
fn a_pattern_includes_only_the_secrets_that_it_matches() {
    let folder = Folder::of(&tree_of(&secrets()));
    with_config(&folder, "include = ['pkg/.env', '**/server.pem', 'pkg/a b/c.d/.aws']");
    let expected = [
        "pkg/.env",
        "pkg/a b/c.d/.aws/config",
        "pkg/a b/c.d/.aws/credentials",
        "pkg/a b/c.d/server.pem",
        "pkg/server.pem",
        "pyproject.toml",
        "server.pem",
    ];
    assert_eq!(kept(folder.path()), expected);
}

#[test]
fn files_that_only_look_like_secrets_are_kept() {
    for prefix in FOLDERS {
        let files: Vec<_> =
            HARMLESS.iter().map(|(path, text)| (format!("{prefix}{path}"), (*text).to_owned())).collect();
        let folder = Folder::of(&tree_of(&files));
        let mut expected: Vec<String> = files.into_iter().map(|(path, _)| path).collect();
        expected.push("pyproject.toml".to_owned());
        expected.sort_by(|a, b| a.split('/').cmp(b.split('/')));
        assert_eq!(kept(folder.path()), expected);
    }
}

/// The file of a certificate chain can contain a private key far from its start.
#[test]
fn a_key_after_many_certificates_is_found() {
    let certificate = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", "A".repeat(1000));
    let with_key = certificate.repeat(500) + "-----BEGIN PRIVATE KEY-----\nMIIE\n";
    let folder = Folder::of(&tree::project(&[("a.pem", &with_key), ("b.pem", &certificate.repeat(500))]));
    assert_eq!(kept(folder.path()), ["b.pem", "pyproject.toml"]);
    let bundle = bundle(folder.path()).unwrap();
    let reason = &bundle.listing().excluded()[0].reason;
    assert!(matches!(reason, ExclusionReason::Secret(secret) if secret.kind == SensitiveKind::PrivateKey));
}
