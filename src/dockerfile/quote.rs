//! Quoting: the only way to put free text into a Dockerfile.

use minijinja::value::Value;
use minijinja::{Error, ErrorKind, Output, State};

/// Quotes text for an instruction that expands variables (`ENV`, `LABEL`).
///
/// The result is in double quotes. A `\` precedes each character that would end the quotes or start a variable.
///
/// # Errors
///
/// Fails if the text contains a control character, because it could end the instruction.
pub(super) fn quote(text: &str) -> Result<Value, Error> {
    if text.chars().any(char::is_control) {
        return Err(Error::new(ErrorKind::InvalidOperation, "a value with a control character cannot be quoted"));
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\' | '$') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    Ok(Value::from_safe_string(quoted))
}

/// Formats words in the exec form of an instruction: a JSON list, in which a builder expands nothing.
///
/// # Errors
///
/// Fails if a word contains a control character, as in [`quote`].
#[expect(clippy::needless_pass_by_value, reason = "minijinja passes filter arguments by value")]
pub(super) fn exec(words: Vec<String>) -> Result<Value, Error> {
    let unquotable = |message: String| Error::new(ErrorKind::InvalidOperation, message);
    if words.iter().any(|word| word.chars().any(char::is_control)) {
        return Err(unquotable("a word with a control character cannot be quoted".to_owned()));
    }
    let words = words.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
    let words = words.map_err(|error| unquotable(error.to_string()))?;
    Ok(Value::from_safe_string(format!("[{}]", words.join(", "))))
}

/// The formatter of all templates. It prints checked or quoted values and rejects all others.
pub(super) fn only_checked(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if value.is_safe() => out.write_str(text).map_err(Error::from),
        _ => Err(Error::new(ErrorKind::BadEscape, "the template prints a value that is neither checked nor quoted")),
    }
}

#[cfg(test)]
mod tests {
    use super::{exec, quote};

    #[test]
    fn quoting_escapes_quotes_backslashes_and_dollars() {
        let quoted = |text: &str| quote(text).map(|value| value.to_string());
        assert_eq!(quoted(r#"a "b" $c \ d"#).unwrap(), r#""a \"b\" \$c \\ d""#);
        assert!(exec(vec!["a\nRUN b".into()]).is_err() && exec(vec!["a".into(), "b\nRUN c".into()]).is_err());
        assert_eq!(exec(vec!["a".into(), r#"$b "\"#.into()]).unwrap().to_string(), r#"["a", "$b \"\\"]"#);
        assert!(quoted("a\nRUN b").is_err() && quoted("\u{1b}[0m").is_err());
    }
}
