//! The law of credentials. A secret is written in a form of [`FORMS`], at any place of a project or its options.
//!
//! 1. No error shows it, and no cause of an error. The errors of values, manifests and locks do not even if formatted
//!    with `{:?}`.
//! 2. If the bundle is accepted, neither its Dockerfile nor its plan nor its warnings contain it.
//! 3. A secret for a package index or a proxy is refused in every manifest and every list of dependencies.
//!
//! The law is about URLs. A password that is a plain value (`env = { PASSWORD = "…" }`) cannot be recognised, and the
//! names of files are shown as they are.

use std::error::Error;

use agentix_gen::bundle::{Bundle, Pins};
use agentix_gen::files::Listing;
use agentix_gen::project::{Config, Lock, Project, Requirement, Workspace};
use agentix_gen::value::{BuildSecret, Dialect, Epoch, Pattern, Template};
use agentix_gen::{ImageRef, Plan, dockerfile};
use proptest::prelude::*;
use proptest::sample::select;

/// Where a form is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Refused {
    /// Nowhere: it may be something else.
    Nowhere,
    /// In the configuration, and wherever it would reach the Dockerfile.
    InTheImage,
    /// In every file with dependencies.
    Everywhere,
}

use Refused::{Everywhere, InTheImage, Nowhere};

const FORMS: &[(&str, Refused)] = &[
    ("https://me:SECRET@h.example.org/simple", Everywhere),
    ("https://SECRET@h.example.org", Everywhere),
    ("HTTPS://me:SECRET@h", Everywhere),
    ("https:/me:SECRET@h", Everywhere),
    ("https:me:SECRET@h", Everywhere),
    ("https:\\\\me:SECRET@h", Everywhere),
    ("https://me:a/SECRET@h", Everywhere),
    ("https://me:a@SECRET@h", Everywhere),
    ("https://me:a#SECRET@h", Everywhere),
    ("https://me:#SECRET@h", Everywhere),
    ("https://me%3ASECRET@h", Everywhere),
    ("git+https://SECRET@h/x.git@v1", Everywhere),
    ("git+ssh://git:SECRET@h/x.git", Everywhere),
    ("x @ https://me:SECRET@h/x.whl", Everywhere),
    ("--index-url=https://me:SECRET@h", Everywhere),
    ("me:SECRET@h:3128", Everywhere),
    ("https://h/x.whl?a=b&access_token=SECRET", Everywhere),
    ("https://h/x.whl?X-Amz-Signature=SECRET", Everywhere),
    ("https://h/?next=https%3A%2F%2Fme%3ASECRET%40h", Everywhere),
    ("postgres://me:SECRET@h/db", InTheImage),
    ("postgres://h/db?password=SECRET", InTheImage),
    ("redis://:SECRET@h", InTheImage),
    ("mongodb+srv://me:SECRET@h", InTheImage),
    ("me:SECRET@h.example.org", Nowhere),
    ("https://me:a SECRET@h in prose", Nowhere),
];

