//! The JSON Schema of the configuration accepts and refuses what the command accepts and refuses. `jsonschema` judges.

#![expect(clippy::disallowed_types, clippy::unwrap_used, reason = "a test runs the command, and fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test reads the documentation")]

#[path = "judges/mod.rs"]
mod judges;

use std::fs;
use std::process::Command;

use agentix_gen::Config;
use judges::Judge;
use serde_json::{Value, json};

fn schema(arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agentix-gen"));
    let output = command.arg("schema").args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn error(judge: &Judge, schema: &Value, value: &Value) -> Option<String> {
    judge.ask(&json!([schema, value]))
}

fn toml(text: &str) -> Value {
    toml::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

/// Returns the tables `[tool.agentix]` in the README and the guide, each as a whole manifest.
fn documented() -> Vec<Value> {
    let pages = fs::read_dir("docs").unwrap().map(|entry| entry.unwrap().path()).chain(["README.md".into()]);
    let texts: Vec<String> = pages.map(|page| fs::read_to_string(page).unwrap()).collect();
    let blocks = texts.iter().flat_map(|text| text.split("```toml\n").skip(1));
    let blocks = blocks.map(|block| block.split("```").next().unwrap());
    blocks.filter(|block| block.starts_with("[tool.agentix")).map(toml).collect()
}

#[test]
fn the_schema_accepts_what_the_guide_shows() {
    let Some(judge) = Judge::start("schema.py") else { return };
    let (config, manifest) = (schema(&[]), schema(&["pyproject"]));
    assert_eq!(config, schema(&["config"]));
    let tables = documented();
    assert!(tables.len() >= 2, "{} tables found", tables.len());
    for table in &tables {
        assert_eq!(error(&judge, &manifest, table), None, "{table}");
        assert_eq!(error(&judge, &config, &table["tool"]["agentix"]), None, "{table}");
    }
    // Tables of other tools are theirs.
    assert_eq!(error(&judge, &manifest, &toml("[project]\nname = 'x'\n[tool.ruff]\nline-length = 1")), None);
}

/// Values of every option, and one more key, are refused by the schema and by the command.
#[test]
fn the_schema_refuses_what_the_command_refuses() {
    let Some(judge) = Judge::start("schema.py") else { return };
    let (config, manifest) = (schema(&[]), schema(&["pyproject"]));
    let wrong = Config::OPTIONS.iter().flat_map(|option| {
        let values = ["[[1]]", "{ \"a b\" = {} }", "1.5"].map(|value| format!("{} = {value}\n", option.key));
        values.map(|line| (option.key, line))
    });
    for (key, line) in wrong.chain([("unknown", "runtime-imag = 'a:1'\n".to_owned())]) {
        let table = format!("[tool.agentix]\n{line}");
        assert!(error(&judge, &config, &toml(&line)).is_some(), "{key}: {line}");
        assert!(error(&judge, &manifest, &toml(&table)).is_some(), "{key}: {line}");
        let text = format!("[project]\nname = 'x'\nversion = '1'\n{table}");
        assert!(text.parse::<agentix_gen::Project>().is_err(), "{key}: {line}");
    }
}
