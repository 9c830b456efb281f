//! The `bake` command: stages the contexts of several projects and writes the file for `docker buildx bake`.

#![expect(clippy::disallowed_methods, reason = "the file is written here")]

use std::{fs, io};

use agentix_gen::bake::{self, Baked, GENERATOR};
use agentix_gen::build_image::{BuildError, machine_request};
use agentix_gen::load::PinPolicy;
use agentix_gen::{Bundle, Cancel, Dialect, context};
use camino::Utf8Path;

use super::arguments::BakeArguments;
use super::error::CommandError;
use super::in_tree::unwritable;
use super::signals::Signals;
use super::{output, project, text_file};

const FILE: &str = "docker-bake.json";

pub(crate) fn bake(arguments: &BakeArguments) -> Result<(), CommandError> {
    let signals = Signals::listen()?;
    let done = bake_until(arguments, &signals.cancel());
    signals.unless_received(done)
}

fn bake_until(arguments: &BakeArguments, cancel: &Cancel) -> Result<(), CommandError> {
    let folder = &arguments.into;
    let file = folder.join(FILE);
    refuse_foreign(&file)?;
    let bundles = arguments.paths.iter().map(|path| load(arguments, path, cancel)).collect::<Result<Vec<_>, _>>()?;
    let mut contexts = Vec::new();
    let mut baked = Vec::new();
    for (bundle, path) in bundles.iter().zip(&arguments.paths) {
        output::note(&format!("staging {path}"));
        output::warnings(&bundle.warnings());
        output::excluded_secrets(bundle);
        let context = context::stage(bundle, Dialect::BuildKit)?;
        project::refuse_too_large(&context, bundle)?;
        let request = machine_request(bundle)?;
        let digest = request.digest(&context, &[], cancel).map_err(BuildError::from)?;
        contexts.push(context.with_stamps(digest.file_stamps()));
        baked.push(Baked::new(bundle, request, digest));
    }
    let rendered = bake::render(&baked)?;
    for (context, baked) in contexts.iter().zip(&baked) {
        let leftovers = context::write_folder(context, &folder.join(baked.folder()), cancel)?;
        leftovers.iter().for_each(output::warning);
    }
    let text = serde_json::to_string_pretty(&rendered).map_err(io::Error::from).map_err(unwritable(&file))? + "\n";
    fs::create_dir_all(folder).and_then(|()| text_file::replace(&file, &text)).map_err(unwritable(&file))?;
    output::data(format!("{file}\n").as_bytes())
}

fn load(arguments: &BakeArguments, path: &Utf8Path, cancel: &Cancel) -> Result<Bundle, CommandError> {
    let pins = if arguments.locked { PinPolicy::Require } else { PinPolicy::Use };
    let mut options = project::of_command(arguments.config(), pins)?;
    options.cancel = cancel.clone();
    Ok(agentix_gen::load(path, options)?)
}

/// Fails if there is a file that this command did not write.
fn refuse_foreign(file: &Utf8Path) -> Result<(), CommandError> {
    text_file::read_own(file, |text| text.contains(&format!("\"{GENERATOR}\""))).map(|_| ())
}