/// A manifest with the secret as a value: `VALUE` is a string in TOML. In `TEXT`, the secret is written as it is.
const MANIFESTS: &[&str] = &[
    "[project]\nname = VALUE\nversion = '1'",
    "[project]\nname = 'a'\nversion = VALUE",
    "[project]\nname = 'a'\nversion = '1'\ndescription = VALUE",
    "[project]\nname = 'a'\nversion = '1'\nlicense = VALUE",
    "[project]\nname = 'a'\nversion = '1'\nreadme = VALUE",
    "[project]\nname = 'a'\nversion = '1'\nrequires-python = VALUE",
    "[project]\nname = 'a'\nversion = '1'\nunknown = [[VALUE]]",
    "[project]\nname = 'a'\nversion = '1'\nurls = { Source = VALUE }",
    "[project]\nname = 'a'\nversion = '1'\nurls = { VALUE = 'https://h' }",
    "[project]\nname = 'a'\nversion = '1'\ndependencies = ['six', VALUE]",
    "[project]\nname = 'a'\nversion = '1'\noptional-dependencies = { VALUE = [] }",
    "[project]\nname = 'a'\nversion = '1'\n[dependency-groups]\na = [VALUE]",
    "[project]\nname = 'a'\nversion = '1'\n[dependency-groups]\na = [{ include-group = VALUE }]",
    "[project]\nname = 'a'\nversion = '1'\n[build-system]\nrequires = [VALUE]",
    "[project]\nname = 'a'\nversion = '1'\n[build-system]\nrequires = []\nbuild-backend = VALUE",
    "[project]\nname = 'a'\nversion = '1'\n[[tool.uv.index]]\nurl = VALUE",
    "[project]\nname = 'a'\nversion = '1'\n[[tool.uv.index]]\nurl = 'https://h'\nname = VALUE",
    "[project]\nname = 'a'\nversion = '1'\n[tool.uv]\nextra-index-url = [VALUE]\nhttp-proxy = VALUE",
    "[project]\nname = 'a'\nversion = '1'\ndependencies = ['x']\n[tool.uv.sources]\nx = { git = VALUE }",
    "[project]\nname = 'a'\nversion = '1'\n[tool.uv]\nrequired-version = VALUE",
    "[project]\nname = 'a'\nversion = '1'\n[tool.uv.workspace]\nmembers = [VALUE]",
    "[tool.poetry]\nname = 'a'\nversion = '1'\ndependencies = { x = VALUE }",
    "[tool.poetry]\nname = 'a'\nversion = '1'\ndependencies = { x = { git = VALUE } }",
    "[tool.poetry]\nname = 'a'\nversion = '1'\ndependencies = { python = VALUE }",
    "[tool.poetry]\nname = 'a'\nversion = '1'\n[[tool.poetry.source]]\nname = VALUE\nurl = VALUE",
    "[project]\nname = 'a'\nversion = '1'\n[tool.pytest.ini_options]\nenv = VALUE",
    "[project]\nname = 'a'\nversion = '1'\n[tool.other.VALUE]\na = 1",
    "[project]\nname = 'a'\nversion = '1'\n# TEXT",
    "[project]\nname = 'a' # was: TEXT\nversion = '1'",
    "[project]\nname = 'a'\nversion = '1'\nx = \"TEXT",
    "[project]\nname = 'a'\nversion = '1'\nTEXT",
    "[project]\nname = 'a'\nversion = 1 # TEXT",
    "TEXT",
];

/// Keys of `[tool.agentix]`, each with a value.
const KEYS: &[&str] = &[
    "tag = VALUE",
    "runtime-image = VALUE",
    "project-version = VALUE",
    "installer = VALUE",
    "nix = VALUE",
    "substituters = [VALUE]",
    "trusted-public-keys = VALUE",
    "apt = [VALUE]",
    "extra = VALUE",
    "include = [VALUE]",
    "exclude = [VALUE]",
    "max-context = VALUE",
    "label = { x = VALUE }",
    "label = { VALUE = 'x' }",
    "source = VALUE",
    "revision = VALUE",
    "source-date-epoch = VALUE",
    "env = { X = VALUE }",
    "env = { VALUE = 'x' }",
    "expose = [VALUE]",
    "entrypoint = ['x', VALUE]",
    "cmd = [VALUE]",
    "cmd = VALUE",
    "healthcheck = { cmd = ['curl', VALUE] }",
    "healthcheck = { cmd = ['curl'], interval = VALUE }",
    "user = VALUE",
    "stop-signal = VALUE",
    "workdir = VALUE",
    "build-arg = { X = VALUE }",
    "secret = { x = { src = VALUE } }",
    "secret = { x = { env = VALUE } }",
    "secret = { VALUE = { env = 'X' } }",
    "ca-certificate = VALUE",
    "platform = VALUE",
    "network = VALUE",
    "add-host = VALUE",
    "build-context = { x = VALUE }",
    "build-context = { VALUE = 'x' }",
    "cache-from = [VALUE]",
    "cache-to = [VALUE]",
    "template = VALUE",
    "engine = VALUE",
    "unknown = VALUE",
    "VALUE = 1",
    "label = VALUE",
];

