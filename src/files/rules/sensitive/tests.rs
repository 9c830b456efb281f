mod assignments;
mod formats;
mod json;
mod looks;
mod settings;
mod values;

use super::{ContentRule, SensitiveFile, SensitiveKind};

/// Judges a file by its path, and then by its text.
fn judged(path: &str, text: &[u8]) -> Option<SensitiveFile> {
    SensitiveFile::of_file(path).or_else(|| SensitiveFile::in_content(path, false, text))
}

#[track_caller]
fn assert_kinds(kind: SensitiveKind, files: &[(&str, &[u8])]) {
    for (path, text) in files {
        let found = judged(path, text).map(|secret| secret.kind);
        assert_eq!(found, Some(kind), "{path}: {}", String::from_utf8_lossy(text));
        let below = format!("pkg/a b/{path}");
        assert_eq!(judged(&below, text).map(|secret| secret.kind), Some(kind), "{below}");
    }
}

/// Each text is a secret with this sign, under a name that says nothing.
#[track_caller]
fn assert_sign(path: &str, sign: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(judged(path, text.as_bytes()).map(|secret| secret.sign), Some(sign), "{path}: {text}");
    }
}

/// No text is a secret.
#[track_caller]
fn assert_no_secret(path: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(judged(path, text.as_bytes()), None, "{path}: {text}");
    }
}

#[track_caller]
fn assert_kept(files: &[(&str, &[u8])]) {
    for (path, text) in files {
        assert_eq!(judged(path, text), None, "{path}: {}", String::from_utf8_lossy(text));
    }
}

#[test]
fn an_example_of_an_environment_file_is_not_a_secret() {
    let names = [".env", ".ENV", ".env.local", ".env-prod", ".env_prod", "prod.env", ".envrc", ".env~", ".env.bak"];
    assert_kinds(SensitiveKind::EnvironmentFile, &names.map(|name| (name, &b""[..])));
    let names = [
        ".env.example",
        ".env.sample",
        ".env.template",
        ".env.dist",
        ".env.defaults",
        ".env-example",
        ".env_example",
        "example.env",
        ".envrc.example",
        ".env.example.bak",
        ".environment",
        "env.py",
        "environment",
        ".env.md",
        ".env.j2",
        ".env.test",
        ".env_test",
        ".env.ci",
    ];
    assert_kept(&names.map(|name| (name, &b"TOKEN=\n"[..])));
    for name in [".env.example", ".env.sample", ".env.test", ".env.dist"] {
        assert_kinds(SensitiveKind::EnvironmentFile, &[(name, b"# local\nDEBUG=1\nDB_PASSWORD=qX7mTz41Lp\n")]);
        assert_kept(&[(name, b"API_KEY=your-key\nDB_PASSWORD=changeme1\nURL=https://u:${PASSWORD}@h/\n")]);
    }
}

