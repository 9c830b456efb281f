use super::{ExclusionReason, GitIgnores, PathFacts, Rules, SensitiveFile, SensitiveKind};
use crate::files::git_ignore::GitIgnore;
use crate::project::Config;

const FILE: PathFacts = PathFacts::File { secret: None };
const PEM: SensitiveFile = SensitiveFile { kind: SensitiveKind::PrivateKey, sign: "PEM format" };
const FOLDER: PathFacts = PathFacts::Folder { virtual_environment: false, staged: false };

fn rules(config: &str, docker_ignore: &str) -> Rules {
    let config: Config = toml::from_str(config).unwrap();
    Rules::new(&config, docker_ignore.parse().unwrap())
}

fn reason(rules: &Rules, path: &str, facts: PathFacts) -> String {
    rules.judge(path, facts, None).map_or("kept".to_owned(), |reason| reason.to_string())
}

#[test]
fn default_rules() {
    let rules = Rules::default();
    for (path, facts, expected) in [
        (".git", FOLDER, "version control"),
        ("vendor/lib/.git", FILE, "version control"),
        ("pkg/__pycache__", FOLDER, "a cache"),
        ("web/node_modules", FOLDER, "a cache"),
        ("env", PathFacts::Folder { virtual_environment: true, staged: false }, "a virtual environment"),
        (".venv", FOLDER, "kept"),
        ("out", PathFacts::Folder { virtual_environment: false, staged: true }, "a context staged by agentix-gen"),
        ("build", FOLDER, "build output"),
        ("pkg/build", FOLDER, "kept"),
        ("build", FILE, "kept"),
        ("pkg/dist", FILE, "kept"),
        ("lib/x.egg-info", FOLDER, "build output"),
        ("lib/documentation", FOLDER, "kept"),
        (".env", FILE, "a secret: an environment file (.env)"),
        ("deploy/.env.production", FILE, "a secret: an environment file (.env.*)"),
        (".env.example", FILE, "kept"),
        (".environment", FILE, "kept"),
        ("a/b/.netrc", FILE, "a secret: repository credentials (.netrc)"),
        ("home/.aws", FOLDER, "a secret: cloud credentials (.aws/)"),
        ("home/.docker/config.json", FILE, "a secret: registry credentials (.docker/config.json)"),
        ("config.json", FILE, "kept"),
        ("keys/id_rsa", FILE, "a secret: a private key (id_rsa)"),
        ("keys/id_rsa.pub", FILE, "kept"),
        ("tls/server.pem", PathFacts::File { secret: Some(PEM) }, "a secret: a private key (PEM format)"),
        ("tls/ca.pem", FILE, "kept"),
    ] {
        assert_eq!(reason(&rules, path, facts), expected, "{path}");
    }
}

#[test]
fn the_project_names_its_own_secrets() {
    let rules = rules("secret-files = ['deploy/*.vars', 'private']\ninclude = ['deploy/public.vars']", "");
    assert_eq!(reason(&rules, "deploy/a.vars", FILE), "a secret: secret-files: deploy/*.vars");
    assert_eq!(reason(&rules, "private", FOLDER), "a secret: secret-files: private");
    assert_eq!(reason(&rules, "private/a", FILE), "a secret: secret-files: private");
    assert_eq!(reason(&rules, "deploy/public.vars", FILE), "kept");
    assert_eq!(reason(&rules, "other/a.vars", FILE), "kept");
    let is_secret = |path: &str| rules.judge(path, FILE, None).is_some_and(|reason| reason.is_secret());
    assert!(is_secret("deploy/a.vars") && is_secret(".env") && !is_secret(".git"));
}

#[test]
fn a_source_distribution_keeps_its_egg_info() {
    let rules = rules("exclude = ['old.egg-info']", "").for_source_distribution();
    assert_eq!(reason(&rules, "src/x.egg-info", FOLDER), "kept");
    assert_eq!(reason(&rules, "old.egg-info", FOLDER), "exclude: old.egg-info");
    assert_eq!(reason(&rules, "build", FOLDER), "build output");
}

#[test]
fn a_stronger_rule_overrides_a_weaker_one() {
    let rules =
        rules("include = ['.env', 'build/data/*', 'docs/kept.md']\nexclude = ['build/data/x', 'src/old']", "docs\n");
    assert_eq!(reason(&rules, ".env", FILE), "kept");
    assert_eq!(reason(&rules, "sub/.env", FILE), "a secret: an environment file (.env)");
    assert_eq!(reason(&rules, "build/data/a", FILE), "kept");
    assert_eq!(reason(&rules, "build/data/x", FILE), "exclude: build/data/x");
    assert_eq!(reason(&rules, "src/old/a.py", FILE), "exclude: src/old");
    assert_eq!(reason(&rules, "docs/a.md", FILE), ".dockerignore: docs");
    assert_eq!(reason(&rules, "docs/kept.md", FILE), "kept");
}

