//! The files for a build in the folder of the project: `Dockerfile` and `Dockerfile.dockerignore`.

use std::io;

use agentix_gen::bundle::Bundle;
use agentix_gen::dockerfile;
use agentix_gen::files::GENERATED;
use camino::{Utf8Path, Utf8PathBuf};

use super::arguments::{DockerfileArguments, ProjectArguments};
use super::error::CommandError;
use super::{dialect, output, project, text_file};

/// Prints the Dockerfile, or writes it to a folder with its ignore file.
pub(crate) fn dockerfile(arguments: &DockerfileArguments) -> Result<(), CommandError> {
    // In-tree, the Dockerfile is all that is built: nobody looks at the files again.
    let load = if arguments.in_tree { project::bundle } else { project::bundle_for_dockerfile };
    let bundle = load(&arguments.project)?;
    output::warnings(&bundle.warnings());
    let dialect = dialect(&arguments.project);
    if !arguments.in_tree {
        return output::data(dockerfile::render(&bundle, dialect)?.as_bytes());
    }
    let text = dockerfile::render_in_tree(&bundle, dialect)?;
    match &arguments.output {
        Some(folder) => write(&bundle, folder, &text),
        None => {
            output::secrets_of_ignore_file(&bundle);
            output::data(text.as_bytes())
        }
    }
}

/// Prints `Dockerfile.dockerignore`.
pub(crate) fn ignore_file(arguments: &ProjectArguments) -> Result<(), CommandError> {
    let bundle = project::bundle_for_dockerfile(arguments)?;
    output::data(dockerfile::ignore_file(&bundle)?.as_bytes())
}

/// Writes both files, or neither if one exists that this tool did not write.
fn write(bundle: &Bundle, folder: &Utf8Path, dockerfile: &str) -> Result<(), CommandError> {
    let ignore_file = dockerfile::ignore_file(bundle)?;
    let files = [(ignore_path(&folder.join("Dockerfile")), &*ignore_file), (folder.join("Dockerfile"), dockerfile)];
    let [(ignore_path, ignore_file), (path, dockerfile)] = &files;
    let before = own_text(ignore_path)?;
    own_text(path)?;
    let dockerfile = text_file::prepare(path, dockerfile).map_err(unwritable(path))?;
    text_file::replace(ignore_path, ignore_file).map_err(unwritable(ignore_path))?;
    dockerfile.put().map_err(|error| {
        // The ignore file belongs to this Dockerfile alone.
        let restored = match before {
            Some(text) => text_file::replace(ignore_path, &text),
            None => text_file::remove(ignore_path),
        };
        unwritable(if restored.is_ok() { path } else { ignore_path })(error)
    })
}

/// Returns the path of the ignore file that a builder reads for a Dockerfile.
pub(crate) fn ignore_path(dockerfile: &Utf8Path) -> Utf8PathBuf {
    format!("{dockerfile}.dockerignore").into()
}

/// Returns the text of a file that this tool wrote. Any other file is an error.
pub(crate) fn own_text(path: &Utf8Path) -> Result<Option<String>, CommandError> {
    text_file::read_own(path, |text| text.lines().take(2).any(|line| line.starts_with(GENERATED)))
}

/// Returns the error for a file that cannot be written.
pub(crate) fn unwritable(path: &Utf8Path) -> impl FnOnce(io::Error) -> CommandError {
    move |source| CommandError::Unwritable { path: path.to_string(), source }
}
