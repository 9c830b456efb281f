//! A build tool that calls the library: it builds every project below a folder with one engine.
//!
//! ```text
//! cargo run --example build_tool -- examples podman
//! ```

#![expect(clippy::print_stdout, reason = "a program prints")]
#![expect(clippy::disallowed_methods, reason = "a program reads its environment and the disk")]

use std::error::Error;

use agentix_gen::bundle::Bundle;
use agentix_gen::context;
use agentix_gen::engine::{BuildRequest, Control, EngineSettings, Event, Registry};
use agentix_gen::files::{read_workspace, walk_workspace};
use agentix_gen::project::Config;
use agentix_gen::value::Cancel;
use camino::{Utf8Path, Utf8PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = Utf8PathBuf::from(arguments.next().unwrap_or_else(|| "examples".to_owned()));
    let name = arguments.next().unwrap_or_else(|| "docker".to_owned());

    // Programs are looked for on the path that is handed in; the library reads no environment.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let engine = Registry::discover(&path, EngineSettings::default()).get(&name)?;
    let capabilities = engine.probe(&Cancel::default())?;

    for entry in folder.read_dir_utf8()? {
        let project = entry?.into_path();
        if !project.join("pyproject.toml").is_file() {
            continue;
        }
        let bundle = bundle(&project)?;
        // Whatever the engine prints comes as events; this tool counts the lines.
        let mut lines = 0;
        let mut count = |event: Event<'_>| lines += usize::from(matches!(event, Event::Line(_)));
        let mut control = Control::new("/tmp".into(), &mut count);
        let context = context::stage(&bundle, capabilities.dialect())?;
        let outcome = engine.build(&capabilities, &BuildRequest::from_bundle(&bundle), &context, &mut control)?;
        println!("{} is {} ({lines} lines of output)", bundle.tags()[0], outcome.image_id);
    }
    Ok(())
}

/// From a folder to a bundle, with a label that this tool puts on every image.
fn bundle(folder: &Utf8Path) -> Result<Bundle, Box<dyn Error>> {
    let mut flags = Config::default();
    flags.label.insert("org.example.built-by".parse()?, "build_tool".parse()?);
    let workspace = read_workspace(folder, &flags)?;
    let listing = walk_workspace(&workspace, &flags)?;
    Ok(Bundle::new(workspace, listing, flags)?)
}
