//! The names of settings and the flags of commands that have a secret value, as data.

/// The ends of the keys that name a secret value, in lower case and without separators.
#[rustfmt::skip]
pub(in super::super) const ENDS: &[&str] = &[
    "password", "passwordhash", "passwd", "pwd", "passphrase", "pass", "pw", "psk", "authtok",
    "secret", "secretkey", "secretkeybase", "apisecret", "securestring",
    "token", "credential", "credentials", "authorization", "auth", "sasl",
    "apikey", "accesskey", "privatekey", "privatekeys", "privkey", "accountkey", "signingkey", "encryptionkey", "masterkey",
    "authkey", "servicekey", "sharedkey", "appkey", "sessionkey", "presharedkey", "licensekey", "applicationkey", "primarykey",
    "secondarykey", "aikey", "databasekey", "dbkey", "clientkey", "fernet", "fernetkey", "cryptkey", "aeskey", "hmackey", "jwtkey", "unsealkey", "recoverykey", "rocommunity", "rwcommunity",
    // In other languages.
    "passwort", "kennwort", "contrasena", "contrasea", "motdepasse", "senha",
];

/// Parts of the keys that end like one of [`ENDS`], but have a public value.
#[rustfmt::skip]
pub(in super::super) const PUBLIC: &[&str] = &[
    "public", "publishable", "nexttoken", "pagetoken", "continuationtoken", "clienttoken", "requesttoken", "verificationtoken",
    "changetoken", "dkim", "actiontoken", "idempotencytoken", "inputtoken", "outputtoken", "bypass", "hashed",
];

/// The ends of the keys of a password. Its value may be shorter than that of a token.
pub(in super::super) const PASSWORDS: &[&str] =
    &["pass", "password", "passwordhash", "passwd", "pwd", "pw", "passphrase", "psk", "passwort", "kennwort", "senha"];

/// The ends of the keys whose value is secret even if it is a UUID. Most UUIDs identify something.
pub(in super::super) const NEVER_PUBLIC: &[&str] =
    &["secret", "secretkey", "apikey", "accesskey", "privatekey", "password", "token"];

/// The parts of keys that are looked for first: each of [`ENDS`], and each flag of [`FLAGS`], contains one.
#[rustfmt::skip]
pub(in super::super) const PARTS: &[&str] = &[
    "pass", "pw", "secret", "key", "token", "credential", "auth", "sasl", "psk", "mnemonic", "seedphrase", "seed_phrase", "seed phrase",
    "recovery", "://", "securestring", "fernet", "kennwort", "community", "createuser", "contrase", "motdepasse", "senha", "identified",
    // The hashes of passwords.
    "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$", "$argon2", "$apr1$", "$scrypt$", "scram-sha-256$", "pbkdf2_sha256$", "{ssha}",
    " -p", " -u", " --user", " -a ", " -w ", " -k ",
];

/// The starts of the hashes of passwords. [`PARTS`] has them all, in lower case.
#[rustfmt::skip]
pub(in super::super) const HASHES: &[&str] = &[
    "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$", "$argon2", "$apr1$", "$scrypt$", "SCRAM-SHA-256$", "pbkdf2_sha256$", "{SSHA}",
];

/// Commands, and their flag whose value is a password. In some of them, the value follows without a space.
#[rustfmt::skip]
pub(in super::super) const FLAGS: &[(&[&str], &str)] = &[
    (&[
        "mysql", "mysqldump", "mysqladmin", "mysqlimport", "mariadb", "mariadb-dump", "sshpass", "docker", "podman", "nerdctl",
        "buildah", "skopeo", "helm", "twine", "mongo", "mongosh", "mongodump", "mongorestore", "mongoimport", "az", "7z", "oc",
        "login",
    ], "-p"),
    (&["redis-cli", "valkey-cli"], "-a"),
    (&["ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldappasswd", "ldapwhoami"], "-w"),
    (&["openssl"], "-k"),
    (&["createUser"], "SHA"),
    (&["zip", "unzip", "sqlcmd", "bcp", "tsql"], "-P"),
];
