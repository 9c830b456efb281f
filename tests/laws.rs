//! Checks laws against a few thousand inputs. A law is a property that is true for any input. The fuzz targets in
//! `fuzz/` search for inputs that violate the same laws.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "a shell reads the displayed commands")]

#[path = "campaign/cases.rs"]
mod cases;
#[path = "laws/credentials.rs"]
mod credentials;
#[path = "laws/docker_ignore.rs"]
mod docker_ignore;
#[path = "laws/engine_output.rs"]
mod engine_output;
#[path = "laws/ignore_file.rs"]
mod ignore_file;
#[path = "laws/image_reference.rs"]
mod image_reference;
#[path = "laws/limits.rs"]
mod limits;
#[path = "laws/lock.rs"]
mod lock;
#[path = "laws/pasted.rs"]
mod pasted;
#[path = "laws/plugin_output.rs"]
mod plugin_output;
#[path = "laws/pyproject.rs"]
mod pyproject;
#[path = "laws/render.rs"]
mod render;
#[path = "laws/requirement.rs"]
mod requirement;
#[path = "laws/template.rs"]
mod template;

use std::sync::atomic::{AtomicU32, Ordering};

use agentix_gen::project::{PdmLock, PipfileLock, PoetryLock, Pylock, RequirementsFile, UvLock};
use cases::cases;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Generates texts from parts of a grammar, and sometimes other characters. Many of the texts are invalid.
fn made_of(parts: &'static [&'static str]) -> impl Strategy<Value = String> {
    let part = prop_oneof![8 => select(parts).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    vec(part, 0..12).prop_map(|parts| parts.concat())
}

const IMAGE: &[&str] =
    &["a", "Z0", "example.org", ":", "5000", "/", "@", "sha256:", "1234567890abcdef", "-", "_", ".", " "];

const ENGINE_OUTPUT: &[&str] = &[
    "#12 4.56 ",
    "\u{1b}[91m",
    "ERROR: ",
    "error: ",
    "cause: ",
    "Error: ",
    "Because ",
    " depends on ",
    "failed to solve: x: failed to resolve source metadata for docker.io/library/x:1",
    "command '",
    "gcc",
    "' failed: No such file or directory",
    ": fatal error: ",
    "x.h: No such file or directory",
    "no space left on device",
    "ssh: connect to host ",
    "exec /bin/sh",
    ": exec format error",
    "error sending request for url (https://x.example)",
    "No matching distribution found for a",
    ": not found",
    " ",
];

const PLUGIN_OUTPUT: &[&str] = &[
    "{\"line\": \"STEP 1\\nSTEP 2\"}\n",
    "{\"event\": {}}\n",
    "{\"outcome\": {\"protocol\": 1, \"name\": \"x\", \"version\": \"1\", \"dialects\": [\"classic\"], \"context\": \"tar\", \"features\": []}}",
    "{\"outcome\": {\"protocol\": 2}}",
    "{\"outcome\": {\"images\": [null, {\"id\": \"sha256:1\", \"labels\": {\"a\": \"b\"}, \"platform\": \"linux/amd64\"}]}}",
    "{\"outcome\": {\"digests\": [\"x.example/a@sha256:1\"]}}",
    "{\"outcome\": {\"image_id\": \"sha256:1\", \"manifest_digest\": \"sha256:2\"}}",
    "{\"outcome\": {\"protocol\": 1, \"name\": \"",
    "{\"error\": {\"kind\": \"build\", \"message\": \"a\\u001b\\nb\", \"exit_code\": 2}}",
    "{\"error\": {\"kind\": \"other\", \"message\": \"",
    "\"}}",
    "\n",
    "\\u001b",
    "1",
];

const REQUIREMENT: &[&str] = &[
    "a",
    "Z0",
    "-",
    ".",
    "[x]",
    ">=1",
    "==1.0",
    ",",
    ";",
    " ",
    "python_version",
    ">'3'",
    "@",
    "https://x.example/",
    "#",
    "$",
    "{",
];

const MANIFEST: &[&str] = &[
    "[project]\n",
    "name = 'a'\n",
    "version = '1'\n",
    "dependencies = ['rich']\n",
    "dynamic = ['version']\n",
    "[tool.agentix]\n",
    "tag = 'a:1'\n",
    "label = { a = 'b' }\n",
    "[build-system]\n",
    "requires = []\n",
    "readme = 'a'\n",
    "'",
    "\n",
    "=",
    "[",
    "]",
    "\u{1b}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(2000)))]

    #[test]
    fn image_references(text in made_of(IMAGE)) {
        image_reference::hold(&text);
    }

    #[test]
    fn lines_of_engines(text in made_of(ENGINE_OUTPUT)) {
        engine_output::hold(&text);
    }

    #[test]
    fn outputs_of_plugins(text in made_of(PLUGIN_OUTPUT)) {
        plugin_output::hold(&text);
    }

    #[test]
    fn requirements(text in made_of(REQUIREMENT)) {
        requirement::hold(&text);
    }

    #[test]
    fn manifests(text in made_of(MANIFEST), bytes in vec(any::<u8>(), 0..3)) {
        pyproject::hold(text.as_bytes());
        pyproject::hold(&[text.as_bytes(), &bytes].concat());
    }
}

const LOCK: &[&str] = &[
    "version = 1\n",
    "lock-version = '1.0'\n",
    "requires-python = '>=3.10'\n",
    "[[package]]\n",
    "[[packages]]\n",
    "name = 'a'\n",
    "version = '1'\n",
    "source = { registry = 'https://x.example' }\n",
    "dependencies = [{ name = 'b', marker = \"os_name == 'nt'\" }]\n",
    "[package.metadata]\n",
    "[metadata]\nlock-version = '2.1'\ncontent-hash = 'x'\n",
    "[metadata]\nlock_version = '4.5.0'\ncontent_hash = 'sha256:0'\ngroups = ['default']\n",
    "{\"_meta\": {\"hash\": {\"sha256\": \"x\"}, \"pipfile-spec\": 6}, \"default\": {",
    "\"a\": {\"version\": \"==1\"}",
    "}, \"develop\": {}}",
    "requires-dist = [{ name = 'b' }]\n",
    "optional = false\n",
    "'",
    "[",
    "(",
    "\u{1b}",
];

const REQUIREMENTS: &[&str] = &[
    "a==1",
    "b>=2 ; os_name == 'nt'",
    "\n",
    " \\\n",
    " --hash=sha256:00",
    "-r b.txt",
    "-e ./a",
    "--pre",
    "--index-url https://x.example/",
    "# c",
    "[x]",
    "(",
    " ",
    "\u{1b}",
];

const IGNORE: &[&str] =
    &["a", "b", "/", "*", "**", "?", "[ab]", "[^a]", "!", "\n", "\n", "#", "\\", ".", "..", " ", "é"];

const TEMPLATE: &[&str] = &[
    "{% extends 'bundle.dockerfile' %}",
    "{% block end %}",
    "{% endblock %}",
    "{{ runtime_image }}",
    "{{ labels }}",
    "{{ 'a' | quote }}",
    "{% set a = ",
    "{% for a in labels %}",
    "{% endfor %}",
    "{% if ",
    "{% endif %}",
    "{% include 'labels.dockerfile' %}",
    "{{ super() }}",
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "a",
    "[",
    "(",
    "'",
    " ~ ",
    " + ",
    "\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(256)))]

    #[test]
    fn locks(text in made_of(LOCK), list in made_of(REQUIREMENTS), bytes in vec(any::<u8>(), 0..3)) {
        for bytes in [text.as_bytes(), &[text.as_bytes(), &bytes].concat()] {
            lock::hold("uv.lock", UvLock::from_bytes, bytes);
            lock::hold("pylock.toml", Pylock::from_bytes, bytes);
            lock::hold("poetry.lock", PoetryLock::from_bytes, bytes);
            lock::hold("pdm.lock", PdmLock::from_bytes, bytes);
            lock::hold("Pipfile.lock", PipfileLock::from_bytes, bytes);
        }
        lock::hold("requirements.txt", RequirementsFile::from_bytes, list.as_bytes());
    }

    #[test]
    fn docker_ignores(text in made_of(IGNORE)) {
        docker_ignore::hold(&text);
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(64)))]

    #[test]
    fn user_templates(text in made_of(TEMPLATE)) {
        template::hold(&text);
    }
}

