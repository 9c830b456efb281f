//! The `explain` command: prints what the guide says about a key, a rule or an error.

mod guide;

use std::fmt::Write;

use agentix_gen::Config;
use agentix_gen::project::{ConfigOption, Form};
use agentix_gen::value::nearest;

use super::error::CommandError;
use super::output;
use super::view_arguments::ExplainArguments;

/// The number of passages that are printed at most.
const MOST: usize = 3;

pub(crate) fn explain(arguments: &ExplainArguments) -> Result<(), CommandError> {
    let asked = arguments.asked.trim().trim_matches('`').trim();
    let key = asked.trim_start_matches("--").trim_start_matches("tool.agentix.");
    let option = Config::option(key);
    let passages = guide::find(if option.is_some() { key } else { asked });
    if option.is_none() && passages.is_empty() {
        return Err(CommandError::Unexplained(asked.to_owned()));
    }
    let mut text = option.map_or_else(String::new, describe);
    for passage in passages.iter().take(MOST) {
        let line = if text.is_empty() { "" } else { "\n" };
        // Writing to a string cannot fail.
        _ = write!(text, "{line}docs/{}, {}\n\n{}\n", passage.page, passage.heading, passage.text);
    }
    output::data(text.as_bytes())
}

/// Returns the nearest key of `[tool.agentix]`, if one is near.
pub(crate) fn nearest_key(word: &str) -> Option<&'static str> {
    nearest(word.trim_start_matches("--"), Config::OPTIONS.iter().map(|option| option.key))
}

/// Describes a key: its meaning, its value, its option and an example.
fn describe(option: &ConfigOption) -> String {
    let form = match option.form {
        Form::Switch => "true or false",
        Form::Many => "one value or a list",
        Form::Table => "a table",
        _ => "one value",
    };
    let default = option.default.map_or(String::new(), |default| format!("\ndefault: {default}"));
    let flag = option.flag.as_ref().map_or(String::new(), |flag| {
        let short = flag.short.map_or(String::new(), |short| format!("-{short}, "));
        format!("\noption:  {short}--{}", option.key)
    });
    let (key, example) = (option.key, option.example);
    format!(
        "{key}, a key of [tool.agentix]\n\n{}.\n\nvalue:   {form}{default}{flag}\nexample: {key} = {example}\n",
        option.help()
    )
}
