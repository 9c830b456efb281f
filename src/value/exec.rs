//! A command as the list of its words.

use std::fmt;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::checked_text::ValueError;
use super::label::SingleLine;

/// A command as a list of words, the program first: `["python", "-m", "hello"]`. No shell reads it, so nothing in it is
/// expanded or split; who wants a shell names it: `["/bin/sh", "-c", "exec hello \"$HOME\""]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ExecForm(Vec<SingleLine>);

/// A list of words that is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a command is a list of words, of which the first names the program; this one names none")]
pub struct EmptyCommand;

/// Words that are no command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExecFormError {
    /// The first word does not name a program.
    #[error(transparent)]
    Empty(#[from] EmptyCommand),
    /// A word has a control character.
    #[error(transparent)]
    Word(#[from] ValueError),
}

impl ExecForm {
    /// A command from its words, the program first.
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
    /// No program, or a control character in a word.
    pub fn new<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> Result<Self, ExecFormError> {
        let words = words.into_iter().map(|word| word.as_ref().parse());
        Ok(words.collect::<Result<Vec<SingleLine>, ValueError>>()?.try_into()?)
    }

    /// The words, the program first.
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
        f.write_str("a list of words, the program first")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<ExecForm, A::Error> {
        let words: Vec<SingleLine> = Vec::deserialize(de::value::SeqAccessDeserializer::new(list))?;
        words.try_into().map_err(de::Error::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<ExecForm, E> {
        let shell = serde_json::json!(["/bin/sh", "-c", text]);
        Err(E::custom(format!("a command is a list of words; for a shell to read this one, write {shell}")))
    }
}

#[cfg(test)]
mod tests {
    use super::ExecForm;

    #[test]
    fn a_list_is_a_command_and_a_string_is_told_how_to_be_one() {
        let read = |json: &str| serde_json::from_str::<ExecForm>(json).map_err(|error| error.to_string());
        assert_eq!(read(r#"["a", "", "b c"]"#).unwrap().words().collect::<Vec<_>>(), ["a", "", "b c"]);
        for nothing in ["[]", r#"["", "a"]"#] {
            assert!(read(nothing).unwrap_err().contains("names none"), "{nothing}");
        }
        assert!(read(r#"["a\nb"]"#).is_err());
        assert!(read("7").unwrap_err().contains("expected a list of words, the program first"));
        let remedy = r#"write ["/bin/sh","-c","serve --port \"$PORT\""]"#;
        assert!(read(r#""serve --port \"$PORT\"""#).unwrap_err().contains(remedy));
    }
}
