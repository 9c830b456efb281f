//! What an argument that is wrong was perhaps meant to be.

#![expect(clippy::disallowed_methods, reason = "this is where a person's mistake is looked up on disk")]

use std::ffi::OsString;
use std::fs;

use agentix_gen::engine::Command;
use camino::{Utf8Path, Utf8PathBuf};
use clap::CommandFactory;
use clap::error::{ContextKind, ErrorKind};

use super::arguments::Arguments;

/// What makes a folder that of a project.
const MANIFESTS: [&str; 3] = ["pyproject.toml", "setup.py", "requirements.txt"];

/// How many folders of projects are named.
const MOST: usize = 5;

/// A wrong usage, said plainly: after a project or an option, a command is taken for one more project.
pub(crate) fn usage(error: clap::Error, arguments: &[OsString]) -> clap::Error {
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
            None => "a project is one folder, and there are more arguments than that".to_owned(),
        },
    };
    Arguments::command().error(ErrorKind::ArgumentConflict, message)
}

/// Whether a path could be the name of a command.
pub(crate) fn is_word(path: &Utf8Path) -> bool {
    path.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// What to do about a word that is no command where one may stand.
pub(crate) fn command(word: &str) -> String {
    match nearest_command(word) {
        Some(command) if command == word => format!("the command comes first: agentix-gen {command} [OPTIONS] [PATH]"),
        Some(command) => format!("did you mean the command `{command}`?"),
        None => format!("the commands are {}", commands().join(", ")),
    }
}

/// What to do about a path at which a file is.
pub(crate) fn file(path: &Utf8Path) -> Option<String> {
    let folder = path.parent().map(|parent| if parent == "" { Utf8Path::new(".") } else { parent })?;
    is_project(folder).then(|| format!("name its folder: {}", run_on(folder)))
}

/// What to do about a folder without a project: there may be one above it, or some below.
pub(crate) fn without_project(folder: &Utf8Path) -> Option<String> {
    let place = folder.canonicalize_utf8().ok()?;
    if let Some((steps, _)) = place.ancestors().skip(1).enumerate().find(|(_, above)| is_project(above)) {
        let above: Utf8PathBuf = (0..=steps).fold(folder.to_owned(), |path, _| path.join(".."));
        let above = above.strip_prefix(".").map_or(above.clone(), Utf8Path::to_owned);
        return Some(format!("there is a project above: {}", run_on(&above)));
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
        below.iter().take(MOST).map(|path| plain(path).as_str().escape_debug().to_string()).collect();
    let more = if below.len() > MOST { ", …" } else { "" };
    Some(format!("there are projects below ({}{more}): {}", named.join(", "), run_on(&plain(first))))
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

/// The command that differs from a word by at most two letters.
fn nearest_command(word: &str) -> Option<String> {
    let distance = |command: &String| strsim::damerau_levenshtein(command, word);
    commands().into_iter().filter(|command| distance(command) <= 2).min_by_key(distance)
}
