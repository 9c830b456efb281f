//! The description of an option, without its value.

use serde_json::Value;

/// An option of a configuration `C`: a key of `[tool.agentix]` and, for most options, a command-line flag.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct OptionSpec<C> {
    /// The key in `[tool.agentix]`. The flag is `--` followed by the key.
    pub key: &'static str,
    /// The form of the value: a switch, one value, a list or a table.
    pub form: Form,
    /// The default, as text for the user.
    pub default: Option<&'static str>,
    /// An example of the value in TOML.
    pub example: &'static str,
    /// The command-line flag, if the option has one.
    pub flag: Option<Flag<C>>,
    pub(super) lines: &'static [&'static str],
    pub(super) schema: fn() -> Value,
}

/// The form of an option's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// `true` or `false`. The flag takes no value.
    Switch,
    /// One value.
    One,
    /// One value or a list.
    Many,
    /// A table.
    Table,
}

/// The command-line flag of an option.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Flag<C> {
    /// The placeholder for the value in the help: `REF`.
    pub value: &'static str,
    /// The short form: `t` for `-t`.
    pub short: Option<char>,
    /// The heading in the help.
    pub heading: &'static str,
    /// The commands that accept the flag.
    pub commands: Commands,
    /// The accepted words. Empty if the value is not one of a few words.
    pub choices: &'static [&'static str],
    /// The key of an option that the flag cannot be used with.
    pub conflicts: Option<&'static str>,
    pub(super) add: fn(&mut C, &str) -> Result<(), String>,
}

/// The commands that accept a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Commands {
    /// Every command that has a project.
    Project,
    /// Commands that use an engine: `build` and `lock`.
    Engine,
    /// `build`.
    Build,
}

impl<C> OptionSpec<C> {
    /// Returns the help: one or more sentences, without the final full stop.
    pub fn help(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|line| line.trim()).collect();
        let text = lines.join(" ");
        text.strip_suffix('.').unwrap_or(&text).to_owned()
    }

    /// Returns the JSON Schema of the value, without a description.
    pub fn schema(&self) -> Value {
        (self.schema)()
    }
}

impl<C> Flag<C> {
    /// Sets the option in a configuration, or adds to it, from the value of the flag.
    ///
    /// # Errors
    ///
    /// Fails if the text is not a value of the option. The message describes the expected form.
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