/// Words that a shell expands, for example to the names of matching files.
const PATTERNS: &[&str] = &["[a]", "[!-]", "[a-b]", "*", "?", "{a,b}", "~", "$HOME", "-", ""];

const WORD: &[&str] = &[
    "a",
    "[",
    "]",
    "*",
    "=",
    "~",
    "$",
    "`",
    "'",
    "\"",
    "\\",
    " ",
    "\n",
    "#",
    "!",
    "&",
    ";",
    "@%+,:._/-",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{e0001}",
    "0",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(64)))]

    #[test]
    fn commands(words in vec(prop_oneof![select(PATTERNS).prop_map(str::to_owned), made_of(WORD)], 1..5)) {
        pasted::hold(&words);
    }
}

/// Valid records, as hostile as their types allow.
const RECORDS: &[&str] = &[
    "agentix-version=0.2",
    "apt=git=1:2.3-1",
    "apt=curl",
    "arg=PIP_INDEX_URL=$(id)",
    "arg=HTTPS_PROXY=x",
    "backend=1",
    "backend=2",
    "backend=7",
    "backend=8",
    "cmd=[\"$a\"]",
    "cmd=a\\",
    "dependency=rich>=1",
    "dynamic",
    "entrypoint=${PATH}",
    "env=PATH=/nix/runtime/bin:$PATH",
    "env=a=b c=\"d\"",
    "expose=53/udp",
    "expose=8000",
    "file=default.nix",
    "file=setup.py",
    "health=\\",
    "interval=30s",
    "label=a.b='\"\\",
    "label=x=$(id) # `id` \u{2028}",
    "label=x=<<EOF",
    "name=Agentix.X",
    "nix=default.nix",
    "nix-image=localhost:5000/nix",
    "plain",
    "public-key=c.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
    "python-image=build",
    "project-version=1!2.0+local",
    "retries=3",
    "runtime-image=build",
    "standalone",
    "substituter=https://a.example/$(id);`id`",
    "substituter=s3://b/&&id|",
    "uid=7",
    "user=agent",
    "user=1000:1000",
    "uv=uv@sha256:1234567890123456789012345678901234567890123456789012345678901234",
    "version=1.0",
    "workdir=/work",
];

/// Values that could break out of a field without checks.
const HOSTILE: &[&str] =
    &["a\nRUN id", "a b", "'", "';id;'", "\\", "a\\", "\"", "$(id)", "a;id", "# How it runs.", "", "{{ 7 }}", "-"];

#[test]
fn dockerfiles() {
    let (held, all) = (AtomicU32::new(0), cases(200));
    let key = |record: &'static str| record.rsplit_once('=').map_or(record, |(key, _)| key);
    let broken = (select(RECORDS), select(HOSTILE)).prop_map(move |(record, value)| format!("{}={value}", key(record)));
    let record = prop_oneof![12 => select(RECORDS).prop_map(str::to_owned), 1 => broken, 1 => any::<String>()];
    proptest!(ProptestConfig::with_cases(all), |(records in vec(record, 0..12))| {
        let records = ["tag=a/b:1".to_owned()].into_iter().chain(records).collect::<Vec<_>>();
        held.fetch_add(u32::from(render::hold(&records.join("\0"))), Ordering::Relaxed);
    });
    assert!(held.into_inner() > all / 4, "too few of the texts gave a bundle");
}
