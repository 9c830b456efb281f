//! The JSON Schemas of the JSON that commands print. `jsonschema` judges real output: it must be valid, and have no field
//! that its schema does not describe. A field that no output has is not described either.

use std::collections::BTreeSet;

use agentix_gen::sandbox::{Sandbox, SandboxInfo};
use serde_json::{Value, json};

use crate::judges::Judge;
use crate::run::{Folder, HELLO};
use crate::stub;

const DIGEST: &str = "@sha256:0123456789012345678901234567890123456789012345678901234567890123";

/// The names of the outputs, in the order of the help.
const OUTPUTS: [&str; 10] =
    ["plan", "files", "build", "dry-run", "print-command", "engines", "conformance", "check", "run", "ps"];

/// A project with a decision of each form.
fn project() -> Folder {
    let manifest = format!(
        "{HELLO}requires-python = '>=3.12'\n[tool.agentix]\ngitignore = true\nexclude = ['notes']\ninclude = ['debug.log']\nsecret-files = ['own.txt']\n\
         runtime-image = 'agentix/runtime:1{DIGEST}'\nnix = 'default.nix'\nsecret = {{ token = {{ env = 'TOKEN' }}, netrc = {{ src = '/netrc' }} }}\n\
         [[tool.uv.index]]\nname = 'corp'\nurl = 'https://corp.example'\nauthenticate = 'always'\n\
         [build-system]\nrequires = ['setuptools-scm', 'setuptools']\n"
    );
    let manifest = manifest.replace("version = '1.0'", "dynamic = ['version']");
    let folder = stub::engine(Folder::with("pyproject.toml", manifest), "cat > /dev/null");
    let files = [".env", "notes", "own.txt", "debug.log", "left.log", "docker", "__pycache__/x.pyc", "default.nix"];
    let folder = files.into_iter().fold(folder, |folder, path| folder.file(path, ""));
    let folder =
        folder.file("PKG-INFO", "Metadata-Version: 2.4\nName: hello\nVersion: 2.5\n").file(".gitignore", "*.log\n");
    let folder = folder.file(".dockerignore", "docker\nbin\n").file("old.Dockerfile", "FROM x\n");
    std::os::unix::fs::symlink("PKG-INFO", folder.path("link")).unwrap();
    folder
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn schema(name: &str) -> Value {
    json_of(&Folder::hello().run(&["schema", name]).prints())
}

/// Returns the output of each of these command lines in a folder with a stub as its engines.
fn printed(folder: &Folder, lines: &[&str]) -> Vec<Value> {
    let run = |line: &&str| {
        let words: Vec<&str> = line.split(' ').chain(["--format", "json"]).collect();
        json_of(&folder.run(&words).env("PATH", stub::path(folder)).ends(0).stdout)
    };
    lines.iter().map(run).collect()
}

/// Returns the outputs of commands, with the names of their schemas.
fn outputs() -> Vec<(&'static str, Vec<Value>)> {
    let (all, plain) = (project(), stub::engine(Folder::hello(), "cat > /dev/null"));
    let outdated = json_of(&all.run(&["check", "--format", "json", "old.Dockerfile"]).ends(1).stdout);
    let plugin = Folder::hello().program("bin/agentix-engine-wrong", include_str!("wrong_plugin.py"));
    let path = format!("{}:{}", plugin.path("bin").display(), std::env::var("PATH").unwrap());
    let of_plugin = |words: &[&str]| plugin.run(words).env("PATH", &path);
    let checks = of_plugin(&["engines", "--conformance", "wrong", "--format", "json"]).ends(1).stdout;
    let with_plugin = of_plugin(&["engines", "--format", "json"]).prints();
    let without_engines = plain.run(&["engines", "--format", "json"]).env("PATH", "").prints();
    let sandbox = Sandbox::new("s".parse().unwrap(), "http://127.0.0.1:1");
    let outputs = [
        [printed(&all, &["plan"]), printed(&plain, &["plan", "plan --dialect classic"])].concat(),
        printed(&all, &["files"]),
        printed(&plain, &["build --engine docker", "build --engine podman"]),
        printed(&all, &["build --dry-run"]),
        printed(&plain, &["build --engine docker --print-command", "build --engine podman --print-command"]),
        [printed(&all, &["engines"]), vec![json_of(&with_plugin), json_of(&without_engines)]].concat(),
        vec![json_of(&checks)],
        [vec![outdated], printed(&all, &["check --fix Dockerfile", "check Dockerfile"])].concat(),
        vec![serde_json::to_value(&sandbox).unwrap()],
        vec![json!([SandboxInfo::new(sandbox, "a:1")])],
    ];
    OUTPUTS.into_iter().zip(outputs).collect()
}

/// Adds the keys of all objects.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.keys().cloned());
            fields.values().for_each(|value| keys(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

/// Adds the fields that a schema describes.
fn described(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            if let Some(properties) = fields.get("properties").and_then(Value::as_object) {
                found.extend(properties.keys().cloned());
            }
            fields.values().for_each(|value| described(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| described(value, found)),
        _ => {}
    }
}

#[test]
fn real_output_is_valid_and_wholly_described() {
    let Some(judge) = Judge::start("schema.py") else { return };
    let outputs = outputs();
    for (name, values) in &outputs {
        let schema = schema(name);
        let (mut printed, mut fields) = (BTreeSet::new(), BTreeSet::new());
        for value in values {
            let error: Option<String> = judge.ask(&json!([schema, value, true]));
            assert_eq!(error, None, "{name}: {value:#}");
            keys(value, &mut printed);
        }
        described(&schema, &mut fields);
        let unseen: Vec<_> = fields.difference(&printed).collect();
        assert!(unseen.is_empty(), "{name}: no output has {unseen:?}");
        // A later version may add a field, and may not drop one.
        let (mut more, mut less) = (values[0].clone(), values[0].clone());
        let object = |value: &mut Value| if value.is_array() { value[0].take() } else { value.take() };
        let (mut with, mut without) = (object(&mut more), object(&mut less));
        with["new"] = 1.into();
        let first = schema.get("items").unwrap_or(&schema)["required"][0].as_str().unwrap().to_owned();
        without.as_object_mut().unwrap().remove(&first);
        let wrap = |value: Value| if values[0].is_array() { json!([value]) } else { value };
        assert_eq!(judge.ask::<Option<String>>(&json!([schema, wrap(with)])), None, "{name}");
        assert!(judge.ask::<Option<String>>(&json!([schema, wrap(without)])).is_some(), "{name}: {first}");
    }
}

#[test]
fn every_name_has_a_schema_with_what_it_refers_to() {
    let unknown = Folder::hello().run(&["schema", "nothing"]).ends(2).stderr;
    let names = unknown.split_once("possible values: ").unwrap().1.split_once(']').unwrap().0;
    let names: Vec<&str> = names.split(", ").collect();
    let judged: Vec<&str> = ["config", "pyproject"].into_iter().chain(OUTPUTS).collect();
    assert_eq!(names, judged);
    for name in names {
        let text = Folder::hello().run(&["schema", name]).prints();
        let schema = json_of(&text);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        let references = text.split("\"$ref\": \"#/$defs/").skip(1).map(|rest| rest.split('"').next().unwrap());
        let referred: BTreeSet<&str> = references.collect();
        let defined =
            schema["$defs"].as_object().map(|all| all.keys().map(String::as_str).collect()).unwrap_or_default();
        assert_eq!(referred, defined, "{name}");
    }
}
