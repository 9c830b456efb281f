//! Commands in exec form: a list of words.

use std::fmt;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::checked_text::ValueError;
use super::label::SingleLine;

/// A command as a list of words, with the program first: `["python", "-m", "hello"]`.
///
/// The command runs without a shell, so its words are neither expanded nor split. To use a shell, make it the program:
/// `["/bin/sh", "-c", "exec hello \"$HOME\""]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ExecForm(Vec<SingleLine>);

/// The error for a list of words without a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the command has no program; write a list of words with the program first")]
pub struct EmptyCommand;

/// The error for words that do not form a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExecFormError {
    /// The list is empty, or its first word is.
    #[error(transparent)]
    Empty(#[from] EmptyCommand),
    /// A word contains a control character.
    #[error(transparent)]
    Word(#[from] ValueError),
}

impl ExecForm {
    /// Creates a command from its words, with the program first.
    ///
    /// ```
    /// use agentix_gen::value::ExecForm;
    /// let command = ExecForm::new(["python", "-m", "hello"])?;
    /// assert_eq!(command.words().collect::<Vec<_>>(), ["python", "-m", "hello"]);
    /// assert!(ExecForm::new([""]).is_err());
    /// # Ok::<(), agentix_gen::value::ExecFormError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if there is no program, or if a word contains a control character.
    pub fn new<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> Result<Self, ExecFormError> {
        let words = words.into_iter().map(|word| word.as_ref().parse());
        Ok(words.collect::<Result<Vec<SingleLine>, ValueError>>()?.try_into()?)
    }

    /// Returns the words, with the program first.
    pub fn words(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.0.iter().map(SingleLine::as_str)
    }
}

impl TryFrom<Vec<SingleLine>> for ExecForm {
    type Error = EmptyCommand;

    fn try_from(words: Vec<SingleLine>) -> Result<Self, EmptyCommand> {
        match words.first() {
            Some(program) if !program.as_str().is_empty() => Ok(Self(words)),
            _ => Err(EmptyCommand),
        }
    }
}

impl<'de> Deserialize<'de> for ExecForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExecVisitor)
    }
}

struct ExecVisitor;

impl<'de> Visitor<'de> for ExecVisitor {
    type Value = ExecForm;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of words with the program first")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<ExecForm, A::Error> {
        let words: Vec<SingleLine> = Vec::deserialize(de::value::SeqAccessDeserializer::new(list))?;
        words.try_into().map_err(de::Error::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<ExecForm, E> {
        let shell = serde_json::json!(["/bin/sh", "-c", text]);
        Err(E::custom(format!("a command is a list of words, not a string; to run it in a shell, write {shell}")))
    }
}

#[cfg(test)]
mod tests {
    use super::ExecForm;

    #[test]
    fn a_list_is_accepted_and_a_string_is_rejected_with_a_remedy() {
        let read = |json: &str| serde_json::from_str::<ExecForm>(json).map_err(|error| error.to_string());
        assert_eq!(read(r#"["a", "", "b c"]"#).unwrap().words().collect::<Vec<_>>(), ["a", "", "b c"]);
        for json in ["[]", r#"["", "a"]"#] {
            assert!(read(json).unwrap_err().contains("has no program"), "{json}");
        }
        assert!(read(r#"["a\nb"]"#).is_err());
        assert!(read("7").unwrap_err().contains("expected a list of words with the program first"));
        let remedy = r#"write ["/bin/sh","-c","serve --port \"$PORT\""]"#;
        assert!(read(r#""serve --port \"$PORT\"""#).unwrap_err().contains(remedy));
    }
}
