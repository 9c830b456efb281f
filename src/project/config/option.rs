//! What is known of an option beside its value.

use serde_json::Value;

/// An option of a configuration `C`: a key of `[tool.agentix]`, and often a flag of the command.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct OptionSpec<C> {
    /// The key in `[tool.agentix]`; the flag is the same after `--`.
    pub key: &'static str,
    /// Whether it takes one value, a list or a table.
    pub form: Form,
    /// What holds if it is not set, for people.
    pub default: Option<&'static str>,
    /// An example of its value in TOML.
    pub example: &'static str,
    /// The flag of the command, if there is one.
    pub flag: Option<Flag<C>>,
    pub(super) lines: &'static [&'static str],
    pub(super) schema: fn() -> Value,
}

/// The form of an option's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// `true` or `false`; a flag without a value.
    Switch,
    /// One value.
    One,
    /// One value or a list.
    Many,
    /// A table.
    Table,
}

/// The flag of an option.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Flag<C> {
    /// What stands for its value in the help: `REF`.
    pub value: &'static str,
    /// A short form: `t` for `-t`.
    pub short: Option<char>,
    /// The heading that it stands under in the help.
    pub heading: &'static str,
    /// The commands that take it.
    pub commands: Commands,
    /// The words that it takes; empty if it takes others.
    pub choices: &'static [&'static str],
    /// The key of an option that it cannot be used with.
    pub conflicts: Option<&'static str>,
    pub(super) add: fn(&mut C, &str) -> Result<(), String>,
}

/// The commands that take a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Commands {
    /// Every command that takes a project.
    Project,
    /// Commands that use an engine: `build` and `lock`.
    Engine,
    /// `build`.
    Build,
}

impl<C> OptionSpec<C> {
    /// What it decides, as one sentence or more without a full stop at the end.
    pub fn help(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|line| line.trim()).collect();
        let text = lines.join(" ");
        text.strip_suffix('.').unwrap_or(&text).to_owned()
    }

    /// The JSON Schema of its value, without a description.
    pub fn schema(&self) -> Value {
        (self.schema)()
    }
}

impl<C> Flag<C> {
    /// Sets the option in a configuration, or adds to it, from a word of the command line.
    ///
    /// # Errors
    ///
    /// A text that is not a value of the option, with what one looks like.
    pub fn add(&self, config: &mut C, text: &str) -> Result<(), String> {
        (self.add)(config, text)
    }
}

/// `max_context` → `max-context`.
pub(super) const fn kebab_case<const N: usize>(name: &str) -> [u8; N] {
    let mut key = [0; N];
    let mut at = 0;
    while at < N {
        let byte = name.as_bytes()[at];
        key[at] = if byte == b'_' { b'-' } else { byte };
        at += 1;
    }
    key
}
