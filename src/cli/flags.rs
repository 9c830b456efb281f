//! Command-line flags, generated from the declarations of the options of `[tool.agentix]`.

use agentix_gen::project::{Commands, Config, ConfigOption, Flag, Form};
use clap::builder::PossibleValuesParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, Id};

use super::arguments::OUTPUT;

/// The flags of every command that takes a project.
#[derive(Debug, Clone)]
pub(crate) struct ProjectFlags(pub(crate) Config);

/// The flags of commands that use an engine.
#[derive(Debug, Clone)]
pub(crate) struct EngineFlags(pub(crate) Config);

/// The flags that only `build` has.
#[derive(Debug, Clone)]
pub(crate) struct BuildFlags(pub(crate) Config);

/// The flags of [`BuildFlags`] for `run`, whose `--network` is that of the sandbox.
#[derive(Debug, Clone)]
pub(crate) struct RunBuildFlags(pub(crate) Config);

macro_rules! flags {
    ($($name:ident: $commands:ident, $add:path, $last:expr, $named:path;)+) => {
        $(
            impl FromArgMatches for $name {
                fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                    Ok(Self(read(Commands::$commands, $named, matches)))
                }

                fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                    *self = Self::from_arg_matches(matches)?;
                    Ok(())
                }
            }

            impl Args for $name {
                fn augment_args(command: Command) -> Command {
                    $add(command, |command| {
                        let flags = of(Commands::$commands);
                        let flags = flags.map(|(option, flag)| argument(option, flag, $named(option.key)));
                        $last.into_iter().fold(command.args(flags), move_to_end)
                    })
                }

                fn augment_args_for_update(command: Command) -> Command {
                    Self::augment_args(command)
                }
            }
        )+
    };
}

// Most flags are those of a project, and nearly every command has them. They are made for the given command alone.
// clap allows this once for each command.
flags! {
    ProjectFlags: Project, Command::defer, LAST, by_key;
    EngineFlags: Engine, at_once, [], by_key;
    BuildFlags: Build, at_once, [], by_key;
    RunBuildFlags: Build, at_once, [], beside_a_sandbox;
}

/// The headings at the end of the help, in their order. What decides the image comes before them.
const LAST: [&str; 3] = ["The engine", "The sandbox", OUTPUT];

/// Moves the arguments with a heading to the end, because the help has its headings in the order of the arguments.
fn move_to_end(command: Command, heading: &str) -> Command {
    let moved = command.get_arguments().filter(|argument| argument.get_help_heading() == Some(heading));
    let moved: Vec<Id> = moved.map(|argument| argument.get_id().clone()).collect();
    moved.iter().fold(command, |command, id| command.mut_arg(id, |argument| argument))
}

fn at_once(command: Command, add: fn(Command) -> Command) -> Command {
    add(command)
}

fn by_key(key: &'static str) -> &'static str {
    key
}

fn beside_a_sandbox(key: &'static str) -> &'static str {
    if key == "network" { "build-network" } else { key }
}

fn of(commands: Commands) -> impl Iterator<Item = (&'static ConfigOption, &'static Flag<Config>)> {
    Config::OPTIONS
        .iter()
        .filter_map(|option| Some((option, option.flag.as_ref()?)))
        .filter(move |(_, flag)| flag.commands == commands)
}

fn argument(option: &'static ConfigOption, flag: &'static Flag<Config>, name: &'static str) -> Arg {
    let is_repeatable = matches!(option.form, Form::Many | Form::Table);
    let repeat = if is_repeatable { "; may be repeated" } else { "" };
    let default = option.default.filter(|_| option.form != Form::Switch);
    let default = default.map_or(String::new(), |default| format!(" [default: {default}]"));
    let text = option.help();
    let argument = Arg::new(name).long(name).help_heading(flag.heading);
    // `-h` shows the first sentence.
    let argument = match text.split_once(". ") {
        Some((first, _)) => argument.help(format!("{first}{default}")),
        None => argument.help(format!("{text}{default}")),
    };
    let argument = argument.long_help(format!("{text}{repeat}{default}"));
    let argument = flag.short.map_or(argument.clone(), |short| argument.short(short));
    let argument = flag.conflicts.map_or(argument.clone(), |other| argument.conflicts_with(other));
    if option.form == Form::Switch {
        return argument.action(ArgAction::SetTrue);
    }
    let action = if is_repeatable { ArgAction::Append } else { ArgAction::Set };
    let argument = argument.value_name(flag.value).action(action);
    if !flag.choices.is_empty() {
        return argument.value_parser(PossibleValuesParser::new(flag.choices));
    }
    argument.value_parser(|text: &str| flag.add(&mut Config::default(), text).map(|()| text.to_owned()))
}

/// Reads the flags on the command line. clap has already checked their values.
fn read(commands: Commands, named: fn(&'static str) -> &'static str, matches: &ArgMatches) -> Config {
    let mut config = Config::default();
    for (option, flag) in of(commands) {
        let name = named(option.key);
        if matches.value_source(name) != Some(ValueSource::CommandLine) {
            continue;
        }
        let mut add = |text: &str| {
            let added = flag.add(&mut config, text);
            debug_assert_eq!(added, Ok(()), "clap checked --{name}");
        };
        if option.form == Form::Switch {
            add("true");
        } else {
            matches.get_many::<String>(name).into_iter().flatten().for_each(|text| add(text));
        }
    }
    config
}
