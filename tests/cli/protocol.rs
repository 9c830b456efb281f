//! The JSON Schema of the plugin protocol: an independent judge checks real requests and messages with it.

use std::os::unix::net::UnixListener;

use serde_json::{Value, json};

use crate::judges::Judge;
use crate::run::{Folder, HELLO};

const SCHEMA: &str = include_str!("../../docs/engine-protocol.schema.json");
const PAGE: &str = include_str!("../../docs/engine-protocol.md");

/// Records its requests and its messages. The operations have the answers of `docs/engine-protocol.md`.
const PLUGIN: &str = r#"#!/usr/bin/env python3
import json, os, sys
operation, path = sys.argv[1:]
request = json.load(open(path))
answers = {
    "describe": {"protocol": 1, "name": "own", "version": "1", "dialects": ["buildkit", "classic"],
                 "context": "FORM", "features": ["inspect", "digests", "push", "cache-export", "ssh", "sbom", "provenance"]},
    "inspect": {"images": [{"id": "1", "labels": {"a": "b"}, "platform": "linux/amd64", "user": None}] + [None] * (len(request.get("images", [])) - 1)},
    "digests": {"digests": ["sha256:" + "1" * 64]},
    "build": {"image_id": "sha256:12"},
    "push": {"manifest_digest": "sha256:34"},
}
if operation == "build" and request["context"]["form"] == "tar":
    sys.stdin.buffer.read()
message = {"outcome": answers[operation]}
here = os.path.dirname(os.path.abspath(__file__))
with open(here + "/requests", "a") as requests, open(here + "/messages", "a") as messages:
    print(json.dumps(request), file=requests)
    print(json.dumps(message), file=messages)
print(json.dumps({"line": "working"}))
print(json.dumps(message))
"#;

fn schema_of(definition: &str) -> Value {
    let mut schema: Value = serde_json::from_str(SCHEMA).unwrap();
    schema["$ref"] = json!(format!("#/$defs/{definition}"));
    schema
}

fn recorded(folder: &Folder, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.path("bin").join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn requests_and_messages_match_the_schema() {
    let Some(judge) = Judge::start("schema.py") else { return };
    let verdict = |definition: &str, value: &Value| judge.ask::<Option<String>>(&json!([schema_of(definition), value]));
    for form in ["tar", "folder"] {
        let manifest = format!("{HELLO}[tool.agentix]\nexclude = ['bin']\n");
        let folder = Folder::with("pyproject.toml", manifest).file("bin/secret", "x");
        let folder = folder.program("bin/agentix-engine-own", &PLUGIN.replace("FORM", form));
        let path = format!("{}:{}", folder.path("bin").display(), std::env::var("PATH").unwrap());
        let arguments = "build --engine own --push --pull --no-cache --secret id=a,env=HOME --secret id=b,src=bin/secret \
                     --build-arg A=b --platform linux/amd64 --network host --add-host a:10.0.0.1 --cache-from a:1 \
                     --cache-to type=inline --ssh default --sbom true --provenance mode=max --source-date-epoch 7 --format json -- --shm-size 1g";
        let elsewhere = tempfile::tempdir().unwrap();
        let agent = elsewhere.path().join("agent");
        let _answers = UnixListener::bind(&agent).unwrap();
        let run = folder.run(&arguments.split_whitespace().collect::<Vec<_>>()).env("PATH", &path);
        let built = run.env("SSH_AUTH_SOCK", agent.display().to_string()).ends(0).stdout;
        let built: Value = serde_json::from_str(&built).unwrap();
        assert_eq!(built["manifest_digest"], "sha256:34");
        folder.run(&["lock", "--engine", "own"]).env("PATH", &path).ends(0);
        let requests = recorded(&folder, "requests");
        for operation in ["describe", "inspect", "digests", "build", "push"] {
            assert!(requests.iter().any(|request| request["operation"] == operation), "{operation}");
        }
        for request in requests {
            assert_eq!(verdict("request", &request), None, "{request}");
            for key in request.as_object().unwrap().keys() {
                let mut wrong = request.clone();
                wrong[key] = json!([7]);
                assert!(verdict("request", &wrong).is_some(), "`{key}` is not checked: {wrong}");
            }
        }
        for message in recorded(&folder, "messages") {
            assert_eq!(verdict("message", &message), None, "{message}");
        }
    }
    for wrong in [json!({}), json!([]), json!({ "outcome": {} }), json!({ "error": {} }), json!({ "line": 1 })] {
        assert!(verdict("message", &wrong).is_some(), "{wrong}");
    }
}

/// Every request and message in a code block of the page.
#[test]
fn the_examples_of_the_page_match_the_schema() {
    let Some(judge) = Judge::start("schema.py") else { return };
    let blocks: Vec<&str> = PAGE.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 6);
    for block in blocks {
        let example: Value = serde_json::from_str(block).unwrap();
        let definition = if example["operation"].is_null() { "message" } else { "request" };
        assert_eq!(judge.ask::<Option<String>>(&json!([schema_of(definition), example])), None, "{block}");
    }
}
