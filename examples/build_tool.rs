//! A build tool that uses the library: builds the image of a folder and prints the events to stderr.
//!
//! ```text
//! cargo run --example build_tool -- examples/hello-agent podman
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]
#![expect(clippy::disallowed_methods, reason = "a program reads its environment; the library does not")]

use std::error::Error;

use agentix_gen::{BuildOptions, Control, Event, LoadOptions, Registry, build, load};
use camino::Utf8PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, engine] = &arguments[..] else { return Err("usage: build_tool FOLDER ENGINE".into()) };

    let mut options = LoadOptions::default();
    options.environment = std::env::vars_os().collect();
    options.config.label.insert("org.example.built-by".parse()?, "build_tool".parse()?);

    let engine = Registry::discover(options.environment.path()).get(engine)?;
    let bundle = load(folder, options)?;
    let scratch = Utf8PathBuf::try_from(std::env::temp_dir())?;
    let mut print = |event: Event<'_>| eprintln!("{event:?}");
    let built = build(&bundle, &*engine, &BuildOptions::default(), &mut Control::new(&scratch, &mut print))?;
    println!("{} is {}", built.image, built.image_id);
    Ok(())
}