/// Files beside the manifest.
const FILES: &[(&str, &str)] = &[
    ("requirements.txt", "TEXT"),
    ("requirements.txt", "six==1.0\n--index-url TEXT"),
    ("requirements.txt", "six==1.0 # TEXT"),
    ("requirements.txt", "-r TEXT"),
    ("requirements.txt", "six==1.0 --hash=TEXT"),
    ("requirements.txt", "-e TEXT"),
    ("pylock.toml", "lock-version = VALUE\npackages = []"),
    ("pylock.toml", "lock-version = '1.0'\n[[packages]]\nname = VALUE"),
    ("pylock.toml", "lock-version = '1.0'\n[[packages]]\nname = 'x'\nversion = VALUE"),
    ("pylock.toml", "lock-version = '1.0'\nrequires-python = VALUE\npackages = []"),
    ("uv.lock", "version = 1\n[[package]]\nname = 'x'\nversion = VALUE"),
    ("uv.lock", "version = VALUE"),
    ("uv.lock", "version = 1\nrequires-python = VALUE"),
    ("poetry.lock", "[metadata]\nlock-version = VALUE"),
    ("poetry.lock", "TEXT"),
    (".python-version", "TEXT"),
    ("PKG-INFO", "Name: TEXT\nVersion: 1"),
    ("PKG-INFO", "Name: a\nVersion: TEXT"),
];

const MANIFEST: &str = "[project]\nname = 'a'\nversion = '1'\ndependencies = ['six']\n";

fn written(template: &str, secret: &str) -> String {
    template.replace("VALUE", &toml::Value::from(secret).to_string()).replace("TEXT", secret)
}

/// What was shown to a person, and whether the secret was refused.
#[derive(Debug, Default)]
struct Shown {
    shown: Vec<String>,
    is_refused: bool,
}

impl Shown {
    fn error(&mut self, error: &dyn Error) {
        self.is_refused = true;
        let mut next = Some(error);
        while let Some(cause) = next {
            self.shown.push(cause.to_string());
            next = cause.source();
        }
    }

    /// Checks the result of parsing a text.
    fn parsed<T, E: Error>(&mut self, result: Result<T, E>) {
        if let Err(error) = result {
            self.error(&error);
            self.shown.push(format!("{error:?}"));
        }
    }

    fn check<T, E: Error>(&mut self, result: Result<T, E>) -> Option<T> {
        result.inspect_err(|error| self.error(error)).ok()
    }

    fn bundle(&mut self, files: &[(&str, &str)], overrides: Config, template: Option<&str>) {
        let Some(listing) = self.check(Listing::from_files(files.iter().copied())) else { return };
        let Some(workspace) = self.check(Workspace::in_listing(&listing, "", &overrides)) else { return };
        let Some(bundle) = self.check(Bundle::new(workspace, listing, overrides)) else { return };
        let bundle = match template {
            Some(text) => bundle.with_template(Template::new("site.dockerfile", text)),
            None => bundle,
        };
        for warning in bundle.warnings() {
            self.shown.push(warning.to_string());
        }
        for dialect in [Dialect::BuildKit, Dialect::Classic] {
            let dockerfile = self.check(dockerfile::render(&bundle, dialect));
            self.shown.extend(dockerfile);
            self.shown.extend(serde_json::to_string(&Plan::new(&bundle, dialect)));
        }
    }
}

#[track_caller]
fn assert_hidden(shown: &Shown, secret: &str, place: &str) {
    let leak = shown.shown.iter().find(|text| text.contains(secret));
    assert_eq!(leak, None, "{place}");
}

fn secret() -> impl Strategy<Value = String> {
    "[A-Za-z0-9]{6}[A-Za-z0-9._~!*+-]{6}[A-Za-z0-9]{4}"
}

