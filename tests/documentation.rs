//! `docs/configuration.md` is generated from the declarations of the options. `UPDATE_GOLDEN=1 cargo test` writes it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test reads and writes the documentation")]

use std::fmt::Write;
use std::fs;

use agentix_gen::Config;
use agentix_gen::project::{Commands, Form};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");

const INTRODUCTION: &str = "\
# Configuration

<!-- Generated from src/project/config.rs: UPDATE_GOLDEN=1 cargo test --test documentation -->

Every key is optional. It is written in the table `[tool.agentix]` of `pyproject.toml`. Many keys are also options of the
command, which override them. Lists are joined, except `tag`; tables are merged by key.

Unknown keys are errors that name the nearest key.
";

fn generated() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n| key | value | default | option | meaning |\n|---|---|---|---|---|\n");
    for option in Config::OPTIONS {
        let form = match option.form {
            Form::Switch => "`true` or `false`",
            Form::One => "one value",
            Form::Many => "one value or a list",
            Form::Table => "a table",
            _ => panic!("{}: no words for its form", option.key),
        };
        let flag = option.flag.as_ref().map_or(String::new(), |flag| {
            let short = flag.short.map_or(String::new(), |short| format!("`-{short}`, "));
            let commands = match flag.commands {
                Commands::Project => "",
                Commands::Engine => " (`build`, `lock`)",
                Commands::Build => " (`build`)",
                _ => panic!("{}: no words for its commands", option.key),
            };
            format!("{short}`--{}`{commands}", option.key)
        });
        let default = match option.default {
            None => String::new(),
            Some(words) if words.contains(' ') => words.to_owned(),
            Some(value) => format!("`{value}`"),
        };
        let cells = [&format!("`{}`", option.key), form, &default, &flag, &option.help()];
        writeln!(text, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")).unwrap();
    }
    text.push_str("\nAll keys, each with an example:\n\n```toml\n[tool.agentix]\n");
    for option in Config::OPTIONS {
        writeln!(text, "{} = {}", option.key, option.example).unwrap();
    }
    text.push_str("```\n");
    text
}

#[test]
fn the_configuration_reference_is_current() {
    let text = generated();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(PATH, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(PATH).unwrap(), text, "UPDATE_GOLDEN=1 cargo test --test documentation writes it");
}

#[test]
fn the_example_is_read() {
    let text = generated();
    let table = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let manifest = format!("[project]\nname = 'x'\nversion = '1'\n{table}");
    let project: agentix_gen::Project = manifest.parse().unwrap_or_else(|error| panic!("{error}"));
    let written = serde_json::to_value(project.config()).unwrap();
    for option in Config::OPTIONS {
        let is_set = match &written[option.key] {
            serde_json::Value::Null => false,
            serde_json::Value::Array(list) => !list.is_empty(),
            serde_json::Value::Object(table) => !table.is_empty(),
            _ => true,
        };
        assert!(is_set, "{}", option.key);
    }
}
