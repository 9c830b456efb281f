//! The `completions` command: prints the script with which a shell completes the command. For values that depend on the
//! machine or the project, the scripts for bash, zsh and fish ask the command.

use agentix_gen::files::read_workspace;
use agentix_gen::load::LoadError;
use agentix_gen::{Cancel, Config};
use camino::Utf8Path;
use clap::CommandFactory;
use clap_complete::Shell;

use super::arguments::Arguments;
use super::error::CommandError;
use super::setup_arguments::{CompletionsArguments, Values};
use super::{engines, output};

/// The options with such values, and the names of the values.
const ASKED: [(&str, &str); 3] = [("engine", "engines"), ("extra", "extras"), ("group", "groups")];

pub(crate) fn print(arguments: &CompletionsArguments) -> Result<(), CommandError> {
    let text = match (arguments.values, arguments.shell) {
        (Some(values), _) => listed(values)?,
        (None, Some(shell)) => script(shell),
        (None, None) => String::new(),
    };
    output::data(text.as_bytes())
}

fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "agentix-gen", &mut script);
    let script = String::from_utf8_lossy(&script);
    match shell {
        Shell::Bash => asking_in_bash(&with_one_name(&script)),
        Shell::Zsh => asking_in_zsh(&with_commands_first(&script)),
        Shell::Fish => asking_in_fish(&with_values_first(&script)),
        _ => script.into_owned(),
    }
}

/// Returns the values of an option, one on each line.
fn listed(values: Values) -> Result<String, CommandError> {
    let project = || read_workspace(Utf8Path::new("."), &Config::default()).map_err(LoadError::from);
    let names: Vec<String> = match values {
        Values::Engines => [vec!["auto".to_owned()], engines::registry(&Cancel::default()).names()].concat(),
        Values::Extras => project()?.project().optional_dependencies().keys().map(ToString::to_string).collect(),
        Values::Groups => project()?.project().groups().map(ToString::to_string).collect(),
    };
    Ok(names.iter().flat_map(|name| [name.as_str(), "\n"]).collect())
}

/// Makes the script for bash use one name for each command. For a program with a hyphen in its name, `clap_complete`
/// sets the command by one name and looks it up by another (<https://github.com/clap-rs/clap/issues/6421>).
fn with_one_name(script: &str) -> String {
    script.replace("agentix__subcmd__gen", "agentix__gen")
}

/// Makes the first word a command in the script for zsh. `clap_complete` expects the folder of the default command there
/// and the command after it, and so completes nothing after a command.
fn with_commands_first(script: &str) -> String {
    let Some((before, after)) = script.split_once("\":: :_agentix-gen_commands\"") else { return script.to_owned() };
    let before = before.lines().filter(|line| !line.starts_with("'::path -- "));
    let before: String = before.flat_map(|line| [line, "\n"]).collect();
    format!("{before}\":: :_agentix-gen_commands\"{}", after.replace("line[2]", "line[1]"))
}

/// Makes the script for fish complete the value of an option before a command. `clap_complete` takes an option that still
/// lacks its value for an error, and then completes nothing.
fn with_values_first(script: &str) -> String {
    script.replacen("-- $cmd 2>/dev/null\n    or return\n", "-- $cmd 2>/dev/null\n    or return 0\n", 1)
}

/// Replaces the names of files after `--option)`.
fn asking_in_bash(script: &str) -> String {
    ASKED.iter().fold(script.to_owned(), |script, (option, values)| {
        let case = |list: &str| format!("--{option})\n                    COMPREPLY=($(compgen {list}))");
        let asking = format!(r#"-W "$({})" -- "${{cur}}""#, ask(values));
        script.replace(&case(r#"-f "${cur}""#), &case(&asking))
    })
}

/// Replaces the action of `'--option=[help]:NAME:_default'`, which offers the names of files.
fn asking_in_zsh(script: &str) -> String {
    with_lines(script, |line| {
        let (option, _) = line.trim_start_matches(['\'', '*']).strip_prefix("--")?.split_once("=[")?;
        let start = line.strip_suffix(":_default' \\")?;
        Some(format!("{start}:{{compadd -- ${{(f)\"$({})\"}}}}' \\", ask(values_of(option)?)))
    })
}

/// Adds values to `complete … -l option … -r`, which offers the names of files.
fn asking_in_fish(script: &str) -> String {
    with_lines(script, |line| {
        let (option, _) = line.split_once(" -l ")?.1.split_once(' ')?;
        let start = line.strip_suffix(" -r")?;
        Some(format!("{start} -x -a '({})'", ask(values_of(option)?)))
    })
}

fn values_of(option: &str) -> Option<&'static str> {
    ASKED.iter().find(|(name, _)| *name == option).map(|(_, values)| *values)
}

/// Returns the command that prints the values. A shell shows no error while it completes.
fn ask(values: &str) -> String {
    format!("agentix-gen completions --values {values} 2>/dev/null")
}

fn with_lines(script: &str, replaced: impl Fn(&str) -> Option<String>) -> String {
    script.lines().map(|line| replaced(line).unwrap_or_else(|| line.to_owned()) + "\n").collect()
}