fn all_forms(secret: &str, least: Refused) -> impl Iterator<Item = (String, Refused)> {
    let forms = FORMS.iter().filter(move |(_, refused)| *refused >= least);
    forms.map(move |(form, refused)| (form.replace("SECRET", secret), *refused))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn in_a_manifest(secret in secret()) {
        for (form, refused) in all_forms(&secret, Nowhere) {
            for template in MANIFESTS {
                let manifest = written(template, &form);
                let mut shown = Shown::default();
                // The name of a host and two words in a description are no credentials.
                if refused == Nowhere && template.contains("description") {
                    continue;
                }
                shown.bundle(&[("pyproject.toml", &manifest)], Config::default(), None);
                shown.parsed(Project::from_bytes(manifest.as_bytes()));
                assert_hidden(&shown, &secret, &manifest);
                prop_assert!(shown.is_refused || refused != Everywhere, "{}", manifest);
            }
        }
    }

    /// A plain value may be anything.
    #[test]
    fn in_a_key_of_the_configuration(secret in secret()) {
        for (form, _) in all_forms(&secret, InTheImage) {
            for key in KEYS {
                let setting = written(key, &form);
                let manifest = format!("{MANIFEST}[tool.agentix]\n{setting}");
                let mut shown = Shown::default();
                shown.bundle(&[("pyproject.toml", &manifest)], Config::default(), None);
                assert_hidden(&shown, &secret, &manifest);
                prop_assert!(shown.is_refused, "{}", manifest);
                // The error of another crate shows the text.
                if let Ok(config) = toml::from_str::<Config>(&setting) {
                    let mut shown = Shown::default();
                    shown.bundle(&[("pyproject.toml", MANIFEST)], config, None);
                    assert_hidden(&shown, &secret, &setting);
                    prop_assert!(shown.is_refused, "{}", setting);
                }
            }
        }
    }

    #[test]
    fn in_a_flag(secret in secret()) {
        for (form, _) in all_forms(&secret, InTheImage) {
            for option in Config::OPTIONS {
                let Some(flag) = &option.flag else { continue };
                for text in [form.clone(), format!("X={form}"), format!("{form}=x"), format!("id=x,src={form}")] {
                    let mut config = Config::default();
                    let mut shown = Shown::default();
                    match flag.add(&mut config, &text) {
                        Ok(()) => shown.bundle(&[("pyproject.toml", MANIFEST)], config, None),
                        Err(error) => shown.shown.push(error),
                    }
                    assert_hidden(&shown, &secret, &format!("--{} {text}", option.key));
                }
            }
        }
    }

    #[test]
    fn in_a_file_beside_the_manifest(secret in secret()) {
        for (form, refused) in all_forms(&secret, Nowhere) {
            for (path, template) in FILES {
                let text = written(template, &form);
                let dynamic = "[project]\nname = 'a'\ndynamic = ['version']\ndependencies = ['six']\n";
                let manifest = if *path == "PKG-INFO" { dynamic } else { MANIFEST };
                let mut shown = Shown::default();
                shown.bundle(&[("pyproject.toml", manifest), (path, &text)], Config::default(), None);
                if Lock::is_lock_name(path) {
                    shown.parsed(Lock::from_bytes((*path).into(), text.as_bytes()));
                    prop_assert!(shown.is_refused || refused != Everywhere, "{}: {}", path, text);
                }
                assert_hidden(&shown, &secret, &text);
            }
        }
    }

    #[test]
    fn in_a_template(secret in secret()) {
        for (form, _) in all_forms(&secret, InTheImage) {
            for block in ["\nRUN curl TEXT\n", "\n# TEXT\n", "{% set x = VALUE %}{{ x }}", "\nLABEL a={{ VALUE | quote }}\n", "{{ TEXT"] {
                let block = written(block, &form);
                let template = format!("{{% extends 'bundle.dockerfile' %}}{{% block end %}}{block}{{% endblock %}}");
                let mut shown = Shown::default();
                shown.bundle(&[("pyproject.toml", MANIFEST)], Config::default(), Some(&template));
                assert_hidden(&shown, &secret, &template);
                prop_assert!(shown.is_refused, "{}", template);
            }
        }
    }

    #[test]
    fn in_a_value(secret in secret(), before in select(&["", "x=", "x ", "a:"][..])) {
        for (form, _) in all_forms(&secret, InTheImage) {
            let text = format!("{before}{form}");
            let mut shown = Shown::default();
            shown.parsed(text.parse::<ImageRef>());
            shown.parsed(text.parse::<Pattern>());
            shown.parsed(text.parse::<Requirement>());
            shown.parsed(text.parse::<Epoch>());
            shown.parsed(text.parse::<BuildSecret>());
            shown.parsed(text.parse::<Pins>());
            shown.parsed(format!("version = 1\n[images]\n'a:1' = {}", toml::Value::from(text.clone())).parse::<Pins>());
            assert_hidden(&shown, &secret, &text);
        }
    }
}