#[test]
fn an_excluded_folder_excludes_its_contents() {
    let rules = rules("include = ['build/keep', 'other']", "docs\n!docs/keep\n");
    let within =
        |path, folder: ExclusionReason| rules.judge(path, FILE, Some(&folder)).map(|reason| reason.to_string());
    assert_eq!(within("build/a", ExclusionReason::BuildOutput).as_deref(), Some("build output"));
    assert_eq!(within("build/keep", ExclusionReason::BuildOutput), None);
    let docs = ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: "docs".parse().unwrap() };
    assert_eq!(within("docs/a", docs.clone()).as_deref(), Some(".dockerignore: docs"));
    assert_eq!(within("docs/keep", docs.clone()), None);
    assert_eq!(within("docs/keep/.env", docs.clone()).as_deref(), Some("a secret: an environment file (.env)"));

    assert!(rules.may_return_below("build", &ExclusionReason::BuildOutput));
    assert!(!rules.may_return_below(".git", &ExclusionReason::VersionControl));
    assert!(rules.may_return_below("docs", &docs));
    let src = ExclusionReason::DockerIgnore { file: ".dockerignore", pattern: "src".parse().unwrap() };
    assert!(!rules.may_return_below("src", &src));
    assert!(!rules.may_return_below("build", &ExclusionReason::Exclude("build".parse().unwrap())));
}

#[test]
fn git_ignore_is_weaker_than_the_patterns_and_docker_ignore() {
    let rules = rules("include = ['data/kept']\nexclude = ['x.log']", "data\n!data/a\n!*.md\n");
    let lines = |text: &[u8]| Some(GitIgnore::from_bytes(text).unwrap());
    let around = GitIgnores::default().within("", lines(b"*.log\n*.md\n/data\n!.env\n"));
    let judged = |path: &str, folder: Option<&ExclusionReason>, around: &GitIgnores| {
        rules.judge_with_git(path, FILE, folder, around).map(|reason| reason.to_string())
    };
    assert_eq!(judged("x.log", None, &around).as_deref(), Some("exclude: x.log"));
    assert_eq!(judged("y.log", None, &around).as_deref(), Some(".gitignore: *.log"));
    assert_eq!(judged("a.md", None, &around).as_deref(), Some(".gitignore: *.md"));
    assert_eq!(judged(".env", None, &around).as_deref(), Some("a secret: an environment file (.env)"));
    let data = rules.judge_with_git("data", FOLDER, None, &around);
    let in_data = around.within("data", lines(b"!a\n"));
    // A `.dockerignore` exception does not override `.gitignore`.
    assert_eq!(judged("data/a", data.as_ref(), &in_data).as_deref(), Some(".gitignore: /data"));
    assert_eq!(judged("data/kept", data.as_ref(), &in_data), None);

    let around = around.within("src", lines(b"!/y.log\na\nout/\n"));
    assert_eq!(judged("src/out", None, &around), None);
    let out = rules.judge_with_git("src/out", FOLDER, None, &around).map(|reason| reason.to_string());
    assert_eq!(out.as_deref(), Some("src/.gitignore: out/"));
    assert_eq!(judged("src/y.log", None, &around), None);
    assert_eq!(judged("src/z.log", None, &around).as_deref(), Some(".gitignore: *.log"));
    assert_eq!(judged("src/a", None, &around).as_deref(), Some("src/.gitignore: a"));
}

#[test]
fn the_rules_are_lines_of_a_docker_ignore() {
    let rules = rules("include = ['/.env', 'data']\nexclude = ['old']", "docs\n");
    let build = ["# Build output.", "build", "dist", ".eggs", "**/*.egg-info"];
    let own = ["# From .dockerignore.", "docs", "# From `include`.", "!.env", "!data", "# From `exclude`.", "old"];
    assert_eq!(rules.ignore_lines(""), [&build[..], &own].concat());
    let below = rules.for_source_distribution().ignore_lines("a/b");
    let build = ["# Build output.", "a/b/build", "a/b/dist", "a/b/.eggs", "# From .dockerignore.", "a/b/docs"];
    let own = ["# From `include`.", "!a/b/.env", "!a/b/data", "# From `exclude`.", "a/b/old"];
    assert_eq!(below, [&build[..], &own].concat());
    assert_eq!(Rules::default().ignore_lines("").len(), 5);
}

#[test]
fn the_names_of_secrets_are_lines_of_a_docker_ignore() {
    let lines = Rules::default_ignore_lines();
    for line in ["**/.env", "**/.env.*", "!**/.env.example", "**/.ssh", "**/kubeconfig", "**/.git", "**/.venv"] {
        assert!(lines.iter().any(|known| known == line), "{line}");
    }
    // Only their content says whether they are secrets.
    assert!(!lines.iter().any(|line| line == "**/passwords.txt" || line == "**/seed.txt"));
    let at = |line: &str| lines.iter().position(|known| known == line);
    assert!(at("**/.env.*") < at("!**/.env.example") && at("!**/.env.example") < at("**/.git"));
}
