//! Commands as values.

use std::fmt;

use camino::Utf8PathBuf;
use serde::{Serialize, Serializer};

use crate::value::{Redacted, is_unseen};

/// A program with its arguments, environment variables and stdin.
///
/// You can paste the [`Display`](fmt::Display) form into a shell. It shows no credentials of URLs, and neither does the
/// JSON form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Command {
    /// The program's absolute path.
    pub program: Utf8PathBuf,
    /// The arguments after the program's name.
    #[serde(serialize_with = "redacted")]
    pub arguments: Vec<String>,
    /// Environment variables that are added to the caller's own.
    #[serde(serialize_with = "redacted_values")]
    pub environment: Vec<(String, String)>,
    /// The input that the program reads from stdin.
    pub stdin: Stdin,
}

/// The input that a command reads from stdin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Stdin {
    /// Nothing.
    Nothing,
    /// The context, as a tar archive.
    Context,
}

impl Command {
    /// Returns a command with no environment variables of its own and with nothing on stdin.
    pub fn new<A: Into<String>>(program: &camino::Utf8Path, arguments: impl IntoIterator<Item = A>) -> Self {
        Self {
            program: program.to_owned(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            environment: Vec::new(),
            stdin: Stdin::Nothing,
        }
    }
}

fn redacted<S: Serializer>(words: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(words.iter().map(|word| Redacted(word).text()))
}

fn redacted_values<S: Serializer>(variables: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(variables.iter().map(|(name, value)| (name, Redacted(value).text())))
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.environment {
            write!(f, "{name}={} ", Word(value))?;
        }
        write!(f, "{}", Word(self.program.as_str()))?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {}", Word(argument)))
    }
}

/// A word of a shell command. It is in single quotes if necessary. Invisible characters become bash escapes.
struct Word<'a>(&'a str);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = &*Redacted(self.0).text();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+%".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            f.write_str(word)
        } else if word.chars().any(is_unseen) {
            // A terminal would interpret control characters.
            f.write_str("$'")?;
            word.chars().try_for_each(|c| match c {
                '\\' | '\'' => write!(f, "\\{c}"),
                c if is_unseen(c) => write!(f, "\\u{:04x}", u32::from(c)),
                c => write!(f, "{c}"),
            })?;
            f.write_str("'")
        } else {
            write!(f, "'{}'", word.replace('\'', r"'\''"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Command;

    #[test]
    fn commands_are_quoted_for_a_shell() {
        let mut command = Command::new("/usr/bin/docker".into(), ["build", "--label", "a=it's $x", "", "-"]);
        assert_eq!(Command::new("/a".into(), ["-_./:=@,+%"]).to_string(), "/a -_./:=@,+%");
        command.environment.push(("DOCKER_BUILDKIT".into(), "1".into()));
        assert_eq!(command.to_string(), r"DOCKER_BUILDKIT=1 /usr/bin/docker build --label 'a=it'\''s $x' '' -");
        let command = Command::new("x".into(), ["a\u{1b}[31m\n'\\\u{202e}"]);
        assert_eq!(command.to_string(), r"x $'a\u001b[31m\u000a\'\\\u202e'");
    }

    #[test]
    fn no_form_shows_a_password() {
        let mut command = Command::new("/x".into(), ["--build-arg", "HTTP_PROXY=http://me:hunter2@proxy:3128"]);
        command.environment.push(("DOCKER_HOST".into(), "ssh://me:hunter2@host".into()));
        let shown = "DOCKER_HOST='ssh://…@host' /x --build-arg 'HTTP_PROXY=http://…@proxy:3128'";
        assert_eq!(command.to_string(), shown);
        assert!(!serde_json::to_string(&command).unwrap().contains("hunter2"));
    }
}
