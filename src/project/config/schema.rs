//! The JSON Schemas of option values.

use serde_json::{Value, json};

use super::choices::{InstallerChoice, Symlinks};
use crate::value::{
    AptPackage, Attestation, BuilderName, ByteSize, CacheLocation, ContextSource, Epoch, ExecForm, Healthcheck,
    HostAddress, ImageFolder, ImageRef, MirrorUrl, Network, Nixpkgs, Pattern, Platform, Port, ProjectName, ProjectPath,
    PublicKey, SecretFile, SecretSource, SingleLine, SourceUrl, SshAccess, StopSignal, Substituter, User, Version,
};

/// A value that has a JSON Schema.
pub(super) trait Schema {
    /// Whether the value is `true` or `false`.
    const IS_SWITCH: bool = false;

    /// The accepted words. Empty if the value is not one of a few words.
    const CHOICES: &'static [&'static str] = &[];

    /// What separates several values of a list in one use of its flag. `None`: each use is one value.
    const SEPARATOR: Option<char> = None;

    fn schema() -> Value;
}

impl Schema for Platform {
    const SEPARATOR: Option<char> = Some(',');

    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

macro_rules! texts {
    ($($name:ty),+ $(,)?) => {
        $(impl Schema for $name {
            fn schema() -> Value {
                json!({ "type": "string" })
            }
        })+
    };
}

texts!(
    AptPackage,
    Attestation,
    BuilderName,
    CacheLocation,
    ContextSource,
    HostAddress,
    ImageFolder,
    ImageRef,
    MirrorUrl,
    Network,
    Nixpkgs,
    Pattern,
    ProjectName,
    ProjectPath,
    PublicKey,
    SecretFile,
    SingleLine,
    SourceUrl,
    StopSignal,
    SshAccess,
    Substituter,
    Version,
);

macro_rules! choices {
    ($($name:ty),+) => {
        $(impl Schema for $name {
            const CHOICES: &'static [&'static str] = <$name>::CHOICES;

            fn schema() -> Value {
                json!({ "enum": <Self as Schema>::CHOICES })
            }
        })+
    };
}

choices!(InstallerChoice, Symlinks);

impl Schema for bool {
    const IS_SWITCH: bool = true;

    fn schema() -> Value {
        json!({ "type": "boolean" })
    }
}

impl Schema for Epoch {
    fn schema() -> Value {
        json!({ "type": "integer", "minimum": 0, "maximum": 253_402_300_799_i64 })
    }
}

impl Schema for ByteSize {
    fn schema() -> Value {
        json!({ "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string" }] })
    }
}

impl Schema for Port {
    fn schema() -> Value {
        json!({ "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 65535 }, { "type": "string" }] })
    }
}

impl Schema for ExecForm {
    fn schema() -> Value {
        json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 })
    }
}

impl Schema for Healthcheck {
    fn schema() -> Value {
        let duration = json!({ "type": "string", "pattern": "^([0-9]+(h|m|s|ms))+$" });
        json!({
            "type": "object",
            "required": ["cmd"],
            "additionalProperties": false,
            "properties": {
                "cmd": ExecForm::schema(),
                "interval": duration,
                "timeout": duration,
                "start-period": duration,
                "retries": { "type": "integer", "minimum": 1, "maximum": 65535 },
            },
        })
    }
}

impl Schema for User {
    fn schema() -> Value {
        let account = json!({
            "type": "object",
            "required": ["name"],
            "additionalProperties": false,
            "properties": { "name": { "type": "string" }, "uid": { "type": "integer", "minimum": 1 } },
        });
        json!({ "anyOf": [{ "type": "string" }, account] })
    }
}

impl Schema for SecretSource {
    fn schema() -> Value {
        let one = |key: &str| {
            json!({
                "type": "object",
                "required": [key],
                "additionalProperties": false,
                "properties": { key: { "type": "string" } },
            })
        };
        json!({ "anyOf": [one("src"), one("env")] })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::project::Config;

    /// Returns what a schema says of the values that it accepts, without the types of their parts.
    fn says_something(schema: &Value) -> bool {
        let parts = ["anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
        let inner = ["items", "additionalProperties"].into_iter().filter_map(|key| schema.get(key));
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|all| all.values());
        let says = ["type", "anyOf", "oneOf", "enum", "const", "$ref"].iter().any(|key| schema.get(key).is_some());
        says && parts.chain(inner.filter(|one| !one.is_boolean())).chain(properties).all(says_something)
    }

    #[test]
    fn the_schema_tells_the_type_of_each_option() {
        let schema = Config::schema();
        let properties = schema["properties"].as_object().unwrap();
        for (name, option) in properties {
            assert!(says_something(option), "{name}: {option}");
        }
        assert!(properties.len() > 30, "{}", properties.len());
    }
}
