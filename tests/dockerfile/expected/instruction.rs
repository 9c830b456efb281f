//! A single instruction.

use serde::Deserialize;

/// An instruction as a builder reads it: quotes are removed and variables expanded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Instruction {
    pub(crate) name: String,
    pub(crate) flags: Vec<String>,
    /// Whether the values are written as a JSON list.
    pub(crate) json: bool,
    pub(crate) values: Vec<String>,
}

impl Instruction {
    /// Replaces each run of white space in a command with one space, because line breaks in it do not matter.
    pub(crate) fn on_one_line(mut self) -> Self {
        if self.name == "RUN" && !self.json {
            self.values.iter_mut().for_each(|value| *value = value.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        self
    }

    pub(super) fn flag(mut self, flag: &str) -> Self {
        self.flags.push(flag.to_owned());
        self
    }
}

pub(super) fn instruction(name: &str, values: &[&str]) -> Instruction {
    let values = values.iter().map(|&value| value.to_owned()).collect();
    Instruction { name: name.to_owned(), flags: vec![], json: false, values }
}

pub(super) fn run(command: &str) -> Instruction {
    instruction("RUN", &[command])
}

/// Returns an instruction that sets several names.
pub(super) fn pairs<'a>(name: &str, pairs: impl Iterator<Item = (&'a String, &'a String)>) -> Instruction {
    instruction(name, &pairs.flat_map(|(key, value)| [key.as_str(), value.as_str()]).collect::<Vec<_>>())
}
