//! The `schema` command: prints the JSON Schema of the configuration, or of the JSON that a command prints.

mod outputs;

use agentix_gen::Config;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use serde_json::{Value, json};

use super::error::CommandError;
use super::output;
use super::setup_arguments::{SchemaArguments, SchemaName};

pub(crate) fn print(arguments: &SchemaArguments) -> Result<(), CommandError> {
    output::json(&match arguments.name {
        SchemaName::Config => Config::schema(),
        SchemaName::Pyproject => pyproject(),
        printed => {
            let name = printed.to_possible_value();
            outputs::schema(name.as_ref().map_or("", PossibleValue::get_name)).map_err(CommandError::Output)?
        }
    })
}

/// Returns the schema of a `pyproject.toml`. An editor applies it to the file as it is.
fn pyproject() -> Value {
    let mut config = Config::schema();
    let draft = config["$schema"].take();
    if let Some(config) = config.as_object_mut() {
        config.remove("$schema");
    }
    let table = |key: &str, schema: Value| json!({ "type": "object", "properties": { key: schema } });
    let mut schema = table("tool", table("agentix", config));
    schema["$schema"] = draft;
    schema["title"] = "pyproject.toml".into();
    schema
}
