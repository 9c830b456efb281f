//! The rules for secrets, as data. To add a rule, add a line: a name here, a token in `tokens`, the name of a setting or
//! the flag of a command in `keys`.
//!
//! The facts are those that the scanners gitleaks, detect-secrets, trufflehog and GitHub's secret scanning publish, and
//! the documentation of the programs that write these files.

use super::SensitiveKind::{
    self, AgentCredentials, CloudCredentials, Credentials, DatabaseCredentials, EnvironmentFile, History, Keyring,
    PackageIndexCredentials, PrivateKey, RegistryCredentials, RepositoryCredentials, SessionStore, Wallet,
};

pub(super) mod keys;
pub(super) mod tokens;

/// How much a name proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// No other file has this name.
    Name,
    /// The name is also that of ordinary data. In an importable package, the content decides.
    NameOutsidePackages,
    /// The content decides.
    Content,
}

/// The name patterns of secrets, which match in any folder. `*` matches any run of characters within one name. A
/// pattern that ends in `/` matches a folder with everything in it, and is always [`Proof::Name`].
///
/// Names are compared in lower case. The first match wins among patterns of the same form: whole names come before
/// `*.ending`, and both before other patterns with `*`.
#[rustfmt::skip]
pub(super) const NAMES: &[(SensitiveKind, Proof, &[&str])] = &[
    (EnvironmentFile, Proof::Name, &[
        ".env", ".env.*", ".env-*", ".env_*", "*.env", ".envrc", ".envrc.*", ".env/", ".envs/", "env.local",
        "env.prod", "env.production", "env.staging", "env.dev", "env.development", ".dev.vars", ".dev.vars.*",
        "*.envrc", "*.env.*", "local.settings.json",
    ]),
    (PrivateKey, Proof::Name, &[
        ".ssh/", "id_rsa", "id_dsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_xmss",
        "ssh_host_*_key", "*.ppk", "*.pvk", "*.p12", "*.pfx", "*.pkcs12",
        "*.jks", "*.jceks", "*.bks", "*.bcfks", "*.keystore", "*.agekey", "secring.gpg", "private-keys-v1.d/",
        "*.keytab", "krb5.keytab", "krb5cc_*", "*.ccache", "*.kirbi", "*.mobileprovision", "*.snk",
    ]),
    (CloudCredentials, Proof::Name, &[
        // Amazon, Google, Microsoft, Oracle, Alibaba, IBM, DigitalOcean, Hetzner, Scaleway, Fly and others.
        ".aws/", "*accesskeys.csv", "rootkey.csv", ".boto", ".s3cfg", ".passwd-s3fs",
        ".config/gcloud/", "application_default_credentials.json", "legacy_credentials/", "access_tokens.db",
        ".azure/", "*.publishsettings", "*.azureprofile", ".oci/", ".aliyun/", ".ossutilconfig", ".bluemix/",
        ".config/doctl/", "doctl/config.yaml", ".config/hcloud/", ".config/scw/", ".fly/", ".linode-cli",
        ".config/linode-cli", ".vultr-cli.yaml", ".exoscale/", ".config/exoscale/", ".civo.json", ".tccli/",
        ".mc/config.json", "rclone.conf", ".databrickscfg", ".databricks/token-cache.json", ".snowsql/", ".snowflake/",
        ".pulumi/credentials.json", ".supabase/access-token", "com.vercel.cli/auth.json", "netlify/config.json",
        ".netlify/config.json", ".wrangler/config/default.toml", ".railway/config.json", ".render/cli.yaml",
        ".config/heroku/", ".config/stripe/", ".config/configstore/", ".clasprc.json", ".config/planetscale/",
        ".config/neonctl/", ".turso/", ".cloudflared/", ".config/cloudflare/", ".bluemix/config.json",
        // Clusters, and infrastructure files, which contain the values that the infrastructure was created with.
        ".kube/", "*.kubeconfig", "*-kubeconfig", "*.tfstate", "*.tfstate.*", "*.tfvars", "*.tfvars.json", "*.tfplan",
        ".terraformrc", "terraform.rc", "*.tfrc.json", ".vault-token", "*vault_pass*", "*vault-pass*", "*vaultpass*",
        ".minikube/", ".tsh/", ".config/argocd/", ".talos/", "talosconfig", ".rancher/", "tailscaled.state",
        ".config/op/", ".doppler/", ".infisical/", ".nomad-token", ".consul-token", ".teleport/",
    ]),
    (CloudCredentials, Proof::NameOutsidePackages, &["kubeconfig", "kubeconfig.*"]),
    (AgentCredentials, Proof::Name, &[
        // Coding agents.
        ".claude/.credentials.json", ".claude.json", ".anthropic/", ".config/anthropic/", ".config/claude/", ".codex/auth.json", ".openai/",
        ".config/openai/", ".gemini/oauth_creds.json", ".gemini/google_accounts.json", ".gemini/mcp-oauth-tokens.json",
        ".qwen/oauth_creds.json", ".cursor/auth.json", "cursor/auth.json", "state.vscdb", "state.vscdb.backup",
        "github-copilot/hosts.json", "github-copilot/apps.json", ".copilot/config.json", ".codeium/", ".windsurf/auth.json",
        "goose/secrets.yaml", "opencode/auth.json", "opencode/mcp-auth.json", ".crush/auth.json", ".mcp-auth/",
        ".continue/sessions/", ".aider/oauth-keys.env", ".aider.oauth-keys.env", ".factory/auth.json",
        "amp/secrets.json", ".cline/secrets.json", ".roo/secrets.json", "zed/credentials.json", ".tabnine/",
        ".sourcegraph/", "cody/auth.json", ".augment/session.json", ".pieces/", ".plandex-home/auth.json",
        ".config/fabric/", "io.datasette.llm/keys.json", "llm/keys.json", ".sgpt/", ".config/shell_gpt/.sgptrc",
        ".sgptrc", ".gptme/", ".open-interpreter/", "claude_desktop_config.json",
        // Models, data sets and GPU clouds.
        ".modal.toml", "kaggle.json", ".kaggle/", "huggingface/token", ".huggingface/token", "huggingface/stored_tokens",
        ".huggingface/stored_tokens", "wandb/settings", ".config/wandb/", ".replicate/", ".config/replicate/", ".together/",
        ".ngc/", ".config/ngc/", ".lightning/", ".comet.config", ".neptune/", ".mlflow/", ".cohere/", ".ollama/",
        ".runpod/", ".vast_api_key", "vastai/vast_api_key", ".lambda_cloud/", ".dstack/", ".beam/", ".cerebrium/",
        ".config/e2b/", ".e2b/", ".paperspace/", ".gradient/", ".roboflow/", ".clearml.conf", "clearml.conf", ".dvc/config.local",
        ".metaflowconfig/", ".prefect/", ".anyscale/", ".bento/", ".baseten/", ".trussrc", ".langsmith/", ".litellm/",
        ".cdsapirc", ".ecmwfapirc", ".dbt/", ".tinyb",
    ]),
    (RegistryCredentials, Proof::Name, &[
        ".docker/config.json", ".dockercfg", ".dockerconfigjson", "containers/auth.json", "docker-config.json",
        "helm/registry/config.json", ".regctl/config.json", ".depot/", ".config/depot/",
    ]),
    (RepositoryCredentials, Proof::Name, &[
        ".git-credentials", "git/credentials", ".gitcookies", ".netrc", "_netrc", "gh/hosts.yml", ".config/hub",
        "glab-cli/config.yml", ".subversion/", "tea/config.yml", ".config/tea/", ".hgrc-auth", ".gitlab-runner/",
        ".circleci/cli.yml", ".travis/config.yml", ".jira.d/", ".config/.jira/", ".config/jira/",
    ]),
    (PackageIndexCredentials, Proof::Name, &[
        ".pypirc", ".cargo/credentials", ".cargo/credentials.toml", "uv/credentials.toml", "uv/credentials/",
        "pypoetry/auth.toml", ".gem/credentials", ".composer/auth.json", ".m2/settings.xml", ".m2/settings-security.xml",
        ".hex/hex.config", ".ivy2/.credentials", ".sbt/.credentials", ".pub-cache/credentials.json", "pub-credentials.json",
        ".continuum/", "anaconda-client/tokens/", ".conda/aau_token", ".conda/aau_token_host", ".condatoken", ".uvx-auth",
        ".jfrog/", ".config/hatch/credentials.toml", ".twinerc", ".config/pdm/auth.toml", ".bundle/credentials",
    ]),
    (DatabaseCredentials, Proof::Name, &[
        ".pgpass", "pgpass.conf", ".pg_service.conf", ".my.cnf", ".mylogin.cnf", ".mongodb-credentials", ".rediscli_auth",
        ".dbeaver-data-sources.xml", "credentials-config.json", ".dbshell-auth", ".odbc.ini", ".sqlpass", ".cassandra/credentials",
        ".clickhouse-client/", ".influxdbv2/",
    ]),
    (Credentials, Proof::Name, &[
        ".secret", ".secrets", ".secrets.*", ".secrets/", ".credentials", ".credentials.*", ".credentials/", ".htpasswd", ".htdigest",
        ".sentryclirc", ".ngrok2/", ".config/ngrok/", ".msmtprc", ".fetchmailrc", ".offlineimaprc", ".mbsyncrc", ".getmail/",
        ".esmtprc", ".mutt/passwords", ".smbcredentials", ".davfs2/", ".lftp/bookmarks", "sitemanager.xml", "recentservers.xml",
        "winscp.ini", ".ftpconfig", "sftp-config.json", ".vscode/sftp.json", ".remote-sync.json", ".wireguard/", ".openvpn/",
        ".erlang.cookie", "jupyter_cookie_secret", "notebook_cookie_secret", "hudson.util.secret", "secrets/master.key",
        ".weechat/sec.conf", "irssi/config", ".postman/", ".vnc/", ".muttrc", "*.remmina", ".authinfo.gpg", ".xauthority", ".iceauthority", "jupyter/runtime/",
        "jupyter_server_config.json", "jupyter_notebook_config.json", ".streamlit/secrets.toml", "etc/shadow", "etc/gshadow", "shadow-", ".ansible/vault", ".token",
        "ipsec.secrets", "chap-secrets", "pap-secrets", "*.nmconnection",
        ".tokens", "token.pickle", ".api_key", ".apikey", ".api-key", ".passwd", ".password", ".passwords", ".authinfo",
    ]),
    (Credentials, Proof::NameOutsidePackages, &[
        "secret.json", "secret.yaml", "secret.yml", "secret.toml", "secret.ini", "secret.txt", "secret.cfg", "secret.conf",
        "secrets.json", "secrets.yaml", "secrets.yml", "secrets.toml", "secrets.ini", "secrets.cfg", "secrets.conf",
        "secrets.txt", "secrets.properties", "secrets.xml", "secrets.json5", "*.secrets.json", "*.secrets.yaml",
        "*.secrets.yml", "*.secrets.toml", "*.secret.yaml", "*.secret.yml",
        "credentials", "credentials.json", "credentials.yaml", "credentials.yml", "credentials.toml", "credentials.ini",
        "credentials.cfg", "credentials.conf", "credentials.csv", "credentials.txt", "credentials.xml", "credentials.db",
        "*.credentials.json", "*_credentials.json", "*-credentials.json", "client_secret*.json",
        "ngrok.yml",
    ]),
    (Credentials, Proof::Content, &[
        "passwords.txt", "passwords.csv", "passwd.txt", "password.txt", "logins.txt", "logins.csv", "dotenv", "settings.xml",
        "settings-security.xml", ".secrets.baseline",
    ]),
    (DatabaseCredentials, Proof::Content, &["pgpass", "pgpass.*", ".pgpass-*", "my.cnf", "users.acl"]),
    (SessionStore, Proof::Name, &[
        "cookies.sqlite", "login data", "login data for account", "web data", "key3.db", "key4.db", "signons.sqlite",
        "logins-backup.json", ".mozilla/", "google-chrome/", ".config/chromium/", "bravesoftware/", "local state", "places.sqlite", "formhistory.sqlite", "sessionstore.jsonlz4",
        "sessionstore-backups/", "local extension settings/", ".telegram-cli/", "tdata/", ".whatsapp-session/", ".wwebjs_auth/",
        "playwright/.auth/", ".auth/user.json", "*.session", "*.session-journal",
    ]),
    (Wallet, Proof::Name, &[
        "wallet.dat", "*.wallet", ".bitcoin/", ".litecoin/", ".dogecoin/", ".electrum/", "default_wallet", ".ethereum/keystore/",
        "utc--*", ".config/solana/", "solana/id.json", ".monero/", ".brownie/accounts/", ".foundry/keystores/", ".near-credentials/",
        ".sui/", ".aptos/", ".armory/", "*.mnemonic", "mnemonic.txt", "seed_phrase.txt", "seed-phrase.txt", "seedphrase.txt",
        "recovery_phrase.txt", "recovery-phrase.txt",
    ]),
    (Wallet, Proof::Content, &[
        "mnemonic", "mnemonic.*", "seed", "seed.txt", "seed_words.txt", "seed-words.txt", "phrase.txt", "wallet.txt",
        "recovery.txt",
    ]),
    (Keyring, Proof::Name, &[
        ".gnupg/", ".password-store/", "*.kdbx", "*.kdb", "*.psafe3", "*.agilekeychain/", "*.opvault/", "*.1pux", "*.1pif",
        "*.keychain", "*.keychain-db", "*.keyring", ".local/share/keyrings/", "python_keyring/", "keyring_pass.cfg",
        "bitwarden_export*.json", "bitwarden_export*.csv", "lastpass_export*.csv", "dashlane*.csv", ".bitwarden/",
        "bitwarden cli/", ".lpass/", "*.enpassdb", "*.walletx",
    ]),
    (History, Proof::Name, &[
        ".*_history", ".history", ".histfile", ".zhistory", "fish_history", ".lesshst", ".viminfo", ".aider.input.history",
        ".aider.chat.history.md", ".aider.llm.history", ".codex/history.jsonl", ".codex/sessions/",
        ".claude/history.jsonl", ".claude/projects/", ".cursor/chats/", ".gemini/tmp/", "consolehost_history.txt",
    ]),
];
