use super::{Reason, Rules, Sight, holds_key};
use crate::config::Config;

const FILE: Sight = Sight::File { private_key: false };
const FOLDER: Sight = Sight::Folder { virtual_environment: false, staged: false };

fn rules(config: &str, docker_ignore: &str) -> Rules {
    let config: Config = toml::from_str(config).unwrap();
    Rules::new(&config, docker_ignore.parse().unwrap())
}

fn reason(rules: &Rules, path: &str, sight: Sight) -> String {
    rules.judge(path, sight, None).map_or("kept".to_owned(), |reason| reason.to_string())
}

#[test]
fn the_usual_rules() {
    let rules = Rules::default();
    for (path, sight, expected) in [
        (".git", FOLDER, "version control"),
        ("vendor/lib/.git", FILE, "version control"),
        ("pkg/__pycache__", FOLDER, "a cache"),
        ("web/node_modules", FOLDER, "a cache"),
        ("env", Sight::Folder { virtual_environment: true, staged: false }, "a virtual environment"),
        (".venv", FOLDER, "kept"),
        ("out", Sight::Folder { virtual_environment: false, staged: true }, "a context staged by agentix-gen"),
        ("build", FOLDER, "build output"),
        ("pkg/build", FOLDER, "kept"),
        ("build", FILE, "kept"),
        ("pkg/dist", FILE, "kept"),
        ("lib/x.egg-info", FOLDER, "build output"),
        (".env", FILE, "it looks like a secret"),
        ("deploy/.env.production", FILE, "it looks like a secret"),
        (".env.example", FILE, "kept"),
        (".environment", FILE, "kept"),
        ("a/b/.netrc", FILE, "it looks like a secret"),
        ("home/.aws", FOLDER, "it looks like a secret"),
        ("home/.docker/config.json", FILE, "it looks like a secret"),
        ("config.json", FILE, "kept"),
        ("keys/id_rsa", FILE, "it looks like a secret"),
        ("keys/id_rsa.pub", FILE, "kept"),
        ("tls/server.pem", Sight::File { private_key: true }, "it looks like a secret"),
        ("tls/ca.pem", FILE, "kept"),
    ] {
        assert_eq!(reason(&rules, path, sight), expected, "{path}");
    }
}

#[test]
fn a_stronger_rule_wins() {
    let rules =
        rules("include = ['.env', 'build/data/*', 'docs/kept.md']\nexclude = ['build/data/x', 'src/old']", "docs\n");
    assert_eq!(reason(&rules, ".env", FILE), "kept");
    assert_eq!(reason(&rules, "sub/.env", FILE), "it looks like a secret");
    assert_eq!(reason(&rules, "build/data/a", FILE), "kept");
    assert_eq!(reason(&rules, "build/data/x", FILE), "exclude: build/data/x");
    assert_eq!(reason(&rules, "src/old/a.py", FILE), "exclude: src/old");
    assert_eq!(reason(&rules, "docs/a.md", FILE), ".dockerignore: docs");
    assert_eq!(reason(&rules, "docs/kept.md", FILE), "kept");
}

#[test]
fn what_lies_in_a_dropped_folder_goes_with_it() {
    let rules = rules("include = ['build/keep']", "docs\n!docs/keep\n");
    let within = |path, folder: Reason| rules.judge(path, FILE, Some(&folder)).map(|reason| reason.to_string());
    assert_eq!(within("build/a", Reason::BuildOutput).as_deref(), Some("build output"));
    assert_eq!(within("build/keep", Reason::BuildOutput), None);
    let docs = Reason::DockerIgnore("docs".parse().unwrap());
    assert_eq!(within("docs/a", docs.clone()).as_deref(), Some(".dockerignore: docs"));
    assert_eq!(within("docs/keep", docs.clone()), None);
    assert_eq!(within("docs/keep/.env", docs.clone()).as_deref(), Some("it looks like a secret"));

    assert!(rules.may_return_below("build", &Reason::BuildOutput));
    assert!(!rules.may_return_below(".git", &Reason::VersionControl));
    assert!(rules.may_return_below("docs", &docs));
}

#[test]
fn a_key_is_known_by_its_text() {
    assert!(holds_key(b"x\n-----BEGIN RSA PRIVATE KEY-----\nabc"));
    assert!(holds_key(b"-----BEGIN PRIVATE KEY-----"));
    assert!(!holds_key(b"-----BEGIN CERTIFICATE-----"));
}
