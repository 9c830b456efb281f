//! The `check` command: compares a committed Dockerfile with the one that the project generates.

#![expect(clippy::disallowed_methods, reason = "the Dockerfile to compare may be on stdin")]

use std::io;
use std::time::Duration;

use agentix_gen::Bundle;
use agentix_gen::dockerfile;
use agentix_gen::engine::Command;
use agentix_gen::project::Config;
use agentix_gen::value::Redacted;
use camino::Utf8Path;
use serde::Serialize;
use similar::{Algorithm, TextDiff};

use super::arguments::{CheckArguments, DialectChoice, Format};
use super::error::CommandError;
use super::{dialect, in_tree, output, project, text_file};

/// The time limit of the search for the shortest diff. After it, a longer diff is accepted. Two Dockerfiles take less
/// than a millisecond, but the file to compare can be any text.
const DIFF_TIMEOUT: Duration = Duration::from_secs(1);

pub(crate) fn check(arguments: &CheckArguments) -> Result<(), CommandError> {
    let committed = match read(arguments) {
        Err(error @ CommandError::NoDockerfile { meant: Some(_), .. }) => return Err(error),
        read => read,
    };
    let bundle = project::bundle_for_dockerfile(&arguments.project)?;
    let render = if arguments.in_tree { dockerfile::render_in_tree } else { dockerfile::render };
    let current = render(&bundle, dialect(&arguments.project))?;
    let committed = committed?;
    let of_ignore_file = ignore_file_difference(arguments, &bundle)?;
    let result = Checked {
        dockerfile: arguments.dockerfile.as_str(),
        current: committed == current && of_ignore_file.is_empty(),
        diff: difference(&arguments.dockerfile, &committed, &current) + &of_ignore_file,
    };
    match arguments.format {
        Format::Text => output::data(Redacted(&result.diff).text().as_bytes())?,
        Format::Json => output::json(&result)?,
    }
    if result.current { Ok(()) } else { Err(not_current(arguments)) }
}

/// The result of a check, as JSON output.
#[derive(Serialize)]
struct Checked<'a> {
    dockerfile: &'a str,
    current: bool,
    /// The unified diff that makes the Dockerfile current. Empty if it is current.
    diff: String,
}

fn read(arguments: &CheckArguments) -> Result<String, CommandError> {
    let path = &arguments.dockerfile;
    let read = if path == "-" { text_file::read_all(io::stdin()) } else { text_file::read(path) };
    read.map_err(|source| CommandError::NoDockerfile {
        path: path.to_string(),
        meant: meant(arguments, source.kind()),
        source,
    })
}

/// Returns the command that the user probably intended.
///
/// If the only argument is a folder, it is the project, and its `Dockerfile` is compared. If the named file does not
/// exist in the current folder, the file of the same name in the project is compared.
fn meant(arguments: &CheckArguments, why: io::ErrorKind) -> Option<String> {
    let named = &arguments.dockerfile;
    let (project, name) = match why {
        io::ErrorKind::IsADirectory => (named, "Dockerfile"),
        io::ErrorKind::NotFound => (&arguments.project.path, named.file_name()?),
        _ => return None,
    };
    let meant = project.join(name);
    meant.is_file().then(|| Command::new("agentix-gen".into(), ["check", project.as_str(), meant.as_str()]).to_string())
}

/// Returns a diff that adds the missing lines to the ignore file beside an in-tree Dockerfile. It is empty if the file
/// selects what the rules select now.
fn ignore_file_difference(arguments: &CheckArguments, bundle: &Bundle) -> Result<String, CommandError> {
    if !arguments.in_tree || arguments.dockerfile == "-" {
        return Ok(String::new());
    }
    let path = in_tree::ignore_path(&arguments.dockerfile);
    match text_file::read(&path) {
        Ok(committed) => {
            let missing = dockerfile::missing_ignore_lines(bundle, &committed)?;
            let end = if missing.is_empty() || committed.ends_with('\n') { "" } else { "\n" };
            Ok(difference(&path, &committed, &format!("{committed}{end}{missing}")))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(difference(&path, "", &dockerfile::ignore_file(bundle)?))
        }
        Err(source) => Err(CommandError::NoDockerfile { path: path.into_string(), meant: None, source }),
    }
}

/// Returns a unified diff from the committed Dockerfile to the current one, in the format that `patch` reads.
fn difference(path: &Utf8Path, committed: &str, current: &str) -> String {
    let name = path.as_str().escape_debug().to_string();
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).timeout(DIFF_TIMEOUT).diff_lines(committed, current);
    diff.unified_diff().header(&name, &name).to_string()
}

fn not_current(arguments: &CheckArguments) -> CommandError {
    let dockerfile = &arguments.dockerfile;
    let kept_as = if dockerfile == "-" { Utf8Path::new("Dockerfile") } else { dockerfile };
    let project = &arguments.project;
    let options =
        project.config() != Config::default() || project.dialect != DialectChoice::Auto || project.template.is_some();
    CommandError::NotCurrent {
        dockerfile: dockerfile.as_str().escape_debug().to_string(),
        with: if options { " with the same options" } else { "" },
        command: generate(arguments, kept_as),
    }
}

/// Returns the command that writes the file.
fn generate(arguments: &CheckArguments, file: &Utf8Path) -> String {
    let project = arguments.project.path.as_str();
    if arguments.in_tree && file.file_name() == Some("Dockerfile") {
        let folder = file.parent().map_or(".", |folder| if folder == "" { "." } else { folder.as_str() });
        return Command::new("agentix-gen".into(), [project, "--in-tree", "--output", folder]).to_string();
    }
    let options: &[&str] = if arguments.in_tree { &[project, "--in-tree"] } else { &[project] };
    let print = Command::new("agentix-gen".into(), options.iter().copied());
    format!("{print} > {}", Command::new::<&str>(file, []))
}
