//! Writes the context of a project into a folder, with the engine of this crate.
//!
//! ```text
//! cargo run -- ../hello-agent out
//! ```

use std::error::Error;
use std::sync::Arc;

use agentix_engine_handover::Handover;
use agentix_gen::{BuildOptions, Control, Event, LoadOptions, Registry, build, load};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, project, folder] = &arguments[..] else { return Err("usage: PROJECT FOLDER".into()) };

    let mut options = LoadOptions::default();
    options.environment = std::env::vars_os().collect();
    let mut registry = Registry::discover(options.environment.path());
    registry.register(Arc::new(Handover { folder: folder.into() }));

    let bundle = load(project, options)?;
    let engine = registry.get("handover")?;
    let mut print = |event: Event<'_>| {
        if let Event::Line(line) = event {
            println!("{line}");
        }
    };
    let built = build(&bundle, &*engine, &BuildOptions::default(), &mut Control::new(folder, &mut print))?;
    println!("{} {}", built.image, built.image_id);
    Ok(())
}
