//! A command as a value.

use std::fmt;

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::value::is_unseen;

/// A program with all that it is given; what [`Display`](fmt::Display) writes can be pasted into a shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Command {
    /// The program's absolute path.
    pub program: Utf8PathBuf,
    /// The arguments after the program's name.
    pub arguments: Vec<String>,
    /// Environment variables set on top of the caller's own.
    pub environment: Vec<(String, String)>,
    /// What it reads.
    pub stdin: Stdin,
}

/// What a command reads from its standard input.
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
    /// A command that reads nothing.
    pub fn new<A: Into<String>>(program: &camino::Utf8Path, arguments: impl IntoIterator<Item = A>) -> Self {
        Self {
            program: program.to_owned(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            environment: Vec::new(),
            stdin: Stdin::Nothing,
        }
    }
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

/// A word of a shell command, in single quotes where it needs them, and with bash's escapes where it is not seen.
struct Word<'a>(&'a str);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+%".contains(c);
        if !self.0.is_empty() && self.0.chars().all(plain) {
            f.write_str(self.0)
        } else if self.0.chars().any(is_unseen) {
            // A terminal is not to obey it.
            f.write_str("$'")?;
            self.0.chars().try_for_each(|c| match c {
                '\\' | '\'' => write!(f, "\\{c}"),
                c if is_unseen(c) => write!(f, "\\u{:04x}", u32::from(c)),
                c => write!(f, "{c}"),
            })?;
            f.write_str("'")
        } else {
            write!(f, "'{}'", self.0.replace('\'', r"'\''"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Command;

    #[test]
    fn a_command_can_be_pasted() {
        let mut command = Command::new("/usr/bin/docker".into(), ["build", "--label", "a=it's $x", "", "-"]);
        assert_eq!(Command::new("/a".into(), ["-_./:=@,+%"]).to_string(), "/a -_./:=@,+%");
        command.environment.push(("DOCKER_BUILDKIT".into(), "1".into()));
        assert_eq!(command.to_string(), r"DOCKER_BUILDKIT=1 /usr/bin/docker build --label 'a=it'\''s $x' '' -");
        let command = Command::new("x".into(), ["a\u{1b}[31m\n'\\\u{202e}"]);
        assert_eq!(command.to_string(), r"x $'a\u001b[31m\u000a\'\\\u202e'");
    }
}
