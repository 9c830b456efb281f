//! JSON as Python's `json.dumps` with `sort_keys=True` writes it. Poetry, PDM and pipenv hash such a text to find out
//! whether a lock belongs to a manifest.

use std::fmt::Write;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The text between members, and between a key and its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Separators(&'static str, &'static str);

/// The separators by default: `{"a": 1, "b": 2}`.
pub(super) const SPACED: Separators = Separators(", ", ": ");

/// `separators=(",", ":")`.
pub(super) const COMPACT: Separators = Separators(",", ":");

/// Returns the SHA-256 of a value as hexadecimal digits.
pub(super) fn sha256(value: &Value, separators: Separators) -> String {
    let mut text = String::new();
    write(value, separators, &mut text);
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Converts a value of TOML. JSON has no time: it becomes a string.
pub(super) fn of_toml(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Boolean(value) => (*value).into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(list) => list.iter().map(of_toml).collect(),
        toml::Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), of_toml(value))).collect(),
    }
}

fn write(value: &Value, separators: Separators, text: &mut String) {
    let Separators(next, after_key) = separators;
    let mut separator = "";
    match value {
        Value::Array(list) => {
            text.push('[');
            for value in list {
                text.push_str(separator);
                write(value, separators, text);
                separator = next;
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (key, value) in members {
                text.push_str(separator);
                write_string(key, text);
                text.push_str(after_key);
                write(value, separators, text);
                separator = next;
            }
            text.push('}');
        }
        Value::String(string) => write_string(string, text),
        other => text.push_str(&other.to_string()),
    }
}

/// Writes a string in ASCII.
fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for c in string.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            ' '..='~' => text.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{COMPACT, SPACED, write};

    /// The expected texts are the output of Python.
    #[test]
    fn python_writes_the_same_text() {
        let value = json!({"é": [1, -2, true, null, 1.5], "b": {"z": "a\u{1f600}\u{7f}/\"\\\n\r\t\u{8}\u{c}\u{1}", "B": {}}, "a": []});
        let text = |separators| {
            let mut text = String::new();
            write(&value, separators, &mut text);
            text
        };
        let expected = r#"{"a": [], "b": {"B": {}, "z": "a\ud83d\ude00\u007f/\"\\\n\r\t\b\f\u0001"}, "\u00e9": [1, -2, true, null, 1.5]}"#;
        assert_eq!(text(SPACED), expected);
        assert_eq!(text(COMPACT), expected.replace(", ", ",").replace(": ", ":"));
    }
}