#[test]
fn a_private_key_is_recognised_in_each_format() {
    const PEM: &[u8] = b"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n";
    assert_kinds(
        SensitiveKind::PrivateKey,
        &[
            ("a.pem", PEM),
            ("a.KEY", PEM),
            ("deploy", PEM),
            ("a.yaml", b"key: |\n  -----BEGIN PRIVATE KEY-----\n  MIIE"),
            ("a.json", br#"["-----BEGIN EC PRIVATE KEY-----\nMHc"]"#),
            ("a.crt", b"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n-----BEGIN ENCRYPTED PRIVATE KEY-----\r\nM"),
            ("a.asc", b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ"),
            ("a.gpg", b"\x95\x03\xc6\x04"),
            ("a.gpg", b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ"),
            ("a.der", b"\x30\x82\x04\xbd\x02\x01\x00\x30\x0d\x06\x09"),
            ("a.der", b"\x30\x81\x87\x02\x01\x01\x04\x20"),
            ("a.key", b"\x30\x82\x05\x2d\x30\x57\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d\x30\x4a"),
            ("putty", b"PuTTY-User-Key-File-3: ssh-ed25519\n"),
            ("key.txt", b"# created\nAGE-SECRET-KEY-1QQQQ\n"),
            ("wg0.conf", b"[Interface]\nPrivateKey = aaaa\n"),
            ("jwk.json", br#"{"kty": "OKP", "crv": "Ed25519", "x": "11qY", "d": "nWGx"}"#),
            ("jwks.json", br#"{"keys": [{"kty": "RSA", "n": "0vx7", "e": "AQAB", "d": "X4cT"}]}"#),
            ("jwks.json", br#"{"keys": [{"kty": "RSA", "n": "0vx7"}, {"kty": "oct", "k": "AyM1"}]}"#),
            ("id_ed25519", b""),
            ("an.example.p12", b""),
            ("id_rsa.old", b""),
            ("ssh_host_ecdsa_key", b""),
            ("store.P12", b""),
        ],
    );
    assert_kept(&[
        ("id_rsa.pub", b"ssh-rsa AAAA"),
        ("a.pem", b"-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n"),
        ("a.pem", b"-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"),
        ("a.asc", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ"),
        ("a.gpg", b"\x99\x01\x0d\x04"),
        // A certificate, a public key, and a PKCS#1 public key.
        ("a.cer", b"\x30\x82\x03\x0b\x30\x82\x01\xf3\xa0\x03\x02\x01\x02"),
        ("a.der", b"\x30\x82\x01\x22\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03"),
        ("a.der", b"\x30\x82\x01\x0a\x02\x82\x01\x01\x00\xaa"),
        ("slides.key", b"PK\x03\x04"),
        ("PKG-INFO", b"token = 9f86d081884c7d659a2feaa0c55ad015"),
        ("LICENSE", b"token = 9f86d081884c7d659a2feaa0c55ad015"),
        ("README", b"It starts with `-----BEGIN PRIVATE KEY-----`."),
        ("jwk.json", br#"{"kty": "RSA", "n": "0vx7", "e": "AQAB"}"#),
        ("jwk.json", br#"{"d": "day", "k": "kelvin"}"#),
        ("jwks.json", br#"{"keys": [{"kty": "RSA", "n": "0vx7"}, {"d": "day"}]}"#),
        ("wg0.conf", b"[Interface]\nAddress = 10.0.0.1\n"),
        ("app.conf", b"PrivateKey = none\n"),
        ("test_keys.py", PEM),
        ("notes", "ł".as_bytes()),
        ("a.pem", b""),
        ("a.der", b"\x30"),
        ("a.der", b"\x30\x84\x00"),
    ]);
}

#[test]
fn credentials_are_recognised_by_their_content() {
    assert_kinds(
        SensitiveKind::CloudCredentials,
        &[
            ("key-1.json", br#"{"type": "service_account", "private_key": "x"}"#),
            ("adc.json", br#"{"type": "authorized_user", "refresh_token": "x"}"#),
            ("oauth.json", br#"{"installed": {"client_secret": "x"}}"#),
            ("cluster.yaml", b"apiVersion: v1\nkind: Config\nusers:\n- user:\n    token: x\n"),
            ("cluster.prod.yaml", b"kind: Config \nusers:\n- user:\n    password: x\n"),
            ("terraform.tfstate.1700000000.backup", b""),
            ("prod.tfvars.json", b""),
        ],
    );
    assert_kinds(
        SensitiveKind::RegistryCredentials,
        &[("pull.json", br#"{"auths": {"registry.example.org": {"auth": "eDp5"}}}"#)],
    );
    assert_kinds(
        SensitiveKind::PackageIndexCredentials,
        &[
            (".npmrc", b"//npm.example.org/:_authToken=npm_abc\n"),
            (".npmrc", b"  //npm.example.org/:_auth=YTpi==\n"),
            (".yarnrc.yml", b"npmAuthToken: \"abc\"\n"),
            (".yarnrc.yml", b"\"npmAuthToken\" : a: b\n"),
            ("pip.conf", b"[global]\nindex-url = https://me:pass@index.example/simple\n"),
            ("uv.toml", b"[[index]]\nurl = \"https://pypi-AgEIcHlwaS5vcmcCJDAw@index.example/simple\"\n"),
            ("nuget.config", b"<add key=\"ClearTextPassword\" value=\"abc\" />"),
            ("auth.json", br#"{"http-basic": {"repo.example": {"username": "x", "password": "y"}}}"#),
        ],
    );
    assert_kinds(
        SensitiveKind::Credentials,
        &[
            ("secret.key", b"ZmDfcTF7_60GrrY167zsiPd67pEvs0aGOv2oasOM1Pg=\n"),
            ("openai_key.txt", b"sk-abcdefghijklmnop1234"),
            (".secret_key", b"0123456789abcdef0123456789abcdef"),
            (".wgetrc", b"password = abc\n"),
            (".curlrc", b"proxy = http://me:pass@proxy.example\n"),
        ],
    );
    assert_kinds(SensitiveKind::RepositoryCredentials, &[(".gitmodules", b"\turl = https://me:pass@git.example/x\n")]);
    assert_kept(&[
        (".npmrc", b"registry=https://npm.example.org/\nalways-auth=true\n//x/:_authToken=${NPM_TOKEN}\n"),
        (".yarnrc.yml", b"nodeLinker: node-modules\n# npmAuthToken: abc\n"),
        ("pip.conf", b"[global]\nindex-url = https://index.example/simple\nextra = https://${USER}:${PASS}@x/simple\n"),
        (".gitmodules", b"[submodule \"x\"]\n\turl = ssh://git@git.example.org/x/y\n"),
        ("alembic.ini", b"sqlalchemy.url = postgresql://me:pass@localhost/x\n"),
        ("compose.yaml", b"services:\n  db:\n    environment:\n      password: x\n"),
        ("config.json", br#"{"auths": {}}"#),
        ("package.json", br#"{"type": "module"}"#),
        ("public_key.txt", b"one line\nand another"),
        ("keywords.txt", b"internationalisation"),
        ("tokenizer.json", br#"{"keys": ["kty", "d"]}"#),
        ("auth.json", b"not json {"),
    ]);
    // The same formats without the secret value.
    assert_kept(&[
        ("key-1.json", br#"{"type": "service_account", "client_email": "x"}"#),
        ("adc.json", br#"{"type": "authorized_user", "client_id": "x"}"#),
        ("oauth.json", br#"{"installed": {"client_id": "x"}, "web": {}}"#),
        ("pull.json", br#"{"auths": {"registry.example.org": {}}}"#),
        ("auth.json", br#"{"http-basic": {}}"#),
        ("cluster.yaml", b"kind: Config\nusers:\n- name: x\n"),
        ("cluster.yaml", b"kind: Config\nmetadata:\n  token: x\n"),
        ("cluster.yaml", b"kind: Deployment\nusers:\n- user:\n    token: x\n"),
        (".npmrc", b"  # _authToken=abc\n\t; _password=abc\n_password=\n_password = \"\"\n"),
        (".npmrc", b"_password = '$PASS'\n_password=%PASS%\n_authToken=<yours>\nuse-token = true\n"),
        ("nuget.config", b"<add key=\"ClearTextPassword\" value=\"%PASS%\" />"),
    ]);
}

#[test]
fn a_single_long_word_is_a_token_if_the_file_name_suggests_one() {
    const WORD: &[u8] = b"0123456789abcdef";
    let long = "0123456789abcdef".repeat(256);
    let found = [("api.token", WORD), ("a_token", WORD), (".password", WORD), ("x.key", long.as_bytes())];
    assert_kinds(SensitiveKind::Credentials, &found);
    let longer = format!("{long}b");
    assert_kept(&[
        ("api.token", &WORD[1..]),
        ("api.token", longer.as_bytes()),
        ("api.token", b"0123456789012345"),
        ("api.token", b"abcdefghijklmnop"),
        ("api.token", b"a1a1a1a1a1a1a1a1a1a1"),
        ("api.token", b"0123456789 abcdef"),
        ("monkey", WORD),
        ("keyboard.txt", WORD),
        ("primary_keys", WORD),
        ("tokenizer.key", WORD),
        ("notes.txt", WORD),
        ("VERSION", WORD),
        (".cache_id", WORD),
        ("my.tokens", WORD),
    ]);
}

#[test]
fn a_long_user_name_in_a_url_is_a_token() {
    assert_kinds(
        SensitiveKind::PackageIndexCredentials,
        &[("pip.conf", b"index-url = https://0123456789abcdef@index.example/")],
    );
    assert_kept(&[
        ("pip.conf", b"index-url = https://0123456789abcde@index.example/"),
        ("pip.conf", b"index-url = https://${TOKEN_OF_THE_INDEX}@index.example/"),
    ]);
}

#[test]
fn settings_over_the_size_limit_are_data() {
    const LINE: &str = "_password=abc\n";
    let settings = |length: usize| (LINE.to_owned() + &" ".repeat(length - LINE.len())).into_bytes();
    assert_kinds(SensitiveKind::PackageIndexCredentials, &[(".npmrc", &settings(64 * 1024))]);
    assert_kept(&[(".npmrc", &settings(64 * 1024 + 1))]);
}

/// A package needs the data that it reads. A secret in it is recognised by its content.
#[test]
fn in_a_package_the_content_decides_about_a_name_that_data_has() {
    let in_package = |path: &str, text: &[u8]| SensitiveFile::in_content(path, true, text).map(|secret| secret.kind);
    for (path, text) in [
        ("pkg/rules/secrets.yaml", &b"- id: aws\n  regex: AKIA[0-9A-Z]{16}\n"[..]),
        ("pkg/credentials.json", br#"{"$schema": "x", "properties": {"password": "qX7mTz41Lp"}}"#),
        ("pkg/locale/secrets.json", br#"{"password": "Passwort"}"#),
        ("pkg/kubeconfig", b""),
        // The examples of a description of an interface, and a sample of what a program receives.
        ("pkg/data/examples-1.json", br#"{"input": {"Password": "h]6EszR}vJ*m"}}"#),
        ("pkg/samples/python.json", br#"{"dsn": "https://ebc35f33e151401f9d:f3403f81e12e4c24942d505f@host/1"}"#),
        ("pkg/samples/user.toml", b"password = 'qX7mTz41Lp'\n"),
    ] {
        assert_eq!(in_package(path, text), None, "{path}");
    }
    assert_eq!(SensitiveFile::in_content("credentials.json", false, br#"{"$schema": "x"}"#), None);
    assert!(SensitiveFile::in_content("rules/secrets.yaml", false, b"- id: aws\n").is_some());
    for (path, text) in [
        ("pkg/secrets.yaml", &b"db:\n  password: qX7mTz41Lp\n"[..]),
        ("pkg/credentials.json", br#"{"password": "qX7mTz41Lp"}"#),
        ("pkg/secrets.txt", b"9f86d081884c7d659a2feaa0c55ad015"),
        ("pkg/settings.toml", b"api_key = 'f3403f81e12e4c24942d505f'\n"),
    ] {
        assert_eq!(in_package(path, text), Some(SensitiveKind::Credentials), "{path}");
    }
}

#[test]
fn the_name_of_a_file_is_not_a_token() {
    const KEY: &str = "sk-c5d4b209102546d381f91212fe8fdf45";
    assert_kept(&[("a.egg-info/SOURCES.txt", format!("a/translations/{KEY}.json\n").as_bytes())]);
    assert_kinds(SensitiveKind::AgentCredentials, &[("notes.txt", format!("key: {KEY}.\n").as_bytes())]);
}

#[test]
fn a_part_is_judged_in_the_encoding_of_the_start() {
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let key = "-----BEGIN PRIVATE KEY-----\nMIIE";
    let kind = |found: Option<SensitiveFile>| found.map(|secret| secret.kind);
    let in_part = |path, start: &[u8], part: &[u8]| ContentRule::of(path)?.judge_part(start, part);
    let private_key = Some(SensitiveKind::PrivateKey);
    assert_eq!(kind(in_part("a.pem", b"plain text", key.as_bytes())), private_key);
    assert_eq!(kind(in_part("a.pem", &utf_16("\u{feff}plain"), &utf_16(key))), private_key);
    assert_eq!(in_part("a.pem", b"plain text", &utf_16(key)), None);
    assert_eq!(in_part("a.py", b"plain text", key.as_bytes()), None);
}

#[test]
fn a_folder_is_recognised_as_a_secret_by_its_name() {
    for path in [".ssh", "home/.aws", "x/.config/gcloud", ".config/gcloud", ".GnuPG", ".envs"] {
        assert!(SensitiveFile::of_folder(path).is_some(), "{path}");
    }
    for path in ["x.agilekeychain", "x.opvault"] {
        assert!(SensitiveFile::of_folder(path).is_some() && SensitiveFile::of_file(path).is_none(), "{path}");
    }
    for path in ["ssh", "config/gcloud", "x.config/gcloud", "secrets", "credentials", "keys", ".docker", ".config"] {
        assert_eq!(SensitiveFile::of_folder(path), None, "{path}");
    }
}

#[test]
fn a_token_in_source_code_has_a_line() {
    let token = ["ghp", "Zx8vQp2mRt6wLk4sNb7yHc3dJf5gTq9aWe1u"].join("_");
    let found = SensitiveFile::in_source(format!("import os\n\nTOKEN = '{token}'\n").as_bytes());
    assert_eq!(found.map(|(line, secret)| (line, secret.sign)), Some((3, "GitHub token")));
    let key = format!("KEY = '''\n-----BEGIN PRIVATE KEY-----\n{}\n'''", "MIIEvQ".repeat(11));
    assert_eq!(SensitiveFile::in_source(key.as_bytes()).map(|(line, _)| line), Some(2));
    assert_eq!(SensitiveFile::in_source(b"KEY = '-----BEGIN PRIVATE KEY-----\\nMIIE'"), None);
    assert!(SensitiveFile::is_source("a/b.py") && !SensitiveFile::is_source("b.json"));
}

#[test]
fn key_stores_and_databases_are_recognised_under_any_name() {
    assert_kinds(
        SensitiveKind::PrivateKey,
        &[
            ("a.dat", b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01\0\0\0\x01\0\x03key"),
            ("a.dat", b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5\x01\0\x03\0"),
            ("a.dat", b"\x05\x02\0\0\0\x3c\0\x01\0\x0bEXAMPLE.ORG"),
            ("a.dat", b"\x30\x07\x02\x01\x01\x04\x02ab"),
        ],
    );
    assert_kinds(SensitiveKind::SessionStore, &[("Cookies", b"SQLite format 3\0..CREATE TABLE cookies(creation_utc")]);
    assert_kept(&[
        ("cacerts", b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01\0\0\0\x02\0\x03cert"),
        ("a.dat", b"\x30\x08\x02\x01\x01\x04\x02ab"),
        ("a.db", b"SQLite format 3\0..CREATE TABLE users(id"),
    ]);
}
