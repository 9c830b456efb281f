//! Suggests corrections for wrong arguments.

#![expect(clippy::disallowed_methods, reason = "suggestions depend on the files on disk")]

use std::ffi::OsString;
use std::fs;

use agentix_gen::engine::Command;
use agentix_gen::value::{OneLine, nearest};
use camino::{Utf8Path, Utf8PathBuf};
use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::arguments::Arguments;

/// The files that mark a folder as a project.
const MANIFESTS: [&str; 4] = ["pyproject.toml", "setup.py", "requirements.txt", "Pipfile"];

/// The number of project folders that a suggestion names at most.
const MAX_NAMED: usize = 5;

/// Escapes control characters in the arguments that an error shows: they would reach the terminal as they are.
pub(crate) fn visible(mut error: clap::Error) -> clap::Error {
    let escaped = |text: &String| OneLine(text).to_string();
    let shown = error.context().filter_map(|(kind, value)| match value {
        ContextValue::String(text) => Some((kind, value.clone(), ContextValue::String(escaped(text)))),
        ContextValue::Strings(texts) => {
            Some((kind, value.clone(), ContextValue::Strings(texts.iter().map(escaped).collect())))
        }
        _ => None,
    });
    let changed: Vec<_> = shown.filter(|(_, before, after)| before != after).collect();
    if !changed.is_empty() {
        // It repeats the argument.
        error.remove(ContextKind::Suggested);
    }
    for (kind, _, after) in changed {
        error.insert(kind, after);
    }
    error
}

/// Returns a clear error for an argument that is not UTF-8, which clap does not name, and for arguments before the command:
/// clap parses a command after a project or an option as one more project, so its own message misleads.
pub(crate) fn usage(error: clap::Error, arguments: &[OsString]) -> clap::Error {
    let wrong = arguments.iter().find(|argument| argument.to_str().is_none());
    if let Some(wrong) = wrong.filter(|_| error.kind() == ErrorKind::InvalidUtf8) {
        let message = format!("the argument `{}` is not UTF-8", OneLine(&wrong.to_string_lossy()));
        return Arguments::command().error(ErrorKind::InvalidUtf8, message);
    }
    if error.kind() != ErrorKind::ArgumentConflict || error.get(ContextKind::InvalidSubcommand).is_none() {
        return error;
    }
    let words: Vec<&str> = arguments.iter().skip(1).filter_map(|argument| argument.to_str()).collect();
    let commands = commands();
    let is_command = |word: &&str| commands.iter().any(|command| command == word);
    let message = match words.iter().find(|word| is_command(word)) {
        Some(command) => format!("the command comes first: agentix-gen {command} [OPTIONS] [PATH]"),
        None => match words.iter().find_map(|word| Some((word, nearest_command(word)?))) {
            Some((word, command)) => {
                format!("there is no command `{}`; did you mean `{command}`?", word.escape_debug())
            }
            None => "too many arguments: a project is one folder".to_owned(),
        },
    };
    Arguments::command().error(ErrorKind::ArgumentConflict, message)
}

/// Returns `true` if the path could be the name of a command.
pub(crate) fn is_word(path: &Utf8Path) -> bool {
    path.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// Returns the remedy for a word that is neither a folder nor, in its position, a command.
pub(crate) fn command(word: &str) -> String {
    match nearest_command(word) {
        Some(command) if command == word => format!("the command comes first: agentix-gen {command} [OPTIONS] [PATH]"),
        Some(command) => format!("did you mean the command `{command}`?"),
        None => format!("the commands are {}", commands().join(", ")),
    }
}

/// Returns the remedy for a path that is a file: its folder, if that is a project.
pub(crate) fn file(path: &Utf8Path) -> Option<String> {
    let folder = path.parent().map(|parent| if parent == "" { Utf8Path::new(".") } else { parent })?;
    is_project(folder).then(|| format!("use its folder: {}", run_on(folder)))
}

/// Returns the remedy for a folder without a project: a project in a parent folder, or projects in its subfolders.
pub(crate) fn without_project(folder: &Utf8Path) -> Option<String> {
    let absolute = folder.canonicalize_utf8().ok()?;
    if let Some((steps, _)) = absolute.ancestors().skip(1).enumerate().find(|(_, above)| is_project(above)) {
        let above: Utf8PathBuf = (0..=steps).fold(folder.to_owned(), |path, _| path.join(".."));
        let above = above.strip_prefix(".").map_or(above.clone(), Utf8Path::to_owned);
        return Some(format!("a parent folder is a project: {}", run_on(&above)));
    }
    let mut below: Vec<Utf8PathBuf> = fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Utf8PathBuf::from_path_buf(entry.ok()?.path()).ok())
        .filter(|path| is_project(path))
        .collect();
    below.sort_unstable();
    let first = below.first()?;
    let plain = |path: &Utf8PathBuf| path.strip_prefix(".").map_or(path.clone(), Utf8Path::to_owned);
    let named: Vec<String> =
        below.iter().take(MAX_NAMED).map(|path| plain(path).as_str().escape_debug().to_string()).collect();
    let more = if below.len() > MAX_NAMED { ", …" } else { "" };
    Some(format!("some subfolders are projects ({}{more}): {}", named.join(", "), run_on(&plain(first))))
}

fn is_project(folder: &Utf8Path) -> bool {
    MANIFESTS.iter().any(|manifest| folder.join(manifest).is_file())
}

fn run_on(folder: &Utf8Path) -> String {
    Command::new("agentix-gen".into(), [folder.as_str()]).to_string()
}

fn commands() -> Vec<String> {
    Arguments::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

fn nearest_command(word: &str) -> Option<String> {
    nearest(word, commands().iter().map(String::as_str)).map(str::to_owned)
}
