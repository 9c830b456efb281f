//! The `check` command: compares a committed Dockerfile with the one that the project generates.

#![expect(clippy::disallowed_methods, reason = "the Dockerfile to compare may be on stdin")]

mod difference;
mod report;

use std::io;

use agentix_gen::Bundle;
use agentix_gen::dockerfile;
use agentix_gen::engine::Command;
use agentix_gen::project::Config;
use agentix_gen::value::Redacted;
use camino::Utf8Path;
use serde::Serialize;

use super::arguments::DialectChoice;
use super::check_arguments::{CheckArguments, CheckFormat};
use super::error::CommandError;
use super::{dialect, in_tree, output, project, text_file};
use difference::Difference;

pub(crate) fn check(arguments: &CheckArguments) -> Result<(), CommandError> {
    let committed = match read(arguments) {
        Err(error @ CommandError::NoDockerfile { meant: Some(_), .. }) => return Err(error),
        Err(CommandError::NoDockerfile { source, .. }) if arguments.fix && source.kind() == io::ErrorKind::NotFound => {
            Ok(String::new())
        }
        read => read,
    };
    let bundle = project::bundle_for_dockerfile(&arguments.project)?;
    let render = if arguments.in_tree { dockerfile::render_in_tree } else { dockerfile::render };
    let current = render(&bundle, dialect(&arguments.project))?;
    let of_dockerfile = Difference { path: arguments.dockerfile.clone(), committed: committed?, current };
    let mut differences = vec![of_dockerfile];
    differences.extend(ignore_file_difference(arguments, &bundle)?);
    differences.retain(|difference| !difference.is_none());
    if arguments.fix {
        fix(arguments, &differences)?;
    }
    output::unless_unread(print(arguments, &differences))?;
    if differences.is_empty() || arguments.fix { Ok(()) } else { Err(not_current(arguments)) }
}

/// The result of a check, as JSON output.
#[derive(Serialize)]
struct Checked<'a> {
    dockerfile: &'a str,
    /// Whether it was current.
    current: bool,
    /// Whether it is current now, because it was written.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    fixed: bool,
    /// The unified diff that makes the Dockerfile current. Empty if it is current.
    diff: String,
}

fn print(arguments: &CheckArguments, differences: &[Difference]) -> Result<(), CommandError> {
    let diff: String = differences.iter().map(Difference::unified).collect();
    let remedy = || generate(arguments, kept_as(arguments));
    match arguments.format {
        CheckFormat::Text => output::data(Redacted(&diff).text().as_bytes()),
        CheckFormat::Json => output::json(&Checked {
            dockerfile: arguments.dockerfile.as_str(),
            current: differences.is_empty(),
            fixed: arguments.fix && !differences.is_empty(),
            diff,
        }),
        CheckFormat::Sarif => output::json(&report::sarif(differences, &remedy())),
        CheckFormat::Github => output::data(Redacted(&report::github(differences, &remedy())).text().as_bytes()),
    }
}

/// Writes the current files. A file that this tool did not write stays, and then nothing is written.
fn fix(arguments: &CheckArguments, differences: &[Difference]) -> Result<(), CommandError> {
    if arguments.dockerfile == "-" {
        return Err(CommandError::FixOfStdin);
    }
    for difference in differences {
        in_tree::own_text(&difference.path)?;
    }
    for Difference { path, current, .. } in differences {
        text_file::replace(path, current).map_err(in_tree::unwritable(path))?;
        output::note(&format!("updated {}", path.as_str().escape_debug()));
    }
    Ok(())
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

/// Returns the ignore file beside an in-tree Dockerfile, with the lines that it is missing. It needs none if it selects
/// what the rules select now.
fn ignore_file_difference(arguments: &CheckArguments, bundle: &Bundle) -> Result<Option<Difference>, CommandError> {
    if !arguments.in_tree || arguments.dockerfile == "-" {
        return Ok(None);
    }
    let path = in_tree::ignore_path(&arguments.dockerfile);
    match text_file::read(&path) {
        Ok(committed) => {
            let missing = dockerfile::missing_ignore_lines(bundle, &committed)?;
            let end = if missing.is_empty() || committed.ends_with('\n') { "" } else { "\n" };
            let current = format!("{committed}{end}{missing}");
            Ok(Some(Difference { path, committed, current }))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let current = dockerfile::ignore_file(bundle)?;
            Ok(Some(Difference { path, committed: String::new(), current }))
        }
        Err(source) => Err(CommandError::NoDockerfile { path: path.into_string(), meant: None, source }),
    }
}

fn not_current(arguments: &CheckArguments) -> CommandError {
    let dockerfile = &arguments.dockerfile;
    let project = &arguments.project;
    let options =
        project.config() != Config::default() || project.dialect != DialectChoice::Auto || project.template.is_some();
    CommandError::NotCurrent {
        dockerfile: dockerfile.as_str().escape_debug().to_string(),
        with: if options { " with the same options" } else { "" },
        command: generate(arguments, kept_as(arguments)),
    }
}

/// Returns the path of the file to write. A text from stdin is kept as `Dockerfile`.
fn kept_as(arguments: &CheckArguments) -> &Utf8Path {
    if arguments.dockerfile == "-" { Utf8Path::new("Dockerfile") } else { &arguments.dockerfile }
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
